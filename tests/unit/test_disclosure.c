#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "httpapi/disclosure.h"

/* One test for each row of the rule in disclosure.h. */

#define HOUR 3600
#define DAY (24 * HOUR)
/* 2023-11-14 22:13:20 UTC: no whole hour, no midnight. */
#define NOW 1700000000
#define NOW_HOUR (NOW - 800)
#define NOW_DAY (NOW - 80000)

static struct disclosure_facts
listed_facts(void)
{
	struct disclosure_facts facts = {
		.entries = {
			[SUBLIST_MAIN] = {
				.codes = CODE_BIT(2) | CODE_BIT(3),
				.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN),
			},
			[SUBLIST_DSN] = {
				.codes = CODE_BIT(3),
				.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN),
			},
		},
		.listing = {
			.state = LISTING_LISTED,
			.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN),
			.first_seen_at = NOW - 5 * HOUR,
			.last_seen_at = NOW - 1,
			.last_counted_at = NOW - 1,
			.listed_at = NOW - 4 * HOUR,
			.expires_at = NOW + 3 * DAY,
			.score = 3.1,
			.sightings = 11,
			.corroborated = 7,
			.traps = 3,
		},
		.sightings = {
			{ .seen_at = NOW - 1, .kind = BACKSCATTER_DSN },
			{ .seen_at = NOW - HOUR,
			    .kind = BACKSCATTER_DSN,
			    .cause = "quota" },
			{ .seen_at = NOW - 5 * HOUR,
			    .kind = BACKSCATTER_DSN,
			    .cause = "forwarding" },
		},
		.sighting_count = 3,
		.threshold = 1.4,
		.half_life_seconds = 7 * DAY,
	};

	return facts;
}

static struct disclosure_facts
unlisted_facts(int64_t seen_at, enum backscatter_kind kind)
{
	struct disclosure_facts facts = {
		.listing = {
			.state = LISTING_WARNED,
			.kinds = BACKSCATTER_BIT(kind),
			.first_seen_at = seen_at,
			.last_seen_at = seen_at,
			.last_counted_at = seen_at,
			.score = 1,
			.sightings = 1,
			.traps = 1,
		},
		.sightings = { { .seen_at = seen_at,
		    .kind = kind,
		    .cause = "quota" } },
		.sighting_count = 1,
		.threshold = 1.4,
		.half_life_seconds = 7 * DAY,
	};

	return facts;
}

/* Nothing but "not listed" and, from some day on, that day and the kinds. */
static void
assert_unlisted(const struct disclosure *shown, int64_t day_at, uint32_t kinds)
{
	assert_false(shown->listed);
	assert_false(shown->judged);
	assert_int_equal(shown->seen_day_at, day_at);
	assert_int_equal(shown->kinds, kinds);
	assert_int_equal(shown->first_seen_at, 0);
	assert_int_equal(shown->last_seen_at, 0);
	assert_int_equal(shown->listed_at, 0);
	assert_int_equal(shown->expires_at, 0);
	assert_int_equal(shown->sightings.least, 0);
	assert_int_equal(shown->traps.least, 0);
	assert_true(shown->score.threshold == 0);
	assert_string_equal(shown->cause, "");
}

static void
what_is_not_listed_shows_nothing_for_a_day(void **state)
{
	static const int64_t ages[] = { 0, 1, HOUR, DAY - 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++) {
		struct disclosure_facts facts =
		    unlisted_facts(NOW - ages[i], BACKSCATTER_DSN);
		struct disclosure shown;

		disclosure_make(&facts, NOW, &shown);
		assert_unlisted(&shown, 0, 0);
	}
}

static void
what_is_not_listed_shows_day_and_kind_after_a_day(void **state)
{
	struct disclosure_facts facts =
	    unlisted_facts(NOW - DAY, BACKSCATTER_AUTOREPLY);
	struct disclosure shown;

	(void)state;
	disclosure_make(&facts, NOW, &shown);
	assert_unlisted(
	    &shown, NOW_DAY - DAY, BACKSCATTER_BIT(BACKSCATTER_AUTOREPLY));
}

