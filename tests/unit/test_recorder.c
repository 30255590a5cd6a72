#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "tests/support/recorder_fixture.h"

static void
has_on_disk_what_comes_back(void **state)
{
	struct fixture fixture;

	(void)state;
	setup(&fixture, 100);
	assert_int_equal(submit(&fixture, "192.0.2.1", "a"), 0);
	await(&fixture, 1);
	assert_int_equal(fixture.results[0], 0);
	assert_int_equal(evidence_count(&fixture), 1);
	/* An empty message is one, too. */
	assert_int_equal(submit(&fixture, "192.0.2.1", ""), 0);
	await(&fixture, 2);
	assert_int_equal(evidence_count(&fixture), 2);
	teardown(&fixture);
}

static void
records_a_repeated_message_once(void **state)
{
	struct fixture fixture;

	(void)state;
	setup(&fixture, 100);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(submit(&fixture, "192.0.2.1", "same"), 0);
	await(&fixture, 4);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(fixture.results[i], 0);
	assert_int_equal(evidence_count(&fixture), 1);
	assert_int_equal(submit(&fixture, "192.0.2.2", "same"), 0);
	await(&fixture, 5);
	assert_int_equal(evidence_count(&fixture), 2);
	teardown(&fixture);
}

static void
look_without_space(bool with_log)
{
	struct fixture fixture;
	struct store *store;

	setup(&fixture, 100);
	recorder_close(fixture.recorder);
	store_close(fixture.test.store);
	fixture.test.settings.database.reserve_bytes = INT64_MAX;
	assert_int_equal(
	    store_open(&fixture.test.settings, STORE_WRITE, &store), 0);
	fixture.test.store = store;
	fixture.settings.ingest.commit_milliseconds = with_log;
	open_recorder(&fixture);
	assert_int_equal(submit(&fixture, "192.0.2.1", "a"), 0);
	assert_int_equal(submit(&fixture, "192.0.2.1", "b"), 0);
	await(&fixture, 2);
	assert_int_equal(fixture.results[0], ERROR_FULL);
	assert_int_equal(fixture.results[1], ERROR_FULL);
	assert_int_equal(evidence_count(&fixture), 0);
	teardown(&fixture);
}

static void
says_when_there_is_no_space(void **state)
{
	(void)state;
	look_without_space(false);
	look_without_space(true);
}

static void
bounds_what_is_on_its_way(void **state)
{
	struct fixture fixture;
	struct store_txn *txn;

	(void)state;
	setup(&fixture, 3);
	assert_int_equal(store_begin_write(fixture.test.store, &txn), 0);
	assert_int_equal(submit(&fixture, "192.0.2.1", "a"), 0);
	assert_int_equal(submit(&fixture, "192.0.2.1", "b"), 0);
	assert_int_equal(submit(&fixture, "192.0.2.1", "c"), 0);
	assert_int_equal(submit(&fixture, "192.0.2.1", "d"), ERROR_LIMIT);
	assert_int_equal(fixture.done, 0);
	store_abort(txn);
	await(&fixture, 3);
	assert_int_equal(submit(&fixture, "192.0.2.1", "d"), 0);
	await(&fixture, 4);
	assert_int_equal(evidence_count(&fixture), 4);
	teardown(&fixture);
}

static void
bounds_its_memory_and_takes_one_large_message(void **state)
{
	enum { LARGE = 65 << 20 };
	char *large = malloc(LARGE + 1);
	struct fixture fixture;
	struct store_txn *txn;

	(void)state;
	assert_non_null(large);
	memset(large, 'x', LARGE);
	large[LARGE] = '\0';
	setup(&fixture, 100);
	assert_int_equal(store_begin_write(fixture.test.store, &txn), 0);
	assert_int_equal(submit(&fixture, "192.0.2.1", large), 0);
	assert_int_equal(submit(&fixture, "192.0.2.1", "a"), ERROR_LIMIT);
	store_abort(txn);
	await(&fixture, 1);
	assert_int_equal(fixture.results[0], 0);
	free(large);
	teardown(&fixture);
}

static void
finishes_what_it_has_before_it_closes(void **state)
{
	struct fixture fixture;

	(void)state;
	setup(&fixture, 100);
	submit_five_and_close(&fixture);
	teardown(&fixture);
}

static void
shows_that_it_lives(void **state)
{
	struct fixture fixture;
	int64_t seconds = 0;

	(void)state;
	setup(&fixture, 100);
	for (int tries = 0; seconds == 0 && tries < 600; tries++) {
		struct store_txn *txn;

		assert_int_equal(store_begin_read(fixture.test.store, &txn), 0);
		assert_int_equal(
		    meta_heartbeat(txn, HEARTBEAT_SWEEP, &seconds), 0);
		store_abort(txn);
		poll(NULL, 0, 100);
	}
	assert_true(seconds > 0);
	teardown(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_on_disk_what_comes_back),
		cmocka_unit_test(records_a_repeated_message_once),
		cmocka_unit_test(says_when_there_is_no_space),
		cmocka_unit_test(bounds_what_is_on_its_way),
		cmocka_unit_test(bounds_its_memory_and_takes_one_large_message),
		cmocka_unit_test(finishes_what_it_has_before_it_closes),
		cmocka_unit_test(shows_that_it_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
