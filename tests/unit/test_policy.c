#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/policy_history.h"

/* --- the rules, sentence by sentence -------------------------------------- */

static void
small_lists_at_a_score_of_1_4_over_an_hour(void **state)
{
	static const struct rule rules[] = {
		/* One event never lists, nor many without breadth. */
		{ "small", "0h A", "0h", "warned" },
		{ "small", "0h A c1 m1", "2h", "warned" },
		{ "small", "0h A x50/1h", "3d", "warned" },
		/* Two traps. */
		{ "small", "0h A t1; 1h A t2", "1h", "listed 1h..3d1h" },
		{ "small", "0h A t1; 59m59s A t2", "1h", "warned" },
		{ "small", "0h A t1; 59m A t2; 1h A t3", "1h",
		    "listed 1h..3d1h" },
		/* Two campaigns, fingerprinted; trap and hour are none. */
		{ "small", "0h A c1; 1h A c2", "1h", "listed 1h..3d1h" },
		{ "small", "0h A c1; 1h A c1", "1h", "warned" },
		{ "small", "0h A; 1h A; 2h A", "2h", "warned" },
		/* Three sightings with different original Message-IDs. */
		{ "small", "0h A c1 m1; 1h A c1 m2", "1h", "warned" },
		{ "small", "0h A c1 m1; 1h A c1 m2; 2h A c1 m3", "2h",
		    "listed 2h..3d2h" },
		{ "small", "0h A c1 m1; 1h A c1 m2; 2h A c1 m2", "2h",
		    "warned" },
		{ "small", "0h A c1; 1h A c1; 2h A c1", "2h", "warned" },
		/* The score. */
		{ "small", "0h A t1; 1h B t2 c1", "1h", "listed 1h..3d1h" },
		{ "small", "0h B t1 c1; 1h B t2 c1", "1h", "warned" },
		{ "small", "0h B t1 c1; 1h C t2 c1; 2h B t3", "2h",
		    "listed 2h..3d2h" },
		{ "small", "0h A t1; 1h C auto t2 c1", "1h",
		    "listed 1h..3d1h" },
		{ "small", "0h A t1; 1h D t2; 2h D t3", "2h", "warned" },
		{ "small", "0h A t1; 1h E t2", "1h", "warned" },
	};

	(void)state;
	CHECK_RULES(rules);
}