static void
new_sightings_do_not_show_among_old_ones(void **state)
{
	struct disclosure_facts facts =
	    unlisted_facts(NOW - HOUR, BACKSCATTER_CHALLENGE);
	struct disclosure shown;

	(void)state;
	facts.sightings[1].seen_at = NOW - 2 * DAY;
	facts.sightings[1].kind = BACKSCATTER_DSN;
	facts.sightings[2].seen_at = NOW - 9 * DAY;
	facts.sightings[2].kind = BACKSCATTER_VIRUS_NOTICE;
	facts.sighting_count = 3;
	disclosure_make(&facts, NOW, &shown);
	assert_unlisted(&shown, NOW_DAY - 2 * DAY,
	    BACKSCATTER_BIT(BACKSCATTER_DSN) |
		BACKSCATTER_BIT(BACKSCATTER_VIRUS_NOTICE));
}

/* The publish guard holds it: to the public it is like any other. */
static void
what_is_pending_shows_nothing(void **state)
{
	struct disclosure_facts facts =
	    unlisted_facts(NOW - HOUR, BACKSCATTER_DSN);
	struct disclosure shown;

	(void)state;
	facts.listing.state = LISTING_PENDING;
	facts.listing.expires_at = NOW + DAY;
	facts.listing.sightings = 100;
	disclosure_make(&facts, NOW, &shown);
	assert_unlisted(&shown, 0, 0);
}

static void
what_is_listed_shows_whole_hours(void **state)
{
	struct disclosure_facts facts = listed_facts();
	struct disclosure shown;

	(void)state;
	disclosure_make(&facts, NOW, &shown);
	assert_true(shown.listed);
	assert_true(shown.judged);
	assert_int_equal(shown.first_seen_at, NOW_HOUR - 5 * HOUR);
	assert_int_equal(shown.last_seen_at, NOW_HOUR);
	assert_int_equal(shown.listed_at, NOW_HOUR - 4 * HOUR);
	assert_int_equal(shown.seen_day_at, 0);
	assert_int_equal(shown.kinds, BACKSCATTER_BIT(BACKSCATTER_DSN));
}

/* A listing knows more than may be told: the first that nobody bore out, too.
 */
static void
what_nobody_bore_out_begins_nothing(void **state)
{
	struct disclosure_facts facts = listed_facts();
	struct disclosure shown;

	(void)state;
	facts.listing.first_seen_at = NOW - 20 * DAY;
	disclosure_make(&facts, NOW, &shown);
	assert_int_equal(shown.first_seen_at, NOW_HOUR - 5 * HOUR);
	facts.listing.episode_count = 1;
	facts.listing.episodes[0] =
	    (struct listing_episode){ .listed_at = NOW - 4 * HOUR,
		    .rests_on_at = NOW - 7 * DAY };
	disclosure_make(&facts, NOW, &shown);
	assert_int_equal(shown.first_seen_at, NOW_HOUR - 7 * DAY);
}

/* Else the last sighting's second is the end less three days. */
static void
the_end_of_a_listing_is_rounded_too(void **state)
{
	struct disclosure_facts facts = listed_facts();
	struct disclosure shown;

	(void)state;
	disclosure_make(&facts, NOW, &shown);
	assert_int_equal(shown.expires_at, NOW_HOUR + HOUR + 3 * DAY);
	facts.listing.expires_at = NOW_HOUR + DAY;
	disclosure_make(&facts, NOW, &shown);
	assert_int_equal(shown.expires_at, NOW_HOUR + DAY);
	facts.listing.expires_at = 0;
	facts.listing.callout_until = NOW + DAY;
	disclosure_make(&facts, NOW, &shown);
	assert_int_equal(shown.expires_at, NOW_HOUR + HOUR + DAY);
}

static void
what_is_listed_shows_ranges_of_counts(void **state)
{
	static const struct {
		uint32_t count, least, most;
	} cases[] = {
		{ 0, 0, 0 },
		{ 1, 1, 1 },
		{ 2, 2, 4 },
		{ 4, 2, 4 },
		{ 5, 5, 9 },
		{ 10, 10, 19 },
		{ 49, 20, 49 },
		{ 99, 50, 99 },
		{ 100, 100, 499 },
		{ 500, 500, 0 },
		{ UINT32_MAX, 500, 0 },
	};
	struct disclosure_facts facts = listed_facts();
	struct disclosure shown;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		facts.listing.corroborated = facts.listing.traps =
		    cases[i].count;
		disclosure_make(&facts, NOW, &shown);
		assert_int_equal(shown.sightings.least, cases[i].least);
		assert_int_equal(shown.sightings.most, cases[i].most);
		assert_int_equal(shown.traps.least, cases[i].least);
		assert_int_equal(shown.traps.most, cases[i].most);
	}
}

