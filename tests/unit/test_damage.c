#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/corroboration.h"
#include "db/sighting.h"
#include "db/stored.h"
#include "db/trend.h"
#include "tests/support/test_record.h"

/*
 * One record among many that cannot be read: it is passed by, and all else
 * goes on.
 */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define VICTIM "192.0.2.66"

static struct test_record record;

static int
open_record(void **state)
{
	(void)state;
	test_record_open(&record, "eager");
	return 0;
}

/* No verifying: it would find what the test has spoilt. */
static int
close_record(void **state)
{
	(void)state;
	recorder_rules_deinit(&record.rules);
	test_store_close(&record.test);
	return 0;
}

/* --- what is spoilt ------------------------------------------------------- */

static const struct octets damaged = { "\1\377\377", 3 };
static const struct octets newer = { "\377\1\1", 3 };

/* The record of the victim, or of its trap, or where both stand. */
static void
spoil(struct store_txn *txn, enum store_table table, struct octets with)
{
	struct ipaddr unit = address_of(VICTIM);
	struct store_cursor *cursor;
	struct octets key, value;
	struct zonekey name;

	zonekey_of_unit(SUBLIST_MAIN, &unit, &name);
	assert_int_equal(store_cursor_open(txn, table, &cursor), 0);
	assert_int_equal(store_move(cursor, STORE_FIRST, &key, &value), 0);
	if (table != TABLE_ZONE) {
		assert_true(key.len <= sizeof(name.octets));
		memcpy(name.octets, key.data, name.len = key.len);
	}
	store_cursor_close(cursor);
	assert_int_equal(
	    store_put(txn, table, OCTETS(name.octets, name.len), with), 0);
}

static void
exempt(const char *prefix)
{
	struct exemption exemption = { .prefix = prefix_of(prefix),
		.added_at = record.now };
	struct store_txn *txn = begin(&record);

	assert_int_equal(exemption_put(txn, &exemption), 0);
	assert_int_equal(store_commit(txn), 0);
}

/* The victim first, so that its records are the first of each table. */
static void
fill(void)
{
	struct evidence evidence = bounce(&record, VICTIM, 1);

	evidence.digest = 1;
	evidence.campaign = 1;
	assert_int_equal(put(&record, evidence), 0);
	see(&record, "198.18.1.1", 1);
	see(&record, "198.18.2.1", 2);
}

static void
spoil_now(enum store_table table, struct octets with)
{
	struct store_txn *txn = begin(&record);

	spoil(txn, table, with);
	assert_int_equal(store_commit(txn), 0);
}

static enum listing_state
state_of(const char *address)
{
	return listing_of(&record, address).state;
}

/* --- tests ---------------------------------------------------------------- */

static const enum store_table spoilt[] = { TABLE_LISTING, TABLE_SIGHTING,
	TABLE_EVIDENCE, TABLE_EVIDENCE_OF, TABLE_DIGEST, TABLE_GROUP_NETWORK,
	TABLE_TREND, TABLE_JOURNAL, TABLE_ZONE };

static void
what_a_damaged_trap_saw_is_recorded(void **state)
{
	uint8_t key[STORED_KEY_U64];
	struct store_txn *txn;

	open_record(state);
	txn = begin(&record);
	assert_int_equal(
	    store_put(txn, TABLE_TRAP, stored_key_u64(key, 1), damaged), 0);
	assert_int_equal(store_commit(txn), 0);
	assert_int_equal(put(&record, bounce(&record, VICTIM, 1)), 0);
	assert_int_equal(state_of(VICTIM), LISTING_LISTED);
	close_record(state);
}

static void
the_others_are_listed_and_expire(void **state)
{
	for (size_t i = 0; i < 2 * COUNT(spoilt); i++) {
		open_record(state);
		fill();
		spoil_now(spoilt[i / 2], i % 2 == 0 ? damaged : newer);
		record.now += HOUR;
		see(&record, "198.18.3.1", 1);
		assert_int_equal(state_of("198.18.3.1"), LISTING_LISTED);
		record.now += 4 * DAY;
		sweep(&record);
		assert_int_not_equal(state_of("198.18.1.1"), LISTING_LISTED);
		assert_int_not_equal(state_of("198.18.3.1"), LISTING_LISTED);
		close_record(state);
	}
}

static void
the_victim_is_off_every_list_when_its_time_is_over(void **state)
{
	for (size_t i = 0; i < COUNT(spoilt); i++) {
		open_record(state);
		fill();
		spoil_now(spoilt[i], damaged);
		record.now += 4 * DAY;
		sweep(&record);
		assert_int_equal(codes_of(&record, SUBLIST_MAIN, VICTIM), 0);
		close_record(state);
	}
}

static void
evidence_of_the_victim_is_taken_all_the_same(void **state)
{
	for (size_t i = 0; i < COUNT(spoilt); i++) {
		uint64_t before;

		open_record(state);
		fill();
		spoil_now(spoilt[i], damaged);
		before = records_in(&record, TABLE_EVIDENCE);
		see(&record, VICTIM, 1);
		assert_int_equal(
		    records_in(&record, TABLE_EVIDENCE), before + 1);
		close_record(state);
	}
}

