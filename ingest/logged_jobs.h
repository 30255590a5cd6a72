#ifndef INGEST_LOGGED_JOBS_H
#define INGEST_LOGGED_JOBS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ingest/completed.h"
#include "ingest/writing.h"

/*
 * Jobs with a number: what stands in the intake log (db/intake_log.h) and is on
 * its way into the database, by rising numbers. One that was promised is tried
 * each second until it is written: meanwhile they are stuck, and those that
 * were not promised come back with the failure.
 *
 * One that the database refuses for its own sake, while it takes others, is put
 * aside (db/intake_aside.h), or it would hold up all behind it for ever. Until
 * another job is written it may be the database after all: they count as stuck,
 * and so many in a row wait as they would for a disk.
 *
 * All on the thread that writes, where nothing else is said.
 */
struct logged_jobs {
	struct writing *writing;
	struct completed *completed;
	struct job *first, **end;
	uint64_t taken; /* the last number among them, ever */
	int64_t again_at_ms;

	/* For the thread that writes the intake log. */
	_Atomic uint64_t settled;
	atomic_bool stuck;
};

/* Both are borrowed. */
void logged_jobs_init(struct logged_jobs *logged, struct writing *writing,
    struct completed *completed);
/* The mark that is in the database, before the first are taken. */
void logged_jobs_set_mark(
    struct logged_jobs *logged, const struct intake_mark *mark);

/* Takes those with a number out of the list; the others are returned. */
struct job *logged_jobs_take(struct logged_jobs *logged, struct job *jobs);
/* When they are to be tried again, by the monotonic clock. */
int64_t logged_jobs_due_ms(const struct logged_jobs *logged);
/* Writes them, unless it is too early to try again. */
void logged_jobs_write(struct logged_jobs *logged);
/*
 * The end: tries once more. What cannot be written is told of in the program's
 * log, and stays in the intake log, where the next start finds it.
 */
void logged_jobs_leave(struct logged_jobs *logged);

/* Up to this number nothing need be kept in the intake log. On any thread. */
uint64_t logged_jobs_settled(const struct logged_jobs *logged);
/* May nothing more be promised? On any thread. */
bool logged_jobs_are_stuck(const struct logged_jobs *logged);

#endif
