#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/policy_history.h"

/* --- what ends a listing -------------------------------------------------- */

static void
expires_three_days_after_the_last_counted_evidence(void **state)
{
	static const struct rule rules[] = {
		{ "small", "0h A t1; 1h A t2", "3d59m59s", "listed 1h..3d1h" },
		{ "small", "0h A t1; 1h A t2", "3d1h", "warned" },
		{ "small", "0h A t1; 1h A t2; 2d A t1", "4d", "listed 1h..5d" },
		{ "small", "0h A t1; 1h A t2; 3d30m A t1; 6d A t2", "8d",
		    "listed 1h..9d" },
		/* Little is enough to extend, yet it has to count. */
		{ "small", "0h A t1; 1h A t2; 2d C submission t1", "4d",
		    "listed 1h..5d" },
		{ "small", "0h A t1; 1h A t2 m2; 2d A t2 m2", "3d",
		    "listed 1h..3d1h" },
		{ "small", "0h A t1; 1h A t2; 2d C form t1", "3d",
		    "listed 1h..3d1h" },
		{ "small", "0h A t1; 1h A t2; 2d D callout t1", "3d",
		    "listed 1h..3d1h" },
	};

	(void)state;
	CHECK_RULES(rules);
}

static void
each_listing_within_90_days_doubles_the_expiry(void **state)
{
	static const struct rule rules[] = {
		{ "eager", "0h A", "0h", "listed 0h..3d" },
		{ "eager", "-10d was 3d; 0h A", "0h", "listed 0h..6d" },
		{ "eager", "-20d was 3d; -10d was 6d; 0h A", "0h",
		    "listed 0h..12d" },
		{ "eager", "-40d was 3d; -30d was 6d; -20d was 12d; 0h A", "0h",
		    "listed 0h..24d" },
		{ "eager",
		    "-80d was 3d; -70d was 6d; -60d was 12d; "
		    "-40d was 24d; 0h A",
		    "0h", "listed 0h..28d" },
		{ "eager",
		    "-85d was 3d; -80d was 3d; -70d was 6d; "
		    "-60d was 12d; -40d was 24d; 0h A",
		    "0h", "listed 0h..28d" },
		/* It is the end of the earlier one that counts. */
		{ "eager", "-92d was 3d; 0h A", "0h", "listed 0h..6d" },
		{ "eager", "-93d was 3d; 0h A", "0h", "listed 0h..3d" },
		/* Within the evidence's days, all derived. */
		{ "eager", "0h A; 4d A; 11d A", "11d", "listed 11d..23d" },
		{ "eager", "0h A; 4d A; 11d A; 22d A", "22d",
		    "listed 11d..34d" },
		{ "eager", "-10d was 3d; 0h A; 5d A; 12d A", "12d",
		    "listed 12d..24d" },
	};

	(void)state;
	CHECK_RULES(rules);
}

static void
a_delisting_sets_the_score_to_zero_and_keeps_the_history(void **state)
{
	static const struct rule rules[] = {
		{ "small", "0h A t1; 1h A t2; 5h delist", "5h", "none" },
		{ "small", "0h A t1; 1h A t2; 5h remove", "5h", "none" },
		/* What was seen until that second does not count any more. */
		{ "small", "0h A t1; 1h A t2; 1h delist; 2h A t3", "2h",
		    "warned" },
		{ "small", "0h A t1; 1h A t2; 5h A t3; 5h delist; 6h A t4",
		    "6h", "warned" },
		{ "eager", "0h A; 5h A; 5h delist", "5h", "none" },
		{ "eager", "0h A; 5h delist; 5h1s A", "6h",
		    "listed 5h1s..6d5h1s" },
		/* The history does: lower score, longer expiry. */
		{ "small",
		    "0h A t1; 1h A t2; 5h delist; 6h B t1 c1; 7h B t2 c1", "7h",
		    "listed 7h..6d7h" },
		{ "small", "0h A t1; 5h delist; 6h B t1; 7h B t2", "7h",
		    "warned" },
	};

	(void)state;
	CHECK_RULES(rules);
}

static void
queues_that_drain_after_a_delisting_do_not_count(void **state)
{
	static const struct rule rules[] = {
		{ "eager", "0h A; 5h delist; 6h A from-2h", "6h", "none" },
		{ "eager", "0h A; 5h delist; 6h A from-1h", "6h", "none" },
		{ "eager", "0h A; 5h delist; 6h A from-30m", "6h",
		    "listed 6h..6d6h" },
		{ "eager", "0h A; 5h delist; 6h A", "6h", "listed 6h..6d6h" },
		/* Up to six days back; nobody's queue is older. */
		{ "eager", "0h A; 1h delist; 6d A from-6d", "6d", "none" },
		{ "eager", "0h A; 1h delist; 6d A from-6d1s", "6d",
		    "listed 6d..12d" },
		{ "eager", "0h A; 5h delist; 6h A from-400d", "6h",
		    "listed 6h..6d6h" },
		/* Only bounces wait in queues. */
		{ "eager", "0h A; 5h delist; 6h C auto from-2h", "6h",
		    "listed 6h..6d6h" },
		/* No delisting, no excuse. */
		{ "eager", "6h A from-2h", "6h", "listed 6h..3d6h" },
	};

	(void)state;
	CHECK_RULES(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    expires_three_days_after_the_last_counted_evidence),
		cmocka_unit_test(
		    each_listing_within_90_days_doubles_the_expiry),
		cmocka_unit_test(
		    a_delisting_sets_the_score_to_zero_and_keeps_the_history),
		cmocka_unit_test(
		    queues_that_drain_after_a_delisting_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
