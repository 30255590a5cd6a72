#ifndef HTTPAPI_METRICS_H
#define HTTPAPI_METRICS_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/* GET /metrics: numbers in Prometheus' text format, version 0.0.4. */
enum handled metrics_get(struct exchange *exchange);

#endif
