#ifndef DB_BULK_PLAN_H
#define DB_BULK_PLAN_H

#include "db/bulk_act.h"
#include "db/record.h"

/*
 * How a decision about many listings is done, by bsblctl, by httpapi, or by
 * ingest where whoever began it fell: it is searched outside of the write
 * lock, then done in steps that hold it for some milliseconds. One program at
 * a time does it (store_claim); that its record is gone tells it to stop.
 */
struct bulk_plan {
	struct store *store;  /* borrowed */
	struct bulk_act act;  /* as it is committed */
	struct ipaddr *units; /* owned: those it was found to be about */
	size_t count, size;
	size_t next;	     /* of them */
	struct ipaddr place; /* how far the search is */
	uint64_t looked_at;
	unsigned step_ms; /* that the next step works */
	bool begun;	  /* its record is written */
	bool over;	  /* its last step is committed */
};

/* `begun`: by somebody else; it is gone on with. */
void bulk_plan_init(struct bulk_plan *plan, struct store *store,
    const struct bulk_act *act, bool begun);
void bulk_plan_deinit(struct bulk_plan *plan);

/*
 * Until it returns 0; 1: the clock has reached `deadline_ms`, and it goes on
 * where it was in another read transaction. A negative code: give up.
 */
int bulk_plan_search(
    struct store_txn *txn, struct bulk_plan *plan, int64_t deadline_ms);
/* How much of the search is done. */
unsigned bulk_plan_percent(struct store_txn *txn, const struct bulk_plan *plan);

/*
 * Others wait for the lock meanwhile, at most 50 ms. Behind the work comes the
 * commit, which has the disk to wait for, the longer the more the work has
 * changed. So the next step works for as long as makes both 40 ms, by what the
 * last took: at most twice as long as that worked, since a disk that was still
 * is not always; and a little in any case, where a disk is so slow that shorter
 * steps are no shorter. A plan begins with little.
 */
#define BULK_STEP_MS_LEAST 2
#define BULK_STEP_MS_FIRST 5
#define BULK_STEP_MS_MOST 20
unsigned bulk_pace(unsigned step_ms, int64_t took_ms);
/*
 * A step of it in a transaction of its own; once plan->over, there is none
 * left. ERROR_NOT_FOUND: its record is gone, so that somebody has stopped it;
 * ERROR_BUSY: another program does it; else a failure, and nothing of the
 * step is kept.
 */
int bulk_plan_do(struct bulk_plan *plan, const struct recorder_rules *rules);

/* What is left of it is not done: its record goes, if it is there. */
int bulk_plan_give_up(struct bulk_plan *plan);

#endif
