#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/zonedata.h"
#include "tests/support/one_record.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LISTED_MANUAL (CODE_BIT(2) | CODE_BIT(9))

static int
manual(
    const char *prefix, const char *reason, int64_t until, const char **refusal)
{
	struct ipprefix parsed = prefix_of(prefix);
	struct store_txn *txn = begin(&record);

	return commit(&record, txn,
	    record_manual(txn, &record.rules, &parsed, reason, until,
		record.now, refusal));
}

static int
exempt(const char *prefix, int64_t until)
{
	struct exemption exemption = { .prefix = prefix_of(prefix),
		.added_at = record.now,
		.until = until,
		.reason = "a friend" };
	struct store_txn *txn = begin(&record);

	return commit(&record, txn,
	    record_exemption(txn, &record.rules, &exemption, record.now));
}

/* --- delisting ------------------------------------------------------------ */

static void
a_delisting_takes_off_at_once(void **state)
{
	struct audit_search search;

	(void)state;
	see(&record, "192.0.2.1", 1);
	record.now += HOUR;
	assert_int_equal(delist("192.0.2.1"), 0);
	assert_int_equal(state_of("192.0.2.1"), LISTING_NONE);
	assert_int_equal(main_codes("192.0.2.1"), 0);
	assert_int_equal(codes_of(&record, SUBLIST_DSN, "192.0.2.1"), 0);
	assert_true(listing_of(&record, "192.0.2.1").score == 0);
	assert_true(listing_of(&record, "192.0.2.1").delisted_at == record.now);
	search = audit_of("delisted");
	assert_int_equal(search.count, 1);
	assert_string_equal(search.newest.subject, "192.0.2.1");
	assert_non_null(strstr(search.newest.details, "step=asked"));
	/* Who asked is nobody's business. */
	assert_null(strstr(search.newest.details, "192.0.2.200"));
	assert_int_equal(delist("192.0.2.1"), ERROR_NOT_FOUND);
}

static void
what_drains_from_a_queue_does_not_list_again(void **state)
{
	struct evidence evidence;

	(void)state;
	see(&record, "192.0.2.1", 1);
	record.now += HOUR;
	assert_int_equal(delist("192.0.2.1"), 0);
	record.now += 2 * DAY;
	evidence = bounce(&record, "192.0.2.1", 1);
	evidence.original_at = record.now - 3 * DAY;
	assert_int_equal(put(&record, evidence), 0);
	assert_int_equal(state_of("192.0.2.1"), LISTING_NONE);
	/* Nor does what was seen before and comes in now. */
	evidence = bounce(&record, "192.0.2.1", 2);
	evidence.seen_at = record.now - 2 * DAY;
	assert_int_equal(put(&record, evidence), 0);
	assert_int_equal(state_of("192.0.2.1"), LISTING_NONE);
	/* A new answer does, and the history counts. */
	evidence = bounce(&record, "192.0.2.1", 1);
	evidence.original_at = record.now - HOUR;
	assert_int_equal(put(&record, evidence), 0);
	assert_int_equal(state_of("192.0.2.1"), LISTING_LISTED);
	assert_true(listing_of(&record, "192.0.2.1").expires_at ==
		    record.now + 6 * DAY);
}

static void
only_what_is_listed_can_be_delisted(void **state)
{
	(void)state;
	assert_int_equal(delist("198.18.1.1"), ERROR_NOT_FOUND);
	see(&record, "198.18.1.1", 1); /* warned */
	assert_int_equal(delist("198.18.1.1"), ERROR_NOT_FOUND);
	assert_int_equal(
	    manual("198.18.1.1", "by hand", record.now + DAY, NULL), 0);
	assert_int_equal(delist("198.18.1.1"), ERROR_REFUSED);
	assert_int_equal(main_codes("198.18.1.1"), LISTED_MANUAL);
	assert_int_equal(audit_of("delisted").count, 0);
}

static void
any_address_of_an_ipv6_64_delists_it(void **state)
{
	(void)state;
	see(&record, "2001:db8::1", 1);
	assert_int_equal(main_codes("2001:db8::1"), LISTED_DSN);
	assert_int_equal(delist("2001:db8::ffff"), 0);
	assert_int_equal(main_codes("2001:db8::1"), 0);
}

/* --- by hand -------------------------------------------------------------- */

