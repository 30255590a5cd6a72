#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above. */
#include <cmocka.h>

#include "db/corroboration.h"
#include "db/listing.h"
#include "tests/support/test_store.h"

#define NEEDED 3
#define HOUR 3600

static struct evidence
sighting(const char *address, uint64_t trap, int64_t hours)
{
	struct evidence evidence = { .seen_at = TEST_NOW + hours * HOUR,
		.kind = BACKSCATTER_DSN,
		.grade = GRADE_A,
		.trap = trap };

	assert_int_equal(ipaddr_parse(address, &evidence.address), 0);
	return evidence;
}

static int
count_flip(const struct ipaddr *unit, void *context)
{
	(void)unit;
	++*(unsigned *)context;
	return 0;
}

static unsigned
add(struct store_txn *txn, struct evidence evidence)
{
	unsigned flips = 0;

	assert_int_equal(
	    corroboration_add(txn, &evidence, NEEDED, count_flip, &flips), 0);
	return flips;
}

static int
holds(struct store_txn *txn, struct evidence evidence)
{
	return corroboration_holds(txn, &evidence, NEEDED);
}

struct fixture {
	struct test_store test;
	struct store_txn *txn;
};

static int
open_fixture(void **state)
{
	static struct fixture fixture;

	test_store_open(&fixture.test);
	assert_int_equal(
	    store_begin_write(fixture.test.store, &fixture.txn), 0);
	*state = &fixture;
	return 0;
}

static int
close_fixture(void **state)
{
	struct fixture *fixture = *state;

	store_abort(fixture->txn);
	test_store_close(&fixture->test);
	return 0;
}

static void
three_other_networks_bear_a_sighting_out(void **state)
{
	struct store_txn *txn = ((struct fixture *)*state)->txn;

	add(txn, sighting("192.0.2.1", 1, 0));
	add(txn, sighting("198.51.100.1", 1, 0));
	add(txn, sighting("203.0.113.1", 1, 0));
	assert_int_equal(holds(txn, sighting("192.0.2.1", 1, 0)), 0);
	add(txn, sighting("100.64.0.1", 1, 0));
	assert_int_equal(holds(txn, sighting("192.0.2.1", 1, 0)), 1);
	assert_int_equal(holds(txn, sighting("100.64.0.1", 1, 0)), 1);
}

static void
one_network_never_bears_itself_out(void **state)
{
	struct store_txn *txn = ((struct fixture *)*state)->txn;

	for (unsigned i = 1; i < 200; i++) {
		char text[IPADDR_TEXT_MAX];

		snprintf(text, sizeof(text), "192.0.2.%u", i);
		add(txn, sighting(text, 1, i % 20));
		snprintf(text, sizeof(text), "2001:db8:0:%x::1", i);
		add(txn, sighting(text, 2, i % 20));
	}
	assert_int_equal(holds(txn, sighting("192.0.2.9", 1, 3)), 0);
	assert_int_equal(holds(txn, sighting("2001:db8:0:7::1", 2, 3)), 0);
}

static void
only_a_day_either_side_counts(void **state)
{
	struct store_txn *txn = ((struct fixture *)*state)->txn;
	static const struct {
		int64_t hours;
		int holds;
	} cases[] = { { -25, 0 }, { -24, 1 }, { 0, 1 }, { 24, 1 }, { 25, 0 } };

	add(txn, sighting("198.51.100.1", 1, 0));
	add(txn, sighting("203.0.113.1", 1, 0));
	add(txn, sighting("100.64.0.1", 1, 0));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    holds(txn, sighting("192.0.2.1", 1, cases[i].hours)),
		    cases[i].holds);
}

static void
only_grade_a_bears_others_out(void **state)
{
	struct store_txn *txn = ((struct fixture *)*state)->txn;
	static const char *const others[] = { "198.51.100.1", "203.0.113.1",
		"100.64.0.1", "100.65.0.1" };

	for (unsigned i = 0; i < 4; i++) {
		struct evidence evidence = sighting(others[i], 1, 0);

		evidence.grade = GRADE_B;
		add(txn, evidence);
		evidence.grade = GRADE_A;
		evidence.flags = EVIDENCE_UNCOUNTED;
		add(txn, evidence);
		evidence.flags = 0;
		evidence.kind = BACKSCATTER_NONE;
		add(txn, evidence);
	}
	assert_int_equal(holds(txn, sighting("192.0.2.1", 1, 0)), 0);
}

