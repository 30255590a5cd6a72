#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/shutdown.h"
#include "tests/support/one_record.h"

static int
announce(int64_t ends_at)
{
	struct store_txn *txn = begin(&record);

	return commit(&record, txn,
	    shutdown_announce(
		txn, &record.rules, ends_at, "a test", record.now));
}

typedef int stage(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now);

static int
go(stage *to)
{
	struct store_txn *txn = begin(&record);

	return commit(&record, txn, to(txn, &record.rules, record.now));
}

static enum shutdown_stage
stage_now(void)
{
	struct store_txn *txn = begin(&record);
	struct shutdown shutdown;

	assert_int_equal(shutdown_get(txn, &shutdown), 0);
	store_abort(txn);
	return shutdown.stage;
}

static void
empty(const char *address)
{
	struct ipaddr unit = address_of(address);
	struct store_txn *txn = begin(&record);

	assert_int_equal(commit(&record, txn,
			     shutdown_empty(txn, &record.rules, &unit, 1,
				 INT64_MAX, record.now)),
	    1);
}

static void
a_month_must_pass(void **state)
{
	(void)state;
	assert_int_equal(announce(record.now + 29 * DAY), ERROR_REFUSED);
	assert_int_equal(go(shutdown_close), ERROR_REFUSED);
	assert_int_equal(announce(record.now + 31 * DAY), 0);
	assert_int_equal(stage_now(), SHUTDOWN_ANNOUNCED);
	/* All goes on. */
	see(&record, "192.0.2.1", 1);
	assert_int_equal(
	    listing_of(&record, "192.0.2.1").state, LISTING_LISTED);
	record.now += 31 * DAY - 1;
	assert_int_equal(go(shutdown_close), ERROR_REFUSED);
	record.now++;
	assert_int_equal(go(shutdown_close), 0);
	assert_int_equal(stage_now(), SHUTDOWN_CLOSED);
	assert_int_equal(announce(record.now + 31 * DAY), ERROR_REFUSED);
}

/* Announced, and its time over. */
static void
reach_the_end(void)
{
	assert_int_equal(announce(record.now + 30 * DAY), 0);
	record.now += 30 * DAY;
}

static void
everything_comes_off_and_nothing_on(void **state)
{
	(void)state;
	reach_the_end();
	see(&record, "192.0.2.1", 1);
	list_by_hand("192.0.2.2/32", 90 * DAY);
	assert_int_equal(records_in(&record, TABLE_ZONE) > 0, 1);
	assert_int_equal(go(shutdown_close), 0);
	assert_int_equal(go(shutdown_end), ERROR_REFUSED);
	empty("192.0.2.1");
	empty("192.0.2.2");
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
	record.now += HOUR;
	see(&record, "192.0.2.1", 2);
	see(&record, "192.0.2.3", 2);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
}

static void
the_test_entries_go_last(void **state)
{
	struct store_txn *txn;
	uint64_t names;

	(void)state;
	reach_the_end();
	assert_int_equal(go(shutdown_end), ERROR_REFUSED);
	assert_int_equal(go(shutdown_close), 0);
	assert_int_equal(go(shutdown_end), 0);
	txn = begin(&record);
	names = store_count(txn, TABLE_ZONE);
	/* The apex and nothing else, and so it is when it is verified. */
	assert_int_equal(names, 1);
	assert_int_equal(verify_store(txn, print_fault, NULL), 0);
	store_abort(txn);
	/* And back. */
	assert_int_equal(go(shutdown_cancel), 0);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
	assert_int_equal(go(shutdown_cancel), ERROR_REFUSED);
}

static void
a_cancelled_end_lists_as_from_then(void **state)
{
	(void)state;
	reach_the_end();
	see(&record, "192.0.2.1", 1);
	assert_int_equal(go(shutdown_close), 0);
	empty("192.0.2.1");
	record.now += HOUR;
	assert_int_equal(go(shutdown_cancel), 0);
	sweep(&record);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
	record.now += HOUR;
	see(&record, "192.0.2.1", 1);
	assert_int_equal(
	    listing_of(&record, "192.0.2.1").state, LISTING_LISTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(a_month_must_pass),
		EAGER(everything_comes_off_and_nothing_on),
		EAGER(the_test_entries_go_last),
		EAGER(a_cancelled_end_lists_as_from_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
