#include "ingest/logged_jobs.h"

#include <inttypes.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/intake_aside.h"

/* What was promised and could not be written is tried again after so long. */
#define AGAIN_MS 1000

/* Alone, before it is put aside: what passes has passed a second later. */
#define TRIES 2

/*
 * A server that sends a hundred bounces a minute may bring as many that are
 * refused for the same reason; more in a row, and it is the database.
 */
#define ASIDE_IN_A_ROW 64

/* --- the list ------------------------------------------------------------- */

void
logged_jobs_init(struct logged_jobs *logged, struct writing *writing,
    struct completed *completed)
{
	*logged =
	    (struct logged_jobs){ .writing = writing, .completed = completed };
	logged->end = &logged->first;
}

void
logged_jobs_set_mark(struct logged_jobs *logged, const struct intake_mark *mark)
{
	logged->writing->log = mark->log;
	logged->taken = mark->number;
	atomic_store(&logged->settled, mark->number);
}

uint64_t
logged_jobs_settled(const struct logged_jobs *logged)
{
	return atomic_load(&logged->settled);
}

bool
logged_jobs_are_stuck(const struct logged_jobs *logged)
{
	return atomic_load(&logged->stuck) ||
	       atomic_load(&logged->writing->aside_in_a_row) > 0;
}

int64_t
logged_jobs_due_ms(const struct logged_jobs *logged)
{
	return logged->first != NULL ? logged->again_at_ms : INT64_MAX;
}

static void
append(struct logged_jobs *logged, struct job *job)
{
	job->next = NULL;
	*logged->end = job;
	logged->end = &job->next;
}

struct job *
logged_jobs_take(struct logged_jobs *logged, struct job *jobs)
{
	struct job *others = NULL, **end = &others, *next;

	for (; jobs != NULL; jobs = next) {
		next = jobs->next;
		if (job_of(jobs)->number != 0) {
			logged->taken = job_of(jobs)->number;
			append(logged, jobs);
			continue;
		}
		*end = jobs;
		end = &jobs->next;
	}
	*end = NULL;
	return others;
}

/* A number is that of an entry's last sighting. */
static void
settle(struct logged_jobs *logged)
{
	const struct recorder_job *job;

	if (logged->first == NULL) {
		logged->end = &logged->first;
		atomic_store(&logged->settled, logged->taken);
		return;
	}
	job = job_of(logged->first);
	atomic_store(&logged->settled, job->number - job->sightings.count);
}

/* Those that nobody was promised. */
static void
refuse(struct logged_jobs *logged, int code)
{
	struct job *next, *job = logged->first;

	logged->first = NULL;
	logged->end = &logged->first;
	for (; job != NULL; job = next) {
		next = job->next;
		if (job_of(job)->promised)
			append(logged, job);
		else
			completed_put_list(logged->completed, job, next, code);
	}
}

/* --- what the database refuses -------------------------------------------- */

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
pass_by(struct logged_jobs *logged, struct recorder_job *job)
{
	struct writing *writing = logged->writing;
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
set_aside(struct logged_jobs *logged, int code)
{
	struct job *first = logged->first;
	struct recorder_job *job = job_of(first);
	static struct log_gate gate = LOG_GATE(60);
	char client[IPADDR_TEXT_MAX];

	if (!job->promised || !is_its_own_fault(code) || ++job->tries < TRIES ||
	    atomic_load(&logged->writing->aside_in_a_row) >= ASIDE_IN_A_ROW ||
	    pass_by(logged, job) != 0)
		return false;
	if (log_gate_open(&gate, "set_aside"))
		log_error("set_aside number=%" PRIu64
			  " client=%s sightings=%u reason=\"%s\" "
			  "remedy=\"bsblctl verify tells what is damaged; when "
			  "it is mended, bsblctl intake retry\"",
		    job->number,
		    ipaddr_format(&job->sightings.list[0].address, client),
		    job->sightings.count, error_text(code));
	atomic_fetch_add(&logged->writing->aside_in_a_row, 1);
	logged->first = first->next;
	completed_put_list(logged->completed, first, first->next, code);
	return true;
}

/* --- into the database ---------------------------------------------------- */

static int
write_all(struct logged_jobs *logged)
{
	unsigned most = UINT32_MAX;

	while (logged->first != NULL) {
		struct job *rest, *jobs = logged->first;
		int code = writing_group(logged->writing, jobs, most, &rest);

		if (code == 0) {
			completed_put_list(logged->completed, jobs, rest, 0);
			logged->first = rest;
			settle(logged);
		} else if (writing_one_by_one(jobs, most, code)) {
			most = 1;
		} else if (set_aside(logged, code)) {
			settle(logged);
		} else {
			return code;
		}
	}
	return 0;
}

void
logged_jobs_write(struct logged_jobs *logged)
{
	int64_t now_ms = clock_monotonic_ms();
	int code;

	if (logged->first == NULL || now_ms < logged->again_at_ms)
		return;
	code = write_all(logged);
	if (code != 0) {
		refuse(logged, code);
		settle(logged);
	}
	logged->again_at_ms = logged->first != NULL ? now_ms + AGAIN_MS : 0;
	atomic_store(&logged->stuck, logged->first != NULL);
}

void
logged_jobs_leave(struct logged_jobs *logged)
{
	struct job *next;
	unsigned count = 0; /* of sightings */

	logged->again_at_ms = 0;
	logged_jobs_write(logged);
	for (struct job *job = logged->first; job != NULL; job = next) {
		next = job->next;
		count += job_of(job)->sightings.count;
		recorder_job_free(job_of(job));
	}
	if (count > 0)
		log_warning("intake_log_left sightings=%u remedy=\"when the "
			    "database can be written, start ingest\"",
		    count);
}
