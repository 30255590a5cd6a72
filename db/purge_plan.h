#ifndef DB_PURGE_PLAN_H
#define DB_PURGE_PLAN_H

#include "db/bulk_act.h"
#include "db/corroboration.h"
#include "db/purge_act.h"
#include "db/record.h"

/*
 * How a purge, or the merging of two campaigns, is done: by bsblctl, by
 * httpapi, or by whoever takes over where the one that began it fell. As
 * db/bulk_plan.h it is searched outside of the write lock, then done in steps
 * that hold it for some milliseconds, by one program at a time.
 *
 * Each step leaves the tables in agreement:
 *
 * 1. Evidence goes, with its sighting, digest and counts, or becomes the other
 *    campaign's. What it corroborated stays so for now. The last of these steps
 *    finds no more of it, and has what comes later be the other campaign's.
 * 2. The hours that lost something are counted again from what is left.
 * 3. Whom it came from, and whom it may have borne out, is judged by that, each
 *    once. Then it is told, by one entry of the audit.
 *
 * What is seen meanwhile is recorded as ever, but until the third is over
 * nobody else's judgement begins a listing (record_places.c): it might rest on
 * what is being taken back. So who would be listed meanwhile is written down,
 * and judged behind it, and each listing is as if all had been one transaction.
 *
 * To stop it ends the first of them: what was taken until then is carried
 * through. One is under way at a time.
 */
struct purge_plan {
	struct store *store;	/* borrowed */
	struct bulk_act act;	/* as it is committed, as `purge` */
	struct purge_act purge; /* its stage is the plan's */
	unsigned step_ms;	/* that the next step works; 0 for tests */
	bool only_looks;
	bool begun;    /* its record is written */
	bool stop;     /* set by its owner: no more is taken */
	bool searched; /* for its stage; of a look all is */
	bool over;     /* the last step is committed, or all is looked at */
	bool prepared; /* the second search has begun */

	struct octetset ids;		/* of the evidence, as keys are */
	size_t next;			/* of them */
	uint64_t next_id, next_near_id; /* how far both searches are */

	struct corroboration_again again;
	size_t next_hour; /* of them */

	struct octetset units;	       /* to be judged */
	size_t sorted;		       /* of them, when they last were */
	struct octetset own;	       /* of a look: whose evidence it is */
	size_t next_unit;	       /* of them */
	uint64_t next_sighting;	       /* of that unit; 0: it is not begun */
	struct octetset members, kept; /* where that unit stood, and stands */
};

/*
 * `begun`: by somebody else, as purge->stage says; it is gone on with. A look
 * has no number.
 */
void purge_plan_init(struct purge_plan *plan, struct store *store,
    const struct bulk_act *act, const struct purge_act *purge, bool begun);
void purge_plan_init_look(struct purge_plan *plan, struct store *store,
    const struct purge_act *purge);
void purge_plan_deinit(struct purge_plan *plan);

/*
 * The search of its stage until it returns 0, and plan->searched; 1: the clock
 * has reached `deadline_ms`, and it goes on where it was in another read
 * transaction. ERROR_REFUSED: the two campaigns are one already; else a
 * negative code: give up.
 */
int purge_plan_search(
    struct store_txn *txn, struct purge_plan *plan, int64_t deadline_ms);
/*
 * A step of it: some milliseconds of searching where it is not searched, or a
 * transaction of its own; of a look another read transaction. Once plan->over,
 * there is none left, and plan->purge.result tells what came of it.
 *
 * ERROR_NOT_FOUND: its record is gone; ERROR_BUSY: another program does it;
 * ERROR_EXISTS: another purge is under way, and this one is not begun; else a
 * failure, and nothing of the step is kept. Whoever gives up leaves its record:
 * somebody will go on with it.
 */
int purge_plan_do(
    struct purge_plan *plan, const struct recorder_rules *rules, int64_t now);

/* Of the search for evidence: seconds since purge->from that are behind it. */
uint64_t purge_plan_seconds(const struct purge_plan *plan);
/* Of all of it, as far as can be told. */
unsigned purge_plan_percent(const struct purge_plan *plan, int64_t now);

#endif
