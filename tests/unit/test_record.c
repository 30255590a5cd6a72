#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/trap.h"
#include "db/trend.h"
#include "db/zonedata.h"
#include "tests/support/one_record.h"

/* --- evidence comes in ---------------------------------------------------- */

static void
eager_lists_at_the_first_sighting(void **state)
{
	struct listing listing;
	struct audit_entry entry;

	(void)state;
	see(&record, "192.0.2.1", 1);
	listing = listing_of(&record, "192.0.2.1");
	assert_int_equal(listing.state, LISTING_LISTED);
	assert_true(listing.listed_at == record.now);
	assert_true(listing.expires_at == record.now + 3 * DAY);
	assert_int_equal(
	    codes_of(&record, SUBLIST_MAIN, "192.0.2.1"), LISTED_DSN);
	assert_int_equal(
	    codes_of(&record, SUBLIST_DSN, "192.0.2.1"), CODE_BIT(3));
	assert_int_equal(codes_of(&record, SUBLIST_AUTO, "192.0.2.1"), 0);
	assert_int_equal(records_in(&record, TABLE_JOURNAL), 2);
	entry = newest_audit();
	assert_string_equal(entry.what, "listed");
	assert_string_equal(entry.who, "test");
	assert_string_equal(entry.subject, "192.0.2.1");
	assert_non_null(strstr(entry.details, "kind=dsn score=1.00"));
	assert_non_null(strstr(entry.details, "preset=eager"));
}

static void
an_aborted_transaction_leaves_nothing(void **state)
{
	struct evidence evidence = bounce(&record, "192.0.2.1", 1);
	uint64_t before[TABLE_COUNT];
	struct store_txn *txn;

	(void)state;
	evidence.digest = 77;
	for (int table = 0; table < TABLE_COUNT; table++)
		before[table] = records_in(&record, (enum store_table)table);
	txn = begin(&record);
	assert_int_equal(
	    record_evidence(txn, &record.rules, &evidence, record.now), 0);
	assert_true(store_count(txn, TABLE_ZONE) > before[TABLE_ZONE]);
	store_abort(txn);
	record_log_decisions(&record.rules, false);
	for (int table = 0; table < TABLE_COUNT; table++)
		assert_true(records_in(&record, (enum store_table)table) ==
			    before[table]);
	assert_int_equal(put(&record, evidence), 0);
}

static void
counts_evidence_and_hits_of_its_trap(void **state)
{
	struct store_txn *txn = begin(&record);
	struct evidence evidence;
	struct trap trap;
	uint64_t sum;

	(void)state;
	assert_int_equal(trap_add(txn, "@trap.example", record.now, &trap), 0);
	assert_int_equal(store_commit(txn), 0);
	record.now += HOUR;
	evidence = bounce(&record, "192.0.2.1", trap.id);
	assert_int_equal(put(&record, evidence), 0);
	txn = begin(&record);
	assert_int_equal(
	    trap_find(txn, "x@trap.example", &trap), TRAP_MATCH_TRAP);
	assert_int_equal(trap.hits, 1);
	assert_true(trap.last_hit_at == record.now);
	assert_int_equal(trend_sum(txn, TREND_EVIDENCE, BACKSCATTER_DSN,
			     record.now - HOUR, record.now + HOUR, &sum),
	    0);
	assert_int_equal(sum, 1);
	assert_int_equal(trend_sum(txn, TREND_LISTED, BACKSCATTER_DSN,
			     record.now - HOUR, record.now + HOUR, &sum),
	    0);
	assert_int_equal(sum, 1);
	store_abort(txn);
}

static void
gives_ids_that_rise_and_are_not_before_the_sighting(void **state)
{
	uint64_t last = 0;

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct evidence evidence = bounce(&record, "192.0.2.1", 1);
		struct store_txn *txn = begin(&record);

		evidence.seen_at -= i * HOUR; /* late */
		assert_int_equal(
		    record_evidence(txn, &record.rules, &evidence, record.now),
		    0);
		commit(&record, txn, 0);
		assert_true(evidence.id > last);
		assert_true(
		    evidence.id >= (uint64_t)evidence.seen_at * 1000000);
		last = evidence.id;
	}
}

