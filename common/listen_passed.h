#ifndef COMMON_LISTEN_PASSED_H
#define COMMON_LISTEN_PASSED_H

/*
 * Sockets that the service manager has bound and holds, so that what comes
 * while we restart waits in them (sd_listen_fds(3)). listen_open() takes one
 * that is bound to the address it is asked for before it binds its own.
 *
 * They are found at the first call, which belongs before the first thread.
 */

/* How many there are for that address and kind, taken or not. */
unsigned listen_passed_count(const char *text, unsigned options);

/*
 * One of them, the least often taken, as a descriptor of the caller's own to
 * close, non-blocking and close-on-exec; -1 when there is none. Taken more than
 * once it is a duplicate: readers of both share what comes.
 */
int listen_passed_take(const char *text, unsigned options);

/* One warning for each that nobody took: what comes there waits in vain. */
void listen_passed_check(void);

#endif
