#ifndef HTTPAPI_DEADLINE_H
#define HTTPAPI_DEADLINE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Absolute time limits. libmicrohttpd's own time-out starts anew with every
 * octet, so a client that drips them stays for ever. Here each connection has
 * a point in time at which its socket is shut down, whatever it does; the
 * library then sees the end and cleans up. Thread safe.
 */
struct deadline {
	int fd;
	_Atomic bool roused;   /* deadlines_rouse did it: its client ended */
	_Atomic int64_t at_ms; /* on the monotonic clock */
	struct deadline *next, *previous;
};

struct deadlines {
	pthread_mutex_t lock;
	struct deadline *first;
};

void deadlines_init(struct deadlines *deadlines);
void deadlines_deinit(struct deadlines *deadlines); /* all removed */

/*
 * From here on until it is removed the descriptor may be shut down. Remove it
 * before the descriptor is closed: its number may be another's at once.
 */
void deadline_add(
    struct deadlines *deadlines, struct deadline *deadline, int fd);
void deadline_remove(struct deadlines *deadlines, struct deadline *deadline);

/* Shuts down what is over; returns how many were. */
unsigned deadlines_expire(struct deadlines *deadlines, int64_t now_ms);

/*
 * Tells the library of clients that have hung up. It waits for edges and takes
 * it that after a short read there is nothing left: an end that came together
 * with the last octets it never sees, and half a request would keep its
 * descriptor until the deadline. Each is told once; what the client had sent
 * before its end is still read, and answered.
 */
void deadlines_rouse(struct deadlines *deadlines);

#endif
