#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/account.h"
#include "db/audit.h"
#include "db/session.h"
#include "tests/support/test_store.h"

static const struct session_limits limits = { 1800, 43200 };
static const struct ipaddr client = { { 0x20, 0x01, 0x0d, 0xb8, [15] = 7 } };

/* Its hash is none, which no password fits: hashing is tested once. */
static struct account
add(struct store_txn *txn, const char *name, enum role role)
{
	struct account account = { .role = role, .password = "hash" };

	strcpy(account.name, name);
	assert_int_equal(account_add(txn, &account, NULL, "test", TEST_NOW), 0);
	assert_int_equal(account_get(txn, name, &account), 0);
	return account;
}

static void
a_password_fits_its_hash_alone(void **state)
{
	char hash[PASSWORD_HASH_MAX], other[PASSWORD_HASH_MAX];

	(void)state;
	assert_int_equal(password_hash("correct horse battery", hash), 0);
	assert_int_equal(password_hash("correct horse battery", other), 0);
	assert_string_not_equal(hash, other);
	assert_memory_equal(hash, "$argon2id$", 10);
	assert_true(password_fits(hash, "correct horse battery"));
	assert_false(password_fits(hash, "correct horse batterz"));
	assert_false(password_fits(hash, ""));
	assert_false(password_fits("", ""));
	assert_false(password_fits("nonsense", "nonsense"));
	assert_non_null(password_refusal("short"));
	assert_null(password_refusal("twelve chars"));
}

static void
a_secret_has_one_text(void **state)
{
	uint8_t secret[SECRET_LEN], again[SECRET_LEN], derived[SECRET_LEN];
	char text[SECRET_TEXT_MAX];

	(void)state;
	secret_new(secret);
	secret_format(secret, text);
	assert_int_equal(secret_parse(text, again), 0);
	assert_true(secret_equal(secret, again, SECRET_LEN));
	secret_derive(secret, "one", derived);
	secret_derive(secret, "other", again);
	assert_false(secret_equal(derived, again, SECRET_LEN));
	text[5] = '+';
	assert_int_equal(secret_parse(text, again), ERROR_FORMAT);
	assert_int_equal(secret_parse("", again), ERROR_FORMAT);
	assert_int_equal(
	    secret_parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", again),
	    ERROR_FORMAT);
}

static void
names_are_plain(void **state)
{
	(void)state;
	assert_true(account_name_is_good("alice"));
	assert_true(account_name_is_good("a"));
	assert_true(account_name_is_good("ops-2.eu_west"));
	assert_true(account_name_is_good("abcdefghijklmnopqrstuvwxyzabcde"));
	assert_false(account_name_is_good("abcdefghijklmnopqrstuvwxyzabcdef"));
	assert_false(account_name_is_good(""));
	assert_false(account_name_is_good("Alice"));
	assert_false(account_name_is_good("-a"));
	assert_false(account_name_is_good("a."));
	assert_false(account_name_is_good("a b"));
	assert_false(account_name_is_good("a\nb"));
	assert_false(account_name_is_good("\xc3\xa4"));
}

static void
an_account_is_as_it_was_added(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct account account = add(txn, "alice", ROLE_OPERATOR);

	assert_int_equal(account.role, ROLE_OPERATOR);
	assert_string_equal(account.password, "hash");
	assert_int_equal(account.created_at, TEST_NOW);
	assert_false(account.disabled);
	assert_int_equal(
	    account_add(txn, &account, NULL, "test", TEST_NOW), ERROR_EXISTS);
	account.role = ROLE_SENSOR;
	strcpy(account.name, "east");
	assert_int_equal(
	    account_add(txn, &account, NULL, "test", TEST_NOW), ERROR_REFUSED);
	strcpy(account.name, "East");
	assert_int_equal(
	    account_add(txn, &account, NULL, "test", TEST_NOW), ERROR_FORMAT);
	assert_int_equal(
	    account_remove(txn, "alice", NULL, "test", TEST_NOW), 0);
	assert_int_equal(account_remove(txn, "alice", NULL, "test", TEST_NOW),
	    ERROR_NOT_FOUND);
	assert_int_equal(account_get(txn, "alice", &account), ERROR_NOT_FOUND);
}

