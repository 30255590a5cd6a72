#ifndef HTTPAPI_EXACT_H
#define HTTPAPI_EXACT_H

#include <jansson.h>

#include "common/ipaddr.h"
#include "db/policy.h"
#include "db/store.h"

/*
 * What of an address only its proven owner may know (a request from the
 * address itself is such a proof): its newest sightings as they were, so that
 * they can be found in the server's own log. Never the trap: a mailbox or name
 * in a trap's domain is masked wherever the server repeated it.
 *
 * Of an address that is not listed only what is older than a day: else whoever
 * owns some address would learn at once whether a guess was a trap.
 *
 * An array, newest first, the caller's; NULL with a negative *code.
 */
#define EXACT_MAX 20
json_t *exact_json(struct store_txn *txn, const struct ipaddr *unit,
    const struct policy *policy, bool listed, int64_t now, int *code);

/* Masks the names of trap domains in a text, in place, by asterisks. */
void exact_mask(struct store_txn *txn, char *text);

#endif
