#ifndef HTTPAPI_STANDING_H
#define HTTPAPI_STANDING_H

#include <jansson.h>

#include "httpapi/exchange.h"
#include "httpapi/ladder.h"

/*
 * Where a requester stands on the ladder of delisting.
 */

/* The facts of ladder.h, as the database has them: 0 or a negative code. */
int standing_read(struct store_txn *txn, const struct exchange *exchange,
    const struct ipaddr *unit, int64_t at, struct ladder_facts *facts);

/*
 * For the page of a listed address: what a request of this visitor would come
 * to now, and how each step fares.
 *
 *	delist, by_hand, limited, prove, publish, spent
 *			one of them is there, and true: the outcome
 *	asked, from_address, by_dns
 *			the steps; the last where DNS is asked at all. In each
 *			"here", when the request would take it, and where it was
 *			used within 30 days "used" and "free", hours of the day
 *			when that was and when it is good again
 *
 *	waits		the hour since which the operator is asked for it
 *
 * NULL where that cannot be told.
 */
json_t *standing_view(struct exchange *exchange, const struct ipaddr *unit);

#endif
