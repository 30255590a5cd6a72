#ifndef HTTPAPI_HEALTH_H
#define HTTPAPI_HEALTH_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * GET /healthz: 200 while look-ups are answered and listings end in time, else
 * 503; the JSON says which of it fails.
 */
enum handled health_get(struct exchange *exchange);

/* Something expired may be published no longer than this. */
#define HEALTH_SWEEP_SECONDS 60

#endif
