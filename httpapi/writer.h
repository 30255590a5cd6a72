#ifndef HTTPAPI_WRITER_H
#define HTTPAPI_WRITER_H

#include <stdbool.h>

/*
 * The one thread of httpapi that writes to the database. Requests that change
 * something leave a job in its bounded queue and wait, without holding a
 * thread, until the job is done - that is: committed. Between jobs, and at
 * least once a second, the thread does its round (see keeper.h).
 */
struct writer_job {
	/* On the writer's thread: the change, then the word that it is over,
	 * after which the job's owner may free it. */
	void (*run)(struct writer_job *job, void *context);
	void (*done)(struct writer_job *job, void *context);
	struct writer_job *next;
};

struct writer;

/* `context` goes to every job; `round` is called each second with it. */
int writer_start(
    void (*round)(void *context), void *context, struct writer **writer);
/*
 * Finishes what is queued, then ends; no place is free from then on. Done twice
 * it does nothing, nor does NULL.
 */
void writer_stop(struct writer *writer);
void writer_free(struct writer *writer); /* once it is stopped */

/* A place in the queue; false when it is full or the writer stops. */
bool writer_reserve(struct writer *writer);
/* Gives a place back. */
void writer_release(struct writer *writer);
/* Takes the place reserved before. */
void writer_submit(struct writer *writer, struct writer_job *job);
/*
 * By a job's own `done`: it is to be run once more, behind all that wait. It
 * keeps its place, even in a full queue and while the writer stops.
 */
void writer_again(struct writer *writer, struct writer_job *job);
/* Jobs waiting, for metrics. */
unsigned writer_waiting(struct writer *writer);

#endif
