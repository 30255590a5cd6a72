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
#include "tests/support/purged.h"

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
	assert_int_equal(run_purge(&record, &purge, &result), 0);
	assert_int_equal(result.evidence, 1);
	purge = (struct purge){
		.by = PURGE_CAMPAIGN, .which = 1000, .to = record.now
	};
	assert_int_equal(run_purge(&record, &purge, &result), 0);
	assert_int_equal(result.evidence, 1);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), 1);
	assert_int_equal(run_purge(&record, &purge, &result), 0);
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
	assert_int_equal(look_at_purge(&record, &purge, &look), 0);
	assert_int_equal(
	    listing_of(&record, "192.0.2.1").state, LISTING_LISTED);
	assert_int_equal(run_purge(&record, &purge, &result), 0);
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

	(void)state;
	see_by(BAD_SENSOR, "192.0.2.1", 1);
	begin_purge(&record, &purge, &plan);
	assert_int_equal(purge_plan_do(&plan, &record.rules, record.now), 0);
	assert_true(plan.searched);
	assert_int_equal(plan.ids.count, 1);
	see_by(BAD_SENSOR, "192.0.2.2", 1);
	see_by(BAD_SENSOR, "192.0.2.3", 2);
	see_by(0, "192.0.2.4", 2);
	assert_int_equal(finish_purge(&record, &plan, &result), 0);
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
	begin_purge(&record, &purge, &plan);
	plan.only_looks = true;
	txn = begin(&record);
	while (purge_plan_search(txn, &plan, 0) == 1)
		steps++;
	store_abort(txn);
	assert_int_equal(plan.ids.count, 300);
	assert_int_equal(plan.units.count, 1);
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
	assert_int_equal(run_purge(&record, &merge, &result), 0);
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
		&result),
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
	assert_int_equal(run_purge(&record, &merge, &result), ERROR_REFUSED);
	merge.into = 78;
	assert_int_equal(run_purge(&record, &merge, &result), 0);
	/* Nor by way of what it was merged into. */
	merge.which = 78;
	merge.into = 77;
	assert_int_equal(run_purge(&record, &merge, &result), ERROR_REFUSED);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
