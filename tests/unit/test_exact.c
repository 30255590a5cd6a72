#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/evidence.h"
#include "db/sighting.h"
#include "httpapi/exact.h"
#include "tests/support/test_store.h"

#define DAY 86400

static void
masks_every_name_but_the_servers_own(void **state)
{
	static const struct {
		const char *text, *masked;
	} cases[] = {
		{ "", "" },
		{ "5.1.1 of 192.0.2.1 (v4.96), etc.",
		    "5.1.1 of 192.0.2.1 (v4.96), etc." },
		{ "550 no such user <bob@host.example>",
		    "550 no such user <****************>" },
		{ "from=<X@TRAP.example>, to=<a@b.example>",
		    "from=<**************>, to=<***********>" },
		{ "no route to trap.example.", "no route to *************" },
		{ "rfc822;x@trap.example", "rfc822;**************" },
		{ "bob=trap.example@relay", "**********************" },
		{ "trap.example!bob%trap.example",
		    "*****************************" },
		{ "mx.b\xc3\xbc"
		  "cher.example",
		    "******************" },
		{ "says MX.own.example.", "says MX.own.example." },
		{ "says mta.own.example:25", "says mta.own.example:25" },
		{ "says x.mta.own.example", "says *****************" },
		{ "trapxexample @ trap.", "trapxexample * trap." },
	};
	static const struct evidence evidence = { .helo = "mx.own.example",
		.reporting_mta = "mta.own.example" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[128];

		strcpy(text, cases[i].text);
		exact_mask(&evidence, text);
		assert_string_equal(text, cases[i].masked);
	}
}

/* With so many other networks that bear it out. */
static void
sight_with(struct store_txn *txn, int64_t seen_at, enum backscatter_kind kind,
    uint8_t borne_by)
{
	static struct evidence evidence;
	struct sighting sighting = { .borne_by = borne_by };

	memset(&evidence, 0, sizeof(evidence));
	assert_int_equal(ipaddr_parse("192.0.2.1", &evidence.address), 0);
	evidence.kind = kind;
	evidence.seen_at = seen_at;
	evidence.trap = 1;
	strcpy(evidence.queue_id, "4ABC");
	strcpy(evidence.diagnostic, "550 x@trap.example is unknown");
	assert_int_equal(evidence_next_id(txn, seen_at, &evidence.id), 0);
	assert_int_equal(evidence_put(txn, &evidence), 0);
	sighting.id = evidence.id;
	policy_event_from(&evidence, false, &sighting.event);
	assert_int_equal(sighting_put(txn, &evidence.address, &sighting), 0);
}

static void
sight(struct store_txn *txn, int64_t seen_at, enum backscatter_kind kind)
{
	sight_with(txn, seen_at, kind, 3);
}

static json_t *
exact(struct store_txn *txn, bool listed)
{
	struct policy policy;
	struct ipaddr unit;
	json_t *found;
	int code;

	assert_int_equal(policy_preset("small", &policy), 0);
	assert_int_equal(ipaddr_parse("192.0.2.1", &unit), 0);
	found = exact_json(txn, &unit, &policy, listed, TEST_NOW, &code);
	assert_non_null(found);
	return found;
}

static void
tells_the_owner_of_a_listed_address_everything_but_the_trap(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	json_t *found, *first;

	sight(txn, TEST_NOW - 2 * DAY, BACKSCATTER_DSN);
	sight(txn, TEST_NOW - 100, BACKSCATTER_NONE);
	sight(txn, TEST_NOW - 60, BACKSCATTER_DSN);
	found = exact(txn, true);
	assert_int_equal(json_array_size(found), 2);
	first = json_array_get(found, 0);
	assert_string_equal(
	    json_string_value(json_object_get(first, "seen_at")),
	    "2023-11-14T22:12:20Z");
	assert_string_equal(
	    json_string_value(json_object_get(first, "queue_id")), "4ABC");
	assert_string_equal(
	    json_string_value(json_object_get(first, "diagnostic")),
	    "550 ************** is unknown");
	assert_null(json_object_get(first, "trap"));
	json_decref(found);
}

static void
tells_the_owner_of_another_one_nothing_of_the_last_day(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	json_t *found;

	sight(txn, TEST_NOW - DAY - 1, BACKSCATTER_DSN);
	sight(txn, TEST_NOW - DAY + 1, BACKSCATTER_DSN);
	found = exact(txn, false);
	assert_int_equal(json_array_size(found), 1);
	json_decref(found);
}

/* Else a server that answers guesses would learn which of them are traps. */
static void
tells_nobody_what_no_others_bear_out(void **state)
{
	struct store_txn *txn = test_store_txn(state);

	for (int listed = 0; listed < 2; listed++) {
		json_t *found;

		sight_with(txn, TEST_NOW - 2 * DAY, BACKSCATTER_DSN, 0);
		sight_with(txn, TEST_NOW - 60, BACKSCATTER_DSN, 2);
		found = exact(txn, listed);
		assert_int_equal(json_array_size(found), 0);
		json_decref(found);
	}
}

static void
tells_no_more_than_the_newest(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	json_t *found;

	for (int i = 0; i < EXACT_MAX + 5; i++)
		sight(txn, TEST_NOW - 1000 + i, BACKSCATTER_DSN);
	found = exact(txn, true);
	assert_int_equal(json_array_size(found), EXACT_MAX);
	json_decref(found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks_every_name_but_the_servers_own),
		TEST_WITH_STORE(
		    tells_the_owner_of_a_listed_address_everything_but_the_trap),
		TEST_WITH_STORE(
		    tells_the_owner_of_another_one_nothing_of_the_last_day),
		TEST_WITH_STORE(tells_nobody_what_no_others_bear_out),
		TEST_WITH_STORE(tells_no_more_than_the_newest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
