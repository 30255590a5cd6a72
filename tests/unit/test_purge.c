#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/corroboration.h"
#include "db/trap.h"
#include "db/trend.h"
#include "tests/support/one_record.h"

#define BAD_SENSOR 7

static int
run_purge(struct test_record *of, const struct purge *purge, bool keep,
    struct purge_result *result)
{
	struct store_txn *txn = begin(of);
	struct purge_plan plan;
	int code;

	purge_plan_init(&plan, purge);
	code = record_purge(txn, &of->rules, &plan, of->now, result);
	purge_plan_deinit(&plan);
	if (!keep) {
		store_abort(txn);
		record_log_decisions(&of->rules, false);
		return code;
	}
	return commit(of, txn, code);
}

static struct purge_result
purge_sensor(struct test_record *of, uint32_t sensor)
{
	const struct purge purge = {
		.by = PURGE_SENSOR, .which = sensor, .to = of->now + 1
	};
	struct purge_result result;

	assert_int_equal(run_purge(of, &purge, true, &result), 0);
	return result;
}

static void
see_by(uint32_t sensor, const char *address, uint64_t trap)
{
	struct evidence evidence = bounce(&record, address, trap);

	evidence.sensor = sensor;
	assert_int_equal(put(&record, evidence), 0);
}

/* Three sightings over hours, at two traps, that others bear out. */
static void
list_by(uint32_t sensor, const char *address)
{
	see_by(sensor, address, 1);
	bear_out(&record, 1);
	record.now += 2 * HOUR;
	see_by(sensor, address, 2);
	bear_out(&record, 2);
}

static void
a_bad_sensors_listing_is_undone(void **state)
{
	struct purge_result result;

	(void)state;
	list_by(BAD_SENSOR, "192.0.2.1");
	assert_int_equal(
	    listing_of(&record, "192.0.2.1").state, LISTING_LISTED);
	result = purge_sensor(&record, BAD_SENSOR);
	assert_int_equal(result.evidence, 2);
	assert_int_equal(result.addresses, 1);
	/* With the three others, whom it bore out. */
	assert_int_equal(result.ended, 4);
	assert_int_equal(listing_of(&record, "192.0.2.1").state, LISTING_NONE);
	assert_int_equal(listing_of(&record, "192.0.2.1").episode_count, 0);
	assert_int_equal(codes_of(&record, SUBLIST_MAIN, "192.0.2.1"), 0);
}

static void
what_it_bore_out_is_borne_out_no_more(void **state)
{
	struct purge_result result;

	(void)state;
	for (uint64_t trap = 1; trap <= 2; trap++) {
		see_by(0, "192.0.2.1", trap);
		see_by(BAD_SENSOR, "198.19.1.1", trap);
		see_by(BAD_SENSOR, "198.19.2.1", trap);
		see_by(BAD_SENSOR, "198.19.3.1", trap);
		record.now += 2 * HOUR;
	}
	assert_int_equal(
	    listing_of(&record, "192.0.2.1").state, LISTING_LISTED);
	result = purge_sensor(&record, BAD_SENSOR);
	assert_int_equal(result.evidence, 6);
	assert_int_equal(
	    listing_of(&record, "192.0.2.1").state, LISTING_WARNED);
	assert_int_equal(listing_of(&record, "192.0.2.1").corroborated, 0);
	assert_int_equal(listing_of(&record, "192.0.2.1").sightings, 2);
}

static void
what_others_bear_out_stays(void **state)
{
	struct listing before, after;

	(void)state;
	list_by(0, "192.0.2.1");
	see_by(BAD_SENSOR, "192.0.2.7", 1);
	before = listing_of(&record, "192.0.2.1");
	assert_int_equal(before.state, LISTING_LISTED);
	assert_int_equal(purge_sensor(&record, BAD_SENSOR).ended, 0);
	after = listing_of(&record, "192.0.2.1");
	assert_int_equal(after.state, LISTING_LISTED);
	assert_true(after.listed_at == before.listed_at);
	assert_true(after.score == before.score);
}

