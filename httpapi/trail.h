#ifndef HTTPAPI_TRAIL_H
#define HTTPAPI_TRAIL_H

#include <jansson.h>

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * The public trail of delistings, newest first: which unit, when (to the
 * hour), by which step. Who asked, and what they wrote, is not for the public.
 *
 * A page of `limit` entries with lesser ids than `before`; "next" names the
 * cursor of the next page and is null on the last. NULL: the database does
 * not answer.
 */
json_t *trail_view(struct exchange *exchange, uint64_t before, unsigned limit);

#define TRAIL_LIMIT_USUAL 50
#define TRAIL_LIMIT_MOST 500

/* GET /v1/delistings?before=&limit= */
enum handled trail_get(struct exchange *exchange);

#endif
