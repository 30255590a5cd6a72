#ifndef HTTPAPI_QUOTA_H
#define HTTPAPI_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"

/*
 * How much is asked from each prefix (network.h) within a minute of the clock.
 * A table of fixed size without a lock: where two of them meet in
 * one place the newer one takes it, and the older begins anew. That forgets in
 * the clients' favour, and takes as many prefixes as there are places to
 * provoke: so who has many narrow ones is counted by his wide one in another
 * table.
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
 * Takes `cost` units of the `most` that there are for `whom`. False: not that
 * many were left, and nothing was taken.
 */
bool quota_spend(struct quota *quota, const struct ipprefix *whom,
    unsigned cost, unsigned most, int64_t now, struct quota_state *state);

#endif
