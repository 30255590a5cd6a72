#include "httpapi/feeder.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"

/* A quarter of the connections there usually are: look-ups come first. */
#define WAITING_MAX 256

/* How late a change is told; another process makes it, and wakes nobody. */
#define TICK_MS 250
#define NANOSECONDS_OF_MS 1000000L

struct feeder {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct store *store;
	struct feeder_job *jobs; /* in no order */
	unsigned places;	 /* reserved or waiting */
	bool running, stopping;
};

/* --- who has waited long enough ------------------------------------------- */

/* 0 0 where it cannot be read: then nobody waits, and each is told why. */
static struct zone_version
read_version(struct feeder *feeder)
{
	struct zone_version version = { 0 };
	struct store_txn *txn;

	if (store_begin_read(feeder->store, &txn) != 0)
		return version;
	if (meta_zone_version(txn, &version) != 0)
		version = (struct zone_version){ 0 };
	store_abort(txn);
	return version;
}

static bool
is_due(const struct feeder_job *job, const struct zone_version *now,
    int64_t now_ms)
{
	return job->since.serial != now->serial ||
	       (job->since.lineage != 0 &&
		   job->since.lineage != now->lineage) ||
	       now_ms >= job->until_ms ||
	       (job->gone != NULL && atomic_load(job->gone));
}

/* Takes out of the jobs those that are due; all of them at the end. */
static struct feeder_job *
take_due(struct feeder *feeder, const struct zone_version *now)
{
	struct feeder_job *due = NULL, **at = &feeder->jobs;
	int64_t now_ms = clock_monotonic_ms();

	while (*at != NULL) {
		struct feeder_job *job = *at;

		if (!feeder->stopping && !is_due(job, now, now_ms)) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		job->next = due;
		due = job;
	}
	return due;
}

static unsigned
answer(struct feeder_job *due)
{
	unsigned count = 0;

	while (due != NULL) {
		struct feeder_job *next = due->next;

		due->run(due);
		due->done(due);
		due = next;
		count++;
	}
	return count;
}

/* --- the thread ----------------------------------------------------------- */

/* With the lock held: until there is a job, or for a tick while some wait. */
static void
sleep_a_while(struct feeder *feeder)
{
	struct timespec until;

	if (feeder->stopping && feeder->places == 0)
		return;
	if (feeder->jobs == NULL) {
		pthread_cond_wait(&feeder->wake, &feeder->lock);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += TICK_MS * NANOSECONDS_OF_MS;
	if (until.tv_nsec >= 1000 * NANOSECONDS_OF_MS) {
		until.tv_nsec -= 1000 * NANOSECONDS_OF_MS;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&feeder->wake, &feeder->lock, &until);
}

/* With the lock held, but not while the database is read. */
static struct feeder_job *
next_due(struct feeder *feeder)
{
	struct zone_version now;

	if (feeder->jobs == NULL)
		return NULL;
	pthread_mutex_unlock(&feeder->lock);
	now = read_version(feeder);
	pthread_mutex_lock(&feeder->lock);
	return take_due(feeder, &now);
}

static void *
work(void *argument)
{
	struct feeder *feeder = argument;

	pthread_mutex_lock(&feeder->lock);
	while (!feeder->stopping || feeder->places > 0) {
		struct feeder_job *due = next_due(feeder);
		unsigned answered;

		if (due == NULL) {
			sleep_a_while(feeder);
			continue;
		}
		pthread_mutex_unlock(&feeder->lock);
		answered = answer(due);
		pthread_mutex_lock(&feeder->lock);
		feeder->places -= answered;
	}
	pthread_mutex_unlock(&feeder->lock);
	return NULL;
}

int
feeder_start(struct store *store, struct feeder **out)
{
	struct feeder *feeder = calloc(1, sizeof(*feeder));
	pthread_condattr_t monotonic;
	int error;

	if (feeder == NULL)
		return -ENOMEM;
	feeder->store = store;
	pthread_mutex_init(&feeder->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&feeder->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	error = pthread_create(&feeder->thread, NULL, work, feeder);
	if (error != 0) {
		feeder_free(feeder);
		return -error;
	}
	feeder->running = true;
	*out = feeder;
	return 0;
}

void
feeder_stop(struct feeder *feeder)
{
	if (feeder == NULL || !feeder->running)
		return;
	pthread_mutex_lock(&feeder->lock);
	feeder->stopping = true;
	pthread_cond_signal(&feeder->wake);
	pthread_mutex_unlock(&feeder->lock);
	pthread_join(feeder->thread, NULL);
	feeder->running = false;
}

void
feeder_free(struct feeder *feeder)
{
	if (feeder == NULL)
		return;
	pthread_cond_destroy(&feeder->wake);
	pthread_mutex_destroy(&feeder->lock);
	free(feeder);
}

bool
feeder_reserve(struct feeder *feeder)
{
	bool free_place;

	pthread_mutex_lock(&feeder->lock);
	free_place = !feeder->stopping && feeder->places < WAITING_MAX;
	if (free_place)
		feeder->places++;
	pthread_mutex_unlock(&feeder->lock);
	return free_place;
}

void
feeder_submit(struct feeder *feeder, struct feeder_job *job)
{
	pthread_mutex_lock(&feeder->lock);
	job->next = feeder->jobs;
	feeder->jobs = job;
	pthread_cond_signal(&feeder->wake);
	pthread_mutex_unlock(&feeder->lock);
}

unsigned
feeder_waiting(struct feeder *feeder)
{
	unsigned waiting;

	pthread_mutex_lock(&feeder->lock);
	waiting = feeder->places;
	pthread_mutex_unlock(&feeder->lock);
	return waiting;
}
