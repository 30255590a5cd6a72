#ifndef HTTPAPI_EVENTS_API_H
#define HTTPAPI_EVENTS_API_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * POST /v1/events: sightings of another sensor, an object a line (db/event.h),
 * as evidence of the sensor that the token names. Answered after the commit:
 * what counts as taken is on disk, and told again it is known. A line that is
 * wrong is named with its number and holds up none of the others.
 *
 * Wrong is what can be told from the line alone. Whether the address that it
 * names is a trap is not told, not even by how long the answer takes: a stolen
 * token would find traps by it. What names none counts as taken, and the log
 * tells the operator.
 */
#define EVENTS_BODY_MAX (256 << 10)
#define EVENTS_WRONG_MAX 100 /* named; the others are counted */

enum handled events_post(struct exchange *exchange);

#endif
