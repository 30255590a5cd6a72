#include "db/tally.h"

#include <math.h>
#include <string.h>

static double
cap_or_none(double cap)
{
	return cap > 0 ? cap : INFINITY;
}

static void
clear_groups(struct tally_groups *groups)
{
	groups->last_key = 0;
	memset(groups->keys, 0, sizeof(groups->keys));
}

void
tally_init(struct tally *tally, const struct policy *policy)
{
	tally->policy = policy;
	tally->decay_per_second = M_LN2 / (double)policy->half_life_seconds;
	tally->traps.cap = cap_or_none(policy->per_trap_cap);
	tally->campaigns.cap = cap_or_none(policy->per_campaign_cap);
	tally_clear(tally);
}

void
tally_clear(struct tally *tally)
{
	tally->last_at = 0;
	memset(tally->sums, 0, sizeof(tally->sums));
	memset(&tally->all, 0, sizeof(tally->all));
	memset(&tally->strict, 0, sizeof(tally->strict));
	tally->originals = tally->kinds = 0;
	clear_groups(&tally->traps);
	clear_groups(&tally->campaigns);
	memset(&tally->seen, 0, sizeof(tally->seen));
}

/* --- is it enough? -------------------------------------------------------- */

double
tally_score(const struct tally *tally)
{
	return tally->sums[false].score + tally->sums[true].score;
}

int64_t
tally_first_at(const struct tally *tally)
{
	int64_t a = tally->sums[true].first_at;
	int64_t other = tally->sums[false].first_at;

	return other == 0 || (a != 0 && a < other) ? a : other;
}

static bool
reaches(unsigned least, uint32_t number)
{
	return least != 0 && number >= least;
}

static bool
is_broad(const struct tally *tally, bool only_auto)
{
	const struct policy *policy = tally->policy;
	const struct tally_distinct *all = &tally->all;

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

	return tally_score(tally) >= scores[only_auto][again] &&
	       tally->last_at - tally_first_at(tally) >= policy->span_seconds &&
	       is_broad(tally, only_auto);
}

bool
tally_is_strict(const struct tally *tally)
{
	const struct policy *policy = tally->policy;
	const struct tally_sum *sum = &tally->sums[true];

	return (reaches(policy->strict_least, tally->strict.traps) ||
		   reaches(policy->strict_least, tally->strict.campaigns)) &&
	       sum->last_at - sum->first_at >= policy->strict_span_seconds &&
	       sum->score >= policy->strict_score;
}
