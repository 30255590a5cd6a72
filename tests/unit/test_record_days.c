#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/record_private.h"
#include "db/trend_day.h"
#include "tests/support/one_record.h"
#include "tests/support/purged.h"

/* What the public is told of a day, and when. */

#define TODAY (TEST_NOW / DAY)
#define SERVER "192.0.2.1"

/* How many bounces are counted of a day; UNKNOWN: it was not counted. */
#define UNKNOWN UINT64_MAX
static uint64_t
counted(int64_t number)
{
	struct store_txn *txn = begin(&record);
	struct trend_day day;
	int code = trend_day_get(txn, (uint32_t)number, &day);

	store_abort(txn);
	if (code == ERROR_NOT_FOUND)
		return UNKNOWN;
	assert_int_equal(code, 0);
	return day.seen[BACKSCATTER_DSN];
}

/* Sweeps at a second of a day. */
static void
sweep_at(int64_t number, int64_t second)
{
	record.now = number * DAY + second;
	sweep(&record);
}

/* At which today can be counted. */
static void
settle(void)
{
	sweep_at(TODAY + 2, 0);
}

/* One transaction of counting, of one sighting: what it says. */
static int
count_a_little(void)
{
	struct store_txn *txn = begin(&record);

	return commit(
	    &record, txn, record_days(txn, &record.rules, record.now, 100, 0));
}

static void
what_others_bear_out_is_counted_and_no_other(void **state)
{
	(void)state;
	bear_out(&record, 1);
	see(&record, SERVER, 1);
	see(&record, SERVER, 2);
	settle();
	assert_int_equal(counted(TODAY), 4);
}

static void
a_day_is_counted_when_it_is_over_for_a_day(void **state)
{
	(void)state;
	bear_out(&record, 1);
	see(&record, SERVER, 1);
	sweep_at(TODAY + 2, -1);
	assert_int_equal(counted(TODAY), UNKNOWN);
	sweep_at(TODAY + 2, 0);
	assert_int_equal(counted(TODAY), 4);
	assert_int_equal(counted(TODAY + 1), UNKNOWN);
	sweep_at(TODAY + 3, 0);
	assert_int_equal(counted(TODAY + 1), 0);
}

static void
midnight_parts_what_bears_each_other_out(void **state)
{
	(void)state;
	record.now = (TODAY + 1) * DAY - 1;
	bear_out(&record, 1);
	record.now++;
	see(&record, SERVER, 1);
	sweep_at(TODAY + 3, 0);
	assert_int_equal(counted(TODAY), 3);
	assert_int_equal(counted(TODAY + 1), 1);
}

/* No judgement of its unit has found out. */
static void
what_is_borne_out_counts_though_nobody_looked(void **state)
{
	struct evidence evidence = bounce(&record, SERVER, 1);
	struct ipaddr unit = listing_unit(&evidence.address);
	struct sighting sighting;
	struct store_txn *txn;

	(void)state;
	bear_out(&record, 1);
	see(&record, SERVER, 1);
	txn = begin(&record);
	assert_int_equal(sighting_read(txn, &unit, 0, &sighting, 1), 1);
	assert_int_equal(sighting.borne_by, 3);
	sighting.borne_by = 0;
	assert_int_equal(
	    commit(&record, txn, sighting_put(txn, &unit, &sighting)), 0);
	record.now = (TODAY + 2) * DAY;
	while (count_a_little() > 0)
		;
	assert_int_equal(counted(TODAY), 4);
}

static void
what_a_flood_lets_go_is_counted(void **state)
{
	(void)state;
	bear_out(&record, 1);
	for (int i = 0; i < 200; i++)
		see(&record, SERVER, 1);
	assert_true(records_in(&record, TABLE_EVIDENCE) < 100);
	settle();
	assert_int_equal(counted(TODAY), 203);
}

static void
what_has_no_weight_is_not_counted(void **state)
{
	(void)state;
	record.rules.policy.weight[GRADE_A] = 0;
	bear_out(&record, 1);
	see(&record, SERVER, 1);
	settle();
	assert_int_equal(counted(TODAY), 0);
}

static void
each_kind_is_counted_apart(void **state)
{
	struct store_txn *txn;
	struct trend_day day;

	(void)state;
	see(&record, SERVER, 1);
	see_callout(SERVER, 1);
	see_callout("192.0.2.2", 1);
	settle();
	txn = begin(&record);
	assert_int_equal(trend_day_get(txn, TODAY, &day), 0);
	store_abort(txn);
	assert_int_equal(day.seen[BACKSCATTER_DSN], 1);
	assert_int_equal(day.seen[BACKSCATTER_CALLOUT], 2);
	assert_int_equal(day.seen[BACKSCATTER_NONE], 0);
}

