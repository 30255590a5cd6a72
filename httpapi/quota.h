#ifndef HTTPAPI_QUOTA_H
#define HTTPAPI_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"

/*
 * How much each client asks within a minute of the clock; IPv6 is counted by
 * /64. A table of fixed size without a lock: where two clients meet in one
 * place the newer one takes it, and the older begins anew. That forgets in the
 * clients' favour, and takes as many addresses as there are places to provoke.
 */
struct quota;
/* 0 or -ENOMEM. */
int quota_new(struct quota **quota);
void quota_free(struct quota *quota);

struct quota_state {
	unsigned most, left; /* of the minute's units */
	unsigned reset_seconds;
};
/*
 * Takes `cost` units of the client's `most`. False: it had not that many left,
 * and nothing was taken.
 */
bool quota_spend(struct quota *quota, const struct ipaddr *client,
    unsigned cost, unsigned most, int64_t now, struct quota_state *state);

#endif
