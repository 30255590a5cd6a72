#ifndef DNSD_UDP_RUN_H
#define DNSD_UDP_RUN_H

#include "dnsd/worker.h"

/*
 * The sockets of one thread, answered in turns. Whoever waits for a socket with
 * epoll is called for each datagram that leaves by it, too, which is a
 * twentieth of what an answer costs: so a socket is waited for while it is
 * quiet, and simply read while it is busy.
 */
struct udp_run;

/* `fds` stay the caller's. 0 or a negative code. */
int udp_run_new(const int *fds, unsigned count, struct worker *worker,
    struct udp_run **run);
void udp_run_free(struct udp_run *run); /* NULL does nothing */

/*
 * Serves until `*stop` is set. `wake`, an eventfd, has it look at that and at
 * the rules.
 */
void udp_run(struct udp_run *run, int wake, const atomic_bool *stop);

#endif
