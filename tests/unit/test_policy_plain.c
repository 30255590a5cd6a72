#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/policy_history.h"

/*
 * A decision is made in one walk with small tables and a series in place of
 * exp(). Here the rules are followed the plain way, with lists that are
 * searched from end to end: both say the same.
 */

#define TRAPS 12
#define CAMPAIGNS 12
#define ORIGINALS 60

static uint32_t seed;

static uint32_t
pick(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)seed * n) >> 32);
}

/* --- the plain way -------------------------------------------------------- */

struct group {
	uint64_t key;
	int64_t since;
	double granted;
	bool proved, proved_a;
};

struct plain {
	const struct policy *policy;
	struct group traps[TRAPS], campaigns[CAMPAIGNS];
	uint64_t seen[EVENTS_MAX];
	size_t seen_count;
	double score;
	int64_t first_at, last_at, listed_at; /* 0: not yet */
	uint32_t kinds, originals;
};

static bool
is_proof(const struct policy_event *event)
{
	return (event->flags & EVIDENCE_SUBMISSION) == 0 &&
	       (event->grade == GRADE_A ||
		   (event->flags & EVIDENCE_FINGERPRINTED) != 0);
}

static bool
is_repeated(struct plain *plain, const struct policy_event *event)
{
	uint64_t key = event->original;

	if (key == 0 && (event->flags & EVIDENCE_FINGERPRINTED) == 0)
		key = event->campaign;
	for (size_t i = 0; i < plain->seen_count; i++) {
		if (key != 0 && plain->seen[i] == key)
			return true;
	}
	plain->seen[plain->seen_count++] = key;
	return false;
}

static struct group *
find(struct group *groups, size_t count, uint64_t key, int64_t seen_at)
{
	size_t i = 0;

	while (i < count && groups[i].key != 0 && groups[i].key != key)
		i++;
	assert_true(i < count);
	if (groups[i].key == 0)
		groups[i] = (struct group){ .key = key, .since = seen_at };
	return &groups[i];
}

static double
grant(struct group *group, double cap, double weight)
{
	if (cap > 0 && weight > cap - group->granted)
		weight = cap - group->granted;
	group->granted += weight;
	return weight;
}

static double
weigh(const struct policy *policy, const struct policy_event *event)
{
	double weight = policy->weight[event->grade];

	weight *= (100 - event->discount) / 100.0;
	if ((event->flags & EVIDENCE_SUBMISSION) != 0)
		weight *= policy->submission_weight;
	if ((event->flags & EVIDENCE_QUARANTINED) != 0)
		weight *= policy->quarantine_weight;
	return weight;
}

static unsigned
count_proved(const struct group *groups, size_t count)
{
	unsigned proved = 0;

	for (size_t i = 0; i < count; i++)
		proved += groups[i].proved;
	return proved;
}

static bool
lists(const struct plain *plain)
{
	const struct policy *policy = plain->policy;
	bool only_auto = plain->kinds == BACKSCATTER_BIT(BACKSCATTER_AUTOREPLY);
	unsigned traps = count_proved(plain->traps, TRAPS);
	unsigned campaigns = count_proved(plain->campaigns, CAMPAIGNS);

	if (policy->immediate)
		return true;
	if (plain->last_at - plain->first_at < policy->span_seconds ||
	    plain->score <
		(only_auto ? policy->auto_score : policy->list_score))
		return false;
	if (only_auto)
		return traps >= policy->auto_least ||
		       campaigns >= policy->auto_least;
	return traps >= policy->least_traps ||
	       campaigns >= policy->least_campaigns ||
	       plain->originals >= policy->least_sightings;
}

static void
add_plainly(struct plain *plain, const struct policy_event *event)
{
	const struct policy *policy = plain->policy;
	int64_t at = event->seen_at;
	struct group *trap, *campaign;
	double weight = weigh(policy, event);

	plain->kinds |= BACKSCATTER_BIT(event->kind);
	if (is_repeated(plain, event))
		return;
	plain->originals += event->original != 0 && is_proof(event);
	trap = find(plain->traps, TRAPS, event->trap, at);
	if (at - trap->since >= DAY) {
		trap->since = at;
		trap->granted = 0;
	}
	trap->proved |= is_proof(event);
	weight = grant(trap, policy->per_trap_cap, weight);
	campaign = find(plain->campaigns, CAMPAIGNS, event->campaign, at);
	if ((event->flags & EVIDENCE_FINGERPRINTED) != 0)
		campaign->proved |= is_proof(event);
	weight = grant(campaign, policy->per_campaign_cap, weight);
	plain->score *= exp2(
	    -(double)(at - plain->last_at) / (double)policy->half_life_seconds);
	plain->score += weight;
	plain->last_at = at;
	if (plain->first_at == 0)
		plain->first_at = at;
	if (plain->listed_at == 0 && lists(plain))
		plain->listed_at = at;
}

