#ifndef DNSD_RATELIMIT_H
#define DNSD_RATELIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"

/*
 * How many answers a second leave for one network (IPv4 /24, IPv6 /56) that
 * may not have asked at all: UDP's addresses are easily forged, and answers
 * are larger than questions. Each network has a bucket that holds a second's
 * worth and fills as time goes by. A table of fixed size, shared by all
 * workers; when it is full the network that used least is forgotten, which
 * errs on the side of answering.
 */
struct ratelimit;

int ratelimit_new(struct ratelimit **limit); /* 0 or -ENOMEM */
void ratelimit_free(struct ratelimit *limit);

/*
 * Takes one answer from the client's bucket; false when it is empty. `rate` is
 * between 1 and RATELIMIT_MOST answers a second, `now_ms` of the monotonic
 * clock. Any thread.
 */
#define RATELIMIT_MOST 1000000
bool ratelimit_take(struct ratelimit *limit, const struct ipaddr *client,
    unsigned rate, int64_t now_ms);

#endif
