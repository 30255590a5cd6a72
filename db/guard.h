#ifndef DB_GUARD_H
#define DB_GUARD_H

#include <stdbool.h>

#include "db/store.h"

/*
 * The publish guard: places that policy adds to a list beyond
 * max(`additions`, the list's peak size of the last seven days) within
 * `seconds` are held back, so that a fault here or a flood out there never
 * lists the world. The main list and that of callouts are guarded each by
 * itself: a flood in one holds nobody back in the other, nor lets more in. The
 * counts of each are one small record in TABLE_META; one that is not there, or
 * cannot be read, is counted anew from the listings.
 */
enum guard_list { GUARD_MAIN, GUARD_CALLOUTS, GUARD_LISTS };
const char *guard_list_name(enum guard_list list); /* "main", "callout" */
/* Is a unit held back from that list? */
struct listing;
bool guard_holds(const struct listing *listing, enum guard_list list);
/* And since the policy's numbers changed, until it is seen again? */
bool guard_holds_anew(const struct listing *listing, enum guard_list list);

struct guard_limit {
	long additions;
	long seconds; /* counted in ten slots */
};

/*
 * A listing wants in: 1 and it is counted, 0 when it must wait, or a negative
 * code. *alarm: the first that waits for a while, and who watches is told.
 */
int guard_admit(struct store_txn *txn, enum guard_list list,
    const struct guard_limit *limit, int64_t now, bool *alarm);
/* One comes in whatever the counts say; one has left. */
int guard_enter(struct store_txn *txn, enum guard_list list, int64_t now);
int guard_leave(struct store_txn *txn, enum guard_list list, int64_t now);

/* How many the list has by policy now. */
int guard_listed(struct store_txn *txn, enum guard_list list, uint32_t *listed);
/* Writes down what the listings say, as if nothing were added lately. */
int guard_count_anew(struct store_txn *txn, int64_t now);

/* What it counts by, for whoever watches. */
struct guard_figures {
	uint32_t listed;    /* by policy, now */
	uint32_t peak;	    /* of the last seven days */
	uint64_t additions; /* within limit->seconds */
	uint64_t most;	    /* that may be added within them */
	int64_t alarm_at;   /* when it last began to hold back; 0 never */
};
int guard_figures(struct store_txn *txn, enum guard_list list,
    const struct guard_limit *limit, int64_t now,
    struct guard_figures *figures);
/* Did it ever hold anything back? Where not, nothing waits. */
int guard_ever_held(struct store_txn *txn, bool *ever);

#endif
