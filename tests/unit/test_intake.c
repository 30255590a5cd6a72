#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/intake_aside.h"
#include "db/intake_log.h"
#include "tests/support/recorder_fixture.h"

static void
promises_what_is_in_the_log(void **state)
{
	struct fixture fixture;
	struct store_txn *txn;

	(void)state;
	setup_with_log(&fixture);
	assert_int_equal(store_begin_write(fixture.test.store, &txn), 0);
	assert_int_equal(submit(&fixture, "192.0.2.1", "a"), 0);
	await(&fixture, 1);
	assert_int_equal(submit(&fixture, "192.0.2.1", "b"), 0);
	assert_int_equal(submit(&fixture, "192.0.2.1", "a"), 0);
	await(&fixture, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(fixture.results[i], 0);
	assert_int_equal(evidence_count(&fixture), 0);
	store_abort(txn);
	await_evidence(&fixture, 2);
	teardown(&fixture);
}

static void
has_all_in_the_database_when_it_is_closed(void **state)
{
	struct fixture fixture;

	(void)state;
	setup(&fixture, 100);
	recorder_close(fixture.recorder);
	fixture.settings.ingest.commit_milliseconds = 10000;
	open_recorder(&fixture);
	submit_five_and_close(&fixture);
	teardown(&fixture);
}

static int
waiting(struct fixture *fixture)
{
	struct store_txn *txn;
	int count;

	assert_int_equal(store_begin_read(fixture->test.store, &txn), 0);
	count = intake_log_waiting(txn);
	store_abort(txn);
	return count;
}

static struct intake_mark
mark_of(struct fixture *fixture)
{
	struct intake_mark mark;
	struct store_txn *txn;

	assert_int_equal(store_begin_read(fixture->test.store, &txn), 0);
	assert_int_equal(meta_intake_mark(txn, &mark), 0);
	store_abort(txn);
	return mark;
}

/* As a program that was killed before the database had it. */
static void
leave_in_log(struct fixture *fixture, unsigned entries)
{
	const char *path = fixture->test.path;
	struct intake_mark mark = mark_of(fixture);
	int64_t now = clock_seconds();
	struct intake_log *log;
	uint64_t number;

	assert_int_equal(intake_log_open(path, true, &log), 0);
	assert_int_equal(intake_log_start(log, &mark), 0);
	intake_log_begin(log);
	for (unsigned i = 0; i < entries; i++) {
		struct evidence list[2] = { { .seen_at = now, .trap = 1 },
			{ .seen_at = now, .trap = 2 } };

		assert_int_equal(intake_log_add(log, list, 2, &number), 0);
	}
	assert_int_equal(intake_log_write(log, mark.number), 0);
	intake_log_close(log);
}

static void
records_once_what_was_left(void **state)
{
	struct fixture fixture;
	struct intake_mark mark;

	(void)state;
	setup_with_log(&fixture);
	recorder_close(fixture.recorder);
	assert_int_equal(waiting(&fixture), 0);
	leave_in_log(&fixture, 3);
	assert_int_equal(waiting(&fixture), 3);
	open_recorder(&fixture);
	await_evidence(&fixture, 6);
	recorder_close(fixture.recorder);
	mark = mark_of(&fixture);
	assert_int_equal(mark.number, 6);
	assert_int_equal(waiting(&fixture), 0);
	/* With the log, or without: it has them already. */
	open_recorder(&fixture);
	recorder_close(fixture.recorder);
	assert_int_equal(evidence_count(&fixture), 6);
	leave_in_log(&fixture, 1);
	fixture.settings.ingest.commit_milliseconds = 0;
	open_recorder(&fixture);
	await_evidence(&fixture, 8);
	assert_int_equal(submit(&fixture, "192.0.2.1", "a"), 0);
	await(&fixture, 1);
	assert_int_equal(evidence_count(&fixture), 9);
	teardown(&fixture);
}

static void *
close_recorder(void *recorder)
{
	recorder_close(recorder);
	return NULL;
}

static void
keeps_the_log_until_the_database_has_it(void **state)
{
	struct intake_log *log = NULL;
	struct fixture fixture;
	struct store_txn *txn;
	pthread_t closing;

	(void)state;
	setup_with_log(&fixture);
	assert_int_equal(store_begin_write(fixture.test.store, &txn), 0);
	assert_int_equal(submit(&fixture, "192.0.2.1", "a"), 0);
	await(&fixture, 1);
	assert_int_equal(
	    pthread_create(&closing, NULL, close_recorder, fixture.recorder),
	    0);
	for (int tries = 0; tries < 10; tries++) {
		poll(NULL, 0, 10);
		assert_int_equal(
		    intake_log_open(fixture.test.path, false, &log),
		    ERROR_BUSY);
	}
	store_abort(txn);
	assert_int_equal(pthread_join(closing, NULL), 0);
	fixture.recorder = NULL;
	assert_int_equal(evidence_count(&fixture), 1);
	assert_int_equal(intake_log_open(fixture.test.path, false, &log), 0);
	intake_log_close(log);
	teardown(&fixture);
}

/* --- what the database refuses -------------------------------------------- */

/* A sensor of which cannot be told any more whether it is a new one. */
#define BAD_SENSOR 7

static void
spoil_sensors(struct fixture *fixture)
{
	struct store_txn *txn;

	assert_int_equal(store_begin_write(fixture->test.store, &txn), 0);
	assert_int_equal(store_put(txn, TABLE_META, OCTETS("first sensor", 12),
			     OCTETS("\1\377", 2)),
	    0);
	assert_int_equal(store_commit(txn), 0);
}

static void
submit_sighting(struct fixture *fixture, uint32_t sensor, uint64_t original)
{
	struct recorder_job *job = calloc(1, sizeof(*job));

	assert_non_null(job);
	job->what = RECORDER_SIGHTING;
	job->done = note_done;
	job->context = fixture;
	job->sightings.list = calloc(1, sizeof(*job->sightings.list));
	assert_non_null(job->sightings.list);
	*job->sightings.list = (struct evidence){ .seen_at = clock_seconds(),
		.sensor = sensor,
		.trap = 1,
		.original = original };
	job->sightings.count = 1;
	assert_int_equal(recorder_submit(fixture->recorder, job), 0);
}

static int
aside(struct fixture *fixture)
{
	return intake_aside_count(fixture->test.path, mark_of(fixture).log);
}

static void
await_aside(struct fixture *fixture, int count)
{
	for (int tries = 0; aside(fixture) != count && tries < 600; tries++)
		poll(NULL, 0, 100);
	assert_int_equal(aside(fixture), count);
}

/* Promised while nobody can write, so that all of it is one group. */
static void
submit_while_held(
    struct fixture *fixture, const uint32_t *sensors, unsigned count)
{
	struct store_txn *txn;

	assert_int_equal(store_begin_write(fixture->test.store, &txn), 0);
	for (unsigned i = 0; i < count; i++) {
		submit_sighting(fixture, sensors[i], i + 1);
		await(fixture, fixture->done + 1);
	}
	store_abort(txn);
}

static void
goes_on_without_what_the_database_refuses(void **state)
{
	static const uint32_t sensors[] = { 0, BAD_SENSOR, 0, BAD_SENSOR, 0 };
	struct fixture fixture;

	(void)state;
	setup_with_log(&fixture);
	spoil_sensors(&fixture);
	submit_while_held(&fixture, sensors, 5);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(fixture.results[i], 0);
	await_evidence(&fixture, 3);
	await_aside(&fixture, 2);
	/* Nothing of it is there for the next start. */
	recorder_close(fixture.recorder);
	assert_int_equal(waiting(&fixture), 0);
	assert_int_equal(mark_of(&fixture).number, 5);
	open_recorder(&fixture);
	assert_int_equal(submit(&fixture, "192.0.2.1", "a"), 0);
	await_evidence(&fixture, 4);
	assert_int_equal(aside(&fixture), 2);
	await(&fixture, 6);
	teardown(&fixture);
}

/* Whose failure it is cannot be told: no more promises for now. */
static void
promises_nothing_while_all_is_refused(void **state)
{
	static const uint32_t sensors[] = { BAD_SENSOR };
	struct fixture fixture;

	(void)state;
	setup_with_log(&fixture);
	spoil_sensors(&fixture);
	submit_while_held(&fixture, sensors, 1);
	await_aside(&fixture, 1);
	submit_sighting(&fixture, BAD_SENSOR, 2);
	await(&fixture, 2);
	assert_int_equal(fixture.results[1], ERROR_DAMAGED);
	/* One that can be written shows that it was not the database. */
	assert_int_equal(submit(&fixture, "192.0.2.1", "a"), 0);
	await(&fixture, 3);
	assert_int_equal(fixture.results[2], 0);
	submit_while_held(&fixture, sensors, 1);
	assert_int_equal(fixture.results[3], 0);
	await_aside(&fixture, 2);
	teardown(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(promises_what_is_in_the_log),
		cmocka_unit_test(has_all_in_the_database_when_it_is_closed),
		cmocka_unit_test(records_once_what_was_left),
		cmocka_unit_test(keeps_the_log_until_the_database_has_it),
		cmocka_unit_test(goes_on_without_what_the_database_refuses),
		cmocka_unit_test(promises_nothing_while_all_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
