#ifndef DB_CONDITION_H
#define DB_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "db/guard.h"
#include "db/meta.h"
#include "db/store.h"

/*
 * How the list fares, as far as its database tells: figures, each with the
 * limits at which somebody should look (docs/runbook.md has the same for
 * Prometheus). bsblctl health and the console show them.
 */
enum condition_measure {
	CONDITION_OVERDUE,   /* seconds a listing is past its end */
	CONDITION_SWEEP_AGE, /* seconds since ingest's last sign of life */
	CONDITION_PENDING,   /* addresses that the publish guard holds back */
	CONDITION_MAP_USED,  /* per cent */
	CONDITION_DISK_FREE, /* octets */
	CONDITION_FULL,	     /* 1: new evidence is refused */
	CONDITION_READERS,   /* per cent of the slots taken */
	CONDITION_MEASURES
};
struct condition {
	int64_t values[CONDITION_MEASURES];
	struct zone_version version;
};

/* Ordered; monitoring systems that run plugins know the numbers. */
enum condition_state { CONDITION_OK, CONDITION_WARNING, CONDITION_CRITICAL };
const char *condition_state_name(enum condition_state state); /* "OK" */

/* A limit that is not there. */
#define CONDITION_NEVER (-1)
struct condition_limits {
	const char *name, *unit;
	int64_t warning, critical; /* at or beyond them */
	bool low;		   /* beyond is below */
	const char *complaint;
};
extern const struct condition_limits condition_limits[CONDITION_MEASURES];

/* Looks at every listing where the guard ever held any back. */
int condition_take(struct store *store, struct store_txn *txn,
    const struct guard_limit *guard, int64_t now, struct condition *condition);
/* Of one figure, and the worst of all. */
enum condition_state condition_judge(
    const struct condition *condition, enum condition_measure which);
enum condition_state condition_worst(const struct condition *condition);

#endif
