#ifndef DNSD_UDP_H
#define DNSD_UDP_H

#include "dnsd/worker.h"

/*
 * Queries over UDP in batches: many datagrams a system call, one read
 * transaction for all of them, many answers a system call.
 */

/* The buffers of one thread. */
struct udp_batch;
int udp_batch_new(struct udp_batch **batch);
void udp_batch_free(struct udp_batch *batch);

/*
 * Makes a bound socket ready: answers must leave from the address that was
 * asked, and nothing may make them fragments (RFC 9715 section 3.1): one that
 * is larger than the interface takes is lost. Returns 0 or -errno.
 */
int udp_prepare(int fd);

/*
 * Answers what waits at the socket, at most a few batches, so that others get
 * their turn. Does not wait. Returns how many datagrams there were.
 */
unsigned udp_serve(struct udp_batch *batch, int fd, struct worker *worker);

#endif