/* --- what both are asked -------------------------------------------------- */

/*
 * Keys like hashes, told apart by more than their low bits. Of traps and
 * campaigns two share those, and stand side by side in the tables.
 */
static uint64_t
key_of(uint32_t number, unsigned low)
{
	return UINT64_C(0x9e3779b97f4a7c15) * (number + 1) << 10 | low;
}

static void
random_event(struct policy_event *event, uint32_t hours)
{
	static const uint32_t flags[] = { 0, 0, 0, 0, EVIDENCE_DELAY,
		EVIDENCE_SUBMISSION, EVIDENCE_QUARANTINED };
	uint32_t trap = pick(TRAPS), campaign = pick(CAMPAIGNS);
	uint32_t original = pick(ORIGINALS);
	bool fingerprinted = pick(3) != 0;

	*event = (struct policy_event){
		.seen_at = T0 + pick(hours * HOUR),
		.trap = key_of(trap, trap / 2 * 8),
		.campaign = key_of(campaign, campaign / 2 * 8 + 4),
		.original = pick(4) == 0 ? 0 : key_of(original, original * 8),
		.flags = flags[pick(COUNT(flags))] |
			 (fingerprinted ? EVIDENCE_FINGERPRINTED : 0),
		.kind = (enum backscatter_kind)(1 + pick(4)),
		.grade = (enum proof_grade)pick(GRADE_D),
		.discount = pick(5) == 0 ? (uint8_t)pick(100) : 0,
		.corroborated = pick(4) != 0,
	};
}

static struct policy
random_policy(void)
{
	static const char *const names[] = { "small", "large", "eager" };
	struct policy policy = preset(names[pick(3)]);

	if (pick(2) == 0) /* of another decay, hardly reached */
		policy.half_life_seconds = HOUR + pick(30 * DAY);
	return policy;
}

static bool
is_near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * (1 + fabs(b));
}

static void
compare_both(const struct policy *policy, struct history *history)
{
	static struct plain plain;
	struct policy_result result;

	memset(&plain, 0, sizeof(plain));
	plain.policy = policy;
	for (size_t i = 0; i < history->count; i++) {
		const struct policy_event *event = &history->events[i];

		if (policy_counts(policy, event) &&
		    (event->corroborated || policy->immediate))
			add_plainly(&plain, event);
	}
	result = judge(policy, history, T0 + 29 * DAY);
	assert_true(is_near(result.score, plain.score));
	assert_int_equal(result.last_counted_at, plain.last_at);
	assert_int_equal(result.kinds, plain.kinds);
	assert_int_equal(result.traps, count_proved(plain.traps, TRAPS));
	assert_int_equal(
	    result.campaigns, count_proved(plain.campaigns, CAMPAIGNS));
	assert_int_equal(result.episode_count > 0, plain.listed_at != 0);
	if (result.episode_count > 0)
		assert_int_equal(result.episodes[0].listed_at, plain.listed_at);
}

static void
a_walk_says_what_the_rules_say(void **state)
{
	static struct history history;

	(void)state;
	for (uint32_t round = 1; round <= 1000; round++) {
		struct policy policy;
		uint32_t hours;

		seed = round * 7919;
		policy = random_policy();
		/* Not so long that episodes beyond the first are forgotten. */
		hours = pick(2) == 0 ? 3 : 1 + pick(20 * 24);
		memset(&history.past, 0, sizeof(history.past));
		history.count = 1 + pick(pick(10) == 0 ? 2000 : 60);
		for (size_t i = 0; i < history.count; i++)
			random_event(&history.events[i], hours);
		qsort(history.events, history.count, sizeof(history.events[0]),
		    compare);
		compare_both(&policy, &history);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_walk_says_what_the_rules_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
