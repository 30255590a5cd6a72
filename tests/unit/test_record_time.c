#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/one_record.h"

/* --- time ----------------------------------------------------------------- */

static void
the_sweep_ends_what_has_expired(void **state)
{
	struct audit_entry entry;

	(void)state;
	see(&record, "192.0.2.1", 1);
	record.now += 3 * DAY - 1;
	sweep(&record);
	assert_int_equal(state_of("192.0.2.1"), LISTING_LISTED);
	record.now += 1;
	sweep(&record);
	assert_int_equal(state_of("192.0.2.1"), LISTING_WARNED);
	assert_int_equal(codes_of(&record, SUBLIST_MAIN, "192.0.2.1"), 0);
	assert_int_equal(codes_of(&record, SUBLIST_DSN, "192.0.2.1"), 0);
	entry = newest_audit();
	assert_string_equal(entry.what, "expired");
	assert_string_equal(entry.subject, "192.0.2.1");
	record.now += 4 * DAY;
	sweep(&record);
	assert_int_equal(state_of("192.0.2.1"), LISTING_NONE);
}

static void
each_listing_lasts_twice_as_long(void **state)
{
	static const int days[] = { 3, 6, 12, 24, 28, 28 };

	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		struct listing listing;

		see(&record, "192.0.2.1", 1);
		listing = listing_of(&record, "192.0.2.1");
		assert_int_equal(listing.state, LISTING_LISTED);
		assert_true(listing.expires_at == record.now + days[i] * DAY);
		record.now = listing.expires_at - 1;
		sweep(&record);
		assert_int_equal(state_of("192.0.2.1"), LISTING_LISTED);
		record.now += HOUR;
		sweep(&record);
		assert_int_not_equal(state_of("192.0.2.1"), LISTING_LISTED);
	}
}

static void
evidence_that_comes_late_lists_as_of_its_time(void **state)
{
	struct evidence evidence;

	(void)state;
	bear_out(&record, 1);
	see(&record, "198.18.1.1", 1);
	record.now += HOUR;
	bear_out(&record, 2);
	evidence = bounce(&record, "198.18.1.1", 2);
	record.now += DAY;
	assert_int_equal(state_of("198.18.1.1"), LISTING_WARNED);
	assert_int_equal(put(&record, evidence), 0);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
	assert_true(
	    listing_of(&record, "198.18.1.1").listed_at == evidence.seen_at);
	assert_true(listing_of(&record, "198.18.1.1").expires_at ==
		    evidence.seen_at + 3 * DAY);
}

static void
everything_runs_out_in_the_end(void **state)
{
	static const enum store_table tables[] = { TABLE_EVIDENCE,
		TABLE_EVIDENCE_OF, TABLE_SIGHTING, TABLE_GROUP_NETWORK,
		TABLE_GROUP_MEMBER, TABLE_DIGEST, TABLE_LISTING, TABLE_DUE,
		TABLE_ZONE };

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		char address[32];
		struct evidence evidence;

		sprintf(address, "198.18.%u.1", i % 20);
		evidence = bounce(&record, address, 1 + i % 3);
		evidence.digest = 1 + i;
		evidence.campaign = i % 7;
		evidence.flags = i % 2 ? EVIDENCE_FINGERPRINTED : 0;
		assert_int_equal(put(&record, evidence), 0);
		record.now += 5 * HOUR;
	}
	assert_true(records_in(&record, TABLE_ZONE) > 0);
	/*
	 * Twice a day, a minute apart: else each day were a leap (journal.c).
	 */
	for (int day = 0; day < 125; day++) {
		sweep(&record);
		record.now += MINUTE;
		sweep(&record);
		record.now += DAY - MINUTE;
	}
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		assert_int_equal(records_in(&record, tables[i]), 0);
	/* But how the last listings ended, together. */
	assert_int_equal(records_in(&record, TABLE_JOURNAL), 8);
}

static void
evidence_is_kept_for_thirty_days(void **state)
{
	(void)state;
	see(&record, "192.0.2.1", 1);
	record.now += 30 * DAY - 1;
	sweep(&record);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), 1);
	record.now += 1;
	sweep(&record);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE), 0);
	assert_int_equal(records_in(&record, TABLE_EVIDENCE_OF), 0);
	assert_int_equal(records_in(&record, TABLE_SIGHTING), 0);
}