static int
note_last(const struct audit_entry *entry, void *context)
{
	*(struct audit_entry *)context = *entry;
	return 1;
}

static void
each_act_is_in_the_audit_without_a_secret(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct account_change change = ACCOUNT_CHANGE_NONE;
	struct audit_entry entry;
	uint8_t secret[TOTP_SECRET_LEN] = { 1 };

	add(txn, "alice", ROLE_VIEWER);
	assert_int_equal(audit_newest(txn, note_last, &entry), 1);
	assert_string_equal(entry.what, "account_added");
	assert_string_equal(entry.who, "test");
	assert_string_equal(entry.details, "account=alice role=viewer");
	change.password = "$argon2id$secret";
	change.totp = 1;
	change.totp_secret = secret;
	change.disabled = 1;
	assert_int_equal(
	    account_set(txn, "alice", &change, "account:bob", TEST_NOW), 0);
	assert_int_equal(audit_newest(txn, note_last, &entry), 1);
	assert_string_equal(entry.details, "account=alice role=viewer "
					   "password=new disabled=1 totp=new");
	change = ACCOUNT_CHANGE_NONE;
	change.password = "$argon2id$other";
	change.once = true;
	change.reason = "her old one\nwas \"seen\"";
	assert_int_equal(
	    account_set(txn, "alice", &change, "account:bob", TEST_NOW), 0);
	assert_int_equal(audit_newest(txn, note_last, &entry), 1);
	assert_non_null(strstr(entry.details, " password=once reason="));
	assert_null(strchr(entry.details, '\n'));
	assert_int_equal(
	    account_remove(txn, "alice", "she left", "test", TEST_NOW), 0);
	assert_int_equal(audit_newest(txn, note_last, &entry), 1);
	assert_string_equal(entry.what, "account_removed");
	assert_non_null(strstr(entry.details, "she left"));
}

static void
a_password_for_once_gets_stale_and_another_does_not(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct account account = { .role = ROLE_VIEWER, .once = true };
	struct account_change change = ACCOUNT_CHANGE_NONE;
	int64_t late = TEST_NOW + ACCOUNT_ONCE_SECONDS;

	strcpy(account.name, "alice");
	strcpy(account.password, "hash");
	assert_int_equal(account_add(txn, &account, NULL, "test", TEST_NOW), 0);
	assert_int_equal(account_get(txn, "alice", &account), 0);
	assert_true(account.once);
	assert_int_equal(account_login(txn, &account, "", late - 1), 0);
	assert_int_equal(account_login(txn, &account, "", late), ERROR_REFUSED);
	change.password = "another";
	assert_int_equal(
	    account_set(txn, "alice", &change, "account:alice", late), 0);
	assert_int_equal(account_get(txn, "alice", &account), 0);
	assert_false(account.once);
	assert_int_equal(account_login(txn, &account, "", 10 * late), 0);
}

static void
a_session_lasts_while_it_is_used_and_no_longer_than_a_day(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct account account = add(txn, "alice", ROLE_ADMIN), found;
	uint8_t secret[SECRET_LEN], wrong[SECRET_LEN] = { 1 };
	struct session session;
	int64_t now = TEST_NOW;

	assert_int_equal(
	    session_begin(txn, &account, &client, &limits, now, secret), 0);
	assert_int_equal(
	    session_find(txn, wrong, &limits, now, &session, &found),
	    ERROR_NOT_FOUND);
	for (; now < TEST_NOW + 43200 - 1000; now += 1000) {
		assert_int_equal(
		    session_find(txn, secret, &limits, now, &session, &found),
		    0);
		assert_string_equal(found.name, "alice");
		assert_int_equal(session_use(txn, session.hash, now), 0);
	}
	assert_int_equal(session_find(txn, secret, &limits, TEST_NOW + 43200,
			     &session, &found),
	    ERROR_NOT_FOUND);
	assert_int_equal(session_find(txn, secret, &limits, now - 1000 + 1800,
			     &session, &found),
	    ERROR_NOT_FOUND);
	assert_int_equal(
	    session_find(txn, secret, &limits, now, &session, &found), 0);
	assert_int_equal(session_end(txn, session.hash), 0);
	assert_int_equal(
	    session_find(txn, secret, &limits, now, &session, &found),
	    ERROR_NOT_FOUND);
	assert_int_equal(session_use(txn, session.hash, now), ERROR_NOT_FOUND);
}

