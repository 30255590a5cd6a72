#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/audit.h"
#include "tests/support/one_record.h"

/* A clock that steps back, and one that was far ahead for a while. */
#define YEAR (365 * DAY)

static void
see_ahead(const char *address, uint64_t trap, int64_t ahead)
{
	record.now += ahead;
	see(&record, address, trap);
	record.now -= ahead;
}

struct order {
	uint64_t last_id;
	unsigned count;
	uint64_t traps; /* as they come, a digit each */
};

static int
look(const struct evidence *evidence, void *context)
{
	struct order *order = context;

	assert_true(evidence->id < order->last_id);
	order->last_id = evidence->id;
	order->count++;
	order->traps = order->traps * 10 + evidence->trap;
	return 0;
}

static void
evidence_keeps_the_order_in_which_it_came(void **state)
{
	struct ipaddr unit = address_of("192.0.2.1");
	struct order order = { .last_id = UINT64_MAX };
	struct store_txn *txn;

	(void)state;
	see(&record, "192.0.2.1", 1);
	see_ahead("192.0.2.1", 2, YEAR);
	see(&record, "192.0.2.1", 3);
	see_ahead("192.0.2.1", 4, -HOUR);
	record.now += HOUR;
	see(&record, "192.0.2.1", 5);
	txn = begin(&record);
	assert_int_equal(evidence_of_newest(txn, &unit, look, &order), 0);
	store_abort(txn);
	assert_int_equal(order.traps, 54321);
}

static void
what_was_seen_ahead_does_not_count_before_its_time(void **state)
{
	(void)state;
	see_ahead("192.0.2.1", 1, YEAR);
	record.now += HOUR;
	see(&record, "192.0.2.1", 2);
	assert_int_equal(listing_of(&record, "192.0.2.1").sightings, 1);
	assert_int_equal(
	    listing_of(&record, "192.0.2.1").expires_at, record.now + 3 * DAY);
}

/* Nobody can know which of two times was right. */
static void
a_listing_made_ahead_lasts_no_longer_than_it_says(void **state)
{
	struct delisting delisting = { .unit = address_of("192.0.2.2") };
	struct store_txn *txn;

	(void)state;
	see_ahead("192.0.2.1", 1, 9 * DAY);
	see_ahead("192.0.2.2", 1, 9 * DAY);
	sweep(&record);
	assert_int_equal(
	    listing_of(&record, "192.0.2.1").expires_at, record.now + 12 * DAY);
	txn = begin(&record);
	assert_int_equal(
	    commit(&record, txn,
		record_delisting(txn, &record.rules, &delisting, record.now)),
	    0);
	assert_int_equal(codes_of(&record, SUBLIST_MAIN, "192.0.2.2"), 0);
	record.now += 12 * DAY;
	sweep(&record);
	assert_int_equal(codes_of(&record, SUBLIST_MAIN, "192.0.2.1"), 0);
}

static void
evidence_of_a_clock_ahead_keeps_nobody_elses(void **state)
{
	(void)state;
	see(&record, "192.0.2.1", 1);
	see_ahead("192.0.2.2", 1, YEAR);
	see_ahead("192.0.2.3", 1, YEAR);
	see(&record, "192.0.2.4", 1);
	record.now += 15 * DAY;
	see(&record, "192.0.2.5", 1);
	record.now += 15 * DAY;
	sweep(&record);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), 1);
	record.now += 15 * DAY;
	sweep(&record);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), 0);
}

static void
a_message_seen_ahead_may_come_again(void **state)
{
	struct evidence evidence = bounce(&record, "192.0.2.1", 1);

	(void)state;
	evidence.digest = 1;
	evidence.seen_at = record.now += YEAR;
	assert_int_equal(put(&record, evidence), 0);
	record.now -= YEAR;
	evidence.seen_at = record.now;
	assert_int_equal(put(&record, evidence), 0);
	record.now -= HOUR;
	assert_int_equal(put(&record, evidence), ERROR_EXISTS);
}

static int
note_end(const struct audit_entry *entry, void *context)
{
	struct audit_entry *ended = context;

	if (strcmp(entry->what, "policy_in_force") == 0)
		return 0;
	*ended = *entry;
	return 1;
}

/* Its end is no history any more when it is told. */
static void
what_expired_in_a_leap_of_the_clock_has_expired(void **state)
{
	static const int64_t leaps[] = { 3 * DAY, 80 * DAY, 94 * DAY, YEAR };

	(void)state;
	for (size_t i = 0; i < sizeof(leaps) / sizeof(leaps[0]); i++) {
		struct audit_entry ended = { .number = 0 };
		struct store_txn *txn;

		see(&record, "192.0.2.1", 1);
		assert_true(codes_of(&record, SUBLIST_MAIN, "192.0.2.1") != 0);
		record.now += leaps[i];
		if (leaps[i] == 3 * DAY)
			record.now =
			    listing_of(&record, "192.0.2.1").expires_at;
		sweep(&record);
		assert_int_equal(
		    codes_of(&record, SUBLIST_MAIN, "192.0.2.1"), 0);
		txn = begin(&record);
		assert_int_equal(audit_newest(txn, note_end, &ended), 1);
		store_abort(txn);
		assert_string_equal(ended.what, "expired");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(evidence_keeps_the_order_in_which_it_came),
		EAGER(what_was_seen_ahead_does_not_count_before_its_time),
		EAGER(a_listing_made_ahead_lasts_no_longer_than_it_says),
		EAGER(evidence_of_a_clock_ahead_keeps_nobody_elses),
		EAGER(a_message_seen_ahead_may_come_again),
		EAGER(what_expired_in_a_leap_of_the_clock_has_expired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
