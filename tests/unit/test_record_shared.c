#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/replay.h"
#include "tests/support/one_record.h"

/* Names of hosts, new sensors, retention, replay. */

/* --- names ---------------------------------------------------------------- */

static int
wants_name(const char *address)
{
	struct ipaddr parsed = address_of(address);
	struct store_txn *txn = begin(&record);
	int wanted = record_wants_name(txn, &record.rules, &parsed, record.now);

	store_abort(txn);
	return wanted;
}

static void
name(const char *address, const char *host)
{
	struct ipaddr parsed = address_of(address);
	struct store_txn *txn = begin(&record);

	assert_int_equal(
	    commit(&record, txn,
		record_name(txn, &record.rules, &parsed, host, record.now)),
	    0);
}

static void
a_pools_name_moves_it_to_the_shared_list(void **state)
{
	(void)state;
	see(&record, "192.0.2.1", 1);
	assert_int_equal(codes_of(&record, SUBLIST_MAIN, "192.0.2.1"),
	    CODE_BIT(CODE_BACKSCATTER) | CODE_BIT(3));
	name("192.0.2.1", "mout1.gmx.net");
	assert_int_equal(codes_of(&record, SUBLIST_MAIN, "192.0.2.1"), 0);
	assert_int_equal(codes_of(&record, SUBLIST_SHARED, "192.0.2.1"),
	    CODE_BIT(CODE_SHARED));
	/* It stays there whatever comes, until it has another name. */
	see(&record, "192.0.2.1", 2);
	assert_int_equal(codes_of(&record, SUBLIST_MAIN, "192.0.2.1"), 0);
	name("192.0.2.1", "");
	assert_int_equal(codes_of(&record, SUBLIST_SHARED, "192.0.2.1"), 0);
	assert_int_not_equal(codes_of(&record, SUBLIST_MAIN, "192.0.2.1"), 0);
}

static void
a_name_is_asked_for_once_a_week(void **state)
{
	(void)state;
	assert_int_equal(wants_name("192.0.2.1"), 0); /* never seen */
	name("192.0.2.1", "mout1.gmx.net"); /* what was asked in vain */
	assert_int_equal(state_of("192.0.2.1"), LISTING_NONE);
	see(&record, "192.0.2.1", 1);
	assert_int_equal(wants_name("192.0.2.1"), 1);
	name("192.0.2.1", "mail.example.net");
	assert_int_equal(wants_name("192.0.2.1"), 0);
	assert_int_equal(state_of("192.0.2.1"), LISTING_LISTED);
	record.now += 7 * DAY - 1;
	assert_int_equal(wants_name("192.0.2.1"), 0);
	record.now++;
	assert_int_equal(wants_name("192.0.2.1"), 1);
	/* A clock that was ahead does not put it off for long. */
	record.now -= 30 * DAY;
	assert_int_equal(wants_name("192.0.2.1"), 1);
}

static void
a_pools_network_needs_no_name(void **state)
{
	(void)state;
	see(&record, "209.85.128.9", 1);
	assert_int_equal(wants_name("209.85.128.9"), 0);
	assert_int_equal(codes_of(&record, SUBLIST_MAIN, "209.85.128.9"), 0);
	assert_int_equal(codes_of(&record, SUBLIST_SHARED, "209.85.128.9"),
	    CODE_BIT(CODE_SHARED));
}

/* --- sensors -------------------------------------------------------------- */

static double
see_by(uint32_t sensor, const char *address)
{
	struct evidence evidence = bounce(&record, address, 1);

	evidence.sensor = sensor;
	assert_int_equal(put(&record, evidence), 0);
	return listing_of(&record, address).score;
}

static void
a_new_sensor_counts_a_quarter_for_seven_days(void **state)
{
	(void)state;
	assert_true(see_by(0, "192.0.2.1") == 1);
	assert_true(see_by(9, "192.0.2.2") == 1); /* the first */
	record.now += DAY;
	assert_true(see_by(7, "192.0.2.3") == 0.25);
	assert_true(see_by(9, "192.0.2.4") == 1);
	record.now += 7 * DAY - 1;
	assert_true(see_by(7, "192.0.2.5") == 0.25);
	record.now++;
	assert_true(see_by(7, "192.0.2.6") == 1);
	assert_true(see_by(8, "192.0.2.7") == 0.25);
}