static void
nothing_is_seen_in_the_future(void **state)
{
	struct evidence evidence = bounce(&record, "192.0.2.1", 1);
	struct store_txn *txn = begin(&record);

	(void)state;
	evidence.seen_at = record.now + DAY;
	assert_int_equal(
	    record_evidence(txn, &record.rules, &evidence, record.now), 0);
	commit(&record, txn, 0);
	assert_true(evidence.seen_at == record.now);
}

static void
a_message_sent_twice_is_recorded_once(void **state)
{
	struct evidence evidence = bounce(&record, "192.0.2.1", 1);

	(void)state;
	evidence.digest = 4711;
	assert_int_equal(put(&record, evidence), 0);
	assert_int_equal(put(&record, evidence), ERROR_EXISTS);
	/* Until its client's queue is over, and a day. */
	record.now += 6 * DAY - 1;
	assert_int_equal(put(&record, evidence), ERROR_EXISTS);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), 1);
	record.now += 1;
	assert_int_equal(put(&record, evidence), 0);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), 2);
	/* What bears no digest is never the same. */
	evidence.digest = 0;
	assert_int_equal(put(&record, evidence), 0);
	assert_int_equal(put(&record, evidence), 0);
}

static void
what_does_not_count_is_kept_and_lists_nobody(void **state)
{
	struct evidence evidence = bounce(&record, "192.0.2.1", 1);

	(void)state;
	evidence.kind = BACKSCATTER_NONE;
	assert_int_equal(put(&record, evidence), 0);
	evidence.kind = BACKSCATTER_AUTOREPLY;
	evidence.flags = EVIDENCE_WEB_FORM;
	assert_int_equal(put(&record, evidence), 0);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), 2);
	assert_int_equal(records_in(&record, TABLE_LISTING), 0);
	assert_int_equal(records_in(&record, TABLE_GROUP_MEMBER), 0);
}

static void
an_address_that_can_never_be_listed_is_recorded_alone(void **state)
{
	static const char *const addresses[] = { "127.0.0.2", "10.0.0.1",
		"203.0.113.5", "::1", "fe80::1" };

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		see(&record, addresses[i], 1);
		assert_int_equal(state_of(addresses[i]), LISTING_NONE);
	}
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), 5);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
}

static void
takes_no_evidence_when_space_is_short(void **state)
{
	struct evidence evidence = bounce(&record, "192.0.2.1", 1);
	struct delisting delisting = { .unit = address_of("192.0.2.1") };
	struct store_txn *txn;

	(void)state;
	see(&record, "192.0.2.1", 1);
	store_close(record.test.store);
	record.test.settings.database.reserve_bytes = INT64_C(1) << 60;
	assert_int_equal(
	    store_open(&record.test.settings, STORE_WRITE, &record.test.store),
	    0);
	assert_int_equal(put(&record, evidence), ERROR_FULL);
	/* Giving back goes on. */
	txn = begin(&record);
	assert_int_equal(
	    commit(&record, txn,
		record_delisting(txn, &record.rules, &delisting, record.now)),
	    0);
	assert_int_equal(state_of("192.0.2.1"), LISTING_NONE);
}

/* --- corroboration -------------------------------------------------------- */

static void
one_event_never_lists(void **state)
{
	(void)state;
	bear_out(&record, 1);
	see(&record, "198.18.1.1", 1);
	assert_int_equal(state_of("198.18.1.1"), LISTING_WARNED);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
	assert_int_equal(listing_of(&record, "198.18.1.1").corroborated, 1);
}

