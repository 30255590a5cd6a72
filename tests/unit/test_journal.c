#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/journal.h"
#include "tests/support/zone_fixture.h"

#define DAY 86400
#define BOUND 100000 /* however few names there are */

/* As many changes under one serial. */
static void
change(struct fixture *fixture, unsigned count, int64_t now)
{
	static uint16_t codes;

	for (unsigned i = 0; i < count; i++) {
		const struct zone_entry entry = { .codes = CODE_BIT(2),
			.seen_day = 1 + codes++ };
		struct ipaddr unit = address_of("192.0.2.1");
		uint8_t record[ZONE_ENTRY_RECORD_LEN];
		struct zonekey key;

		zonekey_of_unit(SUBLIST_MAIN, &unit, &key);
		zonedata_encode_entry(&entry, record);
		assert_int_equal(zonedata_put(fixture->txn, &key,
				     OCTETS(record, sizeof(record)), now),
		    0);
	}
	next_transaction(fixture);
}

static int
trim(struct fixture *fixture, int64_t now, unsigned most)
{
	int dropped = journal_trim(fixture->txn, now, most);

	next_transaction(fixture);
	return dropped;
}

static void
is_kept_for_three_days(void **state)
{
	struct fixture *fixture = *state;

	int64_t now = START + 3 * DAY + 11;

	change(fixture, 5, START + 10);
	change(fixture, 5, START + 20);
	change(fixture, 1, START + 30);
	assert_int_equal(trim(fixture, now - 1, 100), 0);
	/* How far the zone is has to be known for a minute. */
	assert_int_equal(trim(fixture, now, 3), 1);
	assert_int_equal(trim(fixture, now, 3), 0);
	now += JOURNAL_YOUNG_SECONDS;
	assert_int_equal(trim(fixture, now, 3), 3);
	assert_int_equal(trim(fixture, now, 100), 7);
	assert_int_equal(changes(fixture), 1);
}

/* Nobody was away, and the next change must lead on from there. */
static void
of_the_version_in_force_is_kept_for_ever(void **state)
{
	struct fixture *fixture = *state;
	int64_t now = START + 10;

	change(fixture, 5, now);
	change(fixture, 3, now + 1);
	for (int day = 0; day < 30; day++) {
		now += DAY;
		trim(fixture, now, 100);
		trim(fixture, now + JOURNAL_YOUNG_SECONDS, 100);
	}
	assert_int_equal(changes(fixture), 3);
	assert_int_equal(trim(fixture, now + 100 * DAY, 100), 0);
	/* It goes when there is another. */
	now += 101 * DAY;
	change(fixture, 2, now);
	assert_int_equal(changes(fixture), 5);
	for (int i = 1; i < 4; i++)
		trim(fixture, now + 3 * DAY + i * JOURNAL_YOUNG_SECONDS, 100);
	assert_int_equal(changes(fixture), 2);
}

static void
is_bounded_however_fast_it_grows(void **state)
{
	struct fixture *fixture = *state;
	int64_t now = START + 10;

	change(fixture, BOUND + 500, now);
	for (int i = 0; i < 3; i++) {
		trim(fixture, now, 1000);
		now += JOURNAL_YOUNG_SECONDS;
	}
	assert_int_equal(changes(fixture), BOUND);
	assert_int_equal(trim(fixture, now, 1000), 0);
}

/* What came within the last minute, however much that is. */
static void
keeps_what_is_young(void **state)
{
	struct fixture *fixture = *state;
	int64_t now = START + 10;

	change(fixture, 20, now);
	assert_int_equal(trim(fixture, now, 1000), 0);
	now += 2 * JOURNAL_YOUNG_SECONDS;
	change(fixture, BOUND + 500, now);
	for (int second = 0; second < JOURNAL_YOUNG_SECONDS; second++) {
		change(fixture, 1, now + second);
		trim(fixture, now + second, 1000);
		assert_true(changes(fixture) > BOUND + 500);
	}
	for (int i = 1; i < 4; i++)
		trim(fixture, now + i * JOURNAL_YOUNG_SECONDS, 1000);
	assert_int_equal(changes(fixture), BOUND);
}

static void
a_clock_set_back_makes_nothing_old(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(trim(fixture, START + DAY, 1000), 0);
	change(fixture, BOUND + 500, START + DAY);
	for (int i = 0; i < 3; i++)
		trim(fixture, START + 10 - i, 1000);
	assert_int_equal(changes(fixture), BOUND + 500);
}

/* It may be wrong, and whoever reads a version needs what came since. */
static void
a_clock_set_ahead_makes_nothing_old_for_a_minute(void **state)
{
	struct fixture *fixture = *state;
	int64_t now = START + 10, ahead = 10 * DAY;

	change(fixture, BOUND + 500, now);
	for (int i = 0; i < 3; i++) {
		trim(fixture, now, 1000);
		now += JOURNAL_YOUNG_SECONDS;
	}
	change(fixture, 7, now);
	change(fixture, 7, now + 1);
	for (int second = 2; second < JOURNAL_YOUNG_SECONDS; second++) {
		trim(fixture, now + ahead + second, 2 * BOUND);
		assert_true(changes(fixture) >= 14);
	}
	/* And when it comes back, what was made meanwhile is kept. */
	change(fixture, 3, now + ahead + JOURNAL_YOUNG_SECONDS);
	now += JOURNAL_YOUNG_SECONDS + 1;
	for (int i = 0; i < 5; i++) {
		trim(fixture, now, 2 * BOUND);
		assert_true(changes(fixture) >= 3);
		now += JOURNAL_YOUNG_SECONDS;
	}
}

/* Who sweeps commits only what has changed something. */
static void
ends_though_nothing_else_changes(void **state)
{
	struct fixture *fixture = *state;
	int64_t now = START + 10;

	change(fixture, BOUND + 500, now);
	assert_int_equal(trim(fixture, now, 1000), 1);
	assert_int_equal(trim(fixture, now, 1000), 0);
	now += JOURNAL_YOUNG_SECONDS;
	assert_int_equal(trim(fixture, now, 1000), 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(is_kept_for_three_days),
		test(of_the_version_in_force_is_kept_for_ever),
		test(is_bounded_however_fast_it_grows),
		test(keeps_what_is_young),
		test(a_clock_set_back_makes_nothing_old),
		test(a_clock_set_ahead_makes_nothing_old_for_a_minute),
		test(ends_though_nothing_else_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
