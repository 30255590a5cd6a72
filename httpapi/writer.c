#include "httpapi/writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/*
 * A commit takes milliseconds: who would wait behind more than this is better
 * told to come again.
 */
#define QUEUE_MAX 64

#define ROUND_SECONDS 1

struct writer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct writer_job *first, **last;
	unsigned places; /* reserved or queued */
	bool stopping;
	void (*round)(void *context);
	void *context;
};

static struct timespec
next_round(void)
{
	struct timespec when;

	clock_gettime(CLOCK_MONOTONIC, &when);
	when.tv_sec += ROUND_SECONDS;
	return when;
}

static bool
is_over(const struct timespec *when)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > when->tv_sec ||
	       (now.tv_sec == when->tv_sec && now.tv_nsec >= when->tv_nsec);
}

/* Called with the lock held; NULL: time for the round, or for the end. */
static struct writer_job *
next_job(struct writer *writer, const struct timespec *until)
{
	struct writer_job *job;

	while (writer->first == NULL && !is_over(until) &&
	       !(writer->stopping && writer->places == 0))
		pthread_cond_timedwait(&writer->wake, &writer->lock, until);
	job = writer->first;
	if (job != NULL) {
		writer->first = job->next;
		if (writer->first == NULL)
			writer->last = &writer->first;
	}
	return job;
}

static void *
work(void *argument)
{
	struct writer *writer = argument;
	struct timespec until = next_round();

	pthread_mutex_lock(&writer->lock);
	while (!writer->stopping || writer->places > 0) {
		struct writer_job *job = next_job(writer, &until);
		bool over = is_over(&until);
		bool round = over && !writer->stopping;

		if (over)
			until = next_round();
		pthread_mutex_unlock(&writer->lock);
		if (job != NULL) {
			job->run(job, writer->context);
			job->done(job, writer->context);
		}
		if (round)
			writer->round(writer->context);
		pthread_mutex_lock(&writer->lock);
		if (job != NULL)
			writer->places--;
	}
	pthread_mutex_unlock(&writer->lock);
	return NULL;
}

int
writer_start(void (*round)(void *context), void *context, struct writer **out)
{
	struct writer *writer = calloc(1, sizeof(*writer));
	pthread_condattr_t monotonic;
	int error;

	if (writer == NULL)
		return -ENOMEM;
	writer->round = round;
	writer->context = context;
	writer->last = &writer->first;
	pthread_mutex_init(&writer->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&writer->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	error = pthread_create(&writer->thread, NULL, work, writer);
	if (error != 0) {
		free(writer);
		return -error;
	}
	*out = writer;
	return 0;
}

void
writer_stop(struct writer *writer)
{
	if (writer == NULL || writer->stopping)
		return;
	pthread_mutex_lock(&writer->lock);
	writer->stopping = true;
	pthread_cond_signal(&writer->wake);
	pthread_mutex_unlock(&writer->lock);
	pthread_join(writer->thread, NULL);
}

void
writer_free(struct writer *writer)
{
	if (writer == NULL)
		return;
	pthread_cond_destroy(&writer->wake);
	pthread_mutex_destroy(&writer->lock);
	free(writer);
}

bool
writer_reserve(struct writer *writer)
{
	bool free_place;

	pthread_mutex_lock(&writer->lock);
	free_place = !writer->stopping && writer->places < QUEUE_MAX;
	if (free_place)
		writer->places++;
	pthread_mutex_unlock(&writer->lock);
	return free_place;
}

void
writer_release(struct writer *writer)
{
	pthread_mutex_lock(&writer->lock);
	writer->places--;
	pthread_cond_signal(&writer->wake);
	pthread_mutex_unlock(&writer->lock);
}

void
writer_submit(struct writer *writer, struct writer_job *job)
{
	job->next = NULL;
	pthread_mutex_lock(&writer->lock);
	*writer->last = job;
	writer->last = &job->next;
	pthread_cond_signal(&writer->wake);
	pthread_mutex_unlock(&writer->lock);
}

/* The place that it has is given back once its `done` returns. */
void
writer_again(struct writer *writer, struct writer_job *job)
{
	pthread_mutex_lock(&writer->lock);
	writer->places++;
	pthread_mutex_unlock(&writer->lock);
	writer_submit(writer, job);
}

unsigned
writer_waiting(struct writer *writer)
{
	unsigned waiting;

	pthread_mutex_lock(&writer->lock);
	waiting = writer->places;
	pthread_mutex_unlock(&writer->lock);
	return waiting;
}
