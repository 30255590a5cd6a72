#ifndef DB_VERDICT_H
#define DB_VERDICT_H

#include "db/listing.h"
#include "db/zonedata.h"

/*
 * What a look-up says about an address now: the one translation of a listing
 * into codes and lists. DNS, API, portal and transfers all stand on it. Pure.
 *
 *	listed by policy   main: 2 and each kind's code; each kind's list;
 *			   strict. where that holds
 *	  and shared	   shared. alone
 *	for callouts	   callout. alone, and nowhere when shared
 *	by hand		   main: 2 and 9; manual. (beside all else)
 *	none of it, or held by the publish guard: nothing
 *
 * No clock comes in: a listing ends when a transaction ends it. The day seen
 * is that of evidence that bore on the entry, of a manual one the day it was
 * made.
 */
struct verdict {
	bool listed;				  /* in any list */
	struct zone_entry entries[SUBLIST_COUNT]; /* codes 0: not in it */
};
void verdict_of(const struct listing *listing, struct verdict *verdict);

#endif
