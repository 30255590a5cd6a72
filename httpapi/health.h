#ifndef HTTPAPI_HEALTH_H
#define HTTPAPI_HEALTH_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * GET /healthz: 200 while look-ups are answered and listings end in time, else
 * 503; the JSON says which of it fails. How far readers lag is for those who
 * may see the metrics.
 */
enum handled health_get(struct exchange *exchange);

/* What that says, and whether all is well; NULL when memory is short. */
json_t *health_view(struct exchange *exchange, bool *well);

/* Something expired may be published no longer than this. */
#define HEALTH_SWEEP_SECONDS 60

#endif
