#include "httpapi/deadline.h"

#include <stddef.h>
#include <sys/socket.h>

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
