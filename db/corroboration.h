#ifndef DB_CORROBORATION_H
#define DB_CORROBORATION_H

#include <stdbool.h>

#include "db/evidence.h"
#include "db/octetset.h"
#include "db/store.h"

/*
 * A real forged run makes many servers answer at once. A sighting is
 * corroborated when grade A evidence for the same fingerprinted campaign came
 * from enough *other* networks (/24, /48) within a day either side, counted to
 * the hour. Where it has no fingerprint, for the same trap.
 *
 * Not for the trap where there is a fingerprint: on a list of few traps some
 * run hits each of them nearly every day, and would bear out whatever somebody
 * who knows a trap has a server answer.
 *
 * Per group (trap or campaign) and hour two things are kept: a set of networks,
 * capped at what a policy can ask for, so that neither look-up nor memory
 * grows with a flood; and the units that may be borne out, each once.
 */
#define CORROBORATION_NETWORKS_MAX 8
#define CORROBORATION_HOURS 24

/*
 * Adds a sighting. When its network is new to an hour, sightings of others may
 * become corroborated by it: `flipped` is called for each unit that has one
 * (not for the sighting's own; for some perhaps more than once) and may write
 * to other tables. A non-zero answer of `flipped` ends the walk and is
 * returned. A group that many networks bear out calls nobody any more.
 */
typedef int corroboration_flipped(const struct ipaddr *unit, void *context);
int corroboration_add(struct store_txn *txn, const struct evidence *evidence,
    unsigned needed, corroboration_flipped *flipped, void *context);

/*
 * 1 when `needed` (at most CORROBORATION_NETWORKS_MAX - 1) other networks bear
 * the sighting out, 0 when not, or a negative code.
 */
int corroboration_holds(
    struct store_txn *txn, const struct evidence *evidence, unsigned needed);

/*
 * For whoever checks the tables: 1 when the sighting has its places there, as
 * corroboration_add gives them, 0 when not, or a negative code.
 */
int corroboration_has(struct store_txn *txn, const struct evidence *evidence);
/* The hour (since 1970) of a record of either table; else ERROR_DAMAGED. */
int corroboration_hour(enum store_table table, struct octets key,
    struct octets value, uint32_t *hour);

/*
 * Forgets the sighting's hour for its groups, once evidence of that age is no
 * longer kept: whatever else lies in that hour is as old.
 */
int corroboration_drop(struct store_txn *txn, const struct evidence *evidence);

/* --- evidence is taken away (corroboration_again.c) ----------------------- */

/*
 * One hour of one group, as the tables' keys begin. Sightings of the group up
 * to CORROBORATION_HOURS around may be borne out no longer once evidence of it
 * is taken away.
 */
#define CORROBORATION_BUCKET_LEN 13
struct corroboration_bucket {
	uint8_t octets[CORROBORATION_BUCKET_LEN];
};
/* Those of a sighting; how many, at most two. */
unsigned corroboration_buckets(
    const struct evidence *evidence, struct corroboration_bucket buckets[2]);
/* The one in which it is a member, to be borne out; false: in none. */
bool corroboration_member_of(
    const struct evidence *evidence, struct corroboration_bucket *bucket);
/* It is one no longer. */
int corroboration_leave(struct store_txn *txn,
    const struct corroboration_bucket *bucket, const struct ipaddr *unit);

/*
 * Hours that lose something, counted again from what is left: noted first, then
 * sorted, whereupon each is empty; then each sighting that is left is counted.
 */
struct networks;
struct corroboration_again {
	struct octetset buckets;
	struct networks *left; /* one for each bucket; owned */
};
void corroboration_again_init(struct corroboration_again *again);
void corroboration_again_deinit(struct corroboration_again *again);
/* 0 or -ENOMEM, as _sort. */
int corroboration_again_note(
    struct corroboration_again *again, const struct evidence *evidence);
int corroboration_again_sort(struct corroboration_again *again);
void corroboration_again_count(
    struct corroboration_again *again, const struct evidence *evidence);
/* The earliest of the hours, UINT32_MAX when there is none. */
uint32_t corroboration_again_first(const struct corroboration_again *again);
/* Is it of a group that lost something within CORROBORATION_HOURS of it? */
bool corroboration_again_is_near(
    const struct corroboration_again *again, const struct evidence *evidence);
/* As corroboration_holds, had the hours what is left and no more. */
int corroboration_again_holds(struct store_txn *txn,
    const struct corroboration_again *again, const struct evidence *evidence,
    unsigned needed);
/*
 * Leaves in the hour at `place` what is left. One that is not there any more,
 * since its time was over, stays away.
 */
int corroboration_again_write(struct store_txn *txn,
    const struct corroboration_again *again, size_t place);

#endif