static void
only_what_is_meant_goes(void **state)
{
	struct purge purge = {
		.by = PURGE_TRAP, .which = 2, .to = TEST_NOW + DAY
	};
	struct purge_result result;

	(void)state;
	see_by(0, "192.0.2.1", 1);
	see_by(0, "192.0.2.2", 2);
	record.now += HOUR;
	see_by(0, "192.0.2.3", 2);
	purge.from = record.now;
	assert_int_equal(run_purge(&record, &purge, true, &result), 0);
	assert_int_equal(result.evidence, 1);
	purge = (struct purge){
		.by = PURGE_CAMPAIGN, .which = 1000, .to = record.now
	};
	assert_int_equal(run_purge(&record, &purge, true, &result), 0);
	assert_int_equal(result.evidence, 1);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), 1);
	assert_int_equal(run_purge(&record, &purge, true, &result), 0);
	assert_int_equal(result.evidence, 0);
}

static void
a_look_changes_nothing_and_tells_what_will_be(void **state)
{
	const struct purge purge = {
		.by = PURGE_SENSOR, .which = BAD_SENSOR, .to = TEST_NOW + DAY
	};
	struct purge_result look, result;

	(void)state;
	list_by(BAD_SENSOR, "192.0.2.1");
	assert_int_equal(run_purge(&record, &purge, false, &look), 0);
	assert_int_equal(
	    listing_of(&record, "192.0.2.1").state, LISTING_LISTED);
	assert_int_equal(run_purge(&record, &purge, true, &result), 0);
	assert_memory_equal(&look, &result, sizeof(result));
}

static void
counts_and_digests_go_with_it(void **state)
{
	struct evidence evidence = bounce(&record, "192.0.2.1", 0);
	struct store_txn *txn = begin(&record);
	struct trap trap;
	uint64_t sum;

	(void)state;
	assert_int_equal(trap_add(txn, "@trap.example", record.now, &trap), 0);
	commit(&record, txn, 0);
	evidence.trap = trap.id;
	evidence.digest = 99;
	evidence.sensor = BAD_SENSOR;
	assert_int_equal(put(&record, evidence), 0);
	assert_int_equal(put(&record, evidence), ERROR_EXISTS);
	purge_sensor(&record, BAD_SENSOR);
	txn = begin(&record);
	assert_int_equal(trap_get(txn, trap.id, &trap), 0);
	assert_int_equal(trap.hits, 0);
	assert_int_equal(trend_sum(txn, TREND_EVIDENCE, BACKSCATTER_DSN,
			     record.now - DAY, record.now + DAY, &sum),
	    0);
	assert_int_equal(sum, 0);
	store_abort(txn);
	/* It can come again, from a sensor that works. */
	assert_int_equal(put(&record, evidence), 0);
}

/* Another of the same trap in the same hour, and one of another. */
static void
what_came_since_it_was_prepared_goes_too(void **state)
{
	const struct purge purge = {
		.by = PURGE_SENSOR, .which = BAD_SENSOR, .to = TEST_NOW + DAY
	};
	struct purge_result result;
	struct purge_plan plan;
	struct store_txn *txn;

	(void)state;
	see_by(BAD_SENSOR, "192.0.2.1", 1);
	purge_plan_init(&plan, &purge);
	txn = begin(&record);
	assert_int_equal(record_purge_prepare(txn, &plan, INT64_MAX), 0);
	assert_int_equal(plan.ids.count, 1);
	store_abort(txn);
	see_by(BAD_SENSOR, "192.0.2.2", 1);
	see_by(BAD_SENSOR, "192.0.2.3", 2);
	see_by(0, "192.0.2.4", 2);
	txn = begin(&record);
	assert_int_equal(
	    record_purge(txn, &record.rules, &plan, record.now, &result), 0);
	assert_int_equal(commit(&record, txn, 0), 0);
	purge_plan_deinit(&plan);
	assert_int_equal(result.evidence, 3);
	assert_int_equal(result.judged, 4);
}

