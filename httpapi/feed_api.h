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
 * ?wait= beside since holds the answer back, for so many seconds at most, until
 * there is a change to tell; who has waited in vain is told that nothing has
 * changed. Differences are gathered and waited for by the feeder.
 *
 * A long answer under way holds one of the database's reader slots, so there
 * are at most FEED_MAX at a time. Of those and of those who wait one network (a
 * /24, a /48) has at most FEED_PER_NETWORK: enough for its standby as well.
 */
#define FEED_MAX 8
#define FEED_PER_NETWORK 4
#define FEED_WAIT_MOST 300 /* seconds; proxies seldom bear a longer silence */

/*
 * All who wait or are sent to, and who is about to be refused: room to spare.
 */
#define FEED_CLIENTS_MAX 1024

enum handled feed_get(struct exchange *exchange);

#endif