static void
the_sweep_goes_in_steps(void **state)
{
	struct store_txn *txn;
	char address[32];

	(void)state;
	for (int i = 0; i < 30; i++) {
		sprintf(address, "192.0.2.%d", i + 1);
		see(&record, address, 1);
	}
	record.now += 3 * DAY;
	txn = begin(&record);
	assert_int_equal(commit(&record, txn,
			     record_sweep(txn, &record.rules, record.now, 10)),
	    10);
	assert_int_equal(codes_of(&record, SUBLIST_MAIN, "192.0.2.1"), 0);
	assert_int_equal(
	    codes_of(&record, SUBLIST_MAIN, "192.0.2.30"), LISTED_DSN);
	sweep(&record);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
	txn = begin(&record);
	assert_int_equal(record_sweep(txn, &record.rules, record.now, 10), 0);
	store_abort(txn);
}

/* --- order ---------------------------------------------------------------- */

enum { MIXED = 120 };

/* Six servers, five networks, three traps, some of it borne out, some not. */
static void
make_mixed(struct evidence mixed[MIXED])
{
	static const char *const addresses[] = { "198.18.1.1", "198.18.1.2",
		"198.18.2.1", "198.18.3.1", "198.18.4.1", "2001:db8::1" };

	for (unsigned i = 0; i < MIXED; i++) {
		unsigned n = i * 7919;

		mixed[i] = bounce(&record, addresses[n % 6], 1 + n / 5 % 3);
		mixed[i].seen_at = TEST_NOW + (n % 97) * HOUR;
		mixed[i].grade = n % 3 == 0 ? GRADE_B : GRADE_A;
		mixed[i].original = 100 + n % 90;
		mixed[i].campaign = 200 + n % 5;
		mixed[i].flags = n % 4 == 0 ? EVIDENCE_FINGERPRINTED : 0;
	}
}

static void
shuffle(struct evidence mixed[MIXED], unsigned seed)
{
	for (unsigned i = MIXED - 1; i > 0; i--) {
		struct evidence swap = mixed[i];
		unsigned j;

		seed = seed * 1664525 + 1013904223;
		j = (seed >> 8) % (i + 1);
		mixed[i] = mixed[j];
		mixed[j] = swap;
	}
}

struct copy {
	size_t len;
	uint8_t octets[6 * LISTING_RECORD_MAX];
};

static void
copy_listings(struct copy *copy)
{
	struct store_txn *txn = begin(&record);
	struct store_cursor *cursor;
	struct octets key, value;
	int code;

	copy->len = 0;
	assert_int_equal(store_cursor_open(txn, TABLE_LISTING, &cursor), 0);
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0) {
		memcpy(copy->octets + copy->len, value.data, value.len);
		copy->len += value.len;
		code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	store_abort(txn);
}

static void
any_order_of_arrival_gives_the_same_listings(void **state)
{
	static struct copy first, other;
	static struct evidence mixed[MIXED];

	(void)state;
	for (unsigned seed = 0; seed < 12; seed++) {
		if (seed > 0) {
			test_record_close(&record);
			test_record_open(&record, "small");
		}
		make_mixed(mixed);
		if (seed > 0)
			shuffle(mixed, seed);
		record.now = TEST_NOW + 4 * DAY + HOUR;
		for (unsigned i = 0; i < MIXED; i++)
			assert_int_equal(put(&record, mixed[i]), 0);
		sweep(&record);
		copy_listings(seed == 0 ? &first : &other);
		if (seed == 0)
			continue;
		assert_int_equal(other.len, first.len);
		assert_memory_equal(other.octets, first.octets, first.len);
	}
	assert_int_equal(records_in(&record, TABLE_LISTING), 6);
	assert_true(records_in(&record, TABLE_ZONE) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(the_sweep_ends_what_has_expired),
		EAGER(each_listing_lasts_twice_as_long),
		SMALL(evidence_that_comes_late_lists_as_of_its_time),
		EAGER(everything_runs_out_in_the_end),
		EAGER(evidence_is_kept_for_thirty_days),
		EAGER(the_sweep_goes_in_steps),
		SMALL(any_order_of_arrival_gives_the_same_listings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