static void
what_a_trap_weighs_less_is_taken_off(void **state)
{
	struct store_txn *txn = begin(&record);
	struct trap whole, half;

	(void)state;
	assert_int_equal(trap_add(txn, "@one.example", record.now, &whole), 0);
	assert_int_equal(trap_add(txn, "@two.example", record.now, &half), 0);
	assert_int_equal(trap_set(txn, "@two.example",
			     &(struct trap_change){ TRAP_KEEP, 50, NULL },
			     record.now, &half),
	    0);
	commit(&record, txn, 0);
	see(&record, "192.0.2.1", whole.id);
	bear_out(&record, whole.id);
	see(&record, "192.0.2.2", half.id);
	bear_out(&record, half.id);
	sweep(&record);
	assert_true(listing_of(&record, "192.0.2.1").score == 1.0);
	assert_true(listing_of(&record, "192.0.2.2").score == 0.5);
}

static void
a_hundred_from_one_server_alone_never_list(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		struct evidence evidence =
		    bounce(&record, "198.18.1.1", 1 + i % 5);

		evidence.campaign = 7000 + i;
		evidence.flags = EVIDENCE_FINGERPRINTED;
		assert_int_equal(put(&record, evidence), 0);
		record.now += HOUR;
	}
	assert_int_equal(state_of("198.18.1.1"), LISTING_WARNED);
	assert_int_equal(listing_of(&record, "198.18.1.1").sightings, 100);
	assert_int_equal(listing_of(&record, "198.18.1.1").corroborated, 0);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
}

static void
two_traps_an_hour_apart_list_when_three_networks_bear_them_out(void **state)
{
	(void)state;
	bear_out(&record, 1);
	see(&record, "198.18.1.1", 1);
	record.now += HOUR;
	see(&record, "198.18.1.1", 2);
	assert_int_equal(state_of("198.18.1.1"), LISTING_WARNED);
	see(&record, "198.19.1.1", 2);
	see(&record, "198.19.2.1", 2);
	assert_int_equal(state_of("198.18.1.1"), LISTING_WARNED);
	/* The third network bears it out, and it is listed with that. */
	see(&record, "198.19.3.1", 2);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
	assert_int_equal(
	    codes_of(&record, SUBLIST_MAIN, "198.18.1.1"), LISTED_DSN);
}

static void
two_campaigns_an_hour_apart_list_too(void **state)
{
	static const char *const networks[] = { "198.19.1.1", "198.19.2.1",
		"198.19.3.1", "198.18.1.1" };

	(void)state;
	for (uint64_t campaign = 1; campaign <= 2; campaign++) {
		for (size_t i = 0; i < 4; i++) {
			struct evidence evidence =
			    bounce(&record, networks[i], 1);

			evidence.campaign = campaign;
			evidence.flags = EVIDENCE_FINGERPRINTED;
			assert_int_equal(put(&record, evidence), 0);
		}
		record.now += HOUR;
	}
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
}

static void
neighbours_of_its_own_network_bear_nothing_out(void **state)
{
	(void)state;
	for (uint64_t trap = 1; trap <= 2; trap++) {
		see(&record, "198.18.1.1", trap);
		see(&record, "198.18.1.2", trap);
		see(&record, "198.18.1.3", trap);
		see(&record, "198.18.1.4", trap);
		see(&record, "198.18.2.1", trap);
		see(&record, "198.18.3.1", trap);
		record.now += 2 * HOUR;
	}
	assert_int_equal(state_of("198.18.1.1"), LISTING_WARNED);
	assert_int_equal(state_of("198.18.2.1"), LISTING_WARNED);
}

/* More than are judged at once: the sweep does the rest. */
static void
a_network_that_bears_out_many_lists_them_all(void **state)
{
	enum { UNITS = 100 };
	char address[32];
	unsigned listed = 0;

	(void)state;
	for (unsigned i = 0; i < 3 * UNITS; i++) {
		struct evidence evidence;

		sprintf(address, "198.18.%u.1", i % UNITS);
		evidence = bounce(&record, address, 1 + i / UNITS);
		evidence.grade = GRADE_B;
		evidence.seen_at -= HOUR - 20 * (i / UNITS) * 60;
		assert_int_equal(put(&record, evidence), 0);
	}
	record.now += HOUR;
	for (uint64_t trap = 1; trap <= 3; trap++) {
		for (unsigned i = 0; i < UNITS; i++) {
			struct evidence evidence;

			sprintf(address, "198.18.%u.1", i);
			evidence = bounce(&record, address, 5 + trap);
			evidence.grade = GRADE_B;
			assert_int_equal(put(&record, evidence), 0);
		}
	}
	for (uint64_t trap = 1; trap <= 8; trap++)
		bear_out(&record, trap);
	for (unsigned i = 0; i < UNITS; i++) {
		sprintf(address, "198.18.%u.1", i);
		listed += state_of(address) == LISTING_LISTED;
	}
	assert_in_range(listed, 1, UNITS - 1);
	sweep(&record);
	for (unsigned i = 0; i < UNITS; i++) {
		sprintf(address, "198.18.%u.1", i);
		assert_int_equal(state_of(address), LISTING_LISTED);
	}
}

