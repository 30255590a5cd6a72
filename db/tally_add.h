#ifndef DB_TALLY_ADD_H
#define DB_TALLY_ADD_H

#include <math.h>

#include "db/tally.h"

/*
 * One sighting more for a tally. It stands in a header for policy.c alone, that
 * no call is made for each of a thousand sightings: that is a tenth of what
 * judging them costs.
 */
#define TALLY_TRAP_SECONDS (24 * 3600)

/* --- sets ----------------------------------------------------------------- */

/*
 * True when it was not there, as nearly always; then nobody asks for its place
 * of before. Keys are hashes: their low bits spread.
 */
static inline bool
add_original(struct tally_originals *seen, uint64_t key)
{
	unsigned row = (unsigned)(key % TALLY_ROWS);
	uint64_t *keys = seen->keys[row], newest = keys[0];

	if (newest == key || keys[1] == key)
		return false;
	keys[1] = newest;
	keys[0] = key;
	return true;
}

static struct tally_group *
find_or_add(
    struct tally_groups *groups, unsigned own, uint64_t key, int64_t seen_at)
{
	unsigned place = own, end = own + TALLY_WINDOW;
	struct tally_group *group;

	while (place < end && groups->keys[place] != 0) {
		if (groups->keys[place] == key)
			return &groups->groups[place];
		place++;
	}
	if (place == end)
		place = own;
	groups->keys[place] = key;
	group = &groups->groups[place];
	group->since = seen_at;
	group->left[false] = group->left[true] = groups->cap;
	group->proof = 0;
	return group;
}

/* Mostly it stands in its own place. */
static inline struct tally_group *
group_of(struct tally_groups *groups, uint64_t key, int64_t seen_at)
{
	unsigned own = key % TALLY_PLACES;

	if (groups->keys[own] == key)
		return &groups->groups[own];
	return find_or_add(groups, own, key, seen_at);
}

/* The same of what mostly comes in runs. */
static inline struct tally_group *
group_of_run(struct tally_groups *groups, uint64_t key, int64_t seen_at)
{
	if (groups->last_key != key) {
		groups->last = group_of(groups, key, seen_at);
		groups->last_key = key;
	}
	return groups->last;
}

/* What a sighting is proof of, as bits. */
#define PROOF 1
#define PROOF_A 2

/*
 * Does it show that the server answers forged mail, and not somebody who wants
 * it listed? Then its original is known, or others answered the same: first
 * without a fingerprint, then with one. A callout has none, and its own list.
 */
static const uint8_t proof_of_grade[GRADE_COUNT][2] = {
	[GRADE_A] = { PROOF | PROOF_A, PROOF | PROOF_A },
	[GRADE_B] = { 0, PROOF },
	[GRADE_C] = { 0, PROOF },
	[GRADE_D] = { PROOF, PROOF },
	[GRADE_E] = { 0, PROOF },
};

/* What it answered to an own user proves nothing. */
static inline unsigned
proof_of(const struct policy_event *event)
{
	bool fingerprinted = (event->flags & EVIDENCE_FINGERPRINTED) != 0;

	if ((event->flags & EVIDENCE_SUBMISSION) != 0)
		return 0;
	return proof_of_grade[event->grade][fingerprinted];
}

static inline void
count_distinct(
    uint32_t *all, uint32_t *strict, struct tally_group *group, unsigned proof)
{
	unsigned fresh;

	if (group->proof == proof) /* as nearly always */
		return;
	fresh = proof & ~group->proof;
	*all += (fresh & PROOF) != 0 && *all < POLICY_DISTINCT_MAX;
	*strict += (fresh & PROOF_A) != 0 && *strict < POLICY_DISTINCT_MAX;
	group->proof |= proof;
}

/* --- one sighting --------------------------------------------------------- */

/*
 * Two sightings of one original are one. What names no original, and has no
 * fingerprint either, is as others of its trap and hour.
 */
static bool
is_repeated_unnamed(struct tally *tally, const struct policy_event *event)
{
	if ((event->flags & EVIDENCE_FINGERPRINTED) != 0 ||
	    event->campaign == 0)
		return false;
	return !add_original(&tally->seen, event->campaign);
}

