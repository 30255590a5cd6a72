#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "tests/sim/report.h"
#include "tests/support/test_record.h"

/*
 * The simulation's short form: a few thousand servers instead of a hundred
 * thousand, and the same bars. `make simulate` is the long one.
 */
#define SERVERS 4000

static struct shared *
pools(struct settings *settings)
{
	static char pool[] = SIM_POOL_NETWORK;
	static char *networks[] = { pool };
	struct shared *shared;

	settings->policy.shared_networks =
	    (struct settings_list){ networks, 1 };
	assert_int_equal(shared_new(settings, &shared), 0);
	return shared;
}

static void
simulate(const struct sim_terms *terms, const char *preset,
    struct sim_world *world, struct sim_outcome **outcomes)
{
	struct settings settings = { .path = NULL };
	struct shared *shared = pools(&settings);
	struct policy policy;

	assert_int_equal(policy_preset(preset, &policy), 0);
	sim_world_make(world, terms);
	*outcomes = calloc(terms->servers, sizeof(**outcomes));
	assert_non_null(*outcomes);
	assert_int_equal(sim_run_course(world, &policy, shared, *outcomes), 0);
	shared_free(shared);
}

static void
assert_meets_the_bars(const char *preset, unsigned traps)
{
	const struct sim_terms terms = {
		.seed = 1, .servers = SERVERS, .traps = traps, .weeks = 6
	};
	struct sim_world world;
	struct sim_outcome *outcomes;
	struct sim_report report;

	simulate(&terms, preset, &world, &outcomes);
	sim_report_make(&world, outcomes, &report);
	assert_int_equal(sim_report_check(&report, NULL), 0);
	free(outcomes);
	sim_world_free(&world);
}

static void
small_meets_the_bars_with_five_trap_domains(void **state)
{
	(void)state;
	assert_meets_the_bars("small", 5);
}

static void
large_meets_the_bars_with_five_hundred(void **state)
{
	(void)state;
	assert_meets_the_bars("large", 500);
}

/* --- the way the product takes -------------------------------------------- */

static int
sweep_all(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now)
{
	int swept;

	do
		swept = record_sweep(txn, rules, now, 100);
	while (swept > 0);
	return swept;
}

/* In transactions of some hundred, for the sake of time. */
static void
record_world(struct test_record *record, const struct sim_world *world,
    const struct sim_outcome *outcomes)
{
	const struct recorder_rules *rules = &record->rules;
	struct store_txn *txn = begin(record);

	for (size_t i = 0; i < world->event_count; i++) {
		const struct sim_event *event = &world->events[i];
		struct evidence evidence = sim_evidence(world, event);
		int64_t now = event->seen_at;

		if (now >= world->ends_at)
			break;
		assert_int_equal(sweep_all(txn, rules, now), 0);
		if (!sim_is_repaired(&outcomes[event->server], event))
			assert_int_equal(
			    record_evidence(txn, rules, &evidence, now), 0);
		assert_int_equal(sweep_all(txn, rules, now), 0);
		if (i % 500 == 0) {
			commit(record, txn, 0);
			txn = begin(record);
		}
	}
	assert_int_equal(sweep_all(txn, rules, world->ends_at), 0);
	commit(record, txn, 0);
}

static void
assert_same_episodes(
    const struct listing *listing, const struct policy_result *result)
{
	assert_int_equal(listing->episode_count, result->episode_count);
	for (unsigned i = 0; i < listing->episode_count; i++) {
		assert_int_equal(listing->episodes[i].listed_at,
		    result->episodes[i].listed_at);
		assert_int_equal(listing->episodes[i].ended_at,
		    result->episodes[i].ended_at);
	}
}

static void
assert_same(struct store_txn *txn, const struct sim_world *world,
    uint32_t server, const struct sim_outcome *outcome)
{
	const struct policy_result *result = &outcome->result;
	struct ipaddr unit = sim_address(world, server);
	struct listing listing;
	int code = listing_get(txn, &unit, &listing);

	if (code != 0) /* it says nothing any more */
		assert_int_equal(code, ERROR_NOT_FOUND);
	assert_int_equal(listing.state, result->state);
	assert_int_equal(listing.listed_at, result->listed_at);
	assert_int_equal(listing.expires_at, result->expires_at);
	assert_int_equal(listing.callout_until, result->callout_until);
	assert_int_equal(listing.strict, result->strict);
	assert_same_episodes(&listing, result);
	if (code == 0) {
		assert_int_equal(listing.sightings, result->sightings);
		assert_int_equal(listing.corroborated, result->corroborated);
		assert_true(listing.score == result->score);
	}
}

static void
recording_evidence_comes_to_the_same_listings(void **state)
{
	const struct sim_terms terms = {
		.seed = 3, .servers = 400, .traps = 5, .weeks = 2
	};
	static struct test_record record;
	struct settings settings = { .path = NULL };
	struct sim_world world;
	struct sim_outcome *outcomes;
	struct store_txn *txn;
	unsigned listed = 0;

	(void)state;
	simulate(&terms, "small", &world, &outcomes);
	test_record_open(&record, "small");
	record.rules.guard_additions = 1000000;
	shared_free(record.rules.shared);
	record.rules.shared = pools(&settings);
	record_world(&record, &world, outcomes);
	assert_int_equal(store_begin_read(record.test.store, &txn), 0);
	for (uint32_t i = 0; i < terms.servers; i++) {
		assert_same(txn, &world, i, &outcomes[i]);
		listed += outcomes[i].listings > 0;
	}
	assert_true(listed > terms.servers / 10);
	store_abort(txn);
	test_record_close(&record);
	free(outcomes);
	sim_world_free(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_meets_the_bars_with_five_trap_domains),
		cmocka_unit_test(large_meets_the_bars_with_five_hundred),
		cmocka_unit_test(recording_evidence_comes_to_the_same_listings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
