#include "dnsd/udp_run.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "dnsd/udp.h"

#define EVENTS 16
#define WAKE UINT32_MAX /* among the numbers of sockets */

/*
 * To leave off waiting and to begin again are two calls of the system, saved
 * by as many answers.
 */
#define BUSY_FROM 32

/* A socket that could not be waited for again, for want of memory. */
#define RETRY_MS 1

struct udp_run {
	const int *fds;
	unsigned count, busy_count;
	int epoll;
	struct worker *worker;
	struct udp_batch *batch;
	bool *busy; /* of each socket: it is not waited for */
};

int
udp_run_new(
    const int *fds, unsigned count, struct worker *worker, struct udp_run **run)
{
	struct udp_run *fresh = calloc(1, sizeof(*fresh));
	int error;

	if (fresh == NULL)
		return -ENOMEM;
	fresh->fds = fds;
	fresh->count = count;
	fresh->worker = worker;
	fresh->busy = calloc(count, sizeof(*fresh->busy));
	fresh->epoll = epoll_create1(EPOLL_CLOEXEC);
	error = fresh->epoll < 0 ? -errno : udp_batch_new(&fresh->batch);
	if (error == 0 && fresh->busy == NULL)
		error = -ENOMEM;
	if (error != 0) {
		udp_run_free(fresh);
		return error;
	}
	*run = fresh;
	return 0;
}

void
udp_run_free(struct udp_run *run)
{
	if (run == NULL)
		return;
	udp_batch_free(run->batch);
	if (run->epoll >= 0)
		close(run->epoll);
	free(run->busy);
	free(run);
}

static bool
watch(const struct udp_run *run, int fd, uint32_t number)
{
	/* A socket that was passed in is shared, and one of us is enough. */
	struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE,
		.data.u32 = number };

	return epoll_ctl(run->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void
set_busy(struct udp_run *run, unsigned number, bool busy)
{
	int fd = run->fds[number];
	bool done = busy ? epoll_ctl(run->epoll, EPOLL_CTL_DEL, fd, NULL) == 0
			 : watch(run, fd, number);

	if (!done)
		return;
	run->busy[number] = busy;
	run->busy_count += busy ? 1 : -1u;
}

static bool
serve(struct udp_run *run, unsigned number)
{
	unsigned found = udp_serve(run->batch, run->fds[number], run->worker);

	if (!run->busy[number] && found >= BUSY_FROM)
		set_busy(run, number, true);
	else if (run->busy[number] && found == 0)
		set_busy(run, number, false);
	return found > 0;
}

static bool
serve_busy(struct udp_run *run)
{
	bool any = false;

	for (unsigned i = 0; run->busy_count > 0 && i < run->count; i++) {
		if (run->busy[i])
			any |= serve(run, i);
	}
	return any;
}

static bool
serve_event(struct udp_run *run, uint32_t number, int wake)
{
	eventfd_t value;

	if (number != WAKE)
		return serve(run, number);
	eventfd_read(wake, &value);
	worker_take_rules(run->worker);
	return false;
}

void
udp_run(struct udp_run *run, int wake, const atomic_bool *stop)
{
	struct epoll_event events[EVENTS];
	bool any = false;

	watch(run, wake, WAKE);
	for (unsigned i = 0; i < run->count; i++) {
		run->busy[i] = true;
		run->busy_count++;
		set_busy(run, i, false);
	}
	while (!atomic_load(stop)) {
		int timeout = run->busy_count == 0 ? -1 : any ? 0 : RETRY_MS;
		int count = epoll_wait(run->epoll, events, EVENTS, timeout);

		any = serve_busy(run);
		for (int i = 0; i < count; i++)
			any |= serve_event(run, events[i].data.u32, wake);
	}
}
