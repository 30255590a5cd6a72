#include "httpapi/deadline.h"

#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>

/* Asked of the kernel at a time: a kilobyte of our stack. */
#define BATCH 64

void
deadlines_init(struct deadlines *deadlines)
{
	pthread_mutex_init(&deadlines->lock, NULL);
	deadlines->first = NULL;
}

void
deadlines_deinit(struct deadlines *deadlines)
{
	pthread_mutex_destroy(&deadlines->lock);
}

void
deadline_add(struct deadlines *deadlines, struct deadline *deadline, int fd)
{
	deadline->fd = fd;
	deadline->roused = false;
	deadline->previous = NULL;
	pthread_mutex_lock(&deadlines->lock);
	deadline->next = deadlines->first;
	if (deadline->next != NULL)
		deadline->next->previous = deadline;
	deadlines->first = deadline;
	pthread_mutex_unlock(&deadlines->lock);
}

void
deadline_remove(struct deadlines *deadlines, struct deadline *deadline)
{
	pthread_mutex_lock(&deadlines->lock);
	if (deadline->previous != NULL)
		deadline->previous->next = deadline->next;
	else
		deadlines->first = deadline->next;
	if (deadline->next != NULL)
		deadline->next->previous = deadline->previous;
	pthread_mutex_unlock(&deadlines->lock);
}

unsigned
deadlines_expire(struct deadlines *deadlines, int64_t now_ms)
{
	unsigned expired = 0;

	pthread_mutex_lock(&deadlines->lock);
	for (struct deadline *deadline = deadlines->first; deadline != NULL;
	     deadline = deadline->next) {
		if (atomic_load(&deadline->at_ms) > now_ms)
			continue;
		shutdown(deadline->fd, SHUT_RDWR);
		/* Once is enough, however long the library takes. */
		atomic_store(&deadline->at_ms, INT64_MAX);
		expired++;
	}
	pthread_mutex_unlock(&deadlines->lock);
	return expired;
}

/*
 * The kernel has noted the end already: to shut what is over wakes those who
 * wait for the descriptor, and changes nothing else.
 */
static void
rouse(struct deadline *const *asked, struct pollfd *polled, nfds_t count)
{
	if (poll(polled, count, 0) <= 0)
		return;
	for (nfds_t i = 0; i < count; i++) {
		if (polled[i].revents == 0)
			continue;
		shutdown(polled[i].fd, SHUT_RD);
		asked[i]->roused = true;
	}
}

void
deadlines_rouse(struct deadlines *deadlines)
{
	struct deadline *asked[BATCH];
	struct pollfd polled[BATCH];
	nfds_t count = 0;

	pthread_mutex_lock(&deadlines->lock);
	for (struct deadline *deadline = deadlines->first; deadline != NULL;
	     deadline = deadline->next) {
		if (deadline->roused)
			continue;
		asked[count] = deadline;
		polled[count++] =
		    (struct pollfd){ .fd = deadline->fd, .events = POLLRDHUP };
		if (count < BATCH)
			continue;
		rouse(asked, polled, count);
		count = 0;
	}
	rouse(asked, polled, count);
	pthread_mutex_unlock(&deadlines->lock);
}
