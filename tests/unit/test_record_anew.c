#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/one_record.h"

/* Other numbers of the policy, and what was seen before. */

#define SERVER "192.0.2.1"
#define MANY 150

/* What is enough for `small`, where others bear it out. */
static void
see_two_traps(const char *address)
{
	see(&record, address, 1);
	record.now += HOUR;
	see(&record, address, 2);
}

static unsigned
count_state(enum listing_state state)
{
	unsigned found = 0;

	for (unsigned i = 0; i < MANY; i++) {
		char address[32];

		sprintf(address, "198.18.%u.1", i);
		found += state_of(address) == state;
	}
	return found;
}

static void
verify(void)
{
	struct store_txn *txn = begin(&record);

	assert_int_equal(verify_store(txn, print_fault, NULL), 0);
	store_abort(txn);
}

static void
what_weighed_nothing_counts_once_it_weighs(void **state)
{
	(void)state;
	record.rules.policy.weight[GRADE_A] = 0;
	sweep(&record);
	bear_out(&record, 1);
	bear_out(&record, 2);
	see_two_traps(SERVER);
	sweep(&record);
	assert_int_equal(state_of(SERVER), LISTING_NONE);
	assert_int_equal(records_in(&record, TABLE_LISTING), 0);
	verify();
	record.rules.policy.weight[GRADE_A] = 1;
	sweep(&record);
	assert_int_equal(main_codes(SERVER), LISTED_DSN);
	assert_int_equal(listing_of(&record, SERVER).sightings, 2);
	verify();
	record.rules.policy.weight[GRADE_A] = 0;
	sweep(&record);
	assert_int_equal(main_codes(SERVER), 0);
}

static void
what_nobody_bears_out_stays_off_the_list(void **state)
{
	(void)state;
	record.rules.policy.weight[GRADE_A] = 0;
	sweep(&record);
	see_two_traps(SERVER);
	record.rules.policy.weight[GRADE_A] = 1;
	sweep(&record);
	assert_int_equal(state_of(SERVER), LISTING_WARNED);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
}

static void
callouts_come_and_go_with_their_weight(void **state)
{
	(void)state;
	record.rules.policy.weight[GRADE_D] = 0;
	sweep(&record);
	see_callout(SERVER, 1);
	assert_int_equal(codes_of(&record, SUBLIST_CALLOUT, SERVER), 0);
	record.rules.policy.weight[GRADE_D] = 0.25;
	sweep(&record);
	assert_int_equal(
	    codes_of(&record, SUBLIST_CALLOUT, SERVER), CODE_BIT(7));
	record.rules.policy.weight[GRADE_D] = 0;
	sweep(&record);
	assert_int_equal(codes_of(&record, SUBLIST_CALLOUT, SERVER), 0);
	assert_int_equal(main_codes(SERVER), 0);
}

/* What was seen of the exempt never counts, whatever it weighed. */
static void
what_was_exempt_then_stays_off_the_list(void **state)
{
	struct exemption exemption = { .prefix = prefix_of(SERVER "/32"),
		.until = record.now + HOUR };
	struct store_txn *txn = begin(&record);

	(void)state;
	commit(&record, txn,
	    record_exemption(txn, &record.rules, &exemption, record.now));
	record.rules.policy.weight[GRADE_A] = 0;
	sweep(&record);
	see(&record, SERVER, 1);
	record.now += 2 * HOUR;
	record.rules.policy.weight[GRADE_A] = 1;
	sweep(&record);
	assert_int_equal(state_of(SERVER), LISTING_NONE);
	see(&record, SERVER, 1);
	assert_int_equal(main_codes(SERVER), LISTED_DSN);
}

static void
a_removal_outlives_other_numbers(void **state)
{
	(void)state;
	bear_out(&record, 1);
	bear_out(&record, 2);
	see_two_traps(SERVER);
	assert_int_equal(main_codes(SERVER), LISTED_DSN);
	record.now += HOUR;
	assert_int_equal(delist(SERVER), 0);
	record.rules.policy.list_score = 0.1;
	sweep(&record);
	assert_int_equal(main_codes(SERVER), 0);
}

/* No sweep takes long, and what it lists has to pass the guard. */
static void
many_are_judged_in_many_sweeps_under_the_guard(void **state)
{
	struct store_txn *txn;

	(void)state;
	record.rules.policy.weight[GRADE_A] = 0;
	record.rules.guard_additions = 10;
	sweep(&record);
	for (unsigned i = 0; i < MANY; i++) {
		char address[32];

		sprintf(address, "198.18.%u.1", i);
		see(&record, address, 1);
	}
	record.rules.policy.weight[GRADE_A] = 1;
	txn = begin(&record);
	assert_int_equal(
	    commit(&record, txn,
		record_sweep(txn, &record.rules, record.now, MANY / 2)),
	    MANY / 2);
	assert_true(count_state(LISTING_NONE) >= MANY / 2);
	sweep(&record);
	assert_int_equal(count_state(LISTING_LISTED), 10);
	assert_int_equal(count_state(LISTING_PENDING), MANY - 10);
	assert_int_equal(records_in(&record, TABLE_ZONE), 20);
}

