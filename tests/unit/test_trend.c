#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/trend.h"
#include "tests/support/test_store.h"

#define HOUR 3600
#define START (TEST_NOW - TEST_NOW % HOUR) /* an hour begins */

static void
count(struct store_txn *txn, enum backscatter_kind kind, int64_t at)
{
	assert_int_equal(trend_count(txn, TREND_EVIDENCE, kind, at), 0);
}

static uint64_t
sum(struct store_txn *txn, enum backscatter_kind kind, int64_t from, int64_t to)
{
	uint64_t value = 42;

	assert_int_equal(
	    trend_sum(txn, TREND_EVIDENCE, kind, from, to, &value), 0);
	return value;
}

static void
sums_the_hours_asked_for(void **state)
{
	struct store_txn *txn = test_store_txn(state);

	count(txn, BACKSCATTER_DSN, START);
	count(txn, BACKSCATTER_DSN, START + HOUR - 1);
	count(txn, BACKSCATTER_DSN, START + HOUR);
	count(txn, BACKSCATTER_DSN, START + 5 * HOUR);
	assert_int_equal(sum(txn, BACKSCATTER_DSN, START, START + HOUR), 2);
	assert_int_equal(sum(txn, BACKSCATTER_DSN, START, START + HOUR + 1), 3);
	assert_int_equal(
	    sum(txn, BACKSCATTER_DSN, START + 1, START + 6 * HOUR), 2);
	assert_int_equal(sum(txn, BACKSCATTER_DSN, START, START + 6 * HOUR), 4);
	assert_int_equal(sum(txn, BACKSCATTER_DSN, -1, INT64_MAX), 4);
	assert_int_equal(sum(txn, BACKSCATTER_DSN, START + HOUR, START), 0);
}

static void
kinds_and_events_are_counted_apart(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	uint64_t value;

	count(txn, BACKSCATTER_DSN, START);
	count(txn, BACKSCATTER_AUTOREPLY, START);
	count(txn, BACKSCATTER_AUTOREPLY, START);
	assert_int_equal(
	    trend_count(txn, TREND_LISTED, BACKSCATTER_DSN, START), 0);
	assert_int_equal(sum(txn, BACKSCATTER_DSN, 0, INT64_MAX), 1);
	assert_int_equal(sum(txn, BACKSCATTER_AUTOREPLY, 0, INT64_MAX), 2);
	assert_int_equal(sum(txn, BACKSCATTER_CHALLENGE, 0, INT64_MAX), 0);
	assert_int_equal(trend_sum(txn, TREND_DELISTED, BACKSCATTER_DSN, 0,
			     INT64_MAX, &value),
	    0);
	assert_int_equal(value, 0);
}

static void
years_take_one_record_an_hour(void **state)
{
	struct store_txn *txn = test_store_txn(state);

	for (int i = 0; i < 1000; i++)
		count(txn, BACKSCATTER_DSN, START + i);
	assert_int_equal(store_count(txn, TABLE_TREND), 1);
}

/* --- tops ----------------------------------------------------------------- */

static void
see(struct store_txn *txn, const char *address, int64_t at)
{
	struct evidence evidence = { .seen_at = at,
		.kind = BACKSCATTER_DSN,
		.campaign = 0xabc,
		.flags = EVIDENCE_FINGERPRINTED };

	assert_int_equal(ipaddr_parse(address, &evidence.address), 0);
	strcpy(evidence.software, "Postfix");
	strcpy(evidence.signs, "null-sender report-of-kind subject-bounce-de "
			       "text-bounce-en");
	assert_int_equal(trend_count_tops(txn, &evidence), 0);
}

static void
assert_top(struct store_txn *txn, enum trend_by by, unsigned place,
    const char *name, uint64_t count)
{
	struct trend_tops tops;

	assert_int_equal(trend_top(txn, by, 0, INT64_MAX, &tops), 0);
	assert_true(tops.count > place);
	assert_string_equal(tops.list[place].name, name);
	assert_int_equal(tops.list[place].count, count);
	assert_int_equal(tops.list[place].over, 0);
}