/* --- in steps ------------------------------------------------------------- */

/* Each is a transaction, and what comes meanwhile is of another day. */
static void
it_goes_on_where_it_was(void **state)
{
	unsigned steps = 1;

	(void)state;
	bear_out(&record, 1);
	for (int i = 0; i < 7; i++)
		see(&record, SERVER, 1);
	record.now = (TODAY + 2) * DAY;
	assert_int_equal(count_a_little(), 100);
	while (counted(TODAY) == UNKNOWN) {
		see(&record, "192.0.2.9", 1);
		assert_int_equal(count_a_little(), 100);
		assert_true(++steps < 20);
	}
	assert_true(steps >= 10);
	assert_int_equal(counted(TODAY), 10);
	assert_int_equal(count_a_little(), 0);
}

static void
other_numbers_count_what_is_counted_from_then_on(void **state)
{
	(void)state;
	bear_out(&record, 1);
	see(&record, SERVER, 1);
	settle();
	record.rules.policy.corroborating_networks = 5;
	bear_out(&record, 2);
	see(&record, SERVER, 2);
	sweep_at(TODAY + 4, 0);
	assert_int_equal(counted(TODAY), 4);
	assert_int_equal(counted(TODAY + 2), 0);
}

static void
who_stands_in_counts_nothing(void **state)
{
	(void)state;
	bear_out(&record, 1);
	record.rules.stands_in = true;
	settle();
	assert_int_equal(counted(TODAY), UNKNOWN);
}

/* --- what is there -------------------------------------------------------- */

static void
a_day_without_anything_is_counted_and_one_before_is_not(void **state)
{
	(void)state;
	sweep(&record);
	sweep_at(TODAY + 40, 0);
	assert_int_equal(counted(TODAY - 1), UNKNOWN);
	/* Of these what was seen may have been dropped since. */
	assert_int_equal(counted(TODAY), UNKNOWN);
	assert_int_equal(counted(TODAY + 10), UNKNOWN);
	assert_int_equal(counted(TODAY + 11), 0);
	assert_int_equal(counted(TODAY + 38), 0);
	assert_int_equal(counted(TODAY + 39), UNKNOWN);
}

/* As in a database of before days were counted. */
static void
counting_begins_with_the_oldest_day_that_is_whole(void **state)
{
	(void)state;
	for (int day = 0; day < 25; day++) {
		bear_out(&record, 1);
		see(&record, SERVER, 1);
		record.now += DAY;
	}
	sweep_at(TODAY + 26, 0);
	assert_int_equal(counted(TODAY - 1), UNKNOWN);
	for (int day = 0; day < 25; day++)
		assert_int_equal(counted(TODAY + day), 4);
}

/* It may not be all that there was, nor come in at once. */
static void
what_is_imported_of_days_before_is_told_of_none(void **state)
{
	(void)state;
	sweep(&record);
	record.now = TEST_NOW - 5 * DAY;
	bear_out(&record, 1);
	see(&record, SERVER, 1);
	settle();
	assert_int_equal(counted(TODAY - 5), UNKNOWN);
	assert_int_equal(counted(TODAY - 1), UNKNOWN);
	assert_int_equal(counted(TODAY), 0);
}

static void
what_was_not_whole_once_is_never_told(void **state)
{
	(void)state;
	for (int day = 0; day < 35; day++) {
		bear_out(&record, 1);
		see(&record, SERVER, 1);
		record.now += DAY;
	}
	sweep_at(TODAY + 36, 1);
	assert_int_equal(counted(TODAY + 6), UNKNOWN);
	record.rules.policy.evidence_seconds = 60 * DAY;
	sweep_at(TODAY + 37, 0);
	assert_int_equal(counted(TODAY + 6), UNKNOWN);
	assert_int_equal(counted(TODAY + 7), 4);
}

static void
of_a_day_of_which_some_is_gone_nothing_is_told(void **state)
{
	(void)state;
	for (int day = 0; day < 25; day++) {
		bear_out(&record, 1);
		see(&record, SERVER, 1);
		record.now += DAY;
	}
	sweep_at(TODAY + 34, 1);
	assert_int_equal(counted(TODAY + 4), UNKNOWN);
	assert_int_equal(counted(TODAY + 5), 4);
}