static void
old_evidence_goes_all_the_same(void **state)
{
	for (size_t i = 0; i < COUNT(spoilt); i++) {
		open_record(state);
		fill();
		spoil_now(spoilt[i], damaged);
		record.now += 31 * DAY;
		sweep(&record);
		assert_int_equal(records_in(&record, TABLE_EVIDENCE), 0);
		/* What it led to, nobody knows any more. */
		if (spoilt[i] != TABLE_EVIDENCE)
			assert_int_equal(records_in(&record, TABLE_DIGEST), 0);
		close_record(state);
	}
}

/* Its prefix stands in the key: in doubt nobody is listed. */
static void
an_exemption_that_cannot_be_read_exempts(void **state)
{
	open_record(state);
	exempt("192.0.2.64/28");
	spoil_now(TABLE_EXEMPTION, damaged);
	see(&record, VICTIM, 1);
	assert_int_equal(state_of(VICTIM), LISTING_NONE);
	see(&record, "192.0.2.1", 1);
	assert_int_equal(state_of("192.0.2.1"), LISTING_LISTED);
	close_record(state);
}

static int
count_one(const struct evidence *evidence, void *context)
{
	(void)evidence;
	++*(unsigned *)context;
	return 0;
}

static void
what_else_is_known_of_an_address_is_shown(void **state)
{
	struct ipaddr unit = address_of(VICTIM);
	struct store_txn *txn;
	unsigned shown = 0;

	open_record(state);
	fill();
	see(&record, VICTIM, 2);
	spoil_now(TABLE_EVIDENCE, damaged);
	txn = begin(&record);
	assert_int_equal(evidence_of_newest(txn, &unit, count_one, &shown), 0);
	assert_int_equal(shown, 1);
	store_abort(txn);
	close_record(state);
}

/* What nobody made: a second due time of a unit, or of none. */
static void
a_due_time_of_nothing_holds_up_nobody(void **state)
{
	static const char *const addresses[] = { "198.18.1.1", "9.9.9.9" };

	open_record(state);
	fill();
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct ipaddr unit = address_of(addresses[i]);
		struct store_txn *txn = begin(&record);
		uint8_t key[24];

		stored_key_u64(key, 5 + i);
		memcpy(key + 8, unit.octets, 16);
		assert_int_equal(
		    store_put(txn, TABLE_DUE, OCTETS(key, 24), OCTETS("", 0)),
		    0);
		assert_int_equal(store_commit(txn), 0);
	}
	record.now += 4 * DAY;
	sweep(&record);
	assert_int_not_equal(state_of("198.18.2.1"), LISTING_LISTED);
	close_record(state);
}

static void
an_exemption_passes_by_what_it_cannot_read(void **state)
{
	struct exemption exemption = { .prefix = prefix_of("0.0.0.0/0"),
		.reason = "r" };
	struct store_txn *txn;

	open_record(state);
	fill();
	spoil_now(TABLE_LISTING, damaged);
	txn = begin(&record);
	assert_int_equal(
	    commit(&record, txn,
		record_exemption(txn, &record.rules, &exemption, record.now)),
	    0);
	assert_int_equal(codes_of(&record, SUBLIST_MAIN, "198.18.1.1"), 0);
	close_record(state);
}

static void
the_operator_can_remove_it(void **state)
{
	struct ipprefix prefix = prefix_of(VICTIM "/32");
	struct store_txn *txn;

	open_record(state);
	fill();
	spoil_now(TABLE_LISTING, damaged);
	txn = begin(&record);
	assert_int_equal(
	    commit(&record, txn,
		record_removal(txn, &record.rules, &prefix, "", record.now)),
	    0);
	assert_int_equal(codes_of(&record, SUBLIST_MAIN, VICTIM), 0);
	see(&record, VICTIM, 1);
	assert_int_equal(state_of(VICTIM), LISTING_LISTED);
	/* Nor does the guard count it twice. */
	txn = begin(&record);
	assert_int_equal(verify_store(txn, print_fault, NULL), 0);
	store_abort(txn);
	close_record(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_damaged_trap_saw_is_recorded),
		cmocka_unit_test(the_others_are_listed_and_expire),
		cmocka_unit_test(
		    the_victim_is_off_every_list_when_its_time_is_over),
		cmocka_unit_test(evidence_of_the_victim_is_taken_all_the_same),
		cmocka_unit_test(old_evidence_goes_all_the_same),
		cmocka_unit_test(an_exemption_that_cannot_be_read_exempts),
		cmocka_unit_test(what_else_is_known_of_an_address_is_shown),
		cmocka_unit_test(a_due_time_of_nothing_holds_up_nobody),
		cmocka_unit_test(an_exemption_passes_by_what_it_cannot_read),
		cmocka_unit_test(the_operator_can_remove_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
