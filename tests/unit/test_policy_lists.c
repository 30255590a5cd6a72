#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/policy_history.h"

/* --- lists beside the main one -------------------------------------------- */

static void
strict_wants_five_traps_or_campaigns_of_grade_a_in_two_days(void **state)
{
	static const struct rule rules[] = {
		{ "small", "0h A t+ x7/8h", "2d", "listed 8h..5d strict" },
		{ "small", "0h A t+ x7/7h", "42h", "listed 7h..4d18h" },
		{ "small", "0h A t+ x6/10h", "50h", "listed 10h..5d2h" },
		{ "small", "0h B t+ c1 x20/8h", "8d",
		    "listed 16h..9d8h" }, /* grade B */
		{ "small",
		    "0h A t1 x8/12h; 1h A t2 x8/12h; 2h A t3 x8/12h; "
		    "3h A t4 x8/12h",
		    "3d15h", "listed 1h..6d15h" }, /* four traps */
		{ "small",
		    "0h A t1 m+ x4/12h; 1h A t2 x4/12h; 2h A t3 x4/12h;"
		    "3h A t4 x4/12h; 60h A t5",
		    "60h", "listed 1h..5d12h strict" },
		{ "small",
		    "0h A t1 c1; 8h A t2 c2; 16h A t3 c3; 24h A t4 c4;"
		    "32h A t1 c5; 40h A t2 c4; 48h A t3 c3",
		    "2d", "listed 8h..5d strict" },
		/* Sticks to the listing and ends with it. */
		{ "small", "0h A t+ x7/8h", "4d23h", "listed 8h..5d strict" },
		{ "small", "0h A t+ x7/8h", "5d", "warned" },
		{ "small", "0h A t+ x7/8h; 7d B t1", "7d", "listed 7d..13d" },
		/* All of it since the last delisting. */
		{ "small", "0h A t+ x7/8h; 49h delist; 50h A t1; 51h A t2",
		    "52h", "listed 2d3h..8d3h" },
		{ "large", "0h A t+ x7/8h", "2d", "listed 16h..5d" }, /* 5.6 */
		{ "large", "0h A t+ x9/7h", "56h", "listed 14h..5d8h strict" },
	};

	(void)state;
	CHECK_RULES(rules);
}

static void
a_shared_address_is_never_strict(void **state)
{
	struct history *history = read_history("0h A t+ x7/8h");
	struct policy policy = preset("small");
	struct policy_result result;

	(void)state;
	history->past.shared = true;
	result = judge(&policy, history, T0 + 2 * DAY);
	assert_int_equal(result.state, LISTING_LISTED);
	assert_false(result.strict);
}

static void
callouts_have_a_list_of_their_own(void **state)
{
	static const struct rule rules[] = {
		{ "small", "0h D callout t1", "1h", "warned" },
		{ "small", "0h D callout t1 x3/1h; 0h D callout t2 x3/1h", "2h",
		    "warned callout..3d2h" },
		{ "small", "0h D callout t1 x6/1h", "5h", "warned" },
		{ "small", "0h D callout t+ x5/1h", "5h", "warned" },
		{ "small", "0h D callout t+ x6/1h", "5h",
		    "warned callout..3d5h" },
		{ "small", "0h D callout t+ alone x9/1h", "8h", "warned" },
		{ "small", "0h D callout t+ x6/1h; 3d D callout t1", "3d",
		    "warned callout..6d" },
		{ "small", "0h D callout t+ x6/1h", "3d5h", "warned" },
		/* Neither list helps the other. */
		{ "small", "0h A t1; 1h D callout t+ x6/1h", "6h",
		    "warned callout..3d6h" },
		{ "small", "0h A t1; 1h A t2; 2h D callout t3", "2h",
		    "listed 1h..3d1h" },
		/* A delisting ends both. */
		{ "small", "0h D callout t+ x6/1h; 6h delist", "6h", "none" },
	};

	(void)state;
	CHECK_RULES(rules);
}

static void
the_callout_list_is_dated_by_what_others_bear_out(void **state)
{
	static const struct {
		const char *history;
		int64_t at, seen_at;
	} cases[] = {
		{ "0h D callout t+ x6/1h", 6 * HOUR, 5 * HOUR },
		{ "0h D callout t+ x6/1h; 2d D callout t1 alone", 2 * DAY,
		    5 * HOUR },
		{ "0h D callout t+ x6/1h; 2d D callout t1", 2 * DAY, 2 * DAY },
		{ "0h D callout t+ x6/1h", 4 * DAY, 0 },
		{ "0h D callout t1", HOUR, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct history *history = read_history(cases[i].history);
		struct policy policy = preset("small");
		struct policy_result result =
		    judge(&policy, history, T0 + cases[i].at);

		assert_int_equal(result.callout_seen_at,
		    cases[i].seen_at != 0 ? T0 + cases[i].seen_at : 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    strict_wants_five_traps_or_campaigns_of_grade_a_in_two_days),
		cmocka_unit_test(a_shared_address_is_never_strict),
		cmocka_unit_test(callouts_have_a_list_of_their_own),
		cmocka_unit_test(
		    the_callout_list_is_dated_by_what_others_bear_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