static void
a_new_sensor_bears_nobody_out(void **state)
{
	static const char *const others[] = { "198.19.1.1", "198.19.2.1",
		"198.19.3.1" };

	(void)state;
	see_by(1, "198.18.9.1"); /* the first that ever reports */
	for (size_t i = 0; i < 3; i++)
		see_by(2, others[i]);
	see(&record, "198.18.1.1", 1);
	assert_int_equal(listing_of(&record, "198.18.1.1").corroborated, 0);
	for (size_t i = 0; i < 3; i++)
		see_by(1, others[i]);
	assert_int_equal(listing_of(&record, "198.18.1.1").corroborated, 1);
}

/* --- retention ------------------------------------------------------------ */

static void
requests_are_kept_as_long_as_history(void **state)
{
	(void)state;
	see(&record, "192.0.2.1", 1);
	assert_int_equal(delist("192.0.2.1"), 0);
	record.now += 50 * DAY;
	sweep(&record);
	see(&record, "192.0.2.1", 2);
	assert_int_equal(delist("192.0.2.1"), 0);
	assert_int_equal(records_in(&record, TABLE_DELISTING), 3);
	record.now += 40 * DAY;
	sweep(&record);
	assert_int_equal(records_in(&record, TABLE_DELISTING), 3);
	record.now++;
	sweep(&record);
	/* The mark of the last time is the second request's. */
	assert_int_equal(records_in(&record, TABLE_DELISTING), 2);
	record.now += 50 * DAY;
	sweep(&record);
	assert_int_equal(records_in(&record, TABLE_DELISTING), 0);
}

/* --- replay --------------------------------------------------------------- */

static unsigned
replay_all(const char *preset, struct replay *last)
{
	struct ipaddr from = { { 0 } };
	struct test_record other = record;
	struct store_txn *txn = begin(&record);
	unsigned listed = 0;
	struct replay replay;

	assert_int_equal(policy_preset(preset, &other.rules.policy), 0);
	while (
	    replay_next(txn, &other.rules, record.now, &from, &replay) == 0) {
		listed += replay.result.state == LISTING_LISTED;
		*last = replay;
	}
	store_abort(txn);
	return listed;
}

static void
replay_judges_by_other_rules_and_changes_nothing(void **state)
{
	struct ipaddr unit = address_of("198.19.9.1");
	struct replay last;

	(void)state;
	bear_out(&record, 1);
	see(&record, "198.19.9.1", 1);
	assert_int_equal(replay_all("small", &last), 0);
	assert_int_equal(replay_all("eager", &last), 4);
	assert_true(ipaddr_equal(&last.listing.unit, &unit));
	assert_int_equal(last.listing.state, LISTING_WARNED);
	assert_int_equal(last.trap_count, 1);
	assert_true(last.traps[0] == 1);
	assert_int_equal(state_of("198.19.9.1"), LISTING_WARNED);
}

static void
replay_knows_who_was_delisted(void **state)
{
	struct replay last;

	(void)state;
	see(&record, "192.0.2.1", 1);
	record.now += HOUR;
	assert_int_equal(delist("192.0.2.1"), 0);
	assert_int_equal(replay_all("eager", &last), 0);
	record.now += HOUR;
	see(&record, "192.0.2.1", 1);
	assert_int_equal(replay_all("eager", &last), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(a_pools_name_moves_it_to_the_shared_list),
		EAGER(a_name_is_asked_for_once_a_week),
		EAGER(a_pools_network_needs_no_name),
		EAGER(a_new_sensor_counts_a_quarter_for_seven_days),
		SMALL(a_new_sensor_bears_nobody_out),
		EAGER(requests_are_kept_as_long_as_history),
		SMALL(replay_judges_by_other_rules_and_changes_nothing),
		EAGER(replay_knows_who_was_delisted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
