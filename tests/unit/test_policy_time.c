#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/policy_history.h"

/* --- history -------------------------------------------------------------- */

static void
keeps_90_days_of_episodes(void **state)
{
	static const struct {
		const char *history, *at, *episodes;
	} cases[] = {
		{ "0h A", "0h", "0h..3d expired" },
		{ "0h A; 4d A", "20d", "0h..3d expired, 4d..10d expired" },
		{ "0h A; 5h delist", "5h", "0h..5h delisted" },
		{ "0h A; 5h remove", "5h", "0h..5h removed" },
		{ "0h A; 4d delist", "4d",
		    "0h..3d expired, act 4d..4d delisted" },
		{ "0h E; 5h delist", "5h", "act 5h..5h delisted" },
		{ "-80d was 3d; 0h A", "0h",
		    "-80d..-77d expired, 0h..6d expired" },
		{ "-80d was 3d", "12d23h", "-80d..-77d expired" },
		{ "-80d was 3d", "13d", "" },
		/* Kept for what it made graver, while that is open. */
		{ "-80d was 3d; 0h A", "13d",
		    "-80d..-77d expired, 0h..6d expired" },
		{ "-80d was 3d; 0h A", "31d", "0h..6d expired" },
	};
	struct policy policy = preset("eager");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct history *history = read_history(cases[i].history);
		const char *at = cases[i].at;
		char text[1000];
		struct policy_result result;

		/* What ages out of the evidence is known from before. */
		result = judge(&policy, history, T0 + 10 * DAY);
		if (result.episode_count > 1 ||
		    history->past.episode_count > 0) {
			memcpy(history->episodes, result.episodes,
			    sizeof(result.episodes));
			history->past.episode_count = result.episode_count;
		}
		result = judge(&policy, history, T0 + read_span(&at));
		write_episodes(&result, text);
		if (strcmp(text, cases[i].episodes) != 0)
			fail_msg("%s at %s: %s, not %s", cases[i].history,
			    cases[i].at, text, cases[i].episodes);
	}
}

static void
a_listing_stands_when_the_evidence_it_began_with_is_too_old(void **state)
{
	/* Nothing after the first two reaches the score by itself. */
	struct history *history =
	    read_history("0h A t1; 1h A t2; 2d B t1 x20/60h; 60d B t1");
	struct policy policy = preset("small");
	struct policy_result result;

	(void)state;
	for (int64_t now = T0; now < T0 + 52 * DAY; now += 6 * HOUR) {
		result = judge(&policy, history, now);
		feed_back(history, &result);
		if (now >= T0 + HOUR) {
			assert_int_equal(result.state, LISTING_LISTED);
			assert_true(result.listed_at == T0 + HOUR);
			assert_int_equal(result.episode_count, 1);
		}
	}
	/* 2 d and 19 times 60 h; then it ends, and is remembered. */
	assert_true(result.expires_at == T0 + 49 * DAY + 12 * HOUR + 3 * DAY);
	result = judge(&policy, history, T0 + 53 * DAY);
	assert_int_equal(result.state, LISTING_WARNED);
	assert_int_equal(result.episode_count, 1);
	feed_back(history, &result);
	result = judge(&policy, history, T0 + 60 * DAY);
	assert_int_equal(result.episode_count, 1);
}

static void
evidence_of_more_than_30_days_is_not_looked_at(void **state)
{
	static const struct rule rules[] = {
		{ "eager", "0h A", "29d23h59m59s", "none" },
		{ "small", "0h A t1 m+ x3/0h; 1h A t1 c1; 30d30m A t1 c2",
		    "30d30m", "warned" },
	};
	struct policy policy = preset("eager");
	struct policy_result result;

	(void)state;
	CHECK_RULES(rules);
	result = judge(&policy, read_history("0h A; 1d A t2"), T0 + 30 * DAY);
	assert_int_equal(result.sightings, 1);
	assert_int_equal(result.traps, 1);
	assert_true(result.first_seen_at == T0 + DAY);
}

