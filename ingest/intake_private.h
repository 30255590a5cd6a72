#ifndef INGEST_INTAKE_PRIVATE_H
#define INGEST_INTAKE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "db/intake_log.h"
#include "ingest/backlog.h"
#include "ingest/intake.h"

/*
 * What the files of the intake share, and nobody else includes: intake.c (the
 * thread that promises, and its numbers) and intake_left.c (what the log held
 * when the program ended last).
 */
struct intake {
	struct store *store;
	struct writer *writer;
	struct logged_jobs *logged; /* the writer's */
	struct job_queue waiting;
	struct completed *completed;
	pthread_t thread;
	atomic_long commit_ms; /* 0: all goes to the writer */

	/* For whoever watches. */
	struct backlog backlog;
	_Atomic uint64_t syncs, failures;
	_Atomic uint64_t promised, unlogged; /* sightings */
	unsigned replayed;		     /* of them, at the start */

	/* The thread's own. */
	struct intake_log *log; /* NULL none */
	int64_t rest_until_ms;
	struct job *held, **held_end;
	unsigned held_count; /* sightings */
	int64_t given_ms;    /* when the last were given to the writer */
};

/* What is to be given to the writer with the next. */
void intake_hold(struct intake *intake, struct recorder_job *behind);
/* What is held, without giving it. */
void intake_drop_held(struct intake *intake);

/*
 * Opens the log, and holds what is in it. Without one `intake->log` stays NULL,
 * and the program's log says why.
 */
void intake_open_log(struct intake *intake);

#endif
