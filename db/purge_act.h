#ifndef DB_PURGE_ACT_H
#define DB_PURGE_ACT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "db/corroboration.h"
#include "db/store.h"
#include "db/trap.h"

/*
 * A purge takes back the evidence of one sensor, trap or campaign that was seen
 * in [from, to), with what followed from it: it corroborates nobody any more,
 * and whom it listed is judged anew, as if it had never come. Counted episodes
 * that rest on older evidence, which is gone, stay; so do delistings, and when
 * a trap was last hit.
 */
struct purge {
	enum purge_by { PURGE_SENSOR, PURGE_TRAP, PURGE_CAMPAIGN } by;
	uint64_t which;
	int64_t from, to;
	/*
	 * Of PURGE_CAMPAIGN: it is not taken away, but becomes this one's, as
	 * if both had always been one; 0 for a purge.
	 */
	uint64_t into;
};
#define PURGE_BYS 3
const char *purge_by_name(enum purge_by by); /* "sensor" */

#define PURGE_SHOWN_MAX 20
struct purge_result {
	uint64_t evidence;  /* taken back */
	uint64_t addresses; /* whose it was */
	uint64_t judged;    /* with those whom it bore out */
	uint64_t ended;	    /* listings that are no more */
	uint64_t unheld;    /* that the guard held, and are no more */
	uint64_t begun;	    /* rare: listings that are there now */
	struct ipaddr first_ended[PURGE_SHOWN_MAX];
};

/*
 * It is done in steps (db/purge_plan.h), in this order. While it is under way
 * its record stands beside that of db/bulk_act.h, of the same number, and with
 * it what cannot be found any more once evidence is gone: its work.
 */
enum purge_stage {
	PURGE_TAKES,  /* evidence away; this alone can be stopped */
	PURGE_COUNTS, /* corroboration again, of what is left */
	PURGE_JUDGES, /* whom it touched; then it is told */
	PURGE_CLEANS, /* its work goes */
	PURGE_STAGES
};
struct purge_act {
	uint64_t number; /* its key */
	struct purge purge;
	char subject[TRAP_TEXT_MAX]; /* which, as it was named */
	enum purge_stage stage;
	bool stopped;				 /* no more evidence is taken */
	uint8_t place[CORROBORATION_BUCKET_LEN]; /* hours counted up to it */
	struct ipaddr last;			 /* units judged up to it */
	struct purge_result result;		 /* so far */
	bool mended;				 /* see purge_act_get */
};

#define PURGE_ACT_RECORD_MAX 1024
int purge_act_encode(const struct purge_act *act, uint8_t *record, size_t size);
/* 0, ERROR_NEWER or ERROR_DAMAGED. */
int purge_act_decode(
    uint64_t number, struct octets record, struct purge_act *act);

int purge_act_put(struct store_txn *txn, const struct purge_act *act);
/*
 * ERROR_NOT_FOUND: it is over. One whose record is damaged is as if it had been
 * stopped, so that what was taken is carried through; it is `mended`.
 */
int purge_act_get(
    struct store_txn *txn, uint64_t number, struct purge_act *act);
int purge_act_end(struct store_txn *txn, uint64_t number);

/*
 * No more evidence is taken; what was taken is carried through all the same.
 * ERROR_NOT_FOUND; ERROR_REFUSED: all of it is taken.
 */
int purge_act_stop(struct store_txn *txn, uint64_t number);

/*
 * 1 while one is on its way, of which nobody knows yet what it leaves, so that
 * nobody is newly listed, and its number; 0.
 */
int purge_act_holds(struct store_txn *txn, uint64_t *number);
/* 1 when there is the record of any, which is then set, 0; or a code. */
int purge_act_any(struct store_txn *txn, struct purge_act *act);

/* --- its work ------------------------------------------------------------- */

/*
 * Hours that lost something; units whose evidence was taken, with what they
 * were before; where each of those stood as a member of an hour; and who would
 * have been newly listed meanwhile, to be judged when it is over. 1 when it is
 * new, 0 when it was there.
 */
struct purge_before {
	bool listed, pending;
	int64_t until; /* so, had nothing been taken */
};
int purge_work_hour(struct store_txn *txn, uint64_t number,
    const struct corroboration_bucket *bucket);
int purge_work_unit(struct store_txn *txn, uint64_t number,
    const struct ipaddr *unit, const struct purge_before *before);
int purge_work_member(struct store_txn *txn, uint64_t number,
    const struct ipaddr *unit, const struct corroboration_bucket *bucket);

int purge_work_hold(
    struct store_txn *txn, uint64_t number, const struct ipaddr *unit);

/* For whoever checks: 1 when the hour is still to be counted again, 0. */
int purge_work_has_hour(struct store_txn *txn, uint64_t number,
    const struct corroboration_bucket *bucket);

struct octetset;
/* All hours, units, or one unit's places, added to a set of their length. */
int purge_work_hours(
    struct store_txn *txn, uint64_t number, struct octetset *buckets);
int purge_work_units(
    struct store_txn *txn, uint64_t number, struct octetset *units);
int purge_work_members(struct store_txn *txn, uint64_t number,
    const struct ipaddr *unit, struct octetset *buckets);
/* ERROR_NOT_FOUND: none of its evidence was taken. */
int purge_work_before(struct store_txn *txn, uint64_t number,
    const struct ipaddr *unit, struct purge_before *before);

/* The first that is held. ERROR_NOT_FOUND: there is none. */
int purge_work_held(
    struct store_txn *txn, uint64_t number, struct ipaddr *unit);
/* It is no longer. */
int purge_work_let_go(
    struct store_txn *txn, uint64_t number, const struct ipaddr *unit);

/* What is known of a unit whose evidence was taken goes. */
int purge_work_forget(
    struct store_txn *txn, uint64_t number, const struct ipaddr *unit);
/* The hours go, until the clock reaches `deadline_ms`: 1 for more, 0. */
int purge_work_clean(
    struct store_txn *txn, uint64_t number, int64_t deadline_ms);

#endif