/* A flood of one server is judged once for all that came meanwhile. */
static void
a_server_seen_very_often_is_judged_by_the_sweep(void **state)
{
	(void)state;
	for (uint64_t trap = 1; trap <= 2; trap++) {
		bear_out(&record, trap);
		for (int i = 0; i < 300; i++)
			see(&record, "198.18.1.1", trap);
		record.now += HOUR;
	}
	assert_true(listing_of(&record, "198.18.1.1").sightings < 300);
	sweep(&record);
	assert_int_equal(listing_of(&record, "198.18.1.1").sightings, 600);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
}

/* What does not count cannot push out of sight what does. */
static void
a_flood_that_does_not_count_hides_nothing(void **state)
{
	struct evidence evidence;

	(void)state;
	bear_out(&record, 1);
	see(&record, "198.18.1.1", 1);
	evidence = bounce(&record, "198.18.1.1", 1);
	evidence.kind = BACKSCATTER_NONE;
	for (int i = 0; i < 50; i++) {
		struct store_txn *txn = begin(&record);

		for (int n = 0; n < 100; n++)
			assert_int_equal(record_evidence(txn, &record.rules,
					     &evidence, record.now),
			    0);
		commit(&record, txn, 0);
	}
	record.now += HOUR;
	bear_out(&record, 2);
	see(&record, "198.18.1.1", 2);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
}

/* --- IPv6 ----------------------------------------------------------------- */

static void
ipv6_is_listed_by_64(void **state)
{
	(void)state;
	bear_out(&record, 1);
	see(&record, "2001:db8:0:1::1", 1);
	record.now += HOUR;
	bear_out(&record, 2);
	see(&record, "2001:db8:0:1:ffff::2", 2);
	assert_int_equal(state_of("2001:db8:0:1::77"), LISTING_LISTED);
	assert_int_equal(
	    codes_of(&record, SUBLIST_MAIN, "2001:db8:0:1::3"), LISTED_DSN);
	assert_int_equal(state_of("2001:db8:0:2::1"), LISTING_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(eager_lists_at_the_first_sighting),
		EAGER(an_aborted_transaction_leaves_nothing),
		EAGER(counts_evidence_and_hits_of_its_trap),
		EAGER(gives_ids_that_rise_and_are_not_before_the_sighting),
		EAGER(nothing_is_seen_in_the_future),
		EAGER(a_message_sent_twice_is_recorded_once),
		EAGER(what_does_not_count_is_kept_and_lists_nobody),
		EAGER(an_address_that_can_never_be_listed_is_recorded_alone),
		EAGER(takes_no_evidence_when_space_is_short),
		SMALL(one_event_never_lists),
		SMALL(what_a_trap_weighs_less_is_taken_off),
		SMALL(a_hundred_from_one_server_alone_never_list),
		SMALL(
		    two_traps_an_hour_apart_list_when_three_networks_bear_them_out),
		SMALL(two_campaigns_an_hour_apart_list_too),
		SMALL(neighbours_of_its_own_network_bear_nothing_out),
		SMALL(a_network_that_bears_out_many_lists_them_all),
		SMALL(a_server_seen_very_often_is_judged_by_the_sweep),
		SMALL(a_flood_that_does_not_count_hides_nothing),
		SMALL(ipv6_is_listed_by_64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
