#ifndef HTTPAPI_HEALTH_H
#define HTTPAPI_HEALTH_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * What a load balancer wants to know is whether to send anybody here: FAILING
 * where no look-up is answered. DEGRADED is for the operator: listings do not
 * end in time, or a count cannot be read. Whoever looks addresses up is served
 * all the same, and another server on the same database would fare no better.
 */
enum health { HEALTH_OK, HEALTH_DEGRADED, HEALTH_FAILING };

/*
 * GET /healthz: 200, and 503 where it is FAILING; the JSON says what is wrong.
 * How far readers lag, and who waits to write, is for those who may see the
 * metrics.
 */
enum handled health_get(struct exchange *exchange);

/* What that says, and what it comes to; NULL when memory is short. */
json_t *health_view(struct exchange *exchange, enum health *health);

/* Something expired may be published no longer than this. */
#define HEALTH_SWEEP_SECONDS 60

#endif
