#ifndef HTTPAPI_LOOKUP_API_H
#define HTTPAPI_LOOKUP_API_H

#include <jansson.h>

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * What the client may know of an address now, as an object; the caller's. Who
 * asks from the address itself, or has given proof by DNS, is its proven owner
 * and gets "exact" beside what the public gets; see exact.h. On failure NULL,
 * and the reply is the problem.
 */
json_t *lookup_view(struct exchange *exchange, const struct ipaddr *address);

/*
 * What the public may know, added to `out` with a reader at hand: 0 or a
 * negative code, and no reply.
 */
struct reader;
int lookup_put(struct reader *reader, const struct site *site,
    const struct ipaddr *address, struct strbuf *out);

/* GET /v1/lookup/{}: JSON, or plain text where that is asked for. */
enum handled lookup_get(struct exchange *exchange);

#endif
