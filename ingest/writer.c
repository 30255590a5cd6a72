#include "ingest/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "common/metrics.h"
#include "db/intake_aside.h"
#include "ingest/upkeep.h"

struct writer {
	enum recorder_role role;
	struct job_queue waiting;
	struct completed *completed;
	pthread_t thread;

	pthread_mutex_t lock; /* guards next_rules */
	struct recorder_rules *next_rules;

	/* The thread's own. */
	struct writing writing;
	struct logged_jobs logged;
	struct upkeep upkeep;
	bool lost; /* store_has_failed, and it was told */
};

/* --- the thread ----------------------------------------------------------- */

/* Those without a number. */
static void
write_jobs(struct writer *writer, struct job *jobs)
{
	unsigned most = UINT32_MAX;

	while (jobs != NULL) {
		struct job *rest;
		int code = writing_group(&writer->writing, jobs, most, &rest);

		if (writing_one_by_one(jobs, most, code)) {
			most = 1;
			continue;
		}
		if (code != 0 && most == 1)
			rest = jobs->next;
		completed_put_list(writer->completed, jobs, rest, code);
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

static int64_t
due_ms(const struct writer *writer)
{
	int64_t upkeep_ms = upkeep_due_ms(&writer->upkeep);
	int64_t logged_ms = logged_jobs_due_ms(&writer->logged);

	return logged_ms < upkeep_ms ? logged_ms : upkeep_ms;
}

static void *
write_and_keep(void *context)
{
	struct writer *writer = context;

	while (job_queue_wait(&writer->waiting, due_ms(writer))) {
		struct job *jobs;

		take_rules(writer);
		jobs = logged_jobs_take(&writer->logged, take_jobs(writer));
		logged_jobs_write(&writer->logged);
		write_jobs(writer, jobs);
		upkeep_do(&writer->upkeep, &writer->writing);
		give_up_when_lost(writer);
	}
	logged_jobs_leave(&writer->logged);
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

void
writer_put_all(struct writer *writer, struct job *jobs)
{
	job_queue_put_all(&writer->waiting, jobs);
}

struct logged_jobs *
writer_logged(struct writer *writer)
{
	return &writer->logged;
}

void
writer_print(struct writer *writer, struct strbuf *out)
{
	const struct writing *writing = &writer->writing;
	int aside =
	    intake_aside_count(store_path(writing->store), writing->log);
	const struct metric rows[] = {
		{ "bsbl_ingest_commits_total", "counter",
		    "Transactions committed.", atomic_load(&writing->commits) },
		{ "bsbl_ingest_commit_failures_total", "counter",
		    "Transactions that could not be.",
		    atomic_load(&writing->failures) },
		{ "bsbl_ingest_stuck", "gauge",
		    "1 while what was acknowledged cannot be committed.",
		    atomic_load(&writer->logged.stuck) },
		{ "bsbl_ingest_set_aside", "gauge",
		    "Messages acknowledged that the database refuses, kept "
		    "aside.",
		    aside > 0 ? (uint64_t)aside : 0 },
	};

	metrics_put(out, rows, sizeof(rows) / sizeof(rows[0]));
}

static void
dispose(struct writer *writer)
{
	upkeep_deinit(&writer->upkeep);
	writer_rules_free(writer->writing.rules);
	writer_rules_free(writer->next_rules);
	job_queue_deinit(&writer->waiting);
	pthread_mutex_destroy(&writer->lock);
	free(writer);
}

int
writer_begin(struct store *store, struct recorder_rules *rules,
    enum recorder_role role, struct names *names, struct completed *completed,
    struct writer **started)
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
	logged_jobs_init(&writer->logged, &writer->writing, completed);
	upkeep_init(&writer->upkeep, role);
	writer->writing.names = names;
	writer->completed = completed;
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
