#include "ingest/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "ingest/upkeep.h"
#include "ingest/writing.h"

struct writer {
	enum recorder_role role;
	struct job_queue waiting, *finished;
	int event_fd;
	pthread_t thread;

	pthread_mutex_t lock; /* guards next_rules */
	struct recorder_rules *next_rules;

	/* The thread's own. */
	struct writing writing;
	struct upkeep upkeep;
	bool lost; /* store_has_failed, and it was told */
};

static struct recorder_job *
job_of(struct job *job)
{
	return (struct recorder_job *)job;
}

/* --- jobs ----------------------------------------------------------------- */

static void
tell_loop(struct writer *writer)
{
	const uint64_t one = 1;

	/* It cannot fail but by a counter full of news already. */
	if (write(writer->event_fd, &one, sizeof(one)) < 0)
		return;
}

/* Hands back the jobs before `rest`. */
static void
finish(struct writer *writer, struct job *jobs, struct job *rest, int result)
{
	while (jobs != NULL && jobs != rest) {
		struct job *next = jobs->next;

		if (job_of(jobs)->result == 0)
			job_of(jobs)->result = result;
		job_queue_put(writer->finished, jobs);
		jobs = next;
	}
	tell_loop(writer);
}

/*
 * When a group fails, each of its messages is tried alone, so that none fails
 * because of another; where there is no space that would be in vain.
 */
static void
write_jobs(struct writer *writer, struct job *jobs)
{
	unsigned most = UINT32_MAX;

	while (jobs != NULL) {
		struct job *rest;
		int code = writing_group(&writer->writing, jobs, most, &rest);

		if (code != 0) {
			writing_complain("evidence", code);
			if (code != ERROR_FULL && most > 1 &&
			    jobs->next != NULL) {
				most = 1;
				continue;
			}
			if (most == 1)
				rest = jobs->next;
		}
		finish(writer, jobs, rest, code);
		jobs = rest;
	}
}

/*
 * The end, as if SIGTERM had come: whoever started us starts us again. A guest
 * ends by itself.
 */
static void
give_up_when_lost(struct writer *writer)
{
	if (writer->role == RECORDER_GUEST || writer->lost ||
	    !store_has_failed(writer->writing.store))
		return;
	writer->lost = true;
	log_error("database_lost reason=\"its last page could not be "
		  "written\" remedy=\"ingest ends now; a new start shows "
		  "what is on disk\"");
	kill(getpid(), SIGTERM);
}

/* Changed rules come into force between two transactions. */
static void
take_rules(struct writer *writer)
{
	struct recorder_rules *rules;

	pthread_mutex_lock(&writer->lock);
	rules = writer->next_rules;
	writer->next_rules = NULL;
	pthread_mutex_unlock(&writer->lock);
	if (rules == NULL)
		return;
	writer_rules_free(writer->writing.rules);
	writer->writing.rules = rules;
}

/* All that waits, fit to be written. */
static struct job *
take_jobs(struct writer *writer)
{
	struct job *jobs = job_queue_take_all(&writer->waiting);

	for (struct job *job = jobs; job != NULL; job = job->next)
		recorder_job_classify(job_of(job));
	return jobs;
}

static void *
write_and_keep(void *context)
{
	struct writer *writer = context;

	while (
	    job_queue_wait(&writer->waiting, upkeep_due_ms(&writer->upkeep))) {
		take_rules(writer);
		write_jobs(writer, take_jobs(writer));
		upkeep_do(&writer->upkeep, &writer->writing);
		give_up_when_lost(writer);
	}
	return NULL;
}

/* --- for the recorder ----------------------------------------------------- */

int
writer_rules_new(const struct settings *settings, struct recorder_rules **made)
{
	struct recorder_rules *rules = calloc(1, sizeof(*rules));
	int code = rules == NULL
		       ? -ENOMEM
		       : recorder_rules_init(rules, settings, "ingest");

	if (code != 0) {
		free(rules);
		return code;
	}
	*made = rules;
	return 0;
}

void
writer_rules_free(struct recorder_rules *rules)
{
	if (rules != NULL)
		recorder_rules_deinit(rules);
	free(rules);
}

void
writer_set_rules(struct writer *writer, struct recorder_rules *rules)
{
	struct recorder_rules *unused;

	pthread_mutex_lock(&writer->lock);
	unused = writer->next_rules;
	writer->next_rules = rules;
	pthread_mutex_unlock(&writer->lock);
	writer_rules_free(unused);
}

void
writer_put(struct writer *writer, struct recorder_job *job)
{
	job_queue_put(&writer->waiting, &job->job);
}

static void
dispose(struct writer *writer)
{
	writer_rules_free(writer->writing.rules);
	writer_rules_free(writer->next_rules);
	job_queue_deinit(&writer->waiting);
	pthread_mutex_destroy(&writer->lock);
	free(writer);
}

int
writer_begin(struct store *store, struct recorder_rules *rules,
    enum recorder_role role, struct names *names, struct job_queue *finished,
    int event_fd, struct writer **started)
{
	struct writer *writer = calloc(1, sizeof(*writer));
	int error;

	if (writer == NULL) {
		writer_rules_free(rules);
		return -ENOMEM;
	}
	writer->writing.store = store;
	writer->writing.rules = rules;
	writer->role = role;
	upkeep_init(&writer->upkeep, role);
	writer->writing.names = names;
	writer->finished = finished;
	writer->event_fd = event_fd;
	pthread_mutex_init(&writer->lock, NULL);
	job_queue_init(&writer->waiting);
	error = pthread_create(&writer->thread, NULL, write_and_keep, writer);
	if (error != 0) {
		dispose(writer);
		return -error;
	}
	*started = writer;
	return 0;
}

void
writer_end(struct writer *writer)
{
	if (writer == NULL)
		return;
	job_queue_close(&writer->waiting);
	pthread_join(writer->thread, NULL);
	dispose(writer);
}
