#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "common/error.h"
#include "db/listing.h"
#include "tests/support/addresses.h"
#include "tests/support/test_store.h"

static struct listing
full_listing(const char *unit)
{
	struct listing listing = { .unit = address_of(unit),
		.state = LISTING_LISTED,
		.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN),
		.strict = true,
		.score = 1.375,
		.first_seen_at = 1,
		.last_seen_at = 2,
		.last_counted_at = 3,
		.listed_at = 4,
		.expires_at = 5,
		.callout_until = 6,
		.callout_seen_at = 16,
		.pending_at = 7,
		.pending_anew = true,
		.callout_pending_at = 8,
		.callout_pending_anew = true,
		.sightings = 8,
		.corroborated = 9,
		.traps = 10,
		.campaigns = 11,
		.delisted_at = 12,
		.due_at = 13,
		.manual_at = 14,
		.manual_until = 15,
		.episode_count = LISTING_EPISODES_MAX };

	memset(listing.manual_reason, 'r', LISTING_REASON_MAX);
	for (unsigned i = 0; i < LISTING_EPISODES_MAX; i++)
		listing.episodes[i] = (struct listing_episode){ .listed_at = i,
			.ended_at = 100 + i,
			.rests_on_at = 200 + i,
			.end = LISTING_REMOVED };
	return listing;
}

static void
comes_back_as_it_was_written(void **state)
{
	struct listing listing = full_listing("192.0.2.9"), found;
	uint8_t record[LISTING_RECORD_MAX];
	int len = listing_encode(&listing, record, sizeof(record));

	(void)state;
	memset(&found, 0xff, sizeof(found));
	assert_true(len > 0);
	assert_int_equal(
	    listing_decode(&listing.unit, OCTETS(record, (size_t)len), &found),
	    0);
	assert_true(ipaddr_equal(&found.unit, &listing.unit));
	assert_int_equal(found.state, LISTING_LISTED);
	assert_int_equal(found.kinds, listing.kinds);
	assert_true(found.strict);
	assert_false(found.shared);
	assert_true(found.score == 1.375);
	assert_int_equal(found.first_seen_at, 1);
	assert_int_equal(found.last_seen_at, 2);
	assert_int_equal(found.last_counted_at, 3);
	assert_int_equal(found.listed_at, 4);
	assert_int_equal(found.expires_at, 5);
	assert_int_equal(found.callout_until, 6);
	assert_int_equal(found.pending_at, 7);
	assert_true(found.pending_anew);
	assert_int_equal(found.callout_pending_at, 8);
	assert_true(found.callout_pending_anew);
	assert_int_equal(found.sightings, 8);
	assert_int_equal(found.corroborated, 9);
	assert_int_equal(found.traps, 10);
	assert_int_equal(found.campaigns, 11);
	assert_int_equal(found.delisted_at, 12);
	assert_int_equal(found.due_at, 13);
	assert_int_equal(found.manual_at, 14);
	assert_int_equal(found.manual_until, 15);
	assert_string_equal(found.manual_reason, listing.manual_reason);
	assert_int_equal(found.episode_count, LISTING_EPISODES_MAX);
	assert_int_equal(found.episodes[15].listed_at, 15);
	assert_int_equal(found.episodes[15].ended_at, 115);
	assert_int_equal(found.episodes[15].rests_on_at, 215);
	assert_int_equal(found.episodes[15].end, LISTING_REMOVED);
}

static void
refuses_records_that_are_cut_stretched_or_newer(void **state)
{
	struct listing listing = full_listing("192.0.2.9"), found;
	uint8_t record[LISTING_RECORD_MAX];
	size_t len = (size_t)listing_encode(&listing, record, sizeof(record));

	(void)state;
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(
		    listing_decode(&listing.unit, OCTETS(record, cut), &found),
		    ERROR_DAMAGED);
	record[len] = 0;
	assert_int_equal(
	    listing_decode(&listing.unit, OCTETS(record, len + 1), &found),
	    ERROR_DAMAGED);
	record[0]++;
	assert_int_equal(
	    listing_decode(&listing.unit, OCTETS(record, len), &found),
	    ERROR_NEWER);
}

static void
refuses_a_score_that_is_no_number(void **state)
{
	struct listing listing = full_listing("192.0.2.9"), found;
	uint8_t record[LISTING_RECORD_MAX];
	static const double scores[] = { NAN, INFINITY };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int len;

		listing.score = scores[i];
		len = listing_encode(&listing, record, sizeof(record));
		assert_int_equal(listing_decode(&listing.unit,
				     OCTETS(record, (size_t)len), &found),
		    ERROR_DAMAGED);
	}
}

