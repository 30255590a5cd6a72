#include "db/tally.h"

#include <math.h>
#include <string.h>

#define TRAP_CAP_SECONDS (24 * 3600)

static void
clear_groups(struct tally_groups *groups)
{
	/* The grants are set when their key is. */
	memset(groups->rows, 0, sizeof(groups->rows));
	memset(groups->next, 0, sizeof(groups->next));
	groups->last_key = 0;
}

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
	tally->per_trap_cap = cap_or_none(policy->per_trap_cap);
	tally->per_campaign_cap = cap_or_none(policy->per_campaign_cap);
	tally_clear(tally);
}

void
tally_clear(struct tally *tally)
{
	memset(&tally->all, 0, sizeof(tally->all));
	memset(&tally->strict, 0, sizeof(tally->strict));
	tally->last_at = 0;
	tally->originals = tally->kinds = 0;
	clear_groups(&tally->traps);
	clear_groups(&tally->campaigns);
	memset(tally->original_rows, 0, sizeof(tally->original_rows));
	memset(tally->original_next, 0, sizeof(tally->original_next));
}

/* --- sets ----------------------------------------------------------------- */

/*
 * The key's place in its row, and whether it was put there just now. Written
 * without branches: which of the four it is, no processor can predict.
 */
static inline unsigned
find_or_add(struct tally_row *row, uint8_t *next, uint64_t key, bool *fresh)
{
	const uint64_t *keys = row->keys;
	unsigned matches =
	    (unsigned)(keys[0] == key) | (unsigned)(keys[1] == key) << 1 |
	    (unsigned)(keys[2] == key) << 2 | (unsigned)(keys[3] == key) << 3;
	unsigned place;

	*fresh = matches == 0;
	if (matches != 0)
		return (unsigned)__builtin_ctz(matches);
	place = (*next)++ % TALLY_ROW;
	row->keys[place] = key;
	return place;
}

/*
 * True when it was not there, as nearly always; then nobody asks for its place
 * of before. Keys are hashes: their low bits spread.
 */
static inline bool
add_original(struct tally *tally, uint64_t key)
{
	unsigned row = (unsigned)(key % TALLY_ORIGINAL_ROWS);
	uint64_t *keys = tally->original_rows[row].keys;

	if (keys[0] == key || keys[1] == key || keys[2] == key ||
	    keys[3] == key)
		return false;
	keys[tally->original_next[row]++ % TALLY_ROW] = key;
	return true;
}

static inline struct tally_grant *
grant_of(struct tally_groups *groups, uint64_t key, int64_t seen_at)
{
	/* 0 means "free": what bears no id is one like the others. */
	uint64_t id = key != 0 ? key : UINT64_MAX;
	unsigned row = (unsigned)(id % TALLY_ROWS);
	unsigned place;
	bool fresh;

	if (id == groups->last_key)
		return groups->last_grant;
	place = find_or_add(&groups->rows[row], &groups->next[row], id, &fresh);
	groups->last_key = id;
	groups->last_grant = &groups->grants[row * TALLY_ROW + place];
	if (fresh)
		*groups->last_grant = (struct tally_grant){ .since = seen_at };
	return groups->last_grant;
}

/*
 * Does it show that the server answers forged mail, and not its own users, or
 * somebody who wants it listed? Then its original is known, and others
 * answered the same. A callout has none, and its own list.
 */
static inline bool
is_proof(const struct policy_event *event)
{
	return (event->grade == GRADE_A || event->grade == GRADE_D ||
		   (event->flags & EVIDENCE_FINGERPRINTED) != 0) &&
	       (event->flags & EVIDENCE_SUBMISSION) == 0;
}

/* What a sighting is proof of, as bits. */
#define PROOF 1
#define PROOF_A 2

static inline unsigned
proof_of(const struct policy_event *event)
{
	return (unsigned)is_proof(event) *
	       (PROOF | (unsigned)(event->grade == GRADE_A) * PROOF_A);
}

static inline void
count_distinct(
    uint32_t *all, uint32_t *strict, struct tally_grant *grant, unsigned proof)
{
	unsigned fresh = proof & ~(unsigned)grant->proof;

	if (fresh == 0)
		return;
	*all += (fresh & PROOF) != 0 && *all < POLICY_DISTINCT_MAX;
	*strict += (fresh & PROOF_A) != 0 && *strict < POLICY_DISTINCT_MAX;
	grant->proof |= (uint8_t)proof;
}

/* --- one sighting --------------------------------------------------------- */

/* What makes two sightings one, 0 when nothing does. */
static uint64_t
identity(const struct policy_event *event)
{
	if (event->original != 0)
		return event->original;
	return (event->flags & EVIDENCE_FINGERPRINTED) != 0 ? 0
							    : event->campaign;
}

/* Written without branches as well. */
static inline double
take_grant(struct tally_grant *grant, double weight, double cap)
{
	double left = cap - grant->granted;

	left = left > 0 ? left : 0;
	weight = weight < left ? weight : left;
	grant->granted += weight;
	return weight;
}

static inline double
grant_by_trap(struct tally *tally, const struct policy_event *event,
    unsigned proof, double weight)
{
	struct tally_grant *grant =
	    grant_of(&tally->traps, event->trap, event->seen_at);

	count_distinct(&tally->all.traps, &tally->strict.traps, grant, proof);
	if (event->seen_at - grant->since >= TRAP_CAP_SECONDS) {
		grant->since = event->seen_at;
		grant->granted = 0;
	}
	return take_grant(grant, weight, tally->per_trap_cap);
}

static inline double
grant_by_campaign(struct tally *tally, const struct policy_event *event,
    unsigned proof, double weight)
{
	struct tally_grant *grant;

	if (event->campaign == 0)
		return weight;
	grant = grant_of(&tally->campaigns, event->campaign, event->seen_at);
	if ((event->flags & EVIDENCE_FINGERPRINTED) != 0)
		count_distinct(&tally->all.campaigns, &tally->strict.campaigns,
		    grant, proof);
	return take_grant(grant, weight, tally->per_campaign_cap);
}

/*
 * What is left of a score. A sighting mostly follows the last one closely, and
 * then e^-x is a series whose sixth term (x^6 / 720) is less than the last
 * digit of a double.
 */
#define SMALL_X 0x1p-7

static inline double
left_after(double halvings)
{
	double x = halvings * M_LN2;

	if (x >= SMALL_X)
		return exp2(-halvings);
	return 1 - x * (1 - x * (1 / 2.0 -
				    x * (1 / 6.0 -
					    x * (1 / 24.0 - x * (1 / 120.0)))));
}

static inline void
decay(struct tally *tally, int64_t seen_at)
{
	double factor;

	if (seen_at == tally->last_at)
		return;
	factor = left_after(
	    (double)(seen_at - tally->last_at) * tally->halvings_per_second);
	tally->all.score *= factor;
	tally->strict.score *= factor;
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

bool
tally_add(struct tally *tally, const struct policy_event *event)
{
	const struct policy *policy = tally->policy;
	double weight = policy->weight[event->grade];
	uint64_t same = identity(event);
	unsigned proof = proof_of(event);

	tally->kinds |= BACKSCATTER_BIT(event->kind);
	if (same != 0 && !add_original(tally, same))
		return false;
	if (event->original != 0 && proof != 0)
		tally->originals++;
	if (event->discount != 0)
		weight *= (100 - event->discount) / 100.0;
	if ((event->flags & EVIDENCE_SUBMISSION) != 0)
		weight *= policy->submission_weight;
	if ((event->flags & EVIDENCE_QUARANTINED) != 0)
		weight *= policy->quarantine_weight;
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
