#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/appeal.h"
#include "db/audit.h"
#include "db/token.h"
#include "tests/support/addresses.h"
#include "tests/support/test_store.h"

static int
find(struct store_txn *txn, const char *text, const char *client, int64_t now,
    struct token *token)
{
	struct ipaddr address = address_of(client);

	return token_find(txn, text, &address, now, token);
}

static void
a_token_is_found_by_its_text_alone(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct token token = {
		.name = "east", .role = ROLE_SENSOR, .sensor = 7
	};
	char text[TOKEN_TEXT_MAX], wrong[TOKEN_TEXT_MAX];

	assert_int_equal(token_add(txn, &token, "test", TEST_NOW, text), 0);
	assert_memory_equal(text, "bsbl_", 5);
	assert_int_equal(strlen(text), TOKEN_TEXT_MAX - 1);
	memset(&token, 0, sizeof(token));
	assert_int_equal(find(txn, text, "192.0.2.1", TEST_NOW, &token), 0);
	assert_string_equal(token.name, "east");
	assert_int_equal(token.role, ROLE_SENSOR);
	assert_int_equal(token.sensor, 7);
	assert_int_equal(find(txn, text + 5, "192.0.2.1", TEST_NOW, &token),
	    ERROR_NOT_FOUND);
	for (size_t i = 0; i < strlen(text) - 1; i++) {
		strcpy(wrong, text);
		wrong[i] = wrong[i] == 'a' ? 'b' : 'a';
		assert_int_equal(
		    find(txn, wrong, "192.0.2.1", TEST_NOW, &token),
		    ERROR_NOT_FOUND);
	}
	assert_int_equal(
	    find(txn, "", "192.0.2.1", TEST_NOW, &token), ERROR_NOT_FOUND);
	assert_int_equal(
	    find(txn, "bsbl_", "192.0.2.1", TEST_NOW, &token), ERROR_NOT_FOUND);
}

static void
a_token_ends_and_is_for_its_networks(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct token token = { .name = "one",
		.role = ROLE_VIEWER,
		.expires_at = TEST_NOW + 60,
		.prefix_count = 2 };
	char text[TOKEN_TEXT_MAX];

	ipprefix_parse("192.0.2.0/24", &token.prefixes[0]);
	ipprefix_parse("2001:db8::/32", &token.prefixes[1]);
	assert_int_equal(token_add(txn, &token, "test", TEST_NOW, text), 0);
	assert_int_equal(find(txn, text, "192.0.2.9", TEST_NOW, &token), 0);
	assert_int_equal(find(txn, text, "2001:db8::9", TEST_NOW, &token), 0);
	assert_int_equal(
	    find(txn, text, "198.51.100.1", TEST_NOW, &token), ERROR_REFUSED);
	assert_int_equal(find(txn, text, "192.0.2.9", TEST_NOW + 60, &token),
	    ERROR_NOT_FOUND);
}

static void
a_name_is_given_once_and_revoked(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct token token = { .name = "one", .role = ROLE_VIEWER };
	char text[TOKEN_TEXT_MAX], other[TOKEN_TEXT_MAX];

	assert_int_equal(token_add(txn, &token, "test", TEST_NOW, text), 0);
	assert_int_equal(
	    token_add(txn, &token, "test", TEST_NOW, other), ERROR_EXISTS);
	assert_int_equal(token_use(txn, token.hash, TEST_NOW), 0);
	assert_int_equal(find(txn, text, "192.0.2.9", TEST_NOW, &token), 0);
	assert_int_equal(token.used_day, TEST_NOW - TEST_NOW % 86400);
	assert_int_equal(token_revoke(txn, "one", "test", TEST_NOW), 0);
	assert_int_equal(
	    find(txn, text, "192.0.2.9", TEST_NOW, &token), ERROR_NOT_FOUND);
	assert_int_equal(
	    token_revoke(txn, "one", "test", TEST_NOW), ERROR_NOT_FOUND);
	strcpy(token.name, "No");
	assert_int_equal(
	    token_add(txn, &token, "test", TEST_NOW, text), ERROR_FORMAT);
}

static int
count(const struct appeal *appeal, void *context)
{
	(void)appeal;
	++*(int *)context;
	return 0;
}

static void
an_appeal_waits_once_a_unit_and_keeps_its_place(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct appeal appeal = { .unit = address_of("192.0.2.1"),
		.at = TEST_NOW,
		.requester = address_of("198.51.100.1"),
		.note = "first" };
	struct ipaddr unit = appeal.unit;
	int waiting = 0;

	assert_int_equal(appeal_put(txn, &appeal), 0);
	appeal.at += 100;
	strcpy(appeal.note, "second");
	assert_int_equal(appeal_put(txn, &appeal), 0);
	appeal.unit = address_of("192.0.2.2");
	assert_int_equal(appeal_put(txn, &appeal), 0);
	assert_int_equal(appeal_list(txn, count, &waiting), 0);
	assert_int_equal(waiting, 2);
	assert_int_equal(appeal_get(txn, &unit, &appeal), 0);
	assert_int_equal(appeal.at, TEST_NOW);
	assert_string_equal(appeal.note, "second");
	assert_int_equal(appeal_refuse(txn, &unit, "no", "test", TEST_NOW), 0);
	assert_int_equal(
	    appeal_refuse(txn, &unit, "no", "test", TEST_NOW), ERROR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(a_token_is_found_by_its_text_alone),
		TEST_WITH_STORE(a_token_ends_and_is_for_its_networks),
		TEST_WITH_STORE(a_name_is_given_once_and_revoked),
		TEST_WITH_STORE(
		    an_appeal_waits_once_a_unit_and_keeps_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
