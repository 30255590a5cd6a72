#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/evidence.h"
#include "db/intake_log.h"
#include "ingest/classify.h"
#include "ingest/recorder.h"
#include "tests/support/test_store.h"

#define MINUTE_MS 60000

struct fixture {
	struct test_store test;
	struct settings settings;
	struct recorder *recorder;
	unsigned done;	/* jobs that came back */
	int results[8]; /* theirs, in that order */
};

static void
open_recorder(struct fixture *fixture)
{
	assert_int_equal(recorder_open(fixture->test.store, &fixture->settings,
			     RECORDER_KEEPER, &fixture->recorder),
	    0);
}

/* Without the intake log: what comes back is in the database. */
static void
setup(struct fixture *fixture, long queue)
{
	memset(fixture, 0, sizeof(*fixture));
	classify_init();
	test_store_open(&fixture->test);
	assert_int_equal(settings_read(NULL, &fixture->settings), 0);
	fixture->settings.ingest.recorder_queue = queue;
	free(fixture->settings.ingest.resolver);
	fixture->settings.ingest.resolver = strdup("none");
	fixture->settings.ingest.commit_milliseconds = 0;
	open_recorder(fixture);
}

static void
setup_with_log(struct fixture *fixture)
{
	setup(fixture, 100);
	recorder_close(fixture->recorder);
	fixture->settings.ingest.commit_milliseconds = 1;
	open_recorder(fixture);
}

static void
teardown(struct fixture *fixture)
{
	recorder_close(fixture->recorder);
	settings_free(&fixture->settings);
	test_store_close(&fixture->test);
}

static void
note_done(void *context, int result)
{
	struct fixture *fixture = context;

	if (fixture->done < 8)
		fixture->results[fixture->done] = result;
	fixture->done++;
}

static struct recorder_job *
new_job(struct fixture *fixture, const char *client, const char *text)
{
	struct recorder_job *job = calloc(1, sizeof(*job));

	assert_non_null(job);
	job->what = RECORDER_MESSAGE;
	job->envelope.recipients = calloc(1, sizeof(struct envelope_recipient));
	assert_non_null(job->envelope.recipients);
	strcpy(job->envelope.recipients[0].path, "trap@trap.example");
	job->envelope.recipients[0].trap = 7;
	job->envelope.recipient_count = 1;
	job->envelope.received_at = clock_seconds();
	job->envelope.client_known = true;
	assert_int_equal(ipaddr_parse(client, &job->envelope.client), 0);
	job->octets = strdup(text);
	job->len = strlen(text);
	job->done = note_done;
	job->context = fixture;
	return job;
}

static int
submit(struct fixture *fixture, const char *client, const char *text)
{
	struct recorder_job *job = new_job(fixture, client, text);
	int code = recorder_submit(fixture->recorder, job);

	if (code != 0)
		recorder_job_free(job);
	return code;
}

/* Until so many jobs have come back. */
static void
await(struct fixture *fixture, unsigned done)
{
	while (fixture->done < done) {
		struct pollfd news = { recorder_fd(fixture->recorder), POLLIN,
			0 };

		assert_int_equal(poll(&news, 1, MINUTE_MS), 1);
		recorder_collect(fixture->recorder);
	}
	assert_int_equal(fixture->done, done);
}

static uint64_t
evidence_count(struct fixture *fixture)
{
	struct store_txn *txn;
	uint64_t count;

	assert_int_equal(store_begin_read(fixture->test.store, &txn), 0);
	count = store_count(txn, TABLE_EVIDENCE);
	store_abort(txn);
	return count;
}

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

/* None is lost by the end. */
static void
submit_five_and_close(struct fixture *fixture)
{
	for (char text[] = "a"; text[0] <= 'e'; text[0]++)
		assert_int_equal(submit(fixture, "192.0.2.1", text), 0);
	recorder_close(fixture->recorder);
	fixture->recorder = NULL;
	assert_int_equal(fixture->done, 5);
	assert_int_equal(evidence_count(fixture), 5);
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
await_evidence(struct fixture *fixture, uint64_t count)
{
	for (int tries = 0; evidence_count(fixture) != count && tries < 600;
	     tries++)
		poll(NULL, 0, 100);
	assert_int_equal(evidence_count(fixture), count);
}

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
		cmocka_unit_test(promises_what_is_in_the_log),
		cmocka_unit_test(has_all_in_the_database_when_it_is_closed),
		cmocka_unit_test(records_once_what_was_left),
		cmocka_unit_test(keeps_the_log_until_the_database_has_it),
		cmocka_unit_test(shows_that_it_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