/* A step may end before anything is found, and both searches go on. */
static void
it_is_prepared_in_steps(void **state)
{
	const struct purge purge = {
		.by = PURGE_SENSOR, .which = BAD_SENSOR, .to = TEST_NOW + DAY
	};
	struct purge_plan plan;
	struct store_txn *txn;
	unsigned steps = 0;

	(void)state;
	record.rules.records_per_hour = 4096; /* all of them are kept */
	txn = begin(&record);
	for (unsigned i = 0; i < 600; i++) {
		struct evidence evidence = bounce(&record, "192.0.2.1", 1);

		evidence.sensor = i < 300 ? BAD_SENSOR : 0;
		evidence.kind = BACKSCATTER_NONE;
		assert_int_equal(
		    record_evidence(txn, &record.rules, &evidence, record.now),
		    0);
	}
	commit(&record, txn, 0);
	purge_plan_init(&plan, &purge);
	txn = begin(&record);
	while (record_purge_prepare(txn, &plan, 0) == 1)
		steps++;
	store_abort(txn);
	assert_int_equal(plan.ids.count, 300);
	assert_int_equal(plan.near.count, 1);
	assert_true(steps >= 4); /* two of each search, of 256 records */
	purge_plan_deinit(&plan);
}

/* --- two campaigns that are one ------------------------------------------- */

static void
see_campaign(const char *address, uint64_t trap, uint64_t campaign)
{
	struct evidence evidence = bounce(&record, address, trap);

	evidence.campaign = campaign;
	evidence.flags = EVIDENCE_FINGERPRINTED;
	assert_int_equal(put(&record, evidence), 0);
}

/* One server, four answers an hour apart, all borne out. */
static void
list_by_two_campaigns(void)
{
	for (uint64_t i = 0; i < 4; i++) {
		uint64_t campaign = 77 + i % 2;

		see_campaign("192.0.2.1", 1, campaign);
		see_campaign("198.19.1.1", 1, campaign);
		see_campaign("198.19.2.1", 1, campaign);
		see_campaign("198.19.3.1", 1, campaign);
		record.now += HOUR;
	}
}

static void
two_campaigns_become_one(void **state)
{
	const struct purge merge = { .by = PURGE_CAMPAIGN,
		.which = 77,
		.to = TEST_NOW + DAY,
		.into = 78 };
	struct purge_result result;

	(void)state;
	list_by_two_campaigns();
	assert_int_equal(listing_of(&record, "192.0.2.1").campaigns, 2);
	assert_int_equal(run_purge(&record, &merge, true, &result), 0);
	assert_int_equal(result.evidence, 8);
	assert_int_equal(listing_of(&record, "192.0.2.1").campaigns, 1);
	assert_int_equal(listing_of(&record, "192.0.2.1").sightings, 4);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), 16);
	/* What comes later is the other's at once. */
	see_campaign("192.0.2.9", 1, 77);
	assert_int_equal(listing_of(&record, "192.0.2.9").corroborated, 1);
	assert_int_equal(
	    run_purge(&record,
		&(struct purge){
		    .by = PURGE_CAMPAIGN, .which = 78, .to = TEST_NOW + DAY },
		true, &result),
	    0);
	assert_int_equal(result.evidence, 17);
}

static void
a_campaign_is_not_merged_into_itself(void **state)
{
	struct purge merge = { .by = PURGE_CAMPAIGN,
		.which = 77,
		.to = TEST_NOW + DAY,
		.into = 77 };
	struct purge_result result;

	(void)state;
	list_by_two_campaigns();
	assert_int_equal(
	    run_purge(&record, &merge, true, &result), ERROR_REFUSED);
	merge.into = 78;
	assert_int_equal(run_purge(&record, &merge, true, &result), 0);
	/* Nor by way of what it was merged into. */
	merge.which = 78;
	merge.into = 77;
	assert_int_equal(
	    run_purge(&record, &merge, true, &result), ERROR_REFUSED);
}

/* --- as if it had never come ---------------------------------------------- */

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
		SMALL(a_bad_sensors_listing_is_undone),
		SMALL(what_it_bore_out_is_borne_out_no_more),
		SMALL(what_others_bear_out_stays),
		SMALL(only_what_is_meant_goes),
		SMALL(a_look_changes_nothing_and_tells_what_will_be),
		SMALL(counts_and_digests_go_with_it),
		SMALL(what_came_since_it_was_prepared_goes_too),
		SMALL(it_is_prepared_in_steps),
		SMALL(two_campaigns_become_one),
		SMALL(a_campaign_is_not_merged_into_itself),
		cmocka_unit_test(it_is_as_if_it_had_never_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