static void
a_changed_account_ends_its_sessions(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	const struct account_change none = ACCOUNT_CHANGE_NONE;
	struct account_change changes[4] = { none, none, none, none };
	uint8_t secret[SECRET_LEN];
	struct session session;
	struct account account;

	changes[0].password = "another";
	changes[1].role = ROLE_VIEWER;
	changes[2].totp = 0;
	changes[3].disabled = 1;
	add(txn, "alice", ROLE_ADMIN);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(account_get(txn, "alice", &account), 0);
		assert_int_equal(session_begin(txn, &account, &client, &limits,
				     TEST_NOW, secret),
		    0);
		assert_int_equal(
		    account_set(txn, "alice", &changes[i], "test", TEST_NOW),
		    0);
		assert_int_equal(session_find(txn, secret, &limits, TEST_NOW,
				     &session, &account),
		    ERROR_NOT_FOUND);
	}
}

static void
one_of_the_same_name_has_none_of_the_old_sessions(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct account account = add(txn, "alice", ROLE_ADMIN);
	uint8_t secret[SECRET_LEN];
	struct session session;

	assert_int_equal(
	    session_begin(txn, &account, &client, &limits, TEST_NOW, secret),
	    0);
	assert_int_equal(
	    account_remove(txn, "alice", NULL, "test", TEST_NOW), 0);
	assert_int_equal(
	    session_find(txn, secret, &limits, TEST_NOW, &session, &account),
	    ERROR_NOT_FOUND);
	add(txn, "alice", ROLE_ADMIN);
	assert_int_equal(
	    session_find(txn, secret, &limits, TEST_NOW, &session, &account),
	    ERROR_NOT_FOUND);
}

static int
count_session(const struct session *session, void *context)
{
	assert_memory_equal(&session->client, &client, sizeof(client));
	++*(int *)context;
	return 0;
}

static int
count_sessions(struct store_txn *txn, int64_t now)
{
	int count = 0;

	assert_int_equal(
	    session_list(txn, &limits, now, count_session, &count), 0);
	return count;
}

static void
the_list_has_what_is_in_force(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct account alice = add(txn, "alice", ROLE_ADMIN);
	struct account bob = add(txn, "bob", ROLE_VIEWER);
	const struct account_change none = ACCOUNT_CHANGE_NONE;
	uint8_t secret[SECRET_LEN];

	for (int i = 0; i < 2; i++)
		assert_int_equal(session_begin(txn, &alice, &client, &limits,
				     TEST_NOW, secret),
		    0);
	assert_int_equal(
	    session_begin(txn, &bob, &client, &limits, TEST_NOW, secret), 0);
	assert_int_equal(count_sessions(txn, TEST_NOW), 3);
	/* Nothing is changed, and whoever is signed in is signed out. */
	assert_int_equal(account_set(txn, "alice", &none, "test", TEST_NOW), 0);
	assert_int_equal(count_sessions(txn, TEST_NOW), 1);
	assert_int_equal(
	    count_sessions(txn, TEST_NOW + limits.idle_seconds), 0);
}

static void
sessions_that_are_over_do_not_gather(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct account account = add(txn, "alice", ROLE_ADMIN);
	uint8_t secret[SECRET_LEN];

	for (int i = 0; i < 200; i++)
		assert_int_equal(session_begin(txn, &account, &client, &limits,
				     TEST_NOW + i * 3600, secret),
		    0);
	assert_in_range(store_count(txn, TABLE_SESSION), 1, 14);
}

