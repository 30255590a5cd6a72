#ifndef HTTPAPI_SHOWABLE_H
#define HTTPAPI_SHOWABLE_H

#include "db/evidence.h"

/*
 * How many sightings are read at most while those that may be told are searched
 * for: as many as policy looks at. Of fewer those that may not would soon hide
 * them, and who bounces to a guess from a listed server would see by what is
 * told of it no more that the guess is a trap.
 */
#define SHOWABLE_READ_MAX 4096

/*
 * The evidence behind a sighting: 1, 0 for one that cannot be read (it is
 * passed by), or a negative code.
 */
int showable_evidence(
    struct store_txn *txn, uint64_t id, struct evidence *evidence);

#endif
