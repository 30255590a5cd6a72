#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/corroboration.h"
#include "tests/support/purged.h"

/*
 * What is left is what there would be, had the evidence never come: two lists
 * see the same, but one of them the bad sensor's as well, before it is purged.
 */

#define ROUNDS 6
#define SIGHTINGS 120

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
	for (unsigned i = 0; i < 12; i++) {
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

static void
judge_all(struct test_record *of)
{
	struct store_txn *txn = begin(of);

	for (unsigned i = 0; i < 12; i++) {
		char text[24];
		struct ipaddr address;

		snprintf(text, sizeof(text), "198.18.%u.%u", i / 2, 1 + i % 2);
		address = address_of(text);
		assert_int_equal(
		    record_judge(txn, &of->rules, &address, of->now), 0);
	}
	commit(of, txn, 0);
}

static void
play(unsigned round, unsigned *listed)
{
	struct test_record with, without;

	seed = round + 1;
	test_record_open(&with, "small");
	test_record_open(&without, "small");
	for (unsigned i = 0; i < SIGHTINGS; i++) {
		bool bad;
		struct evidence evidence = draw_sighting(&with, &bad);

		assert_int_equal(put(&with, evidence), 0);
		if (!bad)
			assert_int_equal(put(&without, evidence), 0);
		with.now += draw(2 * HOUR);
		without.now = with.now;
	}
	purge_sensor(&with, BAD_SENSOR);
	judge_all(&with);
	judge_all(&without);
	for (unsigned i = 0; i < 12; i++) {
		char address[24];

		snprintf(
		    address, sizeof(address), "198.18.%u.%u", i / 2, 1 + i % 2);
		*listed +=
		    listing_of(&without, address).state == LISTING_LISTED;
	}
	assert_same_listings(&with, &without);
	assert_true(sum_of(&with, TABLE_GROUP_MEMBER) ==
		    sum_of(&without, TABLE_GROUP_MEMBER));
	assert_int_equal(records_in(&with, TABLE_GROUP_NETWORK),
	    records_in(&without, TABLE_GROUP_NETWORK));
	test_record_close(&with);
	test_record_close(&without);
}

static void
it_is_as_if_it_had_never_come(void **state)
{
	unsigned listed = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++)
		play(round, &listed);
	assert_true(listed > ROUNDS); /* there was something to compare */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_as_if_it_had_never_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
