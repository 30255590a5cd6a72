#ifndef HTTPAPI_FEED_API_H
#define HTTPAPI_FEED_API_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * GET /v1/feed: the published list as lines of JSON, all of it or, with
 * ?since=SERIAL (and &lineage=, of the same answer), what changed since then:
 *
 *	{"zone": ..., "serial": ..., "lineage": ..., "since": ...}
 *	{"list": "dsn", "unit": "192.0.2.1", "codes": ["127.0.0.3"]}
 *	{"list": "", "unit": "2001:db8::/64", "gone": true}
 *	{"end": true, "count": ...}
 *
 * All lines show one version of the zone, the one that DNS has under that
 * serial. Without the last line it is not whole. Where the difference cannot
 * be told: 410, and the whole has to be taken.
 *
 * Each answer under way holds one of the database's reader slots, so there are
 * at most FEED_MAX at a time.
 */
#define FEED_MAX 8

enum handled feed_get(struct exchange *exchange);

#endif
