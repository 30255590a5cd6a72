#ifndef TESTS_SUPPORT_RECORDER_FIXTURE_H
#define TESTS_SUPPORT_RECORDER_FIXTURE_H

/*
 * A recorder with a database of its own, and messages for it. Include it after
 * cmocka.h.
 */

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
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

static inline void
open_recorder(struct fixture *fixture)
{
	assert_int_equal(recorder_open(fixture->test.store, &fixture->settings,
			     RECORDER_KEEPER, &fixture->recorder),
	    0);
}

/* Without the intake log: what comes back is in the database. */
static inline void
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

static inline void
setup_with_log(struct fixture *fixture)
{
	setup(fixture, 100);
	recorder_close(fixture->recorder);
	fixture->settings.ingest.commit_milliseconds = 1;
	open_recorder(fixture);
}

static inline void
teardown(struct fixture *fixture)
{
	recorder_close(fixture->recorder);
	settings_free(&fixture->settings);
	test_store_close(&fixture->test);
}

static inline void
note_done(void *context, int result)
{
	struct fixture *fixture = context;

	if (fixture->done < 8)
		fixture->results[fixture->done] = result;
	fixture->done++;
}

static inline struct recorder_job *
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

static inline int
submit(struct fixture *fixture, const char *client, const char *text)
{
	struct recorder_job *job = new_job(fixture, client, text);
	int code = recorder_submit(fixture->recorder, job);

	if (code != 0)
		recorder_job_free(job);
	return code;
}

/* Until so many jobs have come back. */
static inline void
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

static inline uint64_t
evidence_count(struct fixture *fixture)
{
	struct store_txn *txn;
	uint64_t count;

	assert_int_equal(store_begin_read(fixture->test.store, &txn), 0);
	count = store_count(txn, TABLE_EVIDENCE);
	store_abort(txn);
	return count;
}

/* None is lost by the end. */
static inline void
submit_five_and_close(struct fixture *fixture)
{
	for (char text[] = "a"; text[0] <= 'e'; text[0]++)
		assert_int_equal(submit(fixture, "192.0.2.1", text), 0);
	recorder_close(fixture->recorder);
	fixture->recorder = NULL;
	assert_int_equal(fixture->done, 5);
	assert_int_equal(evidence_count(fixture), 5);
}

static inline void
await_evidence(struct fixture *fixture, uint64_t count)
{
	for (int tries = 0; evidence_count(fixture) != count && tries < 600;
	     tries++)
		poll(NULL, 0, 100);
	assert_int_equal(evidence_count(fixture), count);
}

#endif