static void
a_login_takes_a_code_once(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct account account = add(txn, "alice", ROLE_ADMIN);
	struct account_change change = ACCOUNT_CHANGE_NONE;
	uint8_t secret[TOTP_SECRET_LEN] = "12345678901234567890";
	char code[TOTP_DIGITS + 1];

	assert_int_equal(account_login(txn, &account, "", TEST_NOW), 0);
	change.totp = 1;
	change.totp_secret = secret;
	assert_int_equal(
	    account_set(txn, "alice", &change, "test", TEST_NOW), 0);
	/* What was read before the change is another's. */
	assert_int_equal(
	    account_login(txn, &account, "", TEST_NOW), ERROR_REFUSED);
	assert_int_equal(account_get(txn, "alice", &account), 0);
	assert_int_equal(
	    account_login(txn, &account, "", TEST_NOW), ERROR_REFUSED);
	totp_code(secret, TEST_NOW / 30, code);
	assert_int_equal(account_login(txn, &account, code, TEST_NOW), 0);
	assert_int_equal(
	    account_login(txn, &account, code, TEST_NOW), ERROR_REFUSED);
	totp_code(secret, TEST_NOW / 30 + 1, code);
	assert_int_equal(account_login(txn, &account, code, TEST_NOW), 0);
	change = ACCOUNT_CHANGE_NONE;
	change.disabled = 1;
	assert_int_equal(
	    account_set(txn, "alice", &change, "test", TEST_NOW), 0);
	assert_int_equal(account_get(txn, "alice", &account), 0);
	totp_code(secret, TEST_NOW / 30 + 2, code);
	assert_int_equal(
	    account_login(txn, &account, code, TEST_NOW + 60), ERROR_REFUSED);
}

/* RFC 6238 appendix B, the last six digits. */
static void
codes_are_those_of_the_rfc(void **state)
{
	static const struct {
		int64_t at;
		const char *code;
	} cases[] = {
		{ 59, "287082" },
		{ 1111111109, "081804" },
		{ 1111111111, "050471" },
		{ 1234567890, "005924" },
		{ 2000000000, "279037" },
		{ INT64_C(20000000000), "353130" },
	};
	const uint8_t secret[TOTP_SECRET_LEN] = "12345678901234567890";
	char code[TOTP_DIGITS + 1], text[TOTP_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t at = cases[i].at;

		assert_int_equal(totp_code(secret, at / 30, code), 0);
		assert_string_equal(code, cases[i].code);
		assert_int_equal(totp_check(secret, code, 0, at), at / 30);
		assert_int_equal(totp_check(secret, code, 0, at + 30), at / 30);
		assert_int_equal(
		    totp_check(secret, code, 0, at + 90), ERROR_REFUSED);
		assert_int_equal(
		    totp_check(secret, code, at / 30, at), ERROR_REFUSED);
	}
	assert_int_equal(totp_check(secret, "28708", 0, 59), ERROR_REFUSED);
	assert_int_equal(totp_check(secret, "2870822", 0, 59), ERROR_REFUSED);
	assert_string_equal(
	    totp_format(secret, text), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

static void
roles_may_what_the_table_says(void **state)
{
	(void)state;
	assert_int_equal(role_parse("operator"), ROLE_OPERATOR);
	assert_int_equal(role_parse("root"), ERROR_FORMAT);
	assert_int_equal(role_permits(ROLE_VIEWER), PERMIT_READ);
	assert_int_equal(role_permits(ROLE_SENSOR), PERMIT_REPORT);
	assert_int_equal(role_permits(ROLE_OPERATOR) & PERMIT_MANAGE, 0);
	assert_int_equal(role_permits(ROLE_ADMIN) & PERMIT_REPORT, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_password_fits_its_hash_alone),
		cmocka_unit_test(a_secret_has_one_text),
		cmocka_unit_test(names_are_plain),
		cmocka_unit_test(codes_are_those_of_the_rfc),
		cmocka_unit_test(roles_may_what_the_table_says),
		TEST_WITH_STORE(an_account_is_as_it_was_added),
		TEST_WITH_STORE(each_act_is_in_the_audit_without_a_secret),
		TEST_WITH_STORE(
		    a_password_for_once_gets_stale_and_another_does_not),
		TEST_WITH_STORE(
		    a_session_lasts_while_it_is_used_and_no_longer_than_a_day),
		TEST_WITH_STORE(a_changed_account_ends_its_sessions),
		TEST_WITH_STORE(
		    one_of_the_same_name_has_none_of_the_old_sessions),
		TEST_WITH_STORE(the_list_has_what_is_in_force),
		TEST_WITH_STORE(sessions_that_are_over_do_not_gather),
		TEST_WITH_STORE(a_login_takes_a_code_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
