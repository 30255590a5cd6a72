#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/evidence.h"
#include "db/verify.h"
#include "tests/support/test_record.h"

/*
 * A flood fills so much and no more; and what is listed, from when, until when
 * is the same as if all of it had been kept.
 */

#define FEW 48	 /* the least that the settings allow */
#define ALL 4096 /* more than any history here has */
#define VICTIM "192.0.2.66"

/* Each answers an original of its own, where any is named. */
static void
flood_of(struct test_record *record, struct evidence evidence, unsigned count,
    unsigned seconds)
{
	struct store_txn *txn = begin(record);
	int code = 0;

	for (unsigned i = 0; code == 0 && i < count; i++) {
		evidence.digest = 1 + ++record->originals;
		if (evidence.original != 0)
			evidence.original = 500 + record->originals;
		evidence.seen_at = record->now;
		code = record_evidence(
		    txn, &record->rules, &evidence, record->now);
		record->now += seconds;
	}
	assert_int_equal(commit(record, txn, code), 0);
}

static void
open_with(struct test_record *record, const char *preset, unsigned bound)
{
	test_record_open(record, preset);
	record->rules.records_per_hour = bound;
	record->now -= record->now % HOUR;
}

static void
keeps_so_much_of_an_hour(void **state)
{
	struct test_record record;
	struct listing listing;

	(void)state;
	open_with(&record, "eager", FEW);
	flood_of(&record, bounce(&record, VICTIM, 1), 500, 1);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), FEW);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE_OF), FEW);
	assert_int_equal(records_in(&record, TABLE_SIGHTING), FEW);
	assert_int_equal(records_in(&record, TABLE_DIGEST), FEW);
	sweep(&record);
	listing = listing_of(&record, VICTIM);
	assert_int_equal(listing.sightings, 500);
	assert_int_equal(listing.last_seen_at, record.now - 1);
	/* Another hour, another trap, another address. */
	record.now += HOUR;
	flood_of(&record, bounce(&record, VICTIM, 1), 3, 1);
	flood_of(&record, bounce(&record, VICTIM, 2), 3, 1);
	flood_of(&record, bounce(&record, "192.0.2.67", 1), 3, 1);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), FEW + 9);
	test_record_close(&record);
}

static void
who_varies_the_campaign_or_the_trap_is_held_too(void **state)
{
	struct test_record record;

	(void)state;
	for (unsigned vary = 0; vary < 2; vary++) {
		open_with(&record, "small", FEW);
		for (unsigned i = 0; i < 2000; i++) {
			struct evidence evidence =
			    bounce(&record, VICTIM, vary == 0 ? 1 : i % 40);

			evidence.flags |= EVIDENCE_FINGERPRINTED;
			evidence.campaign = 100 + i;
			flood_of(&record, evidence, 1, 0);
		}
		assert_in_range(records_in(&record, TABLE_EVIDENCE), 1,
		    vary == 0 ? 8 * FEW : 16 * FEW + 2 * 40);
		test_record_close(&record);
	}
}

static void
keeps_little_of_what_never_counts(void **state)
{
	struct test_record record;
	struct evidence spam;

	(void)state;
	open_with(&record, "small", FEW);
	spam = bounce(&record, VICTIM, 1);
	spam.kind = BACKSCATTER_NONE;
	spam.grade = GRADE_E;
	flood_of(&record, spam, 500, 1);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), FEW);
	assert_int_equal(records_in(&record, TABLE_DIGEST), FEW);
	/* It takes no room from what counts. */
	flood_of(&record, bounce(&record, VICTIM, 1), 2, 1);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), FEW + 2);
	test_record_close(&record);
}

/* --- it is judged the same ------------------------------------------------ */

static uint64_t seed;

static unsigned
below(unsigned bound)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(seed >> 33) % bound;
}

/* A sighting like those that a real run and a real flood bring. */
static struct evidence
some_sighting(struct test_record *record)
{
	static const enum proof_grade grades[] = { GRADE_A, GRADE_A, GRADE_B };
	struct evidence evidence = bounce(record, VICTIM, 1 + below(3));

	evidence.grade = grades[below(3)];
	if (below(4) == 0)
		evidence.original = 0;
	if (below(3) == 0) {
		evidence.flags |= EVIDENCE_FINGERPRINTED;
		evidence.campaign = 100 + below(3);
	}
	if (below(6) == 0) {
		evidence.kind = BACKSCATTER_AUTOREPLY;
		evidence.grade = GRADE_C;
	} else if (below(8) == 0) {
		evidence.kind = BACKSCATTER_CALLOUT;
		evidence.grade = GRADE_D;
	} else if (below(8) == 0) {
		evidence.flags |= EVIDENCE_SUBMISSION;
	}
	return evidence;
}