static void
what_is_missing_is_taken_from_the_past(void **state)
{
	struct history *history = read_history("0h A; 1h A; 2h A");
	struct policy policy = preset("eager");
	struct policy_result result = judge(&policy, history, T0 + 2 * HOUR);

	(void)state;
	feed_back(history, &result);
	/* A reader that keeps the two newest alone. */
	history->past.whole_since = T0;
	result = judge(&policy, history, T0 + 2 * HOUR);
	assert_int_equal(result.sightings, 2);
	assert_int_equal(result.episode_count, 1);
	assert_true(result.listed_at == T0);
	assert_true(result.expires_at == T0 + 2 * HOUR + 3 * DAY);
}

static void
an_exempted_address_is_never_listed(void **state)
{
	struct history *history =
	    read_history("0h A; 1h A t2; 5h A t3; 6h D callout; 9h A t1");
	struct policy policy = preset("eager");
	struct policy_result result;
	char text[400];

	(void)state;
	result = judge(&policy, history, T0 + 2 * HOUR);
	assert_int_equal(result.state, LISTING_LISTED);
	feed_back(history, &result);
	history->past.exempt = true;
	for (int hour = 3; hour < 8; hour++) {
		result = judge(&policy, history, T0 + hour * HOUR);
		assert_string_equal(write_result(&result, text), "none");
		assert_int_equal(result.sightings, 0);
		feed_back(history, &result);
	}
	write_episodes(&result, text);
	assert_string_equal(text, "0h..3h exempted, act 6h..6h exempted");

	/* When it ends, what was seen meanwhile does not count. */
	history->past.exempt = false;
	result = judge(&policy, history, T0 + 8 * HOUR);
	assert_string_equal(write_result(&result, text), "none");
	result = judge(&policy, history, T0 + 9 * HOUR);
	assert_string_equal(write_result(&result, text), "listed 9h..6d9h");
}

static void
an_act_holds_although_the_clock_steps_back(void **state)
{
	struct history *history = read_history("0h A; 5h delist");
	struct policy policy = preset("eager");
	struct policy_result result = judge(&policy, history, T0 + HOUR);

	(void)state;
	assert_int_equal(result.state, LISTING_NONE);
}

static void
counts_what_it_looked_at(void **state)
{
	struct history *history =
	    read_history("0h A t1 c1; 1h A t2 c2 alone; 2h A t2 c1; "
			 "3h C auto t3 c1; 4h D callout t9; 5h A success t8");
	struct policy policy = preset("small");
	struct policy_result result = judge(&policy, history, T0 + DAY);

	(void)state;
	assert_int_equal(result.sightings, 5);
	assert_int_equal(result.corroborated, 4);
	assert_int_equal(result.traps, 3);
	assert_int_equal(result.campaigns, 1);
	assert_int_equal(
	    result.kinds, BACKSCATTER_BIT(BACKSCATTER_DSN) |
			      BACKSCATTER_BIT(BACKSCATTER_AUTOREPLY));
	assert_true(result.first_seen_at == T0);
	assert_true(result.last_seen_at == T0 + 4 * HOUR);
	assert_true(result.last_counted_at == T0 + 3 * HOUR);
}

static void
a_repetition_adds_its_kind(void **state)
{
	struct history *history =
	    read_history("0h A t1; 1h A t2 m1; 2h C auto t2 m1");
	struct policy policy = preset("small");
	struct policy_result result = judge(&policy, history, T0 + DAY);

	(void)state;
	assert_true(result.expires_at == T0 + HOUR + 3 * DAY);
	assert_int_equal(
	    result.kinds, BACKSCATTER_BIT(BACKSCATTER_DSN) |
			      BACKSCATTER_BIT(BACKSCATTER_AUTOREPLY));
}

/* --- properties ----------------------------------------------------------- */

static uint32_t seed;

static uint32_t
pick(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)seed * n) >> 32);
}

