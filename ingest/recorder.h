#ifndef INGEST_RECORDER_H
#define INGEST_RECORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/settings.h"
#include "common/strbuf.h"
#include "db/store.h"
#include "ingest/envelope.h"
#include "ingest/job_queue.h"
#include "ingest/sightings.h"

/*
 * Where every feed ends: what came in is classified by worker threads, put on
 * disk in the intake log by one thread (ingest/intake.h) and written to the
 * database by another, which commits in groups - all that waits, or what some
 * 50 ms allow, is one transaction. Between times that thread ends listings
 * whose time is over, and reaps readers that died. What comes alone the first
 * of them classifies itself, since each thread between costs a wake-up.
 *
 * Jobs go round: from the event loop through the threads back to the event
 * loop. How many are on their way is bounded, in number and in octets.
 */
struct recorder;

enum recorder_what {
	RECORDER_MESSAGE,
	RECORDER_DIALOGUE,
	RECORDER_SIGHTING, /* made by another sensor */
	RECORDER_WHATS
};

/* A program that runs for long keeps the database, too; a guest only writes. */
enum recorder_role { RECORDER_KEEPER, RECORDER_GUEST };

/*
 * Called by recorder_collect, on its thread. 0: it is on disk - of a keeper's,
 * in the database or in the intake log - or was there already. ERROR_FULL: no
 * space. Any other code: it could not be written.
 */
typedef void recorder_done(void *context, int result);

struct recorder_job {
	struct job job;
	enum recorder_what what;
	struct envelope envelope; /* its recipients are freed with the job */
	char *octets;		  /* RECORDER_MESSAGE; freed with the job */
	size_t len;
	enum dialogue_end end; /* RECORDER_DIALOGUE */
	unsigned refused;
	recorder_done *done; /* may be NULL */
	void *context;

	struct sightings sightings; /* RECORDER_SIGHTING; else its own */

	/* The recorder's own. */
	const uint8_t *hash_key;
	bool classified;
	size_t weight; /* octets of memory, about */
	bool repeated; /* all of it was there already */
	int result;
	uint64_t number; /* in the intake log; 0 none */
	bool promised;	 /* done was called: it must be written some day */
	unsigned tries;	 /* alone, for nothing */
	bool aside;	 /* in that file (db/intake_aside.h) */
	struct recorder_job *behind; /* what of it is to be written then */
};

static inline struct recorder_job *
job_of(struct job *job)
{
	return (struct recorder_job *)job;
}

/* For a job that was not submitted; NULL does nothing. */
void recorder_job_free(struct recorder_job *job);
/* For the recorder's threads: makes its sightings, if there are none yet. */
void recorder_job_classify(struct recorder_job *job);

/*
 * Starts the threads; after dropping privileges, since no fork may follow.
 * 0, or a negative code after one log line.
 */
int recorder_open(struct store *store, const struct settings *settings,
    enum recorder_role role, struct recorder **recorder);
/*
 * Writes all that was submitted, ends the threads, and calls what is left to
 * be called. NULL does nothing.
 */
void recorder_close(struct recorder *recorder);

/*
 * 0, and the job (malloc) is the recorder's. Else it is still the caller's:
 * ERROR_LIMIT when too much is on its way already, ERROR_NOT_FOUND when a
 * message names no client at all (ingest/culprit.h), or -ENOMEM. From one
 * thread only, the one that collects.
 */
int recorder_submit(struct recorder *recorder, struct recorder_job *job);

/* Readable when there is something to collect. */
int recorder_fd(const struct recorder *recorder);
void recorder_collect(struct recorder *recorder);

/* Its numbers (common/metrics.h). On the thread that collects. */
void recorder_print(struct recorder *recorder, struct strbuf *out);

/* Policy and limits as `settings` has them now. 0 or a negative code. */
int recorder_reload(struct recorder *recorder, const struct settings *settings);

#endif
