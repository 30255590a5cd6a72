#ifndef DNSD_TCP_H
#define DNSD_TCP_H

#include "dnsd/transfers.h"
#include "dnsd/worker.h"

/*
 * All TCP connections, on one thread: resolvers come here for the rare answer
 * that was too long, so that it is limits that matter. Bounded in all and for
 * each client; who comes when all places are taken gets that of the connection
 * that has been silent longest.
 */
struct tcp;

/*
 * `listeners` stay the caller's; `transfers` (NULL: none are given) must be
 * stopped before tcp_free. 0 or a negative code.
 */
int tcp_new(const int *listeners, unsigned count, unsigned connections,
    struct worker *worker, struct transfers *transfers, struct tcp **tcp);
void tcp_free(struct tcp *tcp);

/*
 * Serves until `*stop` is set. `wake`, an eventfd, has it look at that and at
 * the rules.
 */
void tcp_run(struct tcp *tcp, int wake, const atomic_bool *stop);

#endif
