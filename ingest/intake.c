#include <errno.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "common/metrics.h"
#include "ingest/intake_private.h"

/* Sightings, held no longer when there are so many: a transaction of 30 ms. */
#define HELD_MAX 512

/*
 * Sightings that are not in the database yet, and so in memory, each with about
 * 3.5 KiB. Beyond, clients wait for commits: the writer is slower than they
 * are.
 */
#define BEHIND_MAX 2048

/* A log that cannot be written is not tried for so long. */
#define REST_MS 1000

/* --- to the writer -------------------------------------------------------- */

static void
give(struct intake *intake)
{
	if (intake->held == NULL)
		return;
	writer_put_all(intake->writer, intake->held);
	intake->held = NULL;
	intake->held_end = &intake->held;
	intake->held_count = 0;
	intake->given_ms = clock_monotonic_ms();
}

static int64_t
give_at_ms(const struct intake *intake)
{
	return intake->held == NULL
		   ? INT64_MAX
		   : intake->given_ms + atomic_load(&intake->commit_ms);
}

static void
give_when_due(struct intake *intake)
{
	if (intake->held_count >= HELD_MAX ||
	    clock_monotonic_ms() >= give_at_ms(intake))
		give(intake);
}

/* After what came before them. */
static void
give_as_they_are(struct intake *intake, struct job *jobs)
{
	for (struct job *job = jobs; job != NULL; job = job->next)
		atomic_fetch_add(
		    &intake->unlogged, job_of(job)->sightings.count);
	give(intake);
	writer_put_all(intake->writer, jobs);
}

/* --- to the log ----------------------------------------------------------- */

static bool
may_promise(struct intake *intake)
{
	uint64_t behind;

	if (intake->log == NULL || atomic_load(&intake->commit_ms) == 0 ||
	    logged_jobs_are_stuck(intake->logged) ||
	    clock_monotonic_ms() < intake->rest_until_ms)
		return false;
	behind =
	    intake_log_last(intake->log) - logged_jobs_settled(intake->logged);
	return behind < BEHIND_MAX && store_has_room(intake->store);
}

/* Its place in the log, and memory for what is held of it. */
static bool
add_to_group(struct intake *intake, struct recorder_job *job)
{
	if (job->behind == NULL)
		job->behind = calloc(1, sizeof(*job->behind));
	return job->behind != NULL &&
	       intake_log_add(intake->log, job->sightings.list,
		   job->sightings.count, &job->number) == 0;
}

/* Puts as many in a group as fit; the first that does not, or NULL. */
static struct job *
fill_group(struct intake *intake, struct job *jobs)
{
	intake_log_begin(intake->log);
	while (jobs != NULL && add_to_group(intake, job_of(jobs)))
		jobs = jobs->next;
	return jobs;
}

static void
complain(int code)
{
	static struct log_gate gate = LOG_GATE(5);

	if (log_gate_open(&gate, "intake_log_failed"))
		log_error("intake_log_failed reason=\"%s\" remedy=\"see to the "
			  "disk; until then each message waits for a commit\"",
		    error_text(code));
}

static int
write_group(struct intake *intake)
{
	uint64_t settled = logged_jobs_settled(intake->logged);
	uint64_t before = intake_log_written(intake->log);
	int code = intake_log_write(intake->log, settled);

	if (code == 0) {
		atomic_fetch_add(&intake->syncs, 1);
		backlog_note(&intake->backlog, intake_log_last(intake->log),
		    intake_log_written(intake->log) - before, settled,
		    clock_monotonic_ms());
	} else if (code != ERROR_LIMIT) {
		complain(code);
		atomic_fetch_add(&intake->failures, 1);
		intake->rest_until_ms = clock_monotonic_ms() + REST_MS;
	}
	return code;
}

void
intake_hold(struct intake *intake, struct recorder_job *behind)
{
	behind->promised = true;
	behind->classified = true;
	behind->job.next = NULL;
	*intake->held_end = &behind->job;
	intake->held_end = &behind->job.next;
	intake->held_count += behind->sightings.count;
}

/* What of a job the database is to have; the job goes back without it. */
static void
hold_behind(struct intake *intake, struct recorder_job *job)
{
	struct recorder_job *behind = job->behind;

	atomic_fetch_add(&intake->promised, job->sightings.count);
	behind->what = job->what;
	behind->number = job->number;
	behind->sightings = job->sightings;
	job->sightings = (struct sightings){ 0 };
	job->behind = NULL;
	intake_hold(intake, behind);
}

static void
promise(struct intake *intake, struct job *jobs, struct job *rest)
{
	while (jobs != rest) {
		struct job *next = jobs->next;

		hold_behind(intake, job_of(jobs));
		completed_put(intake->completed, jobs);
		jobs = next;
	}
	completed_tell(intake->completed);
}

static void
promise_all(struct intake *intake, struct job *jobs)
{
	while (jobs != NULL) {
		struct job *rest = fill_group(intake, jobs);

		if (rest == jobs || write_group(intake) != 0) {
			give_as_they_are(intake, jobs);
			return;
		}
		promise(intake, jobs, rest);
		jobs = rest;
	}
}

/* --- the thread ----------------------------------------------------------- */