static void
same(struct test_record *capped, struct test_record *whole)
{
	struct listing a = listing_of(capped, VICTIM);
	struct listing b = listing_of(whole, VICTIM);

	assert_int_equal(a.state, b.state);
	assert_int_equal(a.kinds, b.kinds);
	assert_int_equal(a.strict, b.strict);
	assert_int_equal(a.traps, b.traps);
	assert_int_equal(a.campaigns, b.campaigns);
	assert_int_equal(a.sightings, b.sightings);
	assert_int_equal(a.corroborated, b.corroborated);
	assert_int_equal(a.first_seen_at, b.first_seen_at);
	assert_int_equal(a.last_seen_at, b.last_seen_at);
	assert_int_equal(a.last_counted_at, b.last_counted_at);
	assert_int_equal(a.expires_at, b.expires_at);
	assert_int_equal(a.callout_until, b.callout_until);
	assert_int_equal(a.listed_at / HOUR, b.listed_at / HOUR);
	assert_int_equal(a.episode_count, b.episode_count);
	for (enum sublist list = 0; list < SUBLIST_COUNT; list++)
		assert_int_equal(codes_of(capped, list, VICTIM),
		    codes_of(whole, list, VICTIM));
	/*
	 * What an hour's decay is at the shortest half-life of a preset. Where
	 * a preset has no cap, the first that counts lists.
	 */
	if (capped->rules.policy.immediate)
		return;
	assert_true(a.score <= b.score * 1.01 && b.score <= a.score * 1.01);
}

/* Six other networks that answer the same run bear it out. */
static void
corroborate_all(struct test_record *record, unsigned traps)
{
	static const char *const others[] = { "198.18.1.1", "198.18.2.1",
		"198.18.3.1", "198.18.4.1", "198.18.5.1", "198.18.6.1" };

	struct store_txn *txn = begin(record);
	int code = 0;

	for (unsigned i = 0; i < traps * sizeof(others) / sizeof(others[0]);
	     i++) {
		struct evidence evidence =
		    bounce(record, others[i / traps], 1 + i % traps);

		if (code == 0)
			code = record_evidence(
			    txn, &record->rules, &evidence, record->now);
	}
	assert_int_equal(commit(record, txn, code), 0);
}

/* The same in both, with floods between. */
static void
play(struct test_record *capped, struct test_record *whole, unsigned steps)
{
	for (unsigned step = 0; step < steps; step++) {
		struct evidence evidence = some_sighting(capped);
		unsigned count = below(4) == 0 ? 1 + below(300) : 1;
		unsigned seconds = below(40);
		int64_t pause = below(3) == 0 ? below(3 * DAY) : below(HOUR);

		flood_of(capped, evidence, count, seconds);
		flood_of(whole, evidence, count, seconds);
		capped->now += pause;
		whole->now += pause;
		corroborate_all(capped, 3);
		corroborate_all(whole, 3);
		sweep(capped);
		sweep(whole);
		same(capped, whole);
	}
}

static void
it_is_judged_as_if_all_were_kept(void **state)
{
	static const char *const presets[] = { "small", "large", "eager" };
	uint64_t kept = 0, all = 0;

	(void)state;
	for (unsigned round = 0; round < 15; round++) {
		struct test_record capped, whole;

		seed = round;
		open_with(&capped, presets[round % 3], FEW);
		open_with(&whole, presets[round % 3], ALL);
		play(&capped, &whole, 12);
		kept += records_in(&capped, TABLE_EVIDENCE);
		all += records_in(&whole, TABLE_EVIDENCE);
		test_record_close(&capped);
		test_record_close(&whole);
	}
	assert_true(kept * 4 < all * 3);
}

/* --- what nobody bears out ------------------------------------------------ */

/* A run of which others saw their part. */
static void
run_that_is_borne_out(struct test_record *record)
{
	for (unsigned i = 0; i < 6; i++)
		flood_of(record, bounce(record, VICTIM, 1 + i), 1, MINUTE);
	corroborate_all(record, 6);
	record->now += HOUR;
	sweep(record);
}

/* As much as fills what is read of a unit, by campaigns that nobody knows. */
static void
flood_that_nobody_bears_out(struct test_record *record)
{
	for (unsigned i = 0; i < 5000; i++) {
		struct evidence evidence = bounce(record, VICTIM, 11 + i % 8);

		evidence.campaign = 100000 + record->originals;
		flood_of(record, evidence, 1, 2);
	}
	sweep(record);
}

static void
what_nobody_bears_out_hides_nothing(void **state)
{
	struct test_record record;
	struct listing before, after;

	(void)state;
	open_with(&record, "small", 256);
	for (unsigned day = 0; day < 4; day++) {
		run_that_is_borne_out(&record);
		record.now += DAY;
	}
	before = listing_of(&record, VICTIM);
	assert_int_equal(before.state, LISTING_LISTED);
	assert_true(before.strict);
	flood_that_nobody_bears_out(&record);
	after = listing_of(&record, VICTIM);
	assert_int_equal(after.state, LISTING_LISTED);
	assert_true(after.strict);
	assert_int_equal(after.kinds, before.kinds);
	assert_int_equal(after.traps, before.traps);
	assert_int_equal(after.last_counted_at, before.last_counted_at);
	assert_int_equal(after.expires_at, before.expires_at);
	assert_int_equal(after.corroborated, before.corroborated);
	/* Nor is it that what it says of the flood is nothing. */
	assert_true(after.sightings > 1000);
	test_record_close(&record);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_so_much_of_an_hour),
		cmocka_unit_test(
		    who_varies_the_campaign_or_the_trap_is_held_too),
		cmocka_unit_test(keeps_little_of_what_never_counts),
		cmocka_unit_test(it_is_judged_as_if_all_were_kept),
		cmocka_unit_test(what_nobody_bears_out_hides_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
