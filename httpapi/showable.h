#ifndef HTTPAPI_SHOWABLE_H
#define HTTPAPI_SHOWABLE_H

#include <stdbool.h>

#include "db/evidence.h"
#include "db/sighting.h"

/*
 * May a sighting ever be told to anybody but the operator? One that has no
 * weight may not; nor may one that no other network bears out: else whoever
 * has a server of his own answer to guesses, one by one, would be told by the
 * answer, a day later or at once, which of them are traps. A run that makes
 * servers of several networks answer at the same time he has not in his hand.
 */
bool showable(const struct policy *policy, const struct sighting *sighting);

/*
 * The evidence behind a sighting: 1, 0 for one that cannot be read (it is
 * passed by), or a negative code.
 */
int showable_evidence(
    struct store_txn *txn, uint64_t id, struct evidence *evidence);

#endif
