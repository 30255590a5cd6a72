#ifndef HTTPAPI_EXACT_H
#define HTTPAPI_EXACT_H

#include <jansson.h>

#include "common/ipaddr.h"
#include "db/evidence.h"
#include "db/policy.h"
#include "db/store.h"

/*
 * What of an address only its proven owner may know (a request from the
 * address itself is such a proof, or a record in its DNS): its newest sightings
 * as they were, so that they can be found in the server's own log. Never the
 * trap: each mailbox and each host's name in what the server wrote is masked,
 * but its own. Each, since to mask the traps' alone would tell whoever writes
 * guesses into a bounce of their own which of them are traps.
 *
 * Only what other networks bear out (sighting_may_be_told).
 *
 * Of an address that is not listed only what is older than a day: else whoever
 * owns some address would learn at once whether a guess was a trap.
 *
 * An array, newest first, the caller's; NULL with a negative *code.
 */
#define EXACT_MAX 20
json_t *exact_json(struct store_txn *txn, const struct ipaddr *unit,
    const struct policy *policy, bool listed, int64_t now, int *code);

/*
 * Masks mailboxes and names of hosts in a text of that evidence, in place, by
 * asterisks; HELO's name and the reporting MTA's stay.
 */
void exact_mask(const struct evidence *evidence, char *text);

#endif
