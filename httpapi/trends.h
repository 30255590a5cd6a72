#ifndef HTTPAPI_TRENDS_H
#define HTTPAPI_TRENDS_H

#include <jansson.h>

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * Counts by day (UTC), oldest first: sightings that others bear out, by kind,
 * rounded down, or null where they were not counted (db/trend_day.h); and
 * addresses listed, expired, delisted. A day is told once it is a whole day
 * old: on a quiet list a fresh count would say whether a guessed address is a
 * trap, as a look-up would (disclosure.h). NULL: the database does not answer.
 */
json_t *trends_view(struct exchange *exchange, unsigned days);

#define TRENDS_DAYS_USUAL 30
#define TRENDS_DAYS_MOST 366

/* GET /v1/trends?days= */
enum handled trends_get(struct exchange *exchange);

#endif
