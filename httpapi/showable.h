#ifndef HTTPAPI_SHOWABLE_H
#define HTTPAPI_SHOWABLE_H

#include "db/evidence.h"
#include "db/policy.h"

/*
 * May a sighting ever be told to anybody but the operator? One that has no
 * weight may not; nor may one that no other network bears out: else whoever
 * has a server of his own answer to guesses, one by one, would be told by the
 * answer, a day later or at once, which of them are traps. A run that makes
 * servers of several networks answer at the same time he has not in his hand.
 *
 * 1, 0, or a negative code.
 */
int showable(struct store_txn *txn, const struct policy *policy,
    const struct ipaddr *unit, const struct evidence *evidence);

#endif