static void
a_count_outlives_what_was_counted(void **state)
{
	(void)state;
	bear_out(&record, 1);
	see(&record, SERVER, 1);
	settle();
	sweep_at(TODAY + 100, 0);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), 0);
	assert_int_equal(counted(TODAY), 4);
	sweep_at(TODAY + TREND_KEPT_DAYS + 1, 0);
	assert_int_equal(counted(TODAY), UNKNOWN);
}

/* --- clocks --------------------------------------------------------------- */

static void
a_clock_that_was_ahead_spoils_no_count(void **state)
{
	(void)state;
	bear_out(&record, 1);
	see(&record, SERVER, 1);
	sweep_at(TODAY + 12, 0);
	see(&record, SERVER, 1);
	assert_int_equal(counted(TODAY), 4);
	assert_int_equal(counted(TODAY + 10), 0);
	record.now = TODAY * DAY + HOUR;
	sweep(&record);
	assert_int_equal(counted(TODAY), UNKNOWN);
	assert_int_equal(counted(TODAY + 10), UNKNOWN);
	/* Their ids are behind that of the future. */
	record.now = (TODAY + 1) * DAY;
	bear_out(&record, 3);
	see(&record, SERVER, 3);
	sweep_at(TODAY + 3, 0);
	assert_int_equal(counted(TODAY), 4);
	assert_int_equal(counted(TODAY + 1), 4);
	assert_int_equal(counted(TODAY + 2), UNKNOWN);
	/* It was seen at the same trap on that day alone. */
	sweep_at(TODAY + 14, 0);
	assert_int_equal(counted(TODAY + 12), 0);
	assert_int_equal(counted(TODAY + 10), 0);
}

/* As of a machine that has not asked for the time yet. */
static void
a_clock_that_is_far_behind_spoils_no_count(void **state)
{
	(void)state;
	bear_out(&record, 1);
	see(&record, SERVER, 1);
	settle();
	sweep_at(TODAY - 100, 0);
	assert_int_equal(counted(TODAY), 4);
	sweep_at(TODAY + 3, 0);
	assert_int_equal(counted(TODAY), 4);
	assert_int_equal(counted(TODAY + 1), 0);
}

static void
a_first_sweep_in_the_future_shuts_nothing_out(void **state)
{
	(void)state;
	record.now = (TODAY + 12) * DAY;
	sweep(&record);
	record.now = TEST_NOW;
	sweep(&record);
	bear_out(&record, 1);
	see(&record, SERVER, 1);
	settle();
	assert_int_equal(counted(TODAY), 4);
}

/* --- evidence is taken away ----------------------------------------------- */

static void
see_by_bad(const char *address, uint64_t trap)
{
	struct evidence evidence = bounce(&record, address, trap);

	evidence.sensor = BAD_SENSOR;
	assert_int_equal(put(&record, evidence), 0);
}

/* What was borne out by it alone goes with it, on the day beside, too. */
static void
a_purged_day_is_counted_again(void **state)
{
	(void)state;
	record.now = (TODAY + 1) * DAY - 1;
	see_by_bad("198.19.1.1", 1);
	see_by_bad("198.19.2.1", 1);
	see_by_bad("198.19.3.1", 1);
	bear_out(&record, 2);
	see(&record, SERVER, 2);
	record.now++;
	see(&record, SERVER, 1);
	record.now += 5 * DAY;
	see(&record, SERVER, 2);
	bear_out(&record, 2);
	sweep_at(TODAY + 9, 0);
	assert_int_equal(counted(TODAY), 7);
	assert_int_equal(counted(TODAY + 1), 1);
	assert_int_equal(counted(TODAY + 6), 4);
	purge_sensor(&record, BAD_SENSOR);
	assert_int_equal(counted(TODAY), UNKNOWN);
	assert_int_equal(counted(TODAY + 1), UNKNOWN);
	assert_int_equal(counted(TODAY + 6), 4);
	sweep(&record);
	assert_int_equal(counted(TODAY), 4);
	assert_int_equal(counted(TODAY + 1), 0);
	assert_int_equal(counted(TODAY + 6), 4);
}

