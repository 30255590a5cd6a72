#include "ingest/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "common/metrics.h"
#include "db/intake_aside.h"
#include "ingest/upkeep.h"
#include "ingest/writing.h"

/* What was promised and could not be written is tried again after so long. */
#define AGAIN_MS 1000

/* Alone, before it is put aside: what passes has passed a second later. */
#define TRIES 2

/*
 * A server that sends a hundred bounces a minute may bring as many that are
 * refused for the same reason; more in a row, and it is the database.
 */
#define ASIDE_IN_A_ROW 64

struct writer {
	enum recorder_role role;
	struct job_queue waiting, *finished;
	int event_fd;
	pthread_t thread;

	pthread_mutex_t lock; /* guards next_rules */
	struct recorder_rules *next_rules;

	/* For the thread that writes the intake log. */
	_Atomic uint64_t settled;
	atomic_bool stuck;
	atomic_uint aside_in_a_row; /* none written since */

	/* The thread's own. */
	struct writing writing;
	struct upkeep upkeep;
	struct job *numbered, **numbered_end;
	uint64_t taken; /* the last number among them, ever */
	int64_t again_at_ms;
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
static bool
is_to_be_tried_alone(const struct job *jobs, unsigned most, int code)
{
	return code != 0 && code != ERROR_FULL && most > 1 &&
	       jobs->next != NULL;
}

static int
write_some(
    struct writer *writer, struct job *jobs, unsigned most, struct job **rest)
{
	int code = writing_group(&writer->writing, jobs, most, rest);

	if (code != 0)
		writing_complain("evidence", code);
	else
		atomic_store(&writer->aside_in_a_row, 0);
	return code;
}

static void
write_jobs(struct writer *writer, struct job *jobs)
{
	unsigned most = UINT32_MAX;

	while (jobs != NULL) {
		struct job *rest;
		int code = write_some(writer, jobs, most, &rest);

		if (is_to_be_tried_alone(jobs, most, code)) {
			most = 1;
			continue;
		}
		if (code != 0 && most == 1)
			rest = jobs->next;
		finish(writer, jobs, rest, code);
		jobs = rest;
	}
}

/* --- jobs with a number --------------------------------------------------- */

static void
append_numbered(struct writer *writer, struct job *job)
{
	job->next = NULL;
	*writer->numbered_end = job;
	writer->numbered_end = &job->next;
}

/* Takes those with a number out of the list; the others are returned. */
static struct job *
set_numbered_apart(struct writer *writer, struct job *jobs)
{
	struct job *others = NULL, **end = &others, *next;

	for (; jobs != NULL; jobs = next) {
		next = jobs->next;
		if (job_of(jobs)->number != 0) {
			writer->taken = job_of(jobs)->number;
			append_numbered(writer, jobs);
			continue;
		}
		*end = jobs;
		end = &jobs->next;
	}
	*end = NULL;
	return others;
}

/* Those that nobody was promised. */
static void
refuse_numbered(struct writer *writer, int code)
{
	struct job *next, *job = writer->numbered;

	writer->numbered = NULL;
	writer->numbered_end = &writer->numbered;
	for (; job != NULL; job = next) {
		next = job->next;
		if (job_of(job)->promised)
			append_numbered(writer, job);
		else
			finish(writer, job, next, code);
	}
}

/* Of what the code tells: it, and not disk, memory or map. */
static bool
is_its_own_fault(int code)
{
	static const int codes[] = { ERROR_FORMAT, ERROR_DAMAGED, ERROR_NEWER,
		ERROR_NOT_FOUND, ERROR_EXISTS, ERROR_LIMIT, ERROR_REFUSED };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i] == code)
			return true;
	}
	return false;
}

/* Off the list, kept in its file, and the database knows that it is not. */
static int
pass_by(struct writer *writer, struct recorder_job *job)
{
	struct writing *writing = &writer->writing;
	int code = 0;

	if (!job->aside)
		code =
		    intake_aside_add(store_path(writing->store), writing->log,
			job->number, job->sightings.list, job->sightings.count);
	if (code == 0) {
		job->aside = true;
		code = writing_pass(writing, job->number);
	}
	if (code != 0)
		writing_complain("what is set aside", code);
	return code;
}

