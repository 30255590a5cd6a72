#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/corroboration.h"
#include "db/trend.h"
#include "tests/support/purged.h"

/*
 * What is left is what there would be, had the evidence never come: two lists
 * see the same, but one of them the bad sensor's as well, before it is purged.
 * Of two campaigns that are merged, the other list has seen one.
 *
 * It is done in the smallest steps there can be. Between them the tables agree,
 * more is seen, what is due is judged, and another program takes over, which
 * knows what is written and no more; and nobody is listed who is not in the
 * end, and was not before.
 */

#define ROUNDS 8
#define SIGHTINGS 120
#define UNITS 12

static uint64_t seed;

static unsigned
draw(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static struct evidence
draw_sighting(struct test_record *of, bool *bad)
{
	char address[24];
	struct evidence evidence;

	snprintf(
	    address, sizeof(address), "198.18.%u.%u", draw(6), 1 + draw(2));
	evidence = bounce(of, address, 1 + draw(3));
	evidence.seen_at -= draw(12) * HOUR;
	evidence.grade = draw(3) == 0 ? GRADE_C : GRADE_A;
	evidence.kind = draw(4) == 0 ? BACKSCATTER_AUTOREPLY : BACKSCATTER_DSN;
	if (draw(2) == 0) {
		evidence.campaign = 77 + draw(2);
		evidence.flags = EVIDENCE_FINGERPRINTED;
	}
	*bad = draw(3) == 0;
	evidence.sensor = *bad ? BAD_SENSOR : 0;
	return evidence;
}

/* Octets of a table as one number: equal tables have equal numbers. */
static uint64_t
sum_of(struct test_record *of, enum store_table table)
{
	struct store_txn *txn = begin(of);
	struct store_cursor *cursor;
	struct octets key, value;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	int code;

	assert_int_equal(store_cursor_open(txn, table, &cursor), 0);
	for (code = store_move(cursor, STORE_FIRST, &key, &value); code == 0;
	     code = store_move(cursor, STORE_NEXT, &key, &value)) {
		for (size_t i = 0; i < key.len; i++)
			sum = (sum ^ ((const uint8_t *)key.data)[i]) *
			      UINT64_C(0x100000001b3);
		for (size_t i = 0; i < value.len; i++)
			sum = (sum ^ ((const uint8_t *)value.data)[i]) *
			      UINT64_C(0x100000001b3);
	}
	store_cursor_close(cursor);
	store_abort(txn);
	return sum;
}

/* Listing and list of each address that can have been drawn. */
static void
assert_same_listings(struct test_record *a, struct test_record *b)
{
	for (unsigned i = 0; i < UNITS; i++) {
		char address[24];
		struct listing of_a, of_b;

		snprintf(
		    address, sizeof(address), "198.18.%u.%u", i / 2, 1 + i % 2);
		of_a = listing_of(a, address);
		of_b = listing_of(b, address);
		assert_int_equal(of_a.state, of_b.state);
		assert_int_equal(of_a.kinds, of_b.kinds);
		assert_int_equal(of_a.sightings, of_b.sightings);
		assert_int_equal(of_a.corroborated, of_b.corroborated);
		assert_true(of_a.score == of_b.score);
		assert_true(of_a.listed_at == of_b.listed_at);
		assert_true(of_a.expires_at == of_b.expires_at);
		assert_int_equal(of_a.episode_count, of_b.episode_count);
		assert_int_equal(codes_of(a, SUBLIST_MAIN, address),
		    codes_of(b, SUBLIST_MAIN, address));
	}
}

static struct ipaddr
unit_of(unsigned i)
{
	char text[24];

	snprintf(text, sizeof(text), "198.18.%u.%u", i / 2, 1 + i % 2);
	return address_of(text);
}

static enum listing_state
state_at(struct test_record *of, unsigned i)
{
	char text[IPADDR_TEXT_MAX];
	struct ipaddr unit = unit_of(i);

	return listing_of(of, ipaddr_format(&unit, text)).state;
}

static void
judge_all(struct test_record *of)
{
	struct store_txn *txn = begin(of);

	for (unsigned i = 0; i < UNITS; i++) {
		struct ipaddr unit = unit_of(i);

		assert_int_equal(
		    record_judge(txn, &of->rules, &unit, of->now), 0);
	}
	commit(of, txn, 0);
}

static void
assert_agrees(struct test_record *of)
{
	struct store_txn *txn = begin(of);

	assert_int_equal(verify_store(txn, print_fault, NULL), 0);
	store_abort(txn);
}

/* How many there were of each kind in all, and of what. */
static void
assert_same_counts(struct test_record *a, struct test_record *b)
{
	static struct trend_tops of_a, of_b;
	struct store_txn *in_a = begin(a), *in_b = begin(b);
	uint64_t sum_a, sum_b;

	for (int kind = 0; kind < BACKSCATTER_KIND_COUNT; kind++) {
		trend_sum(in_a, TREND_EVIDENCE, (enum backscatter_kind)kind,
		    TEST_NOW - DAY, TEST_NOW + 30 * DAY, &sum_a);
		trend_sum(in_b, TREND_EVIDENCE, (enum backscatter_kind)kind,
		    TEST_NOW - DAY, TEST_NOW + 30 * DAY, &sum_b);
		assert_true(sum_a == sum_b);
	}
	for (int by = 0; by < TREND_BY_COUNT; by++) {
		uint64_t counts = 0;

		trend_top(in_a, (enum trend_by)by, TEST_NOW - DAY,
		    TEST_NOW + 30 * DAY, &of_a);
		trend_top(in_b, (enum trend_by)by, TEST_NOW - DAY,
		    TEST_NOW + 30 * DAY, &of_b);
		for (unsigned i = 0; i < of_a.count; i++)
			counts += of_a.list[i].count;
		for (unsigned i = 0; i < of_b.count; i++)
			counts -= of_b.list[i].count;
		assert_true(counts == 0);
	}
	store_abort(in_a);
	store_abort(in_b);
}

static void
assert_same(struct test_record *a, struct test_record *b)
{
	static const enum store_table alike[] = { TABLE_EVIDENCE,
		TABLE_EVIDENCE_OF, TABLE_SIGHTING, TABLE_GROUP_MEMBER };

	assert_same_listings(a, b);
	assert_same_counts(a, b);
	for (size_t i = 0; i < sizeof(alike) / sizeof(alike[0]); i++)
		assert_int_equal(
		    records_in(a, alike[i]), records_in(b, alike[i]));
	assert_true(
	    sum_of(a, TABLE_GROUP_MEMBER) == sum_of(b, TABLE_GROUP_MEMBER));
	assert_int_equal(records_in(a, TABLE_GROUP_NETWORK),
	    records_in(b, TABLE_GROUP_NETWORK));
	assert_int_equal(records_in(a, TABLE_ZONE), records_in(b, TABLE_ZONE));
}

/* --- two lists ------------------------------------------------------------ */

struct play {
	struct test_record with, without;
	bool merges;
	bool were[UNITS], seen[UNITS]; /* listed before, and on the way */
};

static void
see_one(struct play *play, bool may_be_bad)
{
	bool bad;
	struct evidence evidence = draw_sighting(&play->with, &bad);

	if (bad && !may_be_bad) {
		bad = false;
		evidence.sensor = 0;
	}
	assert_int_equal(put(&play->with, evidence), 0);
	if (play->merges && evidence.campaign == 77)
		evidence.campaign = 78;
	if (play->merges || !bad)
		assert_int_equal(put(&play->without, evidence), 0);
}

static void
open_both(struct play *play, unsigned round, bool merges)
{
	seed = round + 1;
	memset(play, 0, sizeof(*play));
	play->merges = merges;
	test_record_open(&play->with, "small");
	test_record_open(&play->without, "small");
	for (unsigned i = 0; i < SIGHTINGS; i++) {
		see_one(play, true);
		play->with.now += draw(2 * HOUR);
		play->without.now = play->with.now;
	}
	for (unsigned i = 0; i < UNITS; i++)
		play->were[i] = state_at(&play->with, i) == LISTING_LISTED;
}

static struct purge
what_of(const struct play *play)
{
	const struct purge purge = { .by = PURGE_SENSOR,
		.which = BAD_SENSOR,
		.to = play->with.now + DAY };
	const struct purge merge = { .by = PURGE_CAMPAIGN,
		.which = 77,
		.to = play->with.now + 1,
		.into = 78 };

	return play->merges ? merge : purge;
}

/* What comes once all is taken away is not bad any more. */
static void
meanwhile(struct play *play, struct purge_plan *plan)
{
	assert_agrees(&play->with);
	if (draw(6) == 0 && plan->begun && !plan->over)
		take_over_purge(&play->with, plan);
	if (draw(4) == 0)
		see_one(play, plan->purge.stage == PURGE_TAKES);
	if (draw(4) == 0) {
		play->with.now += draw(20);
		play->without.now = play->with.now;
		sweep(&play->with);
		sweep(&play->without);
	}
	for (unsigned i = 0; i < UNITS; i++)
		play->seen[i] |= state_at(&play->with, i) == LISTING_LISTED;
}

static unsigned
do_in_steps(struct play *play)
{
	const struct purge purge = what_of(play);
	struct purge_result result;
	struct purge_plan plan;
	unsigned steps = 0;

	begin_purge(&play->with, &purge, &plan);
	plan.step_ms = 0;
	while (!plan.over) {
		assert_int_equal(
		    purge_plan_do(&plan, &play->with.rules, play->with.now), 0);
		meanwhile(play, &plan);
		steps++;
	}
	assert_int_equal(finish_purge(&play->with, &plan, &result), 0);
	return steps;
}

static void
play_in_steps(unsigned round, bool merges, unsigned *listed)
{
	struct play play;

	open_both(&play, round, merges);
	assert_true(do_in_steps(&play) > SIGHTINGS / 4);
	judge_all(&play.with);
	judge_all(&play.without);
	for (unsigned i = 0; i < UNITS; i++) {
		bool is = state_at(&play.without, i) == LISTING_LISTED;

		*listed += is;
		assert_false(play.seen[i] && !play.were[i] && !is);
	}
	assert_same(&play.with, &play.without);
	test_record_close(&play.with);
	test_record_close(&play.without);
}

static void
it_is_as_if_it_had_never_come(void **state)
{
	unsigned listed = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++)
		play_in_steps(round, false, &listed);
	assert_true(listed > ROUNDS); /* there was something to compare */
}

static void
two_campaigns_are_as_if_they_had_been_one(void **state)
{
	unsigned listed = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++)
		play_in_steps(round, true, &listed);
	assert_true(listed > ROUNDS);
}

/* Undisturbed: the look tells what is done. */
static void
a_look_tells_what_is_done(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 2 * ROUNDS; round++) {
		struct purge_result look, result;
		struct purge purge;
		struct play play;

		open_both(&play, round, round % 2 == 0);
		purge = what_of(&play);
		assert_int_equal(look_at_purge(&play.with, &purge, &look), 0);
		assert_int_equal(run_purge(&play.with, &purge, &result), 0);
		assert_memory_equal(&look, &result, sizeof(result));
		test_record_close(&play.with);
		test_record_close(&play.without);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_as_if_it_had_never_come),
		cmocka_unit_test(two_campaigns_are_as_if_they_had_been_one),
		cmocka_unit_test(a_look_tells_what_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
