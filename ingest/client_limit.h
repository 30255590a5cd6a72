#ifndef INGEST_CLIENT_LIMIT_H
#define INGEST_CLIENT_LIMIT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"

/*
 * How many connections there are, in all and of one client: an IPv4 /24 or an
 * IPv6 /56, what one network's operator has without effort. Memory is
 * allocated for the limit and does not grow.
 */
struct client_limit {
	struct client_limit_entry *entries;
	size_t size; /* a power of two, at least twice `connections` */
	size_t count;
	unsigned connections, per_client;
};

enum client_limit_verdict {
	CLIENT_LIMIT_OK,
	CLIENT_LIMIT_ALL,    /* there are too many in all */
	CLIENT_LIMIT_CLIENT, /* or of this client */
};

/*
 * The limits, at first of one that is all zero, or others; who is in stays in.
 * 0, or -ENOMEM, which leaves the old ones in force.
 */
int client_limit_change(
    struct client_limit *limit, unsigned connections, unsigned per_client);
void client_limit_deinit(struct client_limit *limit);

/*
 * One more connection; counted only with CLIENT_LIMIT_OK. A trusted client (a
 * proxy of our own) may have as many as there are in all.
 */
enum client_limit_verdict client_limit_enter(
    struct client_limit *limit, const struct ipaddr *client, bool trusted);
/* Are more than three quarters of all places taken? */
bool client_limit_is_crowded(const struct client_limit *limit);
/* One of those that were counted has gone. */
void client_limit_leave(
    struct client_limit *limit, const struct ipaddr *client);

#endif