static void
a_manual_listing_lasts_until_its_end(void **state)
{
	(void)state;
	assert_int_equal(
	    manual("192.0.2.7", "spews", record.now + DAY, NULL), 0);
	assert_int_equal(main_codes("192.0.2.7"), LISTED_MANUAL);
	assert_int_equal(
	    codes_of(&record, SUBLIST_MANUAL, "192.0.2.7"), CODE_BIT(9));
	assert_string_equal(
	    listing_of(&record, "192.0.2.7").manual_reason, "spews");
	assert_int_equal(state_of("192.0.2.7"), LISTING_NONE);
	record.now += DAY - 1;
	sweep(&record);
	assert_int_equal(main_codes("192.0.2.7"), LISTED_MANUAL);
	record.now += 1;
	sweep(&record);
	assert_int_equal(main_codes("192.0.2.7"), 0);
	assert_int_equal(codes_of(&record, SUBLIST_MANUAL, "192.0.2.7"), 0);
	assert_int_equal(audit_of("manual_expired").count, 1);
	assert_int_equal(records_in(&record, TABLE_LISTING), 0);
	assert_int_equal(records_in(&record, TABLE_DUE), 0);
}

static void
a_manual_listing_stands_beside_what_policy_says(void **state)
{
	(void)state;
	see(&record, "192.0.2.7", 1);
	assert_int_equal(
	    manual("192.0.2.7", "spews", record.now + 10 * DAY, NULL), 0);
	assert_int_equal(main_codes("192.0.2.7"), LISTED_DSN | CODE_BIT(9));
	assert_int_equal(delist("192.0.2.7"), 0);
	assert_int_equal(main_codes("192.0.2.7"), LISTED_MANUAL);
	see(&record, "192.0.2.7", 1); /* in that very second: does not count */
	assert_int_equal(main_codes("192.0.2.7"), LISTED_MANUAL);
	record.now += 1;
	see(&record, "192.0.2.7", 1);
	assert_int_equal(main_codes("192.0.2.7"), LISTED_DSN | CODE_BIT(9));
	record.now += 10 * DAY;
	sweep(&record);
	assert_int_equal(main_codes("192.0.2.7"), 0);
}

static void
a_manual_listing_can_be_prolonged_and_cut_short(void **state)
{
	(void)state;
	assert_int_equal(manual("192.0.2.7", "a", record.now + DAY, NULL), 0);
	assert_int_equal(
	    manual("192.0.2.7", "b", record.now + 3 * DAY, NULL), 0);
	record.now += 2 * DAY;
	sweep(&record);
	assert_string_equal(
	    listing_of(&record, "192.0.2.7").manual_reason, "b");
	assert_int_equal(manual("192.0.2.7", "c", record.now + HOUR, NULL), 0);
	record.now += HOUR;
	sweep(&record);
	assert_int_equal(main_codes("192.0.2.7"), 0);
}