static void
the_most_frequent_of_each_are_known(void **state)
{
	struct store_txn *txn = test_store_txn(state);

	see(txn, "192.0.2.1", START);
	see(txn, "192.0.2.2", START);
	see(txn, "192.0.2.2", START + 5 * HOUR);
	see(txn, "2001:db8:1:2::3", START);
	assert_top(txn, TREND_BY_SOURCE, 0, "192.0.2.2", 2);
	assert_top(txn, TREND_BY_SOURCE, 2, "2001:db8:1:2::/64", 1);
	assert_top(txn, TREND_BY_NETWORK, 0, "192.0.2.0/24", 3);
	assert_top(txn, TREND_BY_NETWORK, 1, "2001:db8:1::/48", 1);
	assert_top(txn, TREND_BY_SOFTWARE, 0, "Postfix", 4);
	assert_top(txn, TREND_BY_LANGUAGE, 0, "de", 4);
	assert_top(txn, TREND_BY_CAMPAIGN, 0, "0000000000000abc", 4);
}

static void
what_is_no_backscatter_is_in_no_top(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct evidence evidence = { .seen_at = START,
		.kind = BACKSCATTER_NONE };

	strcpy(evidence.software, "Postfix");
	assert_int_equal(trend_count_tops(txn, &evidence), 0);
	assert_int_equal(store_count(txn, TABLE_TREND), 0);
}

/* One that sends every third, among thousands that send once. */
static void
many_do_not_hide_the_frequent(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct trend_tops tops;
	unsigned sent = 0;

	for (unsigned i = 0; i < 3000; i++) {
		char address[32];

		snprintf(
		    address, sizeof(address), "10.%u.%u.1", i / 250, i % 250);
		see(txn, i % 3 == 0 ? "192.0.2.1" : address,
		    START + i % 48 * HOUR);
		sent += i % 3 == 0;
	}
	assert_int_equal(
	    trend_top(txn, TREND_BY_SOURCE, START, START + 48 * HOUR, &tops),
	    0);
	assert_in_range(tops.count, 1, TREND_DAY_TOPS);
	/* Sure to have been there: nearly as often as it was. */
	assert_true(tops.list[0].count - tops.list[0].over > sent / 2);
	assert_string_equal(tops.list[0].name, "192.0.2.1");
	assert_in_range(
	    sent, tops.list[0].count - tops.list[0].over, tops.list[0].count);
	/* Hours and six series: no more records, however many addresses. */
	assert_in_range(store_count(txn, TABLE_TREND), 1, 48 * 6);
}

static void
what_is_taken_back_is_not_counted(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct evidence evidence = { .seen_at = START,
		.kind = BACKSCATTER_DSN };
	static struct trend_hour hour;
	struct trend_tops tops;

	ipaddr_parse("192.0.2.1", &evidence.address);
	see(txn, "192.0.2.1", START);
	trend_hour_init(&hour);
	assert_int_equal(trend_hour_take(txn, &hour, &evidence), 0);
	assert_int_equal(trend_hour_take(txn, &hour, &evidence), 0);
	assert_int_equal(trend_hour_write(txn, &hour), 0);
	assert_int_equal(
	    trend_top(txn, TREND_BY_SOURCE, 0, INT64_MAX, &tops), 0);
	assert_int_equal(tops.count, 0);
}

static uint64_t
bounces_at(struct store_txn *txn, int64_t at)
{
	uint64_t sum;

	assert_int_equal(trend_sum(txn, TREND_EVIDENCE, BACKSCATTER_DSN, at,
			     at + HOUR, &sum),
	    0);
	return sum;
}

static void
many_taken_back_leave_each_hour_what_others_counted(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct evidence evidence = { .kind = BACKSCATTER_DSN };
	static struct trend_hour hour;
	struct trend_tops tops;

	ipaddr_parse("192.0.2.1", &evidence.address);
	for (int i = 0; i < 30; i++) {
		see(txn, "192.0.2.1", START + i % 3 * HOUR);
		count(txn, BACKSCATTER_DSN, START + i % 3 * HOUR);
	}
	trend_hour_init(&hour);
	for (int i = 0; i < 16; i++) {
		evidence.seen_at = START + i / 8 * HOUR;
		assert_int_equal(trend_hour_forget(txn, &hour, &evidence), 0);
	}
	assert_int_equal(trend_hour_write(txn, &hour), 0);
	assert_int_equal(
	    trend_top(txn, TREND_BY_SOURCE, 0, INT64_MAX, &tops), 0);
	assert_int_equal(tops.list[0].count, 14);
	assert_int_equal(bounces_at(txn, START), 2);
	assert_int_equal(bounces_at(txn, START + HOUR), 2);
	assert_int_equal(bounces_at(txn, START + 2 * HOUR), 10);
}

/* --- keeping -------------------------------------------------------------- */

#define DAY (24 * HOUR)
#define MIDNIGHT (TEST_NOW - TEST_NOW % DAY)

