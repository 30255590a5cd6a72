#ifndef HTTPAPI_METRICS_H
#define HTTPAPI_METRICS_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * GET /metrics: numbers in Prometheus' text format, version 0.0.4; for the
 * clients that the settings name alone, since records are counted as they come
 * (disclosure.h).
 */
enum handled metrics_get(struct exchange *exchange);

/* Is the client one of those? */
bool metrics_may_see(const struct exchange *exchange);

#endif
