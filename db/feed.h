#ifndef DB_FEED_H
#define DB_FEED_H

#include <stdbool.h>

#include "db/zoneview.h"

/*
 * The published zone as a list, for those who want it otherwise than by DNS:
 * all of it at one version, or what became of each name since an earlier one.
 * Exports and the HTTP feed are made of it.
 *
 * It is read in steps of a transaction each, so that none lasts, and yet shows
 * one version, as transfers do. A feed belongs to one thread at a time and
 * takes one of the database's reader slots while it is open.
 *
 *	error = feed_open(store, NULL, &feed);
 *	do
 *		error = feed_step(feed, each, context);
 *	while (error > 0);
 *	feed_close(feed);
 */
struct feed;

struct feed_item {
	/*
	 * A listing: `unit` stands in `list`, or, in a difference, stands there
	 * no more. Everything else, which serves DNS alone, has `is_listing`
	 * false: test entries, the apex, name servers' addresses.
	 */
	bool is_listing;
	bool gone; /* in a difference; then there is no node */
	enum sublist list;
	struct ipaddr unit;

	struct octets key;     /* where it stands in the zone; see zonekey.h */
	struct zone_node node; /* what it says: of a listing node.entry */
};

/*
 * Called for each name, in the zone's order, within a transaction: it must not
 * wait for anybody, and what it is shown ends with the call. 0 to go on; else
 * the step ends with that (let it be negative).
 */
typedef int feed_each(const struct feed_item *item, void *context);

/*
 * `since` NULL: everything, as it is now. Else what changed since then, each
 * name once, however often it did: ERROR_NOT_FOUND where that cannot be told
 * (too old, not ours, another lineage, or the look of all entries changed; a
 * lineage of 0 is not compared), ERROR_LIMIT where it would be more than
 * everything; the whole has to be taken then. A difference is gathered here,
 * in steps, in a second for a million changes, and needs no database later.
 *
 * 0 or a negative code with *feed NULL.
 */
int feed_open(
    struct store *store, const struct zone_version *since, struct feed **feed);
void feed_close(struct feed *feed); /* NULL does nothing */

/* Of all that it shows; valid until it is closed. */
const struct zone_version *feed_version(const struct feed *feed);
const struct zone_settings *feed_zone(const struct feed *feed);

/*
 * The next two thousand names or so. 1: more are left; 0: that was all; or a
 * negative code. Between two steps there may be half a minute; the database may
 * have gone on too far after longer, or its lineage have ended:
 * ERROR_NOT_FOUND, and a new feed has to begin.
 */
int feed_step(struct feed *feed, feed_each *each, void *context);

#endif
