#include "ingest/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"

/*
 * Others wait for their turn to write (a delisting, bsblctl) while a group is
 * being written.
 */
#define GROUP_MS 50

#define SWEEP_MS 1000
#define SWEEP_UNITS 100 /* judged in one transaction at most */
#define REAP_MS 60000

/* A sign of life each two seconds; five of silence are an alarm. */
#define HEARTBEAT_MS 2000

/* More than time servers put right at a time. */
#define CLOCK_BACK_SECONDS 60

struct writer {
	struct store *store;
	enum recorder_role role;
	struct names *names; /* NULL: nobody to ask */
	struct job_queue waiting, *finished;
	int event_fd;
	pthread_t thread;

	pthread_mutex_t lock; /* guards next_rules */
	struct recorder_rules *next_rules;

	/* The thread's own. */
	struct recorder_rules *rules;
	bool lost; /* store_has_failed, and it was told */
	int64_t sweep_at_ms, reap_at_ms, heartbeat_at_ms;
};

static struct recorder_job *
job_of(struct job *job)
{
	return (struct recorder_job *)job;
}

/* --- transactions --------------------------------------------------------- */

/* Commits, or gives up for the sake of `code`; then tells the log. */
static int
end_write(struct writer *writer, struct store_txn *txn, int code)
{
	if (code == 0)
		code = store_commit(txn);
	else
		store_abort(txn);
	record_log_decisions(writer->rules, code == 0);
	return code;
}

/* --- writing -------------------------------------------------------------- */

/* Answers come with the next sweep. */
static int
ask_for_name(struct writer *writer, struct store_txn *txn,
    const struct ipaddr *address, int64_t now)
{
	int wanted;

	if (writer->names == NULL)
		return 0;
	wanted = record_wants_name(txn, writer->rules, address, now);
	if (wanted > 0)
		names_ask(writer->names, address);
	return wanted < 0 ? wanted : 0;
}

static int
write_sighting(struct writer *writer, struct store_txn *txn,
    struct evidence *evidence, int64_t now)
{
	int code = record_evidence(txn, writer->rules, evidence, now);

	return code != 0 ? code
			 : ask_for_name(writer, txn, &evidence->address, now);
}

static int
write_job(struct writer *writer, struct store_txn *txn,
    struct recorder_job *job, int64_t now)
{
	job->repeated = job->sightings.count > 0;
	for (unsigned i = 0; i < job->sightings.count; i++) {
		int code =
		    write_sighting(writer, txn, &job->sightings.list[i], now);

		if (code == 0)
			job->repeated = false;
		else if (code != ERROR_EXISTS)
			return code;
	}
	return 0;
}

/*
 * Writes jobs of the list as one transaction: all, or as many as its time
 * allows, at most `most`. *rest is the first that was not tried.
 */
static int
write_group(
    struct writer *writer, struct job *jobs, unsigned most, struct job **rest)
{
	struct store_txn *txn;
	int code = store_begin_write(writer->store, &txn);
	int64_t end_ms = clock_monotonic_ms() + GROUP_MS;
	int64_t now = clock_seconds();

	*rest = NULL;
	if (code != 0)
		return code;
	for (struct job *job = jobs; job != NULL; job = job->next) {
		if (job_of(job)->result == 0)
			code = write_job(writer, txn, job_of(job), now);
		if (code != 0)
			break;
		if (--most == 0 || clock_monotonic_ms() >= end_ms) {
			*rest = job->next;
			break;
		}
	}
	return end_write(writer, txn, code);
}

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

static void
complain(const char *doing, int code)
{
	static struct log_gate gate = LOG_GATE(10);

	if (log_gate_open(&gate, "not_written"))
		log_error("not_written what=%s reason=\"%s\"", doing,
		    error_text(code));
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
		int code = write_group(writer, jobs, most, &rest);

		if (code != 0) {
			complain("evidence", code);
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

/* --- keeping -------------------------------------------------------------- */

/* Nobody can tell which of two times was right; somebody should look. */
static int
beat(struct store_txn *txn, int64_t now)
{
	int64_t last;
	int code = meta_heartbeat(txn, HEARTBEAT_SWEEP, &last);

	if (code == 0 && last - now >= CLOCK_BACK_SECONDS)
		log_error(
		    "clock_set_back seconds=%lld reason=\"what was listed "
		    "before ends so much later\" remedy=\"see to the "
		    "clock; bsblctl remove takes addresses off\"",
		    (long long)(last - now));
	return code != 0 ? code : meta_set_heartbeat(txn, HEARTBEAT_SWEEP, now);
}

/* How many, or a negative code. */
static int
write_names(struct writer *writer, struct store_txn *txn, int64_t now)
{
	struct names_answer answer;
	int written = 0, code = 0;

	while (code == 0 && writer->names != NULL && written < SWEEP_UNITS &&
	       names_take(writer->names, &answer)) {
		code = record_name(
		    txn, writer->rules, &answer.address, answer.name, now);
		written++;
	}
	return code != 0 ? code : written;
}

static int
sweep_once(struct writer *writer, int64_t now_ms)
{
	bool heartbeat = now_ms >= writer->heartbeat_at_ms;
	int64_t now = clock_seconds();
	struct store_txn *txn;
	int named, swept = 0, code = store_begin_write(writer->store, &txn);

	if (code != 0)
		return code;
	named = write_names(writer, txn, now);
	if (named >= 0)
		swept = record_sweep(txn, writer->rules, now, SWEEP_UNITS);
	code = named < 0 ? named : swept < 0 ? swept : 0;
	if (code == 0 && heartbeat)
		code = beat(txn, now);
	if (code == 0 && named == 0 && swept == 0 && !heartbeat) {
		store_abort(txn);
		return 0;
	}
	code = end_write(writer, txn, code);
	if (code == 0 && heartbeat)
		writer->heartbeat_at_ms = now_ms + HEARTBEAT_MS;
	return code == 0 ? swept : code;
}

/* What the clock asks for. */
static void
keep(struct writer *writer)
{
	int64_t now_ms = clock_monotonic_ms();

	if (now_ms >= writer->sweep_at_ms) {
		int swept = sweep_once(writer, now_ms);

		if (swept < 0)
			complain("sweep", swept);
		/* More may be due: at once, but after what waits. */
		writer->sweep_at_ms =
		    swept >= SWEEP_UNITS ? now_ms : now_ms + SWEEP_MS;
	}
	if (now_ms >= writer->reap_at_ms) {
		int reaped = store_reap_readers(writer->store);

		if (reaped > 0)
			log_notice("reaped_readers count=%d", reaped);
		writer->reap_at_ms = now_ms + REAP_MS;
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
	    !store_has_failed(writer->store))
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
	writer_rules_free(writer->rules);
	writer->rules = rules;
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

	while (job_queue_wait(&writer->waiting, writer->sweep_at_ms)) {
		take_rules(writer);
		write_jobs(writer, take_jobs(writer));
		keep(writer);
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
	writer_rules_free(writer->rules);
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
	writer->store = store;
	writer->rules = rules;
	writer->role = role;
	if (role == RECORDER_GUEST)
		writer->sweep_at_ms = writer->reap_at_ms = INT64_MAX;
	writer->names = names;
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