static void
hours_become_days_and_the_sums_stay(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	uint64_t days[4];

	for (int hour = 0; hour < 3 * 24; hour++) {
		count(txn, BACKSCATTER_DSN, MIDNIGHT + hour * HOUR);
		see(txn, hour % 2 == 0 ? "192.0.2.1" : "192.0.2.2",
		    MIDNIGHT + hour * HOUR);
	}
	assert_int_equal(trend_roll(txn, MIDNIGHT + 30 * DAY, 1000), 0);
	/* One day of each series: a kind's count, five tops. */
	assert_int_equal(trend_roll(txn, MIDNIGHT + 31 * DAY, 1000), 6);
	assert_int_equal(trend_roll(txn, MIDNIGHT + 40 * DAY, 3), 3);
	while (trend_roll(txn, MIDNIGHT + 40 * DAY, 3) > 0)
		;
	assert_int_equal(store_count(txn, TABLE_TREND), 3 * 6);
	assert_int_equal(
	    sum(txn, BACKSCATTER_DSN, MIDNIGHT, MIDNIGHT + 3 * DAY), 72);
	assert_int_equal(
	    sum(txn, BACKSCATTER_DSN, MIDNIGHT, MIDNIGHT + 2 * DAY), 48);
	assert_int_equal(trend_series(txn, TREND_EVIDENCE, BACKSCATTER_DSN,
			     MIDNIGHT - DAY, TREND_DAY, days, 4),
	    0);
	assert_int_equal(days[0], 0);
	assert_int_equal(days[1], 24);
	assert_int_equal(days[3], 24);
	assert_top(txn, TREND_BY_SOURCE, 0, "192.0.2.1", 36);
	assert_top(txn, TREND_BY_LANGUAGE, 0, "de", 72);
}

static void
what_comes_late_finds_its_day(void **state)
{
	struct store_txn *txn = test_store_txn(state);

	count(txn, BACKSCATTER_DSN, MIDNIGHT);
	assert_int_equal(trend_roll(txn, MIDNIGHT + 31 * DAY, 10), 1);
	count(txn, BACKSCATTER_DSN, MIDNIGHT + HOUR);
	assert_int_equal(trend_roll(txn, MIDNIGHT + 31 * DAY, 10), 1);
	assert_int_equal(store_count(txn, TABLE_TREND), 1);
	assert_int_equal(
	    sum(txn, BACKSCATTER_DSN, MIDNIGHT, MIDNIGHT + DAY), 2);
}

static void
after_ten_years_a_day_is_forgotten(void **state)
{
	struct store_txn *txn = test_store_txn(state);

	count(txn, BACKSCATTER_DSN, MIDNIGHT);
	assert_int_equal(trend_roll(txn, MIDNIGHT + 3650 * DAY, 10), 1);
	assert_int_equal(store_count(txn, TABLE_TREND), 1);
	assert_int_equal(trend_roll(txn, MIDNIGHT + 3651 * DAY, 10), 1);
	assert_int_equal(store_count(txn, TABLE_TREND), 0);
}

static void
a_day_of_everything_is_small(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct store_cursor *cursor;
	struct octets key, value;
	size_t octets = 0;
	int code;

	for (unsigned i = 0; i < 5000; i++) {
		char address[32];

		snprintf(
		    address, sizeof(address), "2001:db8:%x:%x::1", i, i % 99);
		see(txn, address, MIDNIGHT + i % 24 * HOUR);
	}
	assert_int_equal(store_cursor_open(txn, TABLE_TREND, &cursor), 0);
	for (code = store_move(cursor, STORE_FIRST, &key, &value); code == 0;
	     code = store_move(cursor, STORE_NEXT, &key, &value))
		octets += key.len + value.len;
	store_cursor_close(cursor);
	assert_in_range(octets, 1, 24 * 5 * 1024);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(sums_the_hours_asked_for),
		TEST_WITH_STORE(kinds_and_events_are_counted_apart),
		TEST_WITH_STORE(years_take_one_record_an_hour),
		TEST_WITH_STORE(the_most_frequent_of_each_are_known),
		TEST_WITH_STORE(what_is_no_backscatter_is_in_no_top),
		TEST_WITH_STORE(many_do_not_hide_the_frequent),
		TEST_WITH_STORE(what_is_taken_back_is_not_counted),
		TEST_WITH_STORE(
		    many_taken_back_leave_each_hour_what_others_counted),
		TEST_WITH_STORE(hours_become_days_and_the_sums_stay),
		TEST_WITH_STORE(what_comes_late_finds_its_day),
		TEST_WITH_STORE(after_ten_years_a_day_is_forgotten),
		TEST_WITH_STORE(a_day_of_everything_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