static void
refuses_what_cannot_be_listed_by_hand(void **state)
{
	static const struct {
		const char *prefix, *reason;
		int64_t seconds;
		const char *refusal; /* part of it */
	} cases[] = {
		{ "192.0.2.1", "", DAY, "reason" },
		{ "192.0.2.1", NULL, DAY, "reason" },
		{ "192.0.2.1", "r", 0, "ahead" },
		{ "192.0.2.1", "r", -1, "ahead" },
		{ "192.0.2.1", "r", 365 * DAY + 1, "365" },
		{ "198.18.0.0/23", "r", DAY, "/24" },
		{ "0.0.0.0/0", "r", DAY, "/24" },
		{ "2001:db8::1", "r", DAY, "/64" },
		{ "2001:db8::/63", "r", DAY, "/64" },
		{ "2001:db8::/65", "r", DAY, "/64" },
		{ "::/0", "r", DAY, "/64" },
		{ "127.0.0.2", "r", DAY, "" },
		{ "10.0.0.0/24", "r", DAY, "" },
		{ "fe80::/64", "r", DAY, "" },
		{ "::/64", "r", DAY, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *refusal = NULL;

		assert_int_equal(manual(cases[i].prefix, cases[i].reason,
				     record.now + cases[i].seconds, &refusal),
		    ERROR_REFUSED);
		assert_non_null(refusal);
		assert_non_null(strstr(refusal, cases[i].refusal));
	}
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
	assert_int_equal(records_in(&record, TABLE_LISTING), 0);
	assert_int_equal(audit_of("manual").count, 0);
}

static void
a_prefix_is_written_out(void **state)
{
	(void)state;
	assert_int_equal(
	    manual("198.18.5.0/24", "all", record.now + DAY, NULL), 0);
	assert_int_equal(records_in(&record, TABLE_LISTING), 256);
	assert_int_equal(records_in(&record, TABLE_ZONE), 2 * 256);
	assert_int_equal(main_codes("198.18.5.0"), LISTED_MANUAL);
	assert_int_equal(main_codes("198.18.5.255"), LISTED_MANUAL);
	assert_int_equal(main_codes("198.18.6.0"), 0);
	assert_int_equal(audit_of("manual").count, 1);
	assert_int_equal(
	    manual("2001:db8:5::/64", "one", record.now + DAY, NULL), 0);
	assert_int_equal(main_codes("2001:db8:5::9"), LISTED_MANUAL);
	assert_int_equal(take_off("198.18.5.0/25"), 0);
	assert_int_equal(records_in(&record, TABLE_LISTING), 128 + 1);
	assert_int_equal(main_codes("198.18.5.127"), 0);
	assert_int_equal(main_codes("198.18.5.128"), LISTED_MANUAL);
}

static void
a_removal_ends_what_policy_and_what_the_operator_listed(void **state)
{
	(void)state;
	see(&record, "192.0.2.7", 1);
	assert_int_equal(
	    manual("192.0.2.7", "spews", record.now + DAY, NULL), 0);
	record.now += HOUR;
	assert_int_equal(take_off("192.0.2.7"), 0);
	assert_int_equal(main_codes("192.0.2.7"), 0);
	assert_int_equal(state_of("192.0.2.7"), LISTING_NONE);
	assert_int_equal(
	    listing_of(&record, "192.0.2.7").episodes[0].end, LISTING_REMOVED);
	assert_int_equal(audit_of("removed").count, 1);
	assert_int_equal(audit_of("manual_expired").count, 0);
	assert_int_equal(take_off("192.0.2.7"), ERROR_NOT_FOUND);
	assert_int_equal(take_off("192.0.2.0/23"), ERROR_REFUSED);
}

/* A removal of what the operator listed says nothing about the evidence. */
static void
a_removed_manual_listing_leaves_the_evidence(void **state)
{
	(void)state;
	bear_out(&record, 1);
	see(&record, "198.18.1.1", 1);
	assert_int_equal(
	    manual("198.18.1.1", "spews", record.now + DAY, NULL), 0);
	assert_int_equal(take_off("198.18.1.1"), 0);
	sweep(&record);
	assert_int_equal(state_of("198.18.1.1"), LISTING_WARNED);
	record.now += HOUR;
	bear_out(&record, 2);
	see(&record, "198.18.1.1", 2);
	assert_int_equal(main_codes("198.18.1.1"), LISTED_DSN);
}

/* --- many by hand --------------------------------------------------------- */

static void
count_refused(const struct ipaddr *unit, const char *why, void *context)
{
	(void)unit;
	assert_non_null(why);
	++*(unsigned *)context;
}

static void
an_import_lists_all_it_may_with_one_audit_line(void **state)
{
	unsigned refused = 0;
	const struct record_import import = { .reason = "moved",
		.until = TEST_NOW + DAY,
		.refused = count_refused,
		.context = &refused };
	struct ipaddr units[200];
	struct store_txn *txn;

	(void)state;
	assert_int_equal(exempt("198.18.0.100", 0), 0);
	for (unsigned i = 0; i < 198; i++)
		units[i] = ipaddr_from_ipv4(0xc6120000 + i);
	units[198] = address_of("10.1.1.1");
	units[199] = address_of("2001:db8::5");
	txn = begin(&record);
	assert_int_equal(
	    commit(&record, txn,
		record_import(txn, &record.rules, &import, units, 200,
		    clock_monotonic_ms() + 60000, record.now)),
	    200);
	assert_int_equal(refused, 2);
	assert_int_equal(records_in(&record, TABLE_LISTING), 198);
	assert_int_equal(main_codes("198.18.0.1"), LISTED_MANUAL);
	assert_int_equal(main_codes("198.18.0.100"), 0);
	assert_int_equal(main_codes("2001:db8::1"), LISTED_MANUAL);
	assert_int_equal(audit_of("imported").count, 1);
	assert_non_null(
	    strstr(audit_of("imported").newest.details, "units=198"));
	record.now += DAY;
	sweep(&record);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
}

static void
an_import_stops_when_its_time_is_up(void **state)
{
	const struct record_import import = { .reason = "moved",
		.until = TEST_NOW + DAY };
	struct ipaddr units[200];
	struct store_txn *txn = begin(&record);
	int done;

	(void)state;
	for (unsigned i = 0; i < 200; i++)
		units[i] = ipaddr_from_ipv4(0xc6120000 + i);
	done = commit(&record, txn,
	    record_import(txn, &record.rules, &import, units, 200,
		clock_monotonic_ms() - 1, record.now));
	assert_in_range(done, 1, 199);
	assert_int_equal(records_in(&record, TABLE_LISTING), done);
}

/* --- exemptions ----------------------------------------------------------- */

static void
an_exemption_takes_off_what_it_covers(void **state)
{
	(void)state;
	see(&record, "192.0.2.1", 1);
	see(&record, "192.0.2.130", 1);
	see(&record, "2001:db8::1", 1);
	assert_int_equal(
	    manual("192.0.2.2", "by hand", record.now + DAY, NULL), 0);
	record.now += HOUR;
	assert_int_equal(exempt("192.0.2.0/25", 0), 0);
	assert_int_equal(main_codes("192.0.2.1"), 0);
	assert_int_equal(main_codes("192.0.2.2"), 0);
	assert_int_equal(main_codes("192.0.2.130"), LISTED_DSN);
	assert_int_equal(state_of("192.0.2.1"), LISTING_NONE);
	assert_int_equal(
	    listing_of(&record, "192.0.2.1").episodes[0].end, LISTING_EXEMPTED);
	/* One address of a /64 stands for it. */
	assert_int_equal(exempt("2001:db8::5", 0), 0);
	assert_int_equal(main_codes("2001:db8::1"), 0);
	assert_int_equal(audit_of("exempt").count, 2);
	assert_non_null(strstr(audit_of("exempt").newest.details, "units=1"));
}

static void
an_exemption_of_all_ipv6_is_none_of_ipv4(void **state)
{
	(void)state;
	see(&record, "192.0.2.1", 1);
	see(&record, "2001:db8::1", 1);
	see(&record, "2001:db8:1::1", 1);
	assert_int_equal(exempt("::/0", 0), 0);
	assert_int_equal(main_codes("2001:db8::1"), 0);
	assert_int_equal(main_codes("2001:db8:1::1"), 0);
	assert_int_equal(main_codes("192.0.2.1"), LISTED_DSN);
	assert_int_equal(exempt("0.0.0.0/0", 0), 0);
	assert_int_equal(main_codes("192.0.2.1"), 0);
}

static void
an_exempted_address_is_never_listed(void **state)
{
	const char *refusal;

	(void)state;
	assert_int_equal(exempt("192.0.2.0/24", record.now + 10 * DAY), 0);
	see(&record, "192.0.2.1", 1);
	assert_int_equal(state_of("192.0.2.1"), LISTING_NONE);
	assert_int_equal(
	    manual("192.0.2.1", "by hand", record.now + DAY, &refusal),
	    ERROR_REFUSED);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
	/* Afterwards what was seen meanwhile does not count; what is, does. */
	record.now += 10 * DAY;
	sweep(&record);
	assert_int_equal(state_of("192.0.2.1"), LISTING_NONE);
	see(&record, "192.0.2.1", 1);
	assert_int_equal(state_of("192.0.2.1"), LISTING_LISTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(a_delisting_takes_off_at_once),
		EAGER(what_drains_from_a_queue_does_not_list_again),
		SMALL(only_what_is_listed_can_be_delisted),
		EAGER(any_address_of_an_ipv6_64_delists_it),
		SMALL(a_manual_listing_lasts_until_its_end),
		EAGER(a_manual_listing_stands_beside_what_policy_says),
		SMALL(a_manual_listing_can_be_prolonged_and_cut_short),
		SMALL(refuses_what_cannot_be_listed_by_hand),
		SMALL(a_prefix_is_written_out),
		EAGER(a_removal_ends_what_policy_and_what_the_operator_listed),
		SMALL(a_removed_manual_listing_leaves_the_evidence),
		SMALL(an_import_lists_all_it_may_with_one_audit_line),
		SMALL(an_import_stops_when_its_time_is_up),
		EAGER(an_exemption_takes_off_what_it_covers),
		EAGER(an_exemption_of_all_ipv6_is_none_of_ipv4),
		EAGER(an_exempted_address_is_never_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
