#include "httpapi/linger.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* As long as a line at 10 Mbit/s takes for what goes as an upload by mistake.
 */
#define LINGER_MS 10000

/* Copied, since a local socket knows no dropping (tcp(7), MSG_TRUNC). */
#define BLOCK (32 << 10)

/* More than a connection's queue holds, unless somebody has enlarged it. */
#define DROPPED_MAX (8 << 20)

void
linger_init(struct lingering *linger)
{
	pthread_mutex_init(&linger->lock, NULL);
	linger->count = 0;
}

void
linger_deinit(struct lingering *linger)
{
	while (linger->count > 0)
		close(linger->list[--linger->count].fd);
	pthread_mutex_destroy(&linger->lock);
}

bool
linger_drop(int fd)
{
	char block[BLOCK];
	ssize_t len = 1;

	for (size_t dropped = 0; len > 0 && dropped < DROPPED_MAX;
	     dropped += (size_t)len) {
		len = recv(fd, block, sizeof(block), MSG_DONTWAIT);
		if (len < 0)
			return errno == EAGAIN || errno == EINTR;
	}
	return len > 0;
}

void
linger_take(struct lingering *linger, int fd, int64_t now_ms)
{
	int copy;

	pthread_mutex_lock(&linger->lock);
	if (linger->count < LINGER_MAX) {
		copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (copy >= 0) {
			shutdown(copy, SHUT_WR);
			linger->list[linger->count].fd = copy;
			linger->list[linger->count++].until_ms =
			    now_ms + LINGER_MS;
		}
	}
	pthread_mutex_unlock(&linger->lock);
}

void
linger_go_on(struct lingering *linger, int64_t now_ms)
{
	pthread_mutex_lock(&linger->lock);
	for (unsigned i = 0; i < linger->count;) {
		int fd = linger->list[i].fd;

		if (linger_drop(fd) && now_ms < linger->list[i].until_ms) {
			i++;
			continue;
		}
		close(fd);
		linger->list[i] = linger->list[--linger->count];
	}
	pthread_mutex_unlock(&linger->lock);
}