/* Three of which each has met two traps, and the guard holds two. */
static void
weigh_what_weighed_nothing(void)
{
	static const char *const addresses[] = { "198.18.0.1", "198.18.1.1",
		"198.18.2.1" };

	record.rules.policy.weight[GRADE_A] = 0;
	record.rules.policy.weight[GRADE_D] = 0;
	record.rules.guard_additions = 1;
	sweep(&record);
	for (unsigned i = 0; i < 3; i++) {
		for (uint64_t trap = 1; trap <= 2; trap++) {
			see(&record, addresses[i], trap);
			see_callout(addresses[i], trap);
		}
	}
	record.rules.policy.weight[GRADE_A] = 1;
	record.rules.policy.weight[GRADE_D] = 1;
	sweep(&record);
	assert_int_equal(state_of("198.18.1.1"), LISTING_PENDING);
	assert_int_equal(state_of("198.18.2.1"), LISTING_PENDING);
}

static bool
is_in_callouts(const char *address)
{
	return codes_of(&record, SUBLIST_CALLOUT, address) != 0;
}

/* A mistake in a number is none the less one after six hours. */
static void
what_other_numbers_list_waits_until_it_is_seen_again(void **state)
{
	(void)state;
	weigh_what_weighed_nothing();
	assert_non_null(
	    strstr(audit_of("guard_holds").newest.details, "judged=anew"));
	record.now += 7 * HOUR;
	sweep(&record);
	assert_int_equal(state_of("198.18.1.1"), LISTING_PENDING);
	assert_false(is_in_callouts("198.18.1.1"));
	/* Each list by what it is about. */
	see(&record, "198.18.1.1", 1);
	see_callout("198.18.2.1", 1);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
	assert_false(is_in_callouts("198.18.1.1"));
	assert_true(is_in_callouts("198.18.2.1"));
	assert_int_equal(state_of("198.18.2.1"), LISTING_PENDING);
	verify();
	record.rules.policy.weight[GRADE_A] = 0;
	sweep(&record);
	assert_int_equal(state_of("198.18.1.1"), LISTING_WARNED);
	assert_int_equal(main_codes("198.18.2.1"), 0);
	assert_int_equal(listing_of(&record, "198.18.2.1").pending_at, 0);
	verify();
}

static void
what_was_held_as_seen_does_not_wait_for_more(void **state)
{
	(void)state;
	sweep(&record);
	record.rules.guard_additions = 1;
	see(&record, "198.18.0.1", 1);
	see(&record, SERVER, 1);
	see(&record, SERVER, 2);
	assert_int_equal(state_of(SERVER), LISTING_PENDING);
	record.now += HOUR;
	record.rules.policy.weight[GRADE_B] = 0.75;
	sweep(&record);
	assert_int_equal(state_of(SERVER), LISTING_PENDING);
	record.now += 5 * HOUR;
	sweep(&record);
	assert_int_equal(state_of(SERVER), LISTING_LISTED);
}

static void
other_numbers_of_the_guard_judge_nobody(void **state)
{
	struct store_txn *txn;

	(void)state;
	see(&record, SERVER, 1);
	sweep(&record);
	record.rules.guard_additions = 7;
	/* That they are told is all there is to do. */
	for (int left = 1; left >= 0; left--) {
		txn = begin(&record);
		assert_int_equal(
		    commit(&record, txn,
			record_sweep(txn, &record.rules, record.now, 100)),
		    left);
	}
}

/* Whoever sweeps while ingest is away may not have been told. */
static void
who_stands_in_judges_nobody_anew(void **state)
{
	(void)state;
	bear_out(&record, 1);
	bear_out(&record, 2);
	see_two_traps(SERVER);
	sweep(&record);
	assert_int_equal(main_codes(SERVER), LISTED_DSN);
	record.rules.policy.list_score = 50;
	sweep(&record);
	assert_int_equal(main_codes(SERVER), 0);
	record.rules.policy.list_score = 1.4;
	record.rules.stands_in = true;
	sweep(&record);
	assert_int_equal(main_codes(SERVER), 0);
	record.rules.policy.list_score = 50;
	record.rules.stands_in = false;
	sweep(&record);
	assert_int_equal(main_codes(SERVER), 0);
}

/* What was changed while ingest was away, ingest still judges by. */
static void
who_stands_in_keeps_nobody_from_being_judged(void **state)
{
	(void)state;
	bear_out(&record, 1);
	bear_out(&record, 2);
	see_two_traps(SERVER);
	sweep(&record);
	record.rules.policy.list_score = 50;
	record.rules.stands_in = true;
	sweep(&record);
	assert_int_equal(main_codes(SERVER), LISTED_DSN);
	record.rules.stands_in = false;
	sweep(&record);
	assert_int_equal(main_codes(SERVER), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SMALL(what_weighed_nothing_counts_once_it_weighs),
		SMALL(what_nobody_bears_out_stays_off_the_list),
		EAGER(callouts_come_and_go_with_their_weight),
		EAGER(what_was_exempt_then_stays_off_the_list),
		SMALL(who_stands_in_judges_nobody_anew),
		SMALL(who_stands_in_keeps_nobody_from_being_judged),
		SMALL(a_removal_outlives_other_numbers),
		EAGER(many_are_judged_in_many_sweeps_under_the_guard),
		EAGER(what_other_numbers_list_waits_until_it_is_seen_again),
		EAGER(what_was_held_as_seen_does_not_wait_for_more),
		EAGER(other_numbers_of_the_guard_judge_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
