#ifndef HTTPAPI_LIMIT_H
#define HTTPAPI_LIMIT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"

/*
 * How many connections each client holds. IPv6 is counted by /64, since one
 * client has as many addresses in it as it likes. Who would count by wider
 * prefixes gives their first addresses. Thread safe.
 */
struct limit;

/* Room for `clients` at a time. 0 or -ENOMEM. */
int limit_new(size_t clients, struct limit **limit);
void limit_free(struct limit *limit);

/* False when the client holds `most` already. Counts nothing. */
bool limit_allows(
    struct limit *limit, const struct ipaddr *client, unsigned most);
/*
 * A connection comes, and goes. Each take has its give, also one that returns
 * false: the client then holds more than `most`, since several threads accept
 * and all had asked before any took.
 */
bool limit_take(
    struct limit *limit, const struct ipaddr *client, unsigned most);
void limit_give(struct limit *limit, const struct ipaddr *client);

#endif
