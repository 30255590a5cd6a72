#ifndef DB_GUARD_JSON_H
#define DB_GUARD_JSON_H

#include <jansson.h>

#include "db/guard.h"
#include "db/listing.h"

/*
 * What the publish guard counts and holds, for programs: of bsblctl and the API
 * alike. NULL: no memory.
 */
struct guard_held {
	uint64_t units; /* that wait for one list or for both */
	uint64_t of[GUARD_LISTS];
	uint64_t anew[GUARD_LISTS]; /* of them, by other numbers */
};
/* True when the guard holds something of it back; it is counted then. */
bool guard_held_add(struct guard_held *held, const struct listing *listing);

/* The lists for which it waits: ["main", "callout"]. */
json_t *guard_json_lists(const struct listing *listing);
/*
 * Adds to `answer` what each list counts by, and how many units wait. 0, or a
 * negative code.
 */
int guard_json_add(struct store_txn *txn, const struct guard_limit *limit,
    const struct guard_held *held, int64_t now, json_t *answer);

#endif