/* Can those behind the first go on without it? */
static bool
set_aside(struct writer *writer, int code)
{
	struct job *first = writer->numbered;
	struct recorder_job *job = job_of(first);
	static struct log_gate gate = LOG_GATE(60);
	char client[IPADDR_TEXT_MAX];

	if (!job->promised || !is_its_own_fault(code) || ++job->tries < TRIES ||
	    atomic_load(&writer->aside_in_a_row) >= ASIDE_IN_A_ROW ||
	    pass_by(writer, job) != 0)
		return false;
	if (log_gate_open(&gate, "set_aside"))
		log_error("set_aside number=%" PRIu64
			  " client=%s sightings=%u reason=\"%s\" "
			  "remedy=\"bsblctl verify tells what is damaged; when "
			  "it is mended, bsblctl intake retry\"",
		    job->number,
		    ipaddr_format(&job->sightings.list[0].address, client),
		    job->sightings.count, error_text(code));
	atomic_fetch_add(&writer->aside_in_a_row, 1);
	writer->numbered = first->next;
	finish(writer, first, first->next, code);
	return true;
}

/* A number is that of an entry's last sighting. */
static void
settle(struct writer *writer)
{
	const struct recorder_job *job;

	if (writer->numbered == NULL) {
		writer->numbered_end = &writer->numbered;
		atomic_store(&writer->settled, writer->taken);
		return;
	}
	job = job_of(writer->numbered);
	atomic_store(&writer->settled, job->number - job->sightings.count);
}

static int
write_all_numbered(struct writer *writer)
{
	unsigned most = UINT32_MAX;

	while (writer->numbered != NULL) {
		struct job *rest, *jobs = writer->numbered;
		int code = write_some(writer, jobs, most, &rest);

		if (code == 0) {
			finish(writer, jobs, rest, 0);
			writer->numbered = rest;
			settle(writer);
		} else if (is_to_be_tried_alone(jobs, most, code)) {
			most = 1;
		} else if (set_aside(writer, code)) {
			settle(writer);
		} else {
			return code;
		}
	}
	return 0;
}

static void
write_numbered(struct writer *writer)
{
	int64_t now_ms = clock_monotonic_ms();
	int code;

	if (writer->numbered == NULL || now_ms < writer->again_at_ms)
		return;
	code = write_all_numbered(writer);
	if (code != 0) {
		refuse_numbered(writer, code);
		settle(writer);
	}
	writer->again_at_ms = writer->numbered != NULL ? now_ms + AGAIN_MS : 0;
	atomic_store(&writer->stuck, writer->numbered != NULL);
}

/* At the end. The next start finds them in the intake log. */
static void
leave_numbered(struct writer *writer)
{
	struct job *next;
	unsigned count = 0; /* of sightings */

	writer->again_at_ms = 0;
	write_numbered(writer);
	for (struct job *job = writer->numbered; job != NULL; job = next) {
		next = job->next;
		count += job_of(job)->sightings.count;
		recorder_job_free(job_of(job));
	}
	if (count > 0)
		log_warning("intake_log_left sightings=%u remedy=\"when the "
			    "database can be written, start ingest\"",
		    count);
}

/* --- the thread ----------------------------------------------------------- */

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

	return writer->numbered != NULL && writer->again_at_ms < upkeep_ms
		   ? writer->again_at_ms
		   : upkeep_ms;
}

static void *
write_and_keep(void *context)
{
	struct writer *writer = context;

	while (job_queue_wait(&writer->waiting, due_ms(writer))) {
		struct job *jobs;

		take_rules(writer);
		jobs = set_numbered_apart(writer, take_jobs(writer));
		write_numbered(writer);
		write_jobs(writer, jobs);
		upkeep_do(&writer->upkeep, &writer->writing);
		give_up_when_lost(writer);
	}
	leave_numbered(writer);
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

void
writer_set_mark(struct writer *writer, const struct intake_mark *mark)
{
	writer->writing.log = mark->log;
	writer->taken = mark->number;
	atomic_store(&writer->settled, mark->number);
}

uint64_t
writer_settled(const struct writer *writer)
{
	return atomic_load(&writer->settled);
}

bool
writer_is_stuck(const struct writer *writer)
{
	return atomic_load(&writer->stuck) ||
	       atomic_load(&writer->aside_in_a_row) > 0;
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
		    atomic_load(&writer->stuck) },
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
	writer->numbered_end = &writer->numbered;
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
