#ifndef HTTPAPI_LINGER_H
#define HTTPAPI_LINGER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Connections that are over while their client still sends what was refused. To
 * close at once would reset them, and a client's system may then throw away the
 * refusal that it has not read (RFC 9112 section 9.6). So what comes is read
 * and dropped until the client ends, too: for some seconds, and of so many as
 * cost nothing. Thread safe.
 */
#define LINGER_MAX 64
struct lingering {
	pthread_mutex_t lock;
	unsigned count;
	struct {
		int fd;
		int64_t until_ms; /* of clock_monotonic_ms() */
	} list[LINGER_MAX];
};

void linger_init(struct lingering *linger);
void linger_deinit(struct lingering *linger); /* all are closed */

/*
 * Reads on at a duplicate of `fd`, which its owner then closes. With no room
 * left nothing is done: the connection ends as it would.
 */
void linger_take(struct lingering *linger, int fd, int64_t now_ms);

/* Reads what has come. To be called a few times a second. */
void linger_go_on(struct lingering *linger, int64_t now_ms);

/* Reads what is there now, but for what is too much. False: the end. */
bool linger_drop(int fd);

#endif
