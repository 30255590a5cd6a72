#include "httpapi/prover.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "httpapi/inquiry.h"

/* Under way and waiting together; each asks at most nine questions. */
#define JOBS_MAX 32

/* How late a try or a deadline may end; nothing ticks without a job. */
#define TICK_MS 100

struct prover {
	pthread_t thread;
	bool running;
	int event_fd; /* there is a job, or it is over */
	char *server; /* NULL: those of the system */

	pthread_mutex_t lock; /* guards what follows */
	struct prover_job *first, **last;
	unsigned places; /* reserved, waiting or under way */
	bool stopping;

	/* The thread's own. */
	struct inquiry *inquiries[JOBS_MAX];
	unsigned inquiry_count;
};

/* --- jobs ----------------------------------------------------------------- */

/* The place first: who waits for the reply may ask again at once. */
static void
finish(struct prover *prover, struct prover_job *job)
{
	pthread_mutex_lock(&prover->lock);
	prover->places--;
	pthread_mutex_unlock(&prover->lock);
	job->done(job);
}

static void
begin(struct prover *prover, struct prover_job *job)
{
	struct inquiry **place = &prover->inquiries[prover->inquiry_count];

	if (inquiry_begin(job, prover->server, place) == 0)
		prover->inquiry_count++;
	else
		finish(prover, job);
}

/* Ends what is answered or too late; all of it where `all` is set. */
static void
end_inquiries(struct prover *prover, bool all)
{
	unsigned i = 0;

	while (i < prover->inquiry_count) {
		struct inquiry *inquiry = prover->inquiries[i];

		if (!all && !inquiry_is_over(inquiry)) {
			i++;
			continue;
		}
		prover->inquiries[i] =
		    prover->inquiries[--prover->inquiry_count];
		finish(prover, inquiry_end(inquiry));
	}
}

/* --- the thread ----------------------------------------------------------- */

#define SOCKETS_MAX (1 + JOBS_MAX * INQUIRY_SOCKETS_MAX)

static void
wait_and_process(struct prover *prover)
{
	struct pollfd polled[SOCKETS_MAX];
	nfds_t counts[JOBS_MAX], count = 1, at = 1;
	uint64_t news;

	polled[0] = (struct pollfd){ .fd = prover->event_fd, .events = POLLIN };
	for (unsigned i = 0; i < prover->inquiry_count; i++) {
		counts[i] =
		    inquiry_sockets(prover->inquiries[i], polled + count);
		count += counts[i];
	}
	if (poll(polled, count, prover->inquiry_count > 0 ? TICK_MS : -1) < 0)
		return;
	/* Only a counter that is empty cannot be read, and is no news. */
	if (polled[0].revents != 0 &&
	    read(prover->event_fd, &news, sizeof(news)) < 0)
		return;
	for (unsigned i = 0; i < prover->inquiry_count; i++) {
		inquiry_process(prover->inquiries[i], polled + at, counts[i]);
		at += counts[i];
	}
}

/* The jobs that came in, first come first. */
static struct prover_job *
take_jobs(struct prover *prover)
{
	struct prover_job *jobs;

	pthread_mutex_lock(&prover->lock);
	jobs = prover->first;
	prover->first = NULL;
	prover->last = &prover->first;
	pthread_mutex_unlock(&prover->lock);
	return jobs;
}

static bool
is_stopping(struct prover *prover)
{
	bool stopping;

	pthread_mutex_lock(&prover->lock);
	stopping = prover->stopping;
	pthread_mutex_unlock(&prover->lock);
	return stopping;
}

static void *
work(void *argument)
{
	struct prover *prover = argument;
	bool stopping;

	do {
		struct prover_job *job, *next;

		wait_and_process(prover);
		for (job = take_jobs(prover); job != NULL; job = next) {
			next = job->next;
			begin(prover, job);
		}
		stopping = is_stopping(prover);
		end_inquiries(prover, stopping);
	} while (!stopping || prover_waiting(prover) > 0);
	return NULL;
}

static void
wake(const struct prover *prover)
{
	const uint64_t one = 1;

	/* It cannot fail but by a counter full of news already. */
	if (write(prover->event_fd, &one, sizeof(one)) < 0)
		return;
}

/* --- start and end -------------------------------------------------------- */

void
prover_free(struct prover *prover)
{
	if (prover == NULL)
		return;
	if (prover->event_fd >= 0)
		close(prover->event_fd);
	pthread_mutex_destroy(&prover->lock);
	free(prover->server);
	free(prover);
	inquiry_stop();
}

static int
start(struct prover *prover, const char *resolver)
{
	int code;

	pthread_mutex_init(&prover->lock, NULL);
	prover->last = &prover->first;
	prover->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (prover->event_fd < 0)
		return -errno;
	if (strcmp(resolver, "system") != 0) {
		prover->server = strdup(resolver);
		if (prover->server == NULL)
			return -ENOMEM;
	}
	code = inquiry_start(prover->server);
	if (code == 0)
		code = -pthread_create(&prover->thread, NULL, work, prover);
	prover->running = code == 0;
	return code;
}

int
prover_start(const char *resolver, struct prover **out)
{
	struct prover *prover;
	char shown[LOG_TEXT_MAX];
	int code;

	*out = NULL;
	if (strcmp(resolver, "none") == 0)
		return 0;
	prover = calloc(1, sizeof(*prover));
	if (prover == NULL)
		return -ENOMEM;
	code = start(prover, resolver);
	if (code != 0) {
		log_error("resolver_refused name=httpapi.resolver value=%s "
			  "reason=\"%s\" remedy=\"write an address, system or "
			  "none\"",
		    log_escape(resolver, shown), error_text(code));
		prover_free(prover);
		return code;
	}
	*out = prover;
	return 0;
}

void
prover_stop(struct prover *prover)
{
	if (prover == NULL || !prover->running)
		return;
	pthread_mutex_lock(&prover->lock);
	prover->stopping = true;
	pthread_mutex_unlock(&prover->lock);
	wake(prover);
	pthread_join(prover->thread, NULL);
	prover->running = false;
}

bool
prover_reserve(struct prover *prover)
{
	bool free_place;

	pthread_mutex_lock(&prover->lock);
	free_place = !prover->stopping && prover->places < JOBS_MAX;
	if (free_place)
		prover->places++;
	pthread_mutex_unlock(&prover->lock);
	return free_place;
}

void
prover_submit(struct prover *prover, struct prover_job *job)
{
	job->next = NULL;
	pthread_mutex_lock(&prover->lock);
	*prover->last = job;
	prover->last = &job->next;
	pthread_mutex_unlock(&prover->lock);
	wake(prover);
}

unsigned
prover_waiting(struct prover *prover)
{
	unsigned waiting;

	pthread_mutex_lock(&prover->lock);
	waiting = prover->places;
	pthread_mutex_unlock(&prover->lock);
	return waiting;
}
