#include "db/tally.h"

#include <math.h>
#include <string.h>

#define TRAP_CAP_SECONDS (24 * 3600)

static double
cap_or_none(double cap)
{
	return cap > 0 ? cap : INFINITY;
}

void
tally_init(struct tally *tally, const struct policy *policy)
{
	tally->policy = policy;
	tally->halvings_per_second = 1 / (double)policy->half_life_seconds;
	tally->traps.cap = cap_or_none(policy->per_trap_cap);
	tally->campaigns.cap = cap_or_none(policy->per_campaign_cap);
	tally_clear(tally);
}

void
tally_clear(struct tally *tally)
{
	memset(&tally->all, 0, sizeof(tally->all));
	memset(&tally->strict, 0, sizeof(tally->strict));
	tally->originals = tally->kinds = 0;
	memset(tally->traps.keys, 0, sizeof(tally->traps.keys));
	memset(tally->campaigns.keys, 0, sizeof(tally->campaigns.keys));
	memset(&tally->seen, 0, sizeof(tally->seen));
}

/* --- sets ----------------------------------------------------------------- */

/*
 * True when it was not there, as nearly always; then nobody asks for its place
 * of before. Keys are hashes: their low bits spread.
 */
static inline bool
add_original(struct tally_originals *seen, uint64_t key)
{
	unsigned row = (unsigned)(key % TALLY_ROWS);
	uint64_t *keys = seen->keys[row];

	if (keys[0] == key || keys[1] == key || keys[2] == key ||
	    keys[3] == key)
		return false;
	keys[seen->next[row]++ % TALLY_ROW] = key;
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
	bool over = passed >= TRAP_CAP_SECONDS;

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
	group = group_of(&tally->campaigns, event->campaign, event->seen_at);
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
#define FEW_HALVINGS 0x1p-3

static inline double
left_after(double halvings)
{
	double x = halvings * M_LN2, square = x * x, odd, even;

	if (halvings >= FEW_HALVINGS)
		return exp2(-halvings);
	odd = x * (60 + square);
	even = 120 + 12 * square;
	return (even - odd) / (even + odd);
}

static inline void
decay(struct tally *tally, int64_t seen_at)
{
	double factor = left_after((double)(seen_at - tally->all.last_at) *
				   tally->halvings_per_second);

	tally->all.score *= factor;
	tally->strict.score *= factor;
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

bool
tally_add(struct tally *tally, const struct policy_event *event)
{
	unsigned proof = proof_of(event);
	double weight;

	tally->kinds |= BACKSCATTER_BIT(event->kind);
	if (is_repeated(tally, event, proof))
		return false;
	weight = weight_of(tally->policy, event);
	weight = grant_by_trap(tally, event, proof, weight);
	weight = grant_by_campaign(tally, event, proof, weight);
	decay(tally, event->seen_at);
	add_to_sum(&tally->all, event->seen_at, weight);
	if (event->grade == GRADE_A)
		add_to_sum(&tally->strict, event->seen_at, weight);
	return true;
}

/* --- is it enough? -------------------------------------------------------- */

static bool
reaches(unsigned least, uint32_t number)
{
	return least != 0 && number >= least;
}

static bool
is_broad(const struct tally *tally, bool only_auto)
{
	const struct policy *policy = tally->policy;
	const struct tally_sum *all = &tally->all;

	if (only_auto)
		return policy->auto_least == 0 ||
		       reaches(policy->auto_least, all->traps) ||
		       reaches(policy->auto_least, all->campaigns);
	return (policy->least_traps | policy->least_campaigns |
		   policy->least_sightings) == 0 ||
	       reaches(policy->least_traps, all->traps) ||
	       reaches(policy->least_campaigns, all->campaigns) ||
	       reaches(policy->least_sightings, tally->originals);
}

bool
tally_lists(const struct tally *tally, bool again)
{
	const struct policy *policy = tally->policy;
	bool only_auto = tally->kinds == BACKSCATTER_BIT(BACKSCATTER_AUTOREPLY);
	const double scores[2][2] = {
		{ policy->list_score, policy->relist_score },
		{ policy->auto_score, policy->auto_relist_score },
	};

	return tally->all.score >= scores[only_auto][again] &&
	       tally->all.last_at - tally->all.first_at >=
		   policy->span_seconds &&
	       is_broad(tally, only_auto);
}

bool
tally_is_strict(const struct tally *tally)
{
	const struct policy *policy = tally->policy;
	const struct tally_sum *sum = &tally->strict;

	return (reaches(policy->strict_least, sum->traps) ||
		   reaches(policy->strict_least, sum->campaigns)) &&
	       sum->last_at - sum->first_at >= policy->strict_span_seconds &&
	       sum->score >= policy->strict_score;
}
