#ifndef DB_VERDICT_H
#define DB_VERDICT_H

#include "db/listing.h"
#include "db/zonedata.h"

/*
 * What a look-up says about an address now: the one translation of a listing
 * into codes and lists. DNS, API, portal and transfers all stand on it. Pure.
 */
struct verdict {
	bool listed; /* in any list */
	struct zone_entry entries[SUBLIST_COUNT];
};
void verdict_of(const struct listing *listing, struct verdict *verdict);

#endif