static void
a_campaign_bears_out_across_traps_only_when_fingerprinted(void **state)
{
	struct store_txn *txn = ((struct fixture *)*state)->txn;
	static const char *const others[] = { "198.51.100.1", "203.0.113.1",
		"100.64.0.1" };
	struct evidence own = sighting("192.0.2.1", 9, 0);

	for (unsigned i = 0; i < 3; i++) {
		struct evidence evidence = sighting(others[i], i + 1, 0);

		evidence.campaign = 77;
		evidence.flags = EVIDENCE_FINGERPRINTED;
		add(txn, evidence);
	}
	own.campaign = 77;
	assert_int_equal(holds(txn, own), 0);
	own.flags = EVIDENCE_FINGERPRINTED;
	assert_int_equal(holds(txn, own), 1);
}

/* Some run hits every trap of a small list nearly every day. */
static void
a_run_bears_out_no_other_content_to_its_trap(void **state)
{
	struct store_txn *txn = ((struct fixture *)*state)->txn;
	static const char *const others[] = { "198.51.100.1", "203.0.113.1",
		"100.64.0.1" };
	struct evidence own = sighting("192.0.2.1", 1, 0);

	own.campaign = 78;
	own.flags = EVIDENCE_FINGERPRINTED;
	for (unsigned i = 0; i < 3; i++) {
		struct evidence evidence = sighting(others[i], 1, 0);

		evidence.campaign = 77;
		evidence.flags = EVIDENCE_FINGERPRINTED;
		assert_int_equal(add(txn, evidence), i);
	}
	assert_int_equal(holds(txn, own), 0);
	assert_int_equal(add(txn, own), 0);
	/* What has no content of its own may be the run's. */
	own.flags = 0;
	assert_int_equal(holds(txn, own), 1);
}

static void
the_network_that_makes_enough_flips_what_waited(void **state)
{
	struct store_txn *txn = ((struct fixture *)*state)->txn;

	assert_int_equal(add(txn, sighting("192.0.2.1", 1, 0)), 0);
	/* Each of these might be the one: two waited, then three. */
	assert_int_equal(add(txn, sighting("198.51.100.1", 1, 20)), 1);
	assert_int_equal(add(txn, sighting("203.0.113.1", 1, 20)), 2);
	assert_int_equal(add(txn, sighting("100.64.0.1", 1, 20)), 3);
	assert_int_equal(holds(txn, sighting("192.0.2.1", 1, 0)), 1);
}

static void
a_borne_out_group_calls_nobody(void **state)
{
	struct store_txn *txn = ((struct fixture *)*state)->txn;

	for (unsigned i = 0; i < 5000; i++) {
		char text[IPADDR_TEXT_MAX];
		unsigned flips;

		snprintf(text, sizeof(text), "100.%u.%u.1", i / 250, i % 250);
		flips = add(txn, sighting(text, 1, 0));
		assert_int_equal(flips, i <= NEEDED ? i : 0);
	}
}

static void
a_dropped_hour_is_forgotten(void **state)
{
	struct store_txn *txn = ((struct fixture *)*state)->txn;
	static const char *const others[] = { "198.51.100.1", "203.0.113.1",
		"100.64.0.1" };

	for (unsigned i = 0; i < 3; i++)
		add(txn, sighting(others[i], 1, 0));
	for (unsigned i = 0; i < 3; i++) {
		struct evidence evidence = sighting(others[i], 1, 0);

		assert_int_equal(corroboration_drop(txn, &evidence), 0);
	}
	assert_int_equal(store_count(txn, TABLE_GROUP_NETWORK), 0);
	assert_int_equal(store_count(txn, TABLE_GROUP_MEMBER), 0);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(three_other_networks_bear_a_sighting_out),
		TEST(one_network_never_bears_itself_out),
		TEST(only_a_day_either_side_counts),
		TEST(only_grade_a_bears_others_out),
		TEST(a_campaign_bears_out_across_traps_only_when_fingerprinted),
		TEST(a_run_bears_out_no_other_content_to_its_trap),
		TEST(the_network_that_makes_enough_flips_what_waited),
		TEST(a_borne_out_group_calls_nobody),
		TEST(a_dropped_hour_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