/* Thirty days of all there is, with acts and with lulls in between. */
static void
random_event(struct policy_event *event)
{
	static const uint32_t flags[] = { 0, 0, 0, 0, 0, EVIDENCE_DELAY,
		EVIDENCE_SUBMISSION, EVIDENCE_WEB_FORM, EVIDENCE_SUCCESS };

	*event = (struct policy_event){
		.seen_at = T0 + pick(5) * 5 * DAY + pick(60) * 2 * HOUR,
		.trap = 1 + pick(4),
		.original = pick(3) == 0 ? 0 : 100 + pick(30),
		.campaign = 200 + pick(4),
		.flags = flags[pick(COUNT(flags))],
		.kind = (enum backscatter_kind)(1 + pick(5)),
		.grade = (enum proof_grade)pick(GRADE_COUNT),
		.corroborated = pick(3) != 0,
	};
	if (pick(2) == 0)
		event->flags |= EVIDENCE_FINGERPRINTED;
	if (pick(4) == 0)
		event->original_at = event->seen_at - pick(5 * DAY);
}

static void
random_history(struct history *history, size_t count)
{
	struct policy_past *past = &history->past;

	memset(past, 0, sizeof(*past));
	past->episodes = history->episodes;
	history->count = count;
	for (size_t i = 0; i < count; i++)
		random_event(&history->events[i]);
	qsort(history->events, count, sizeof(history->events[0]), compare);
	if (pick(3) == 0) {
		past->episode_count = 1;
		history->episodes[0] = (struct listing_episode){
			.listed_at = T0 - 10 * DAY,
			.ended_at = T0 - (pick(2) == 0 ? 5 : -5) * DAY,
			.rests_on_at = T0 - 40 * DAY,
		};
	}
	if (pick(2) == 0)
		past->delisted_at = T0 + pick(30 * DAY);
	past->delisted_as = pick(2) == 0 ? LISTING_DELISTED : LISTING_REMOVED;
}

static struct policy
random_policy(void)
{
	static const char *const names[] = { "small", "large", "eager" };
	struct policy policy = preset(names[pick(3)]);

	if (pick(2) == 0) /* easily reached */
		policy.list_score = policy.relist_score = 0.6;
	return policy;
}

static void
insert(struct history *history, const struct policy_event *event)
{
	size_t i = history->count++;

	while (
	    i > 0 && policy_event_compare(&history->events[i - 1], event) > 0) {
		history->events[i] = history->events[i - 1];
		i--;
	}
	history->events[i] = *event;
}

static void
assert_same_result(const struct policy_result *a, const struct policy_result *b)
{
	char text_a[2000], text_b[2000];

	write_episodes(a, text_a);
	write_episodes(b, text_b);
	assert_string_equal(text_a, text_b);
	assert_string_equal(write_result(a, text_a), write_result(b, text_b));
	assert_int_equal(a->kinds, b->kinds);
	assert_int_equal(a->sightings, b->sightings);
	assert_int_equal(a->corroborated, b->corroborated);
	assert_int_equal(a->traps, b->traps);
	assert_int_equal(a->campaigns, b->campaigns);
	assert_true(a->score == b->score);
	assert_true(a->due_at == b->due_at);
	assert_true(a->first_seen_at == b->first_seen_at);
	assert_true(a->last_seen_at == b->last_seen_at);
}

static void
any_order_of_arrival_gives_the_same_state(void **state)
{
	static struct history whole, arriving;
	int64_t now = T0 + 30 * DAY - 1;

	(void)state;
	for (seed = 1; seed <= 400; seed++) {
		struct policy policy;
		struct policy_result at_once, result;
		uint32_t round = seed;

		seed *= 7919;
		policy = random_policy();
		random_history(&whole, 1 + pick(60));
		at_once = judge(&policy, &whole, now);

		memset(&arriving, 0, sizeof(arriving));
		arriving.past.episodes = arriving.episodes;
		arriving.past.delisted_at = whole.past.delisted_at;
		arriving.past.delisted_as = whole.past.delisted_as;
		arriving.past.episode_count = whole.past.episode_count;
		memcpy(
		    arriving.episodes, whole.episodes, sizeof(whole.episodes));
		for (size_t left = whole.count; left > 0; left--) {
			size_t i = pick((uint32_t)left);
			struct policy_event event = whole.events[i];

			insert(&arriving, &event);
			whole.events[i] = whole.events[left - 1];
			result = judge(&policy, &arriving, now);
			feed_back(&arriving, &result);
		}
		assert_same_result(&result, &at_once);
		seed = round;
	}
}

