#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/listing.h"
#include "dnsd/keeper.h"
#include "tests/support/test_store.h"

/* A listing that is to be judged again at some time; 0 takes it away. */
static void
make_due(struct store *store, int64_t due_at)
{
	struct listing listing;
	struct store_txn *txn;
	struct ipaddr unit = ipaddr_from_ipv4(0xc0000201);

	assert_int_equal(store_begin_write(store, &txn), 0);
	listing_get(txn, &unit, &listing);
	listing.state = LISTING_LISTED;
	listing.due_at = due_at;
	assert_int_equal(listing_put(txn, &listing), 0);
	assert_int_equal(store_commit(txn), 0);
}

static void
alarms_when_a_listing_is_a_minute_overdue(void **state)
{
	struct test_store test;
	struct keeper keeper;

	(void)state;
	test_store_open(&test);
	keeper_init(&keeper, test.store);
	keeper_tick(&keeper, TEST_NOW);
	assert_false(keeper.alarmed);

	make_due(test.store, TEST_NOW + 10);
	keeper_tick(&keeper, TEST_NOW + 10 + 59);
	assert_false(keeper.alarmed);
	keeper_tick(&keeper, TEST_NOW + 10 + 60);
	assert_true(keeper.alarmed);

	make_due(test.store, TEST_NOW + 1000);
	keeper_tick(&keeper, TEST_NOW + 10 + 61);
	assert_false(keeper.alarmed);
	test_store_close(&test);
}

static void
reaps_dead_readers_each_minute_whatever_the_clock_does(void **state)
{
	struct test_store test;
	struct keeper keeper;

	(void)state;
	test_store_open(&test);
	keeper_init(&keeper, test.store);
	keeper_tick(&keeper, TEST_NOW);
	assert_int_equal(keeper.reaped_at, TEST_NOW);
	keeper_tick(&keeper, TEST_NOW + 59);
	assert_int_equal(keeper.reaped_at, TEST_NOW);
	keeper_tick(&keeper, TEST_NOW + 60);
	assert_int_equal(keeper.reaped_at, TEST_NOW + 60);
	keeper_tick(&keeper, TEST_NOW - 5000);
	assert_int_equal(keeper.reaped_at, TEST_NOW - 5000);
	test_store_close(&test);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alarms_when_a_listing_is_a_minute_overdue),
		cmocka_unit_test(
		    reaps_dead_readers_each_minute_whatever_the_clock_does),
	};

	return cmocka_run_group_tests_name("keeper", tests, NULL, NULL);
}
