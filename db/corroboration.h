#ifndef DB_CORROBORATION_H
#define DB_CORROBORATION_H

#include <stdbool.h>

#include "db/evidence.h"
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
 * One hour of one group, as the tables' keys begin. To take evidence away:
 * note its buckets, corroboration_clear each, and corroboration_add what is
 * left of the units that were there. Sightings of the group up to
 * CORROBORATION_HOURS around may then be borne out no longer.
 */
#define CORROBORATION_BUCKET_LEN 13
struct corroboration_bucket {
	uint8_t octets[CORROBORATION_BUCKET_LEN];
};
/* Those of a sighting; how many, at most two. */
unsigned corroboration_buckets(
    const struct evidence *evidence, struct corroboration_bucket buckets[2]);
uint32_t corroboration_hour_of(const struct corroboration_bucket *bucket);

struct octetset;
struct corroboration_bucket corroboration_bucket_at(
    const struct octetset *buckets, size_t place);
/* Is an hour of the bucket's group, within so many of its own, in the set? */
bool corroboration_near(const struct octetset *buckets,
    const struct corroboration_bucket *bucket, uint32_t hours);

/* Forgets what was seen in that hour of the group. */
int corroboration_clear(
    struct store_txn *txn, const struct corroboration_bucket *bucket);

#endif