static void
the_score_is_a_band_of_thresholds(void **state)
{
	static const struct {
		double score, least, below;
	} cases[] = {
		{ 0, 0, 1.4 },
		{ 1.39, 0, 1.4 },
		{ 1.41, 1.4, 2.8 },
		{ 2.9, 2.8, 5.6 },
		{ 11, 5.6, 11.2 },
		{ 11.3, 11.2, 0 },
		{ 1e9, 11.2, 0 },
	};
	struct disclosure_facts facts = listed_facts();
	struct disclosure shown;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		facts.listing.score = cases[i].score;
		disclosure_make(&facts, NOW, &shown);
		assert_true(shown.score.least == cases[i].least);
		assert_true(shown.score.below == cases[i].below);
	}
	/* It decays: 3.1 is 1.55 a half-life later. */
	facts.listing.score = 3.1;
	disclosure_make(&facts, NOW + 7 * DAY, &shown);
	assert_true(shown.score.least == 1.4);
	facts.threshold = 0;
	disclosure_make(&facts, NOW, &shown);
	assert_true(shown.score.threshold == 0);
}

static void
the_newest_known_cause_is_told(void **state)
{
	struct disclosure_facts facts = listed_facts();
	struct disclosure shown;

	(void)state;
	disclosure_make(&facts, NOW, &shown);
	assert_string_equal(shown.cause, "quota");
	facts.sighting_count = 1;
	disclosure_make(&facts, NOW, &shown);
	assert_string_equal(shown.cause, "");
}

static void
of_sightings_alike_within_the_hour_one_is_shown(void **state)
{
	struct disclosure_facts facts = listed_facts();
	struct disclosure shown;

	(void)state;
	facts.sightings[1].seen_at = NOW - 2;
	strcpy(facts.sightings[1].cause, "");
	strcpy(facts.sightings[2].software, "Postfix");
	disclosure_make(&facts, NOW, &shown);
	assert_int_equal(shown.evidence_count, 2);
	assert_int_equal(shown.evidence[0].hour_at, NOW_HOUR);
	assert_int_equal(shown.evidence[1].hour_at, NOW_HOUR - 5 * HOUR);
	assert_string_equal(shown.evidence[1].sighting->software, "Postfix");
}

static void
no_more_sightings_are_shown_than_say_something(void **state)
{
	struct disclosure_facts facts = listed_facts();
	struct disclosure shown;

	(void)state;
	facts.sighting_count = DISCLOSURE_SIGHTINGS_MAX;
	for (int i = 0; i < DISCLOSURE_SIGHTINGS_MAX; i++)
		facts.sightings[i].seen_at = NOW - i * HOUR;
	disclosure_make(&facts, NOW, &shown);
	assert_int_equal(shown.evidence_count, DISCLOSURE_SHOWN_MAX);
	facts.entries[SUBLIST_MAIN].codes = 0;
	facts.entries[SUBLIST_MAIN].kinds = 0;
	facts.entries[SUBLIST_DSN] = facts.entries[SUBLIST_MAIN];
	disclosure_make(&facts, NOW, &shown);
	assert_int_equal(shown.evidence_count, 0);
}

static void
a_listing_by_hand_shows_reason_and_end_and_no_sighting(void **state)
{
	struct disclosure_facts facts =
	    unlisted_facts(NOW - HOUR, BACKSCATTER_DSN);
	struct disclosure shown;

	(void)state;
	facts.entries[SUBLIST_MAIN].codes = CODE_BIT(2) | CODE_BIT(9);
	facts.entries[SUBLIST_MAIN].flags = ZONE_ENTRY_MANUAL;
	facts.listing.manual_until = NOW + 17;
	strcpy(facts.listing.manual_reason, "floods us");
	disclosure_make(&facts, NOW, &shown);
	assert_true(shown.listed);
	assert_true(shown.manual);
	assert_false(shown.judged);
	assert_string_equal(shown.manual_reason, "floods us");
	assert_int_equal(shown.manual_until, NOW + 17);
	assert_int_equal(shown.kinds, 0);
	assert_int_equal(shown.last_seen_at, 0);
	assert_int_equal(shown.seen_day_at, 0);
}