static void
a_score_halves_in_seven_days_or_72_hours(void **state)
{
	static const struct {
		const char *preset, *history;
		double score;
	} cases[] = {
		{ "small", "0h A", 1 },
		{ "small", "0h A t1; 7d A t2", 1.5 },
		{ "small", "0h A t1; 7d A t2; 14d A t3", 1.75 },
		{ "small", "0h A t1; 14d B t2", 0.75 },
		{ "large", "0h A t1; 3d A t2", 1.5 },
		{ "large", "0h A t1; 6d A t2", 1.25 },
		{ "eager", "0h A t1; 7d A t2", 1.5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct history *history = read_history(cases[i].history);
		struct policy policy = preset(cases[i].preset);
		struct policy_result result =
		    judge(&policy, history, T0 + 20 * DAY);

		assert_true(fabs(result.score - cases[i].score) < 1e-9);
		assert_int_equal(result.last_counted_at,
		    history->events[history->count - 1].seen_at);
	}
}

static void
grades_weigh_1_a_half_and_a_quarter(void **state)
{
	static const struct {
		const char *preset, *history;
		double score;
	} cases[] = {
		{ "small", "0h A", 1 },
		{ "small", "0h B", 0.5 },
		{ "small", "0h C auto", 0.5 },
		{ "small", "0h C chal", 0.5 },
		{ "small", "0h C virus", 0.5 },
		{ "small", "0h D callout", 0 }, /* its list's alone */
		{ "small", "0h E", 0 },
		{ "small", "0h A delay", 1 },
		{ "small", "0h A submission", 0.25 },
		{ "small", "0h B submission", 0.125 },
		{ "small", "0h A new", 0.25 },
		{ "small", "0h A submission new", 0.0625 },
		/* Recorded, weight 0. */
		{ "small", "0h C form", 0 },
		{ "small", "0h C mdn", 0 },
		{ "small", "0h A success", 0 },
		{ "small", "0h A uncounted", 0 },
		{ "small", "0h A none", 0 },
		{ "small", "0h A alone", 0 },
		/* At most 1.5 per trap in 24 h ... */
		{ "small", "0h A m1; 0h A m2", 1.5 },
		{ "small", "0h A m+ x9/0h", 1.5 },
		{ "small", "0h A t1 m1; 0h A t1 m2; 0h A t2 m3; 0h A t2 m4",
		    3 },
		{ "small", "0h B m1; 0h A m2; 0h A m3", 1.5 },
		{ "eager", "0h A m+ x9/0h", 9 },
		/* ... at most 3 per campaign, were it of trap and hour. */
		{ "large", "0h A m+ x9/0h", 3 },
		{ "large", "0h A c1 m+ x9/0h", 3 },
		{ "large", "0h A c1 t1 m1 x4/0h; 0h A c1 t2 m+ x4/0h", 3 },
		{ "large", "0h A c1 m1; 0h A c1 m2; 0h A c2 m3", 3 },
		{ "small", "0h A t+ c1 m+ x9/0h", 9 },
		/* A delay and a failure of one original count once. */
		{ "small", "0h A delay m1; 0h A m1", 1 },
		{ "large", "0h A delay m1; 0h A m1; 0h A m2", 2 },
		{ "small", "0h B delay m1; 0h A m1", 1 },
		/* So do sightings of one trap and hour that say nothing. */
		{ "small", "0h A; 0h A", 1 },
		{ "small", "0h C auto; 0h C auto", 0.5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct history *history = read_history(cases[i].history);
		struct policy policy = preset(cases[i].preset);
		struct policy_result result = judge(&policy, history, T0);

		if (fabs(result.score - cases[i].score) > 1e-9)
			fail_msg("%s, %s: %g, not %g", cases[i].preset,
			    cases[i].history, result.score, cases[i].score);
	}
}

static void
the_24_hours_of_a_trap_begin_with_what_counts(void **state)
{
	static const struct {
		const char *history;
		int64_t at;
		double score;
	} cases[] = {
		{ "0h A m1; 12h A m2", 12 * HOUR, 1.4517 },
		{ "0h A m+ x2/0h; 23h59m A m3", DAY, 1.3586 },
		{ "0h A m+ x2/0h; 24h A m3", DAY, 2.3586 },
		/* The next day began with m3. */
		{ "0h A m+ x2/0h; 24h A m3; 47h A m4; 47h A m5", 47 * HOUR,
		    2.6448 },
	};
	struct policy policy = preset("small");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct policy_result result = judge(
		    &policy, read_history(cases[i].history), T0 + cases[i].at);

		if (fabs(result.score - cases[i].score) > 1e-3)
			fail_msg("%s: %g", cases[i].history, result.score);
	}
}

static void
small_lists_again_at_0_9_within_90_days(void **state)
{
	static const struct rule rules[] = {
		/* Breadth and span are asked for again, the score is lower. */
		{ "small", "-40d was 3d; 0h B t1 c1; 1h B t2 c1", "1h",
		    "listed 1h..6d1h" },
		{ "small", "-40d was 3d; 0h A t1", "0h", "warned" },
		{ "small", "-40d was 3d; 0h A t1; 1h C t1", "1h", "warned" },
		{ "small", "-92d was 3d; 0h B t1 c1; 1h B t2 c1", "1h",
		    "listed 1h..6d1h" },
		{ "small", "-93d was 3d; 0h B t1 c1; 1h B t2 c1", "1h",
		    "warned" },
		/* Evidence of 30 days bears it out, of the last time too. */
		{ "small", "0h A t1; 1h A t2; 10d A t1", "10d",
		    "listed 10d..16d" },
		{ "small", "0h A t1; 1h A t2; 10d B t1", "10d",
		    "listed 10d..16d" },
		{ "small", "0h A t1; 1h A t2; 20d B t1", "20d", "warned" },
	};

	(void)state;
	CHECK_RULES(rules);
}

static void
small_asks_more_where_all_is_automatic_replies(void **state)
{
	static const struct rule rules[] = {
		{ "small", "0h C auto t1 c1; 1h C auto t2 c2; 2h C auto t3 c3",
		    "2h", "warned" },
		{ "small", "0h C auto t+ c1 x5/1h", "4h", "listed 4h..3d4h" },
		{ "small", "0h C auto t+ c1 x4/1h", "3h", "warned" }, /* 1.99 */
		{ "small", "0h A auto t1; 1h A auto t2; 2h C auto t3", "2h",
		    "listed 2h..3d2h" },
		/* Two traps or campaigns: many originals do not do. */
		{ "small", "0h A auto c1 m+ x9/12h", "5d", "warned" },
		{ "small", "0h A auto c1 m1; 13h A auto c1 m2; 2d A auto c2 m3",
		    "2d", "listed 2d..5d" },
		/* One of another kind, and it is not automatic replies only. */
		{ "small", "0h C auto t1 c1; 1h C auto t2 c1; 2h B t3", "2h",
		    "listed 2h..3d2h" },
		{ "small", "0h C auto t1 c1; 1h C auto t2 c1; 2h C chal t3",
		    "2h", "listed 2h..3d2h" },
		/* Again at 1.5. */
		{ "small", "-40d was 3d; 0h C auto t+ c1 x3/1h", "2h",
		    "warned" },
		{ "small", "-40d was 3d; 0h C auto t+ c1 x4/1h", "3h",
		    "listed 3h..6d3h" },
	};

	(void)state;
	CHECK_RULES(rules);
}

static void
large_lists_at_a_score_of_2_over_three_hours(void **state)
{
	static const struct rule rules[] = {
		/* Three traps. */
		{ "large", "0h A t1; 1h A t2; 3h A t3", "3h",
		    "listed 3h..3d3h" },
		{ "large", "0h A t+ x6/30m", "4h", "warned" },
		{ "large", "0h A t1; 1h A t2; 2h59m A t3", "4h", "warned" },
		{ "large", "0h A t1 x3/3h; 1h A t2 x3/3h", "7h", "warned" },
		{ "large", "0h B t1 c1; 3h A t2 c1; 6h B t3 c1", "6h",
		    "warned" }, /* 1.9 */
		/* Two campaigns; not one. */
		{ "large", "0h A c1; 5h A c1; 6h A c2", "6h",
		    "listed 6h..3d6h" },
		{ "large", "0h A c1 x20/1h", "20h", "warned" },
		/* Three sightings. */
		{ "large", "0h A m+ x3/3h", "6h", "listed 6h..3d6h" },
		{ "large", "0h A m+ x2/6h; 6h A m1", "6h", "warned" },
		/* Again at 1. */
		{ "large", "-40d was 3d; 0h B t1 c1; 6h A t2 c2", "6h",
		    "listed 6h..6d6h" },
		{ "large", "-40d was 3d; 0h B t1 c1; 6h B t2 c2", "6h",
		    "warned" },
		{ "large", "-40d was 3d; 0h A t1 c1; 2h A t2 c2", "5h",
		    "warned" },
		/* Automatic replies alone: 6, two traps or campaigns. */
		{ "large", "0h A auto t1 x5/2h; 1h A auto t2 x1/2h", "8h",
		    "warned" },
		{ "large", "0h A auto t1 x4/2h; 1h A auto t2 x3/2h", "6h",
		    "listed 6h..3d6h" },
		{ "large", "0h A auto m+ x12/1h", "12h", "warned" },
		{ "large", "-40d was 3d; 0h A auto t+ x5/2h", "8h", "warned" },
	};

	(void)state;
	CHECK_RULES(rules);
}

/* Whatever hits the trap meanwhile; see db/corroboration.h. */
static void
traps_and_sightings_are_counted_of_proof_alone(void **state)
{
	static const struct rule rules[] = {
		/* Nothing is known of the original. */
		{ "small", "0h B t1; 1h B t2; 2h B t3; 3h B t4", "3h",
		    "warned" },
		{ "small", "0h C auto t+ m+ x20/1h", "20h", "warned" },
		{ "large", "0h C chal t+ m+ x20/1h", "20h", "warned" },
		{ "small", "-40d was 3d; 0h B t+ x9/1h", "9h", "warned" },
		/* It adds to the score of what is proof, and extends. */
		{ "small", "0h A t1 c1; 1h B t1; 2h B t1 c2", "2h",
		    "listed 2h..3d2h" },
		{ "small", "0h A t1; 1h A t2; 2d B t3", "2d", "listed 1h..5d" },
		/* An own user's mail is none, however much of it comes back. */
		{ "small", "0h A submission t+ c+ m+ x50/1h", "3d", "warned" },
		{ "large", "0h A submission t+ c+ m+ x50/1h", "3d", "warned" },
		{ "small", "0h A t1; 1h A submission t2 c1 m+ x3/1h; 4h A t1",
		    "4h", "warned" },
		{ "small", "0h A t1; 1h A submission t2 c1 m+ x3/1h; 4h A t2",
		    "4h", "listed 4h..3d4h" },
	};

	(void)state;
	CHECK_RULES(rules);
}

static void
eager_lists_at_the_first_event_that_counts(void **state)
{
	static const struct rule rules[] = {
		{ "eager", "0h A", "0h", "listed 0h..3d" },
		{ "eager", "0h A alone", "0h", "listed 0h..3d" },
		{ "eager", "0h B alone", "0h", "listed 0h..3d" },
		{ "eager", "0h C auto alone", "0h", "listed 0h..3d" },
		{ "eager", "0h D callout alone", "0h", "warned callout..3d" },
		{ "eager", "0h E", "0h", "none" },
		{ "eager", "0h A success", "0h", "none" },
		{ "eager", "0h C form", "0h", "none" },
		{ "eager", "0h A none", "0h", "none" },
		{ "eager", "0h A; 2d A", "2d", "listed 0h..5d" },
		{ "eager", "0h A; 3d A", "3d", "listed 3d..9d" },
	};

	(void)state;
	CHECK_RULES(rules);
}

static void
uncorroborated_evidence_never_lists_and_never_extends(void **state)
{
	static const struct rule rules[] = {
		{ "small", "0h A t+ c+ m+ alone x100/1h", "5d", "warned" },
		{ "large", "0h A t+ c+ m+ alone x100/1h", "5d", "warned" },
		{ "small", "0h A t1; 1h A t2 alone", "1h", "warned" },
		{ "small", "0h A t1; 1h A t2; 2d A t3 alone", "2d",
		    "listed 1h..3d1h" },
		{ "small", "0h A t1 alone; 1h A t2; 2h A t3", "2h",
		    "listed 2h..3d2h" }, /* the span is 1 h, too */
		{ "small", "0h A t1 alone; 1h A t2; 90m A t3", "2h", "warned" },
	};

	(void)state;
	CHECK_RULES(rules);
}

static void
an_hour_is_counted_between_what_counts(void **state)
{
	static const struct rule rules[] = {
		{ "small", "0h A form t3; 1h A t1; 90m A t2", "2h", "warned" },
		{ "small", "0h A t1 m1; 30m A t2 m2; 2h A t2 m2", "2h",
		    "warned" },
	};

	(void)state;
	CHECK_RULES(rules);
}

static void
warns_of_counted_evidence_for_seven_days(void **state)
{
	static const struct rule rules[] = {
		{ "small", "0h A", "6d23h59m59s", "warned" },
		{ "small", "0h A", "7d", "none" },
		{ "small", "0h C alone auto", "6d", "warned" },
		{ "small", "0h D callout", "6d", "warned" },
		{ "small", "0h A form", "0h", "none" },
		{ "small", "0h A success", "0h", "none" },
		{ "small", "0h E", "0h", "none" },
		{ "small", "0h A t1; 1h A t2", "7d", "warned" },
		{ "small", "0h A t1; 1h A t2", "7d1h", "none" },
		{ "small", "", "0h", "none" },
	};

	(void)state;
	CHECK_RULES(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_lists_at_a_score_of_1_4_over_an_hour),
		cmocka_unit_test(a_score_halves_in_seven_days_or_72_hours),
		cmocka_unit_test(grades_weigh_1_a_half_and_a_quarter),
		cmocka_unit_test(the_24_hours_of_a_trap_begin_with_what_counts),
		cmocka_unit_test(small_lists_again_at_0_9_within_90_days),
		cmocka_unit_test(
		    small_asks_more_where_all_is_automatic_replies),
		cmocka_unit_test(large_lists_at_a_score_of_2_over_three_hours),
		cmocka_unit_test(
		    traps_and_sightings_are_counted_of_proof_alone),
		cmocka_unit_test(eager_lists_at_the_first_event_that_counts),
		cmocka_unit_test(
		    uncorroborated_evidence_never_lists_and_never_extends),
		cmocka_unit_test(an_hour_is_counted_between_what_counts),
		cmocka_unit_test(warns_of_counted_evidence_for_seven_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
