#ifndef HTTPAPI_LOOKUP_BULK_H
#define HTTPAPI_LOOKUP_BULK_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * POST /v1/lookup: many addresses at once.
 *
 *	{"addresses": [...]}	answered as {"results": [...]}, at most
 *				BULK_MAX of them
 *	text/plain		an address a line; a line of JSON for each
 *				(application/x-ndjson), as many as the body
 *				holds, sent while they are looked up
 *
 * Results come in the order asked for and are what GET /v1/lookup/{} says, or
 * {"query": ..., "error": "no-address"}. Each is of one moment; all of them
 * together are not, since nobody may hold the database while a client reads.
 */
#define BULK_MAX 1000

/* Octets of a body: 16,000 IPv4 addresses, or 6,000 long IPv6 ones. */
#define BULK_BODY_MAX (256 << 10)

enum handled lookup_post(struct exchange *exchange);

#endif
