#include "ingest/job_queue.h"

#include <stddef.h>
#include <time.h>

#include "common/clock.h"

void
job_queue_init(struct job_queue *queue)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&queue->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	queue->first = NULL;
	queue->end = &queue->first;
	queue->closed = false;
}

void
job_queue_deinit(struct job_queue *queue)
{
	pthread_cond_destroy(&queue->changed);
	pthread_mutex_destroy(&queue->lock);
}

void
job_queue_put(struct job_queue *queue, struct job *job)
{
	job->next = NULL;
	pthread_mutex_lock(&queue->lock);
	*queue->end = job;
	queue->end = &job->next;
	pthread_mutex_unlock(&queue->lock);
	/* Not before: whoever wakes up would wait for the lock at once. */
	pthread_cond_signal(&queue->changed);
}

void
job_queue_put_all(struct job_queue *queue, struct job *first)
{
	struct job **end = &first;

	while (*end != NULL)
		end = &(*end)->next;
	if (first == NULL)
		return;
	pthread_mutex_lock(&queue->lock);
	*queue->end = first;
	queue->end = end;
	pthread_mutex_unlock(&queue->lock);
	pthread_cond_signal(&queue->changed);
}

void
job_queue_close(struct job_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
}

struct job *
job_queue_take(struct job_queue *queue)
{
	struct job *job;

	pthread_mutex_lock(&queue->lock);
	while (queue->first == NULL && !queue->closed)
		pthread_cond_wait(&queue->changed, &queue->lock);
	job = queue->first;
	if (job != NULL) {
		queue->first = job->next;
		if (queue->first == NULL)
			queue->end = &queue->first;
		job->next = NULL;
	}
	pthread_mutex_unlock(&queue->lock);
	return job;
}

struct job *
job_queue_take_all(struct job_queue *queue)
{
	struct job *jobs;

	pthread_mutex_lock(&queue->lock);
	jobs = queue->first;
	queue->first = NULL;
	queue->end = &queue->first;
	pthread_mutex_unlock(&queue->lock);
	return jobs;
}

bool
job_queue_wait(struct job_queue *queue, int64_t until_ms)
{
	bool open;

	pthread_mutex_lock(&queue->lock);
	while (queue->first == NULL && !queue->closed) {
		int64_t left = until_ms - clock_monotonic_ms();
		struct timespec until;

		if (left <= 0)
			break;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += (long)(left % 1000) * 1000000;
		until.tv_sec += left / 1000 + until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&queue->changed, &queue->lock, &until);
	}
	open = queue->first != NULL || !queue->closed;
	pthread_mutex_unlock(&queue->lock);
	return open;
}