static void
a_test_entry_is_listed_for_nothing(void **state)
{
	struct disclosure_facts facts = {
		.entries = {
			[SUBLIST_MAIN] = {
				.codes = CODE_BIT(2),
				.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN),
				.flags = ZONE_ENTRY_TEST,
			},
		},
	};
	struct disclosure shown;

	(void)state;
	disclosure_make(&facts, NOW, &shown);
	assert_true(shown.listed);
	assert_true(shown.test);
	assert_false(shown.judged);
	assert_int_equal(shown.kinds, 0);
}

static void
a_count_of_a_day_tells_of_no_single_sighting(void **state)
{
	static const struct {
		uint64_t count, told;
	} cases[] = { { 0, 0 }, { 1, 0 }, { 9, 0 }, { 10, 10 }, { 19, 10 },
		{ 20, 20 }, { 49, 20 }, { 50, 50 }, { 99, 50 }, { 100, 100 },
		{ 4999, 2000 }, { 5000, 5000 }, { UINT32_MAX, 2000000000 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    disclosure_about(cases[i].count, 0), cases[i].told);
}

/* Who fills up a day to just below a bound does not know where that is. */
static void
a_count_of_a_day_is_rounded_where_nobody_knows(void **state)
{
	unsigned told_10 = 0, told_50 = 0;

	(void)state;
	for (uint64_t doubt = 0; doubt < 1000; doubt++) {
		assert_int_equal(disclosure_about(9, doubt), 0);
		told_10 += disclosure_about(15, doubt) == 10;
		told_50 += disclosure_about(100, doubt) == 50;
		assert_true(disclosure_about(100, doubt) <= 100);
	}
	assert_int_equal(told_10, 600);
	assert_int_equal(told_50, 980);
}

/* --- what a server says of itself ----------------------------------------- */

static void
a_name_told_to_one_trap_alone_is_not_told(void **state)
{
	struct disclosure_facts facts = { .sighting_count = 4,
		.sightings = {
		    { .trap = 1, .reporting_mta = "mx", .status = "5.1.1" },
		    { .trap = 2, .reporting_mta = "mx", .status = "5.7.1" },
		    { .trap = 3, .reporting_mta = "guess3", .status = "5.1.1" },
		    { .trap = 3, .reporting_mta = "guess3", .status = "5.3.3" },
		} };

	(void)state;
	disclosure_hush(&facts);
	assert_string_equal(facts.sightings[0].reporting_mta, "mx");
	assert_string_equal(facts.sightings[1].reporting_mta, "mx");
	assert_string_equal(facts.sightings[2].reporting_mta, "");
	assert_string_equal(facts.sightings[3].reporting_mta, "");
	assert_string_equal(facts.sightings[0].status, "5.1.1");
	assert_string_equal(facts.sightings[1].status, "");
	assert_string_equal(facts.sightings[2].status, "5.1.1");
	assert_string_equal(facts.sightings[3].status, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_listed_shows_nothing_for_a_day),
		cmocka_unit_test(
		    what_is_not_listed_shows_day_and_kind_after_a_day),
		cmocka_unit_test(new_sightings_do_not_show_among_old_ones),
		cmocka_unit_test(what_is_pending_shows_nothing),
		cmocka_unit_test(what_is_listed_shows_whole_hours),
		cmocka_unit_test(what_nobody_bore_out_begins_nothing),
		cmocka_unit_test(the_end_of_a_listing_is_rounded_too),
		cmocka_unit_test(what_is_listed_shows_ranges_of_counts),
		cmocka_unit_test(the_score_is_a_band_of_thresholds),
		cmocka_unit_test(the_newest_known_cause_is_told),
		cmocka_unit_test(
		    of_sightings_alike_within_the_hour_one_is_shown),
		cmocka_unit_test(
		    no_more_sightings_are_shown_than_say_something),
		cmocka_unit_test(
		    a_listing_by_hand_shows_reason_and_end_and_no_sighting),
		cmocka_unit_test(a_test_entry_is_listed_for_nothing),
		cmocka_unit_test(a_count_of_a_day_tells_of_no_single_sighting),
		cmocka_unit_test(
		    a_count_of_a_day_is_rounded_where_nobody_knows),
		cmocka_unit_test(a_name_told_to_one_trap_alone_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
