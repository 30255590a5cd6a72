#ifndef HTTPAPI_LOOKUP_API_H
#define HTTPAPI_LOOKUP_API_H

#include <jansson.h>

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * What the public may know of an address now; the caller's. On failure NULL,
 * and the reply is the problem.
 */
json_t *lookup_view(struct exchange *exchange, const struct ipaddr *address);

/* GET /v1/lookup/{}: JSON, or plain text where that is asked for. */
enum handled lookup_get(struct exchange *exchange);

#endif