static inline bool
is_repeated(
    struct tally *tally, const struct policy_event *event, unsigned proof)
{
	if (event->original == 0)
		return is_repeated_unnamed(tally, event);
	if (!add_original(&tally->seen, event->original))
		return true;
	tally->originals += proof & PROOF;
	return false;
}

static inline double
take_grant(struct tally_group *group, bool anew, double weight)
{
	double left = group->left[anew];

	weight = weight < left ? weight : left;
	group->left[false] = left - weight;
	return weight;
}

/*
 * Whether the trap's time is over no processor can predict: hence without a
 * branch.
 */
static inline double
grant_by_trap(struct tally *tally, const struct policy_event *event,
    unsigned proof, double weight)
{
	/* 0 means "free": what bears no id is one like the others. */
	uint64_t key = event->trap != 0 ? event->trap : UINT64_MAX;
	struct tally_group *group =
	    group_of(&tally->traps, key, event->seen_at);
	int64_t passed = event->seen_at - group->since;
	bool over = passed >= TALLY_TRAP_SECONDS;

	count_distinct(&tally->all.traps, &tally->strict.traps, group, proof);
	group->since += passed * over;
	return take_grant(group, over, weight);
}

static inline double
grant_by_campaign(struct tally *tally, const struct policy_event *event,
    unsigned proof, double weight)
{
	struct tally_group *group;

	if (event->campaign == 0)
		return weight;
	group =
	    group_of_run(&tally->campaigns, event->campaign, event->seen_at);
	if ((event->flags & EVIDENCE_FINGERPRINTED) != 0)
		count_distinct(&tally->all.campaigns, &tally->strict.campaigns,
		    group, proof);
	return take_grant(group, false, weight);
}

/*
 * What is left of a score. A sighting mostly follows the last one closely, and
 * then a quotient of two cubics (Pade's of e^-x, of order 3) is off by
 * x^7 / 100800, which here is less than 1e-12.
 */
#define CLOSELY 0x1.6p-4 /* ln 2 / 8: an eighth of a half-life, nearly */

static inline double
left_after(double x)
{
	double square = x * x, odd, even;

	if (x >= CLOSELY)
		return exp(-x);
	odd = x * (60 + square);
	even = 120 + 12 * square;
	return (even - odd) / (even + odd);
}

static inline void
decay(struct tally *tally, int64_t seen_at)
{
	double left = left_after(
	    (double)(seen_at - tally->last_at) * tally->decay_per_second);

	tally->sums[false].score *= left;
	tally->sums[true].score *= left;
	tally->last_at = seen_at;
}

static void
add_to_sum(struct tally_sum *sum, int64_t seen_at, double weight)
{
	sum->score += weight;
	sum->last_at = seen_at;
	if (sum->first_at == 0)
		sum->first_at = seen_at;
}

/* What counts in part. */
static double
reduce(const struct policy *policy, const struct policy_event *event,
    double weight)
{
	if (event->discount != 0)
		weight *= (100 - event->discount) / 100.0;
	if ((event->flags & EVIDENCE_SUBMISSION) != 0)
		weight *= policy->submission_weight;
	if ((event->flags & EVIDENCE_QUARANTINED) != 0)
		weight *= policy->quarantine_weight;
	return weight;
}

static inline double
weight_of(const struct policy *policy, const struct policy_event *event)
{
	const uint32_t reducing = EVIDENCE_SUBMISSION | EVIDENCE_QUARANTINED;
	double weight = policy->weight[event->grade];

	if (((event->flags & reducing) | event->discount) != 0)
		return reduce(policy, event, weight);
	return weight;
}

/*
 * Adds a sighting, not older than the last. False when it repeats what counted
 * before.
 */
static inline bool
tally_add(struct tally *tally, const struct policy_event *event)
{
	unsigned proof = proof_of(event);
	double weight;

	tally->kinds |= BACKSCATTER_BIT(event->kind);
	if (is_repeated(tally, event, proof))
		return false;
	/* First: its division goes on beside what follows. */
	decay(tally, event->seen_at);
	weight = weight_of(tally->policy, event);
	weight = grant_by_trap(tally, event, proof, weight);
	weight = grant_by_campaign(tally, event, proof, weight);
	add_to_sum(
	    &tally->sums[event->grade == GRADE_A], event->seen_at, weight);
	return true;
}

#endif
