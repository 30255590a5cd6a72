#ifndef DNSD_TRANSFER_LIMIT_H
#define DNSD_TRANSFER_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"

/*
 * What each client has of transfers: how many at a time, and how many it began
 * within a minute. Those who may have the zone are few, and yet one of them
 * that has gone astray must not keep the others from it. A client is what TCP
 * counts as one: an address, or an IPv6 /64. One thread's own.
 */
struct transfer_client {
	struct ipaddr network;
	unsigned running, begun;
	int64_t minute_ms; /* when the minute began; monotonic */
};

/* More at a time than any list has secondaries. */
#define TRANSFER_CLIENTS_MAX 64
struct transfer_limit {
	struct transfer_client clients[TRANSFER_CLIENTS_MAX];
	unsigned count;
};

struct transfer_bounds {
	unsigned at_a_time, a_minute;
};

/* All zero is nobody. */
bool transfer_limit_allows(const struct transfer_limit *limit,
    const struct ipaddr *network, const struct transfer_bounds *bounds,
    int64_t now_ms);

/* Where it was allowed just now. */
void transfer_limit_begin(
    struct transfer_limit *limit, const struct ipaddr *network, int64_t now_ms);
void transfer_limit_end(
    struct transfer_limit *limit, const struct ipaddr *network);

#endif