static void
nothing_is_counted_while_a_purge_is_under_way(void **state)
{
	const struct purge purge = {
		.by = PURGE_SENSOR, .which = BAD_SENSOR, .to = TEST_NOW + DAY
	};
	struct purge_result result;
	struct purge_plan plan;
	unsigned waited = 0;

	(void)state;
	see(&record, SERVER, 1);
	see_by_bad("198.19.1.1", 1);
	see_by_bad("198.19.2.1", 1);
	see_by_bad("198.19.3.1", 1);
	settle();
	assert_int_equal(counted(TODAY), 4);
	begin_purge(&record, &purge, &plan);
	plan.step_ms = 0;
	while (counted(TODAY) == 4)
		assert_int_equal(
		    purge_plan_do(&plan, &record.rules, record.now), 0);
	while (plan.purge.stage < PURGE_CLEANS && !plan.over) {
		sweep(&record);
		assert_int_equal(counted(TODAY), UNKNOWN);
		assert_int_equal(
		    purge_plan_do(&plan, &record.rules, record.now), 0);
		waited++;
	}
	assert_int_equal(finish_purge(&record, &plan, &result), 0);
	assert_true(waited > 3);
	sweep(&record);
	assert_int_equal(counted(TODAY), 0);
}

/* What was counted of it so far had what is gone. */
static void
a_purge_in_the_middle_begins_the_day_anew(void **state)
{
	(void)state;
	bear_out(&record, 1);
	see_by_bad(SERVER, 1);
	see_by_bad(SERVER, 1);
	see(&record, "192.0.2.2", 1);
	record.now = (TODAY + 2) * DAY;
	for (int i = 0; i < 5; i++)
		assert_int_equal(count_a_little(), 100);
	assert_int_equal(counted(TODAY), UNKNOWN);
	purge_sensor(&record, BAD_SENSOR);
	sweep(&record);
	assert_int_equal(counted(TODAY), 4);
}

static void
of_two_that_are_merged_the_day_is_counted_again(void **state)
{
	const struct purge merge = { .by = PURGE_CAMPAIGN,
		.which = 2000,
		.into = 1000,
		.to = TEST_NOW + 30 * DAY };
	struct purge_result result;

	(void)state;
	see(&record, "198.19.1.1", 1);
	see(&record, "198.19.2.1", 1);
	see(&record, "198.19.3.1", 2);
	see(&record, SERVER, 2);
	settle();
	assert_int_equal(counted(TODAY), 0);
	assert_int_equal(run_purge(&record, &merge, &result), 0);
	assert_int_equal(result.evidence, 2);
	assert_int_equal(counted(TODAY), UNKNOWN);
	sweep(&record);
	assert_int_equal(counted(TODAY), 4);
}

/* --- damage --------------------------------------------------------------- */

static void
what_cannot_be_read_is_counted_again(void **state)
{
	static const uint8_t rubbish[] = { 1, 2, 3 };
	struct store_txn *txn;

	(void)state;
	bear_out(&record, 1);
	see(&record, SERVER, 1);
	settle();
	txn = begin(&record);
	assert_int_equal(
	    store_put(txn, TABLE_META, OCTETS("days counted up to", 18),
		OCTETS(rubbish, sizeof(rubbish))),
	    0);
	assert_int_equal(trend_day_forget(txn, TODAY), 0);
	assert_int_equal(verify_store(txn, print_fault, NULL), 1);
	commit(&record, txn, 0);
	sweep(&record);
	assert_int_equal(counted(TODAY), 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SMALL(what_others_bear_out_is_counted_and_no_other),
		SMALL(a_day_is_counted_when_it_is_over_for_a_day),
		SMALL(midnight_parts_what_bears_each_other_out),
		SMALL(what_is_borne_out_counts_though_nobody_looked),
		SMALL(what_a_flood_lets_go_is_counted),
		SMALL(what_has_no_weight_is_not_counted),
		EAGER(each_kind_is_counted_apart),
		SMALL(it_goes_on_where_it_was),
		SMALL(other_numbers_count_what_is_counted_from_then_on),
		SMALL(who_stands_in_counts_nothing),
		SMALL(what_is_imported_of_days_before_is_told_of_none),
		SMALL(what_was_not_whole_once_is_never_told),
		SMALL(a_clock_that_is_far_behind_spoils_no_count),
		SMALL(a_day_without_anything_is_counted_and_one_before_is_not),
		SMALL(counting_begins_with_the_oldest_day_that_is_whole),
		SMALL(of_a_day_of_which_some_is_gone_nothing_is_told),
		SMALL(a_count_outlives_what_was_counted),
		SMALL(a_clock_that_was_ahead_spoils_no_count),
		SMALL(a_first_sweep_in_the_future_shuts_nothing_out),
		SMALL(a_purged_day_is_counted_again),
		SMALL(nothing_is_counted_while_a_purge_is_under_way),
		SMALL(a_purge_in_the_middle_begins_the_day_anew),
		SMALL(of_two_that_are_merged_the_day_is_counted_again),
		SMALL(what_cannot_be_read_is_counted_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
