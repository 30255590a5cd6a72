#ifndef INGEST_COMPLETED_H
#define INGEST_COMPLETED_H

#include "ingest/job_queue.h"
#include "ingest/recorder.h"

/*
 * The way back of the recorder's jobs: its threads put those that are done
 * here, with their results, and the event loop, which is told at `fd` (an
 * eventfd), takes them all.
 */
struct completed {
	struct job_queue jobs;
	int fd;
};

int completed_init(struct completed *completed);    /* 0 or -errno */
void completed_deinit(struct completed *completed); /* once it is empty */

/* On any thread. After the last of several the loop is told, once. */
void completed_put(struct completed *completed, struct job *job);
void completed_tell(struct completed *completed);
/*
 * The list up to `rest` (NULL: all of it), and tells. Jobs that have no failure
 * of their own have this result.
 */
void completed_put_list(struct completed *completed, struct job *jobs,
    const struct job *rest, int result);

/* The event loop's: all that are there, or NULL. */
struct job *completed_take_all(struct completed *completed);

#endif
