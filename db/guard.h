#ifndef DB_GUARD_H
#define DB_GUARD_H

#include <stdbool.h>

#include "db/store.h"

/*
 * The publish guard: listings that policy adds beyond max(`additions`, the
 * list's peak size of the last seven days) within `seconds` are held back, so
 * that a fault here or a flood out there never lists the world. A place among
 * the callouts is one of them, also beside one in the main list. Its counts are
 * one small record in TABLE_META.
 */
struct guard_limit {
	long additions;
	long seconds; /* counted in ten slots */
};

/*
 * A listing wants in: 1 and it is counted, 0 when it must wait, or a negative
 * code. *alarm: the first that waits for a while, and who watches is told.
 */
int guard_admit(struct store_txn *txn, const struct guard_limit *limit,
    int64_t now, bool *alarm);
/* One comes in whatever the counts say; one has left. */
int guard_enter(struct store_txn *txn, int64_t now);
int guard_leave(struct store_txn *txn, int64_t now);

/* How many are listed by policy now, callouts among them. */
int guard_listed(struct store_txn *txn, uint32_t *listed);

/* What it counts by, for whoever watches. */
struct guard_figures {
	uint32_t listed;    /* by policy, now */
	uint32_t peak;	    /* of the last seven days */
	uint64_t additions; /* within limit->seconds */
	uint64_t most;	    /* that may be added within them */
	int64_t alarm_at;   /* when it last began to hold back; 0 never */
};
int guard_figures(struct store_txn *txn, const struct guard_limit *limit,
    int64_t now, struct guard_figures *figures);

#endif
