#ifndef DB_CONDITION_H
#define DB_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "db/meta.h"
#include "db/probe.h"
#include "db/store.h"

/*
 * How the list fares, as far as its database, the signs of life of its programs
 * and a question to bsbl-dnsd tell: figures, each with the limits at which
 * somebody should look (docs/runbook.md has the same for Prometheus). bsblctl
 * health, the API and the console show them.
 */
enum condition_measure {
	CONDITION_OVERDUE,	    /* seconds a listing is past its end */
	CONDITION_SWEEP_AGE,	    /* seconds since ingest last swept */
	CONDITION_INGEST_SILENT,    /* 1: no sign of life of ingest */
	CONDITION_HTTPAPI_SILENT,   /* 1: nor of httpapi */
	CONDITION_PENDING,	    /* addresses the publish guard holds back */
	CONDITION_CALLOUTS_PENDING, /* the same of the list of callouts */
	CONDITION_LISTINGS_HELD,    /* seconds, by a purge or merge */
	CONDITION_MAP_USED,	    /* per cent */
	CONDITION_DISK_SPARE,	    /* octets above the reserve */
	CONDITION_FULL,		    /* 1: new evidence is refused */
	CONDITION_READERS,	    /* per cent of the slots taken */
	CONDITION_DNSD_SILENT,	    /* 1: dnsd does not answer from the zone */
	CONDITION_DNSD_BEHIND,	    /* what its serial is short of */
	CONDITION_MEASURES
};
struct condition {
	int64_t values[CONDITION_MEASURES];
	struct zone_version version;
	struct store_life lives[STORE_PROGRAMS];
};
/* A value: since ever, as ingest never swept yet. */
#define CONDITION_EVER INT64_MAX

/*
 * Who runs and gives no sign of life for so many seconds hangs. Each gives one
 * a second, but when a long transaction of its own is under way.
 */
#define CONDITION_SILENT_SECONDS 60

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
int condition_take(struct store *store, struct store_txn *txn, int64_t now,
    struct condition *condition);
/*
 * What dnsd answered. Where nobody asked it, or it refuses to tell this
 * machine, it passes for well.
 */
void condition_add_dnsd(
    struct condition *condition, const struct probe_answer *answer);
/* Of one figure, and the worst of all. */
enum condition_state condition_judge(
    const struct condition *condition, enum condition_measure which);
enum condition_state condition_worst(const struct condition *condition);

#endif