/* All that waits, fit to be written. What is nothing goes back. */
static struct job *
take(struct intake *intake)
{
	struct job *next, *jobs, **end = &jobs;
	bool nothing = false;

	for (struct job *job = job_queue_take_all(&intake->waiting);
	     job != NULL; job = next) {
		next = job->next;
		recorder_job_classify(job_of(job));
		if (job_of(job)->result != 0 ||
		    job_of(job)->sightings.count == 0) {
			completed_put(intake->completed, job);
			nothing = true;
			continue;
		}
		*end = job;
		end = &job->next;
	}
	*end = NULL;
	if (nothing)
		completed_tell(intake->completed);
	return jobs;
}

static void *
promise_and_give(void *context)
{
	struct intake *intake = context;

	while (job_queue_wait(&intake->waiting, give_at_ms(intake))) {
		struct job *jobs = take(intake);

		if (may_promise(intake))
			promise_all(intake, jobs);
		else
			give_as_they_are(intake, jobs);
		give_when_due(intake);
	}
	give(intake);
	return NULL;
}

/* --- for the recorder ----------------------------------------------------- */

void
intake_free(struct intake *intake)
{
	if (intake == NULL)
		return;
	intake_drop_held(intake);
	intake_log_close(intake->log);
	backlog_deinit(&intake->backlog);
	job_queue_deinit(&intake->waiting);
	free(intake);
}

int
intake_begin(struct store *store, const struct settings *settings,
    struct writer *writer, struct completed *completed, struct intake **begun)
{
	struct intake *intake = calloc(1, sizeof(*intake));
	int error;

	if (intake == NULL)
		return -ENOMEM;
	intake->store = store;
	intake->writer = writer;
	intake->logged = writer_logged(writer);
	intake->completed = completed;
	intake->held_end = &intake->held;
	job_queue_init(&intake->waiting);
	backlog_init(&intake->backlog);
	intake_set(intake, settings);
	intake_open_log(intake);
	give(intake);
	error = pthread_create(&intake->thread, NULL, promise_and_give, intake);
	if (error != 0) {
		intake_free(intake);
		return -error;
	}
	*begun = intake;
	return 0;
}

void
intake_end(struct intake *intake)
{
	if (intake == NULL)
		return;
	job_queue_close(&intake->waiting);
	pthread_join(intake->thread, NULL);
}

void
intake_put(struct intake *intake, struct recorder_job *job)
{
	job_queue_put(&intake->waiting, &job->job);
}

void
intake_set(struct intake *intake, const struct settings *settings)
{
	atomic_store(&intake->commit_ms, settings->ingest.commit_milliseconds);
}

/* --- numbers -------------------------------------------------------------- */

static void
print_counters(struct intake *intake, struct strbuf *out)
{
	const struct metric rows[] = {
		{ "bsbl_ingest_intake_log_syncs_total", "counter",
		    "Groups of sightings put on disk in the intake log.",
		    atomic_load(&intake->syncs) },
		{ "bsbl_ingest_intake_log_failures_total", "counter",
		    "Groups that the intake log's disk did not take.",
		    atomic_load(&intake->failures) },
		{ "bsbl_ingest_promised_total", "counter",
		    "Sightings that were acknowledged with the intake log.",
		    atomic_load(&intake->promised) },
		{ "bsbl_ingest_unlogged_total", "counter",
		    "Sightings that had to wait for the database instead.",
		    atomic_load(&intake->unlogged) },
		{ "bsbl_ingest_replayed", "gauge",
		    "Sightings that the intake log held at the start.",
		    intake->replayed },
	};

	metrics_put(out, rows, sizeof(rows) / sizeof(rows[0]));
}

static void
print_backlog(struct intake *intake, struct strbuf *out)
{
	struct backlog_sum sum =
	    backlog_sum(&intake->backlog, logged_jobs_settled(intake->logged));
	bool is_used = intake->log != NULL;
	const struct metric rows[] = {
		{ "bsbl_ingest_intake_log_up", "gauge",
		    "1 while messages are acknowledged with an intake log.",
		    is_used && atomic_load(&intake->commit_ms) > 0 },
		{ "bsbl_ingest_intake_log_bytes", "gauge",
		    "Octets of the intake log; each half is used as a whole.",
		    is_used ? intake_log_bytes(intake->log) : 0 },
		{ "bsbl_ingest_intake_log_used_bytes", "gauge",
		    "Of it what the database does not have yet.", sum.octets },
		{ "bsbl_ingest_waiting", "gauge",
		    "Sightings acknowledged that the database does not have "
		    "yet.",
		    sum.sightings },
	};

	metrics_put(out, rows, sizeof(rows) / sizeof(rows[0]));
	metrics_head(out, "bsbl_ingest_waiting_seconds", "gauge",
	    "For how long the oldest of them has waited.");
	strbuf_printf(out, "bsbl_ingest_waiting_seconds %.3f\n",
	    sum.oldest_ms == 0
		? 0.0
		: (double)(clock_monotonic_ms() - sum.oldest_ms) / 1e3);
}

void
intake_print(struct intake *intake, struct strbuf *out)
{
	print_counters(intake, out);
	print_backlog(intake, out);
}
