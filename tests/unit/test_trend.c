#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(sums_the_hours_asked_for),
		TEST_WITH_STORE(kinds_and_events_are_counted_apart),
		TEST_WITH_STORE(years_take_one_record_an_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
