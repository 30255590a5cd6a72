#ifndef DB_CORROBORATION_H
#define DB_CORROBORATION_H

#include "db/evidence.h"
#include "db/store.h"

/*
 * A real forged run makes many servers answer at once. A sighting is
 * corroborated when grade A evidence for the same trap or the same campaign
 * came from enough *other* networks (/24, /48) within a day either side,
 * counted to the hour. Per trap or campaign and hour a set of networks is
 * kept, capped at what a policy can ask for, so that neither look-up nor
 * memory grows with a flood.
 */
#define CORROBORATION_NETWORKS_MAX 8

/*
 * Adds a sighting. When its network is new to an hour, sightings of others may
 * become corroborated by it: `flipped` is called once for each such listed
 * unit (not for the sighting's own).
 */
typedef int corroboration_flipped(const struct ipaddr *unit, void *context);
int corroboration_add(struct store_txn *txn, const struct evidence *evidence,
    unsigned needed, corroboration_flipped *flipped, void *context);

/* True when `needed` other networks bear the sighting out. */
bool corroboration_holds(
    struct store_txn *txn, const struct evidence *evidence, unsigned needed);

#endif