static void
judging_as_it_comes_gives_the_same_state_as_afterwards(void **state)
{
	static struct history whole, live;

	(void)state;
	for (seed = 1; seed <= 400; seed++) {
		struct policy policy;
		struct policy_result at_once, result;
		uint32_t round = seed;
		int64_t now = T0;

		seed *= 104729;
		policy = random_policy();
		random_history(&whole, 1 + pick(40));
		live = whole;
		live.past.episodes = live.episodes;
		live.past.delisted_at = 0;
		for (size_t i = 0; i <= whole.count; i++) {
			int64_t next = i < whole.count ? whole.events[i].seen_at
						       : T0 + 30 * DAY - 1;
			int64_t delisted_at = whole.past.delisted_at;

			live.count = i;
			if (delisted_at != 0 && now <= delisted_at &&
			    delisted_at < next) {
				live.past.delisted_at = delisted_at;
				result = judge(&policy, &live, delisted_at);
				feed_back(&live, &result);
			}
			now = next;
			live.count = i < whole.count ? i + 1 : i;
			result = judge(&policy, &live, now);
			feed_back(&live, &result);
		}
		at_once = judge(&policy, &whole, now);
		assert_same_result(&result, &at_once);
		seed = round;
	}
}

static bool
looks_the_same(const struct policy_result *a, const struct policy_result *b)
{
	return a->state == b->state && a->strict == b->strict &&
	       a->kinds == b->kinds && a->listed_at == b->listed_at &&
	       a->expires_at == b->expires_at &&
	       a->callout_until == b->callout_until;
}

static void
nothing_changes_by_itself_before_it_is_due(void **state)
{
	static struct history history;

	(void)state;
	for (seed = 1; seed <= 200; seed++) {
		struct policy policy;
		struct policy_result before, after;
		uint32_t round = seed;
		int64_t now = T0 + 28 * DAY;

		seed *= 31337;
		policy = random_policy();
		random_history(&history, 1 + pick(30));
		while (history.count > 0 &&
		       history.events[history.count - 1].seen_at > now)
			history.count--;
		before = judge(&policy, &history, now);
		for (int steps = 0; before.due_at != 0 && steps < 200;
		     steps++) {
			assert_true(before.due_at > now);
			feed_back(&history, &before);
			/* Ageing is looked at each hour. */
			after = judge(&policy, &history,
			    before.due_at - 1 -
				(before.due_at % HOUR == 0 ? HOUR : 0));
			if (before.due_at - now > 2 * HOUR)
				assert_true(looks_the_same(&before, &after));
			now = before.due_at;
			before = judge(&policy, &history, now);
		}
		/* Everything runs out in the end. */
		assert_true(before.due_at == 0);
		assert_int_equal(before.state, LISTING_NONE);
		assert_int_equal(before.episode_count, 0);
		assert_int_equal(before.sightings, 0);
		seed = round;
	}
}

static void
a_flood_of_everything_is_judged_within_bounds(void **state)
{
	struct history *history = read_history("0h A t+ c+ m+ x3000/5m");
	struct policy policy = preset("large");
	struct policy_result result = judge(&policy, history, T0 + 12 * DAY);

	(void)state;
	assert_int_equal(result.state, LISTING_LISTED);
	assert_int_equal(result.traps, POLICY_DISTINCT_MAX);
	assert_int_equal(result.campaigns, POLICY_DISTINCT_MAX);
	assert_true(result.strict);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_90_days_of_episodes),
		cmocka_unit_test(
		    a_listing_stands_when_the_evidence_it_began_with_is_too_old),
		cmocka_unit_test(
		    evidence_of_more_than_30_days_is_not_looked_at),
		cmocka_unit_test(what_is_missing_is_taken_from_the_past),
		cmocka_unit_test(an_exempted_address_is_never_listed),
		cmocka_unit_test(an_act_holds_although_the_clock_steps_back),
		cmocka_unit_test(counts_what_it_looked_at),
		cmocka_unit_test(a_repetition_adds_its_kind),
		cmocka_unit_test(any_order_of_arrival_gives_the_same_state),
		cmocka_unit_test(
		    judging_as_it_comes_gives_the_same_state_as_afterwards),
		cmocka_unit_test(nothing_changes_by_itself_before_it_is_due),
		cmocka_unit_test(a_flood_of_everything_is_judged_within_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