static void
ipv4_is_listed_by_address_and_ipv6_by_network(void **state)
{
	static const struct {
		const char *address, *unit;
	} cases[] = {
		{ "192.0.2.9", "192.0.2.9" },
		{ "::ffff:192.0.2.9", "192.0.2.9" },
		{ "2001:db8::1", "2001:db8::/64" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ipaddr address = address_of(cases[i].address);
		struct ipaddr unit = listing_unit(&address);
		char text[IPPREFIX_TEXT_MAX];

		assert_string_equal(
		    listing_unit_format(&unit, text), cases[i].unit);
	}
}

static void
what_was_never_listed_is_an_empty_listing(void **state)
{
	struct ipaddr unit = address_of("192.0.2.9");
	struct listing listing;

	memset(&listing, 0xff, sizeof(listing));
	assert_int_equal(listing_get(test_store_txn(state), &unit, &listing),
	    ERROR_NOT_FOUND);
	assert_true(ipaddr_equal(&listing.unit, &unit));
	assert_int_equal(listing.state, LISTING_NONE);
	assert_int_equal(listing.episode_count, 0);
}

static void
due_follows_the_listing(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct listing a = full_listing("192.0.2.1");
	struct listing b = full_listing("192.0.2.2");
	struct ipaddr unit;
	int64_t due_at;

	a.due_at = 200;
	b.due_at = 100;
	assert_int_equal(listing_put(txn, &a), 0);
	assert_int_equal(listing_put(txn, &b), 0);
	assert_int_equal(
	    listing_next_due(txn, 99, &unit, &due_at), ERROR_NOT_FOUND);
	assert_int_equal(listing_next_due(txn, 100, &unit, &due_at), 0);
	assert_true(ipaddr_equal(&unit, &b.unit));

	b.due_at = 300;
	assert_int_equal(listing_put(txn, &b), 0);
	assert_int_equal(store_count(txn, TABLE_DUE), 2);
	assert_int_equal(listing_next_due(txn, 1000, &unit, &due_at), 0);
	assert_true(ipaddr_equal(&unit, &a.unit));

	a.due_at = 0;
	assert_int_equal(listing_put(txn, &a), 0);
	assert_int_equal(store_count(txn, TABLE_DUE), 1);
	assert_int_equal(listing_put(txn, &b), 0);
	assert_int_equal(store_count(txn, TABLE_DUE), 1);
	assert_int_equal(
	    listing_next_due(txn, 299, &unit, &due_at), ERROR_NOT_FOUND);
}

static void
goes_when_it_says_nothing_any_more(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct listing listing = full_listing("192.0.2.1");
	struct listing empty = { .unit = listing.unit, .score = 0.5 };

	assert_int_equal(listing_put(txn, &empty), 0);
	assert_int_equal(store_count(txn, TABLE_LISTING), 0);
	assert_int_equal(listing_put(txn, &listing), 0);
	assert_int_equal(listing_put(txn, &empty), 0);
	assert_int_equal(store_count(txn, TABLE_LISTING), 0);
	assert_int_equal(store_count(txn, TABLE_DUE), 0);
}

static void
stays_while_it_says_anything(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct ipaddr unit = address_of("192.0.2.1");
	const struct listing talkers[] = {
		{ .unit = unit, .state = LISTING_WARNED },
		{ .unit = unit, .state = LISTING_PENDING },
		{ .unit = unit, .manual_until = 1 },
		{ .unit = unit, .callout_until = 1 },
		{ .unit = unit, .delisted_at = 1 },
		{ .unit = unit, .due_at = 1 },
		{ .unit = unit, .episode_count = 1 },
	};

	for (size_t i = 0; i < sizeof(talkers) / sizeof(talkers[0]); i++) {
		struct listing found;

		assert_int_equal(listing_put(txn, &talkers[i]), 0);
		assert_int_equal(listing_get(txn, &unit, &found), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_as_it_was_written),
		cmocka_unit_test(
		    refuses_records_that_are_cut_stretched_or_newer),
		cmocka_unit_test(refuses_a_score_that_is_no_number),
		cmocka_unit_test(ipv4_is_listed_by_address_and_ipv6_by_network),
		TEST_WITH_STORE(what_was_never_listed_is_an_empty_listing),
		TEST_WITH_STORE(due_follows_the_listing),
		TEST_WITH_STORE(goes_when_it_says_nothing_any_more),
		TEST_WITH_STORE(stays_while_it_says_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
