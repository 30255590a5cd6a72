#ifndef HTTPAPI_SHOWABLE_H
#define HTTPAPI_SHOWABLE_H

#include "db/evidence.h"

/*
 * The evidence behind a sighting: 1, 0 for one that cannot be read (it is
 * passed by), or a negative code.
 */
int showable_evidence(
    struct store_txn *txn, uint64_t id, struct evidence *evidence);

#endif
