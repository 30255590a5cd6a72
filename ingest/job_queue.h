#ifndef INGEST_JOB_QUEUE_H
#define INGEST_JOB_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * First in, first out, between threads. It allocates nothing: a job is the
 * first member of whatever is passed along, which belongs to the queue from
 * job_queue_put until it is taken. How much may wait is for others to bound.
 */
struct job {
	struct job *next;
};

struct job_queue {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct job *first, **end;
	bool closed;
};

void job_queue_init(struct job_queue *queue);
void job_queue_deinit(struct job_queue *queue); /* once it is empty */

void job_queue_put(struct job_queue *queue, struct job *job);
/* The list from `first` on, in its order, at once. */
void job_queue_put_all(struct job_queue *queue, struct job *first);
/* Nothing will be put any more: who waits is told. */
void job_queue_close(struct job_queue *queue);

/* Waits for a job. NULL when the queue is closed and empty. */
struct job *job_queue_take(struct job_queue *queue);
/* All that waits, in its order; NULL when there is nothing. */
struct job *job_queue_take_all(struct job_queue *queue);
/*
 * Waits until something is there, the queue is closed, or the monotonic clock
 * shows `until_ms`. False: closed and empty.
 */
bool job_queue_wait(struct job_queue *queue, int64_t until_ms);

#endif
