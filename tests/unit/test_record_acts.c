#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/audit.h"
#include "db/zonedata.h"
#include "tests/support/test_record.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LISTED_DSN (CODE_BIT(2) | CODE_BIT(3))
#define LISTED_MANUAL (CODE_BIT(2) | CODE_BIT(9))

static struct test_record record;

static int
open_small(void **state)
{
	(void)state;
	test_record_open(&record, "small");
	return 0;
}

static int
open_eager(void **state)
{
	(void)state;
	test_record_open(&record, "eager");
	return 0;
}

static int
close_record(void **state)
{
	(void)state;
	test_record_close(&record);
	return 0;
}

static enum listing_state
state_of(const char *address)
{
	return listing_of(&record, address).state;
}

static uint16_t
main_codes(const char *address)
{
	return codes_of(&record, SUBLIST_MAIN, address);
}

static int
delist(const char *address)
{
	struct delisting delisting = { .unit = address_of(address),
		.requester = address_of("192.0.2.200"),
		.step = DELISTING_ASKED };
	struct store_txn *txn = begin(&record);
	int code = commit(&record, txn,
	    record_delisting(txn, &record.rules, &delisting, record.now));

	if (code == 0) {
		assert_true(delisting.at == record.now);
		assert_true(delisting.id > 0);
	}
	return code;
}

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
take_off(const char *prefix)
{
	struct ipprefix parsed = prefix_of(prefix);
	struct store_txn *txn = begin(&record);

	return commit(&record, txn,
	    record_removal(
		txn, &record.rules, &parsed, "a mistake", record.now));
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

struct audit_search {
	const char *what;
	unsigned count;
	struct audit_entry newest;
};

static int
search_audit(const struct audit_entry *entry, void *context)
{
	struct audit_search *search = context;

	if (strcmp(entry->what, search->what) == 0 && search->count++ == 0)
		search->newest = *entry;
	return 0;
}

static struct audit_search
audit_of(const char *what)
{
	struct audit_search search = { .what = what };
	struct store_txn *txn = begin(&record);

	assert_int_equal(audit_newest(txn, search_audit, &search), 0);
	store_abort(txn);
	return search;
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

static void
an_exemption_of_very_many_is_finished_by_the_sweep(void **state)
{
	const struct record_import import = { .reason = "moved",
		.until = TEST_NOW + DAY };
	static struct ipaddr units[1500];
	struct store_txn *txn = begin(&record);
	uint64_t left;

	(void)state;
	for (unsigned i = 0; i < 1500; i++)
		units[i] = ipaddr_from_ipv4(0xc6120000 + i);
	assert_int_equal(
	    commit(&record, txn,
		record_import(txn, &record.rules, &import, units, 1500,
		    clock_monotonic_ms() + 60000, record.now)),
	    1500);
	assert_int_equal(exempt("198.18.0.0/16", 0), 0);
	left = records_in(&record, TABLE_ZONE);
	assert_in_range(left, 1, 2 * 1500 - 1);
	sweep(&record);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
}

/* --- the publish guard ---------------------------------------------------- */

static void
see_many(unsigned first, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char address[32];

		sprintf(address, "198.18.%u.1", first + i);
		see(&record, address, 1);
	}
}

static unsigned
count_in_state(unsigned first, unsigned count, enum listing_state wanted)
{
	unsigned found = 0;

	for (unsigned i = 0; i < count; i++) {
		char address[32];

		sprintf(address, "198.18.%u.1", first + i);
		found += state_of(address) == wanted;
	}
	return found;
}

static void
the_guard_holds_back_what_is_too_much(void **state)
{
	struct audit_search search;

	(void)state;
	record.rules.guard_additions = 10;
	see_many(0, 15);
	assert_int_equal(count_in_state(0, 10, LISTING_LISTED), 10);
	assert_int_equal(count_in_state(10, 5, LISTING_PENDING), 5);
	assert_int_equal(main_codes("198.18.9.1"), LISTED_DSN);
	assert_int_equal(main_codes("198.18.10.1"), 0);
	assert_int_equal(codes_of(&record, SUBLIST_DSN, "198.18.10.1"), 0);
	search = audit_of("guard_holds");
	assert_int_equal(search.count, 1);
	assert_int_equal(audit_of("pending").count, 5);
	/* More of the same does not help. */
	record.now += HOUR;
	see_many(10, 5);
	sweep(&record);
	assert_int_equal(count_in_state(10, 5, LISTING_PENDING), 5);
	/* Ten minutes later others may come in, as many as the list had. */
	see_many(20, 10);
	assert_int_equal(count_in_state(20, 10, LISTING_LISTED), 10);
	/* What nothing bears out expires unseen. */
	record.now += 3 * DAY;
	sweep(&record);
	assert_int_equal(count_in_state(10, 5, LISTING_WARNED), 5);
	assert_int_equal(audit_of("pending_ended").count, 5);
}

static void
a_second_trap_lets_go_what_waited_six_hours(void **state)
{
	(void)state;
	record.rules.guard_additions = 1;
	see_many(0, 3);
	assert_int_equal(state_of("198.18.1.1"), LISTING_PENDING);
	see(&record, "198.18.1.1", 2);
	assert_int_equal(state_of("198.18.1.1"), LISTING_PENDING);
	record.now += 6 * HOUR - 1;
	sweep(&record);
	assert_int_equal(state_of("198.18.1.1"), LISTING_PENDING);
	record.now += 1;
	sweep(&record);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
	assert_int_equal(main_codes("198.18.1.1"), LISTED_DSN);
	assert_int_equal(state_of("198.18.2.1"), LISTING_PENDING);
	see(&record, "198.18.2.1", 2);
	assert_int_equal(state_of("198.18.2.1"), LISTING_LISTED);
}

static void
a_large_list_may_grow_by_as_much_as_it_was(void **state)
{
	(void)state;
	record.rules.guard_additions = 2;
	for (unsigned i = 0; i < 6; i++) {
		see_many(i, 1);
		record.now += HOUR;
	}
	see_many(10, 8);
	/* Six were there; that they become more changes nothing. */
	assert_int_equal(count_in_state(10, 6, LISTING_LISTED), 6);
	assert_int_equal(count_in_state(16, 2, LISTING_PENDING), 2);
	record.now += HOUR;
	see_many(20, 13);
	assert_int_equal(count_in_state(20, 12, LISTING_LISTED), 12);
	assert_int_equal(count_in_state(32, 1, LISTING_PENDING), 1);
	assert_int_equal(audit_of("guard_holds").count, 2);
}

static void
nobody_waits_to_leave(void **state)
{
	(void)state;
	record.rules.guard_additions = 10;
	see_many(0, 10);
	record.rules.guard_additions = 1;
	record.now += 3 * DAY;
	sweep(&record);
	assert_int_equal(count_in_state(0, 10, LISTING_WARNED), 10);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
}

static void
a_removal_ends_what_is_pending(void **state)
{
	(void)state;
	record.rules.guard_additions = 1;
	see_many(0, 2);
	assert_int_equal(state_of("198.18.1.1"), LISTING_PENDING);
	assert_int_equal(delist("198.18.1.1"), ERROR_NOT_FOUND);
	record.now += HOUR;
	assert_int_equal(take_off("198.18.1.1"), 0);
	assert_int_equal(state_of("198.18.1.1"), LISTING_NONE);
	record.now += 7 * HOUR;
	sweep(&record);
	assert_int_equal(state_of("198.18.1.1"), LISTING_NONE);
}

static int
decide(enum record_guard_act act, const char *address, unsigned *done)
{
	struct ipaddr unit = address_of(address);
	struct store_txn *txn = begin(&record);

	return commit(&record, txn,
	    record_guard(txn, &record.rules, act, &unit, 1, "a test", INT64_MAX,
		record.now, done));
}

static void
the_operator_lets_go_what_is_pending(void **state)
{
	unsigned done;

	(void)state;
	record.rules.guard_additions = 1;
	see_many(0, 3);
	assert_int_equal(decide(RECORD_GUARD_RELEASE, "198.18.1.1", &done), 1);
	assert_int_equal(done, 1);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
	assert_int_equal(main_codes("198.18.1.1"), LISTED_DSN);
	assert_int_equal(state_of("198.18.2.1"), LISTING_PENDING);
	assert_int_equal(audit_of("listed").count, 2);
	assert_int_equal(audit_of("guard_released").count, 1);
	/* It does not wait again, and is not let go twice. */
	see(&record, "198.18.1.1", 1);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
	assert_int_equal(decide(RECORD_GUARD_RELEASE, "198.18.1.1", &done), 1);
	assert_int_equal(done, 0);
}

static void
the_operator_rejects_what_is_pending(void **state)
{
	unsigned done;

	(void)state;
	record.rules.guard_additions = 1;
	see_many(0, 2);
	record.now += HOUR;
	assert_int_equal(decide(RECORD_GUARD_REJECT, "198.18.1.1", &done), 1);
	assert_int_equal(done, 1);
	assert_int_equal(state_of("198.18.1.1"), LISTING_NONE);
	assert_int_equal(audit_of("rejected").count, 1);
	assert_int_equal(audit_of("guard_rejected").count, 1);
	/* What is listed, the guard has nothing to do with. */
	assert_int_equal(decide(RECORD_GUARD_REJECT, "198.18.0.1", &done), 1);
	assert_int_equal(done, 0);
	assert_int_equal(state_of("198.18.0.1"), LISTING_LISTED);
	/* New evidence is looked at anew. */
	record.now += DAY;
	see(&record, "198.18.1.1", 1);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
}

/* --- the log -------------------------------------------------------------- */

/* What record_log_decisions writes to standard error. */
static size_t
logged(bool committed, char *text, size_t size)
{
	FILE *file = tmpfile();
	int old = dup(STDERR_FILENO);
	ssize_t len;

	assert_non_null(file);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	record_log_decisions(&record.rules, committed);
	fflush(stderr);
	dup2(old, STDERR_FILENO);
	close(old);
	len = pread(fileno(file), text, size - 1, 0);
	fclose(file);
	assert_true(len >= 0);
	text[len] = '\0';
	return (size_t)len;
}

static void
decisions_are_logged_once_they_are_on_disk(void **state)
{
	char text[4000];
	struct evidence evidence = bounce(&record, "192.0.2.1", 1);
	struct store_txn *txn = begin(&record);

	(void)state;
	assert_int_equal(
	    record_evidence(txn, &record.rules, &evidence, record.now), 0);
	store_abort(txn);
	assert_int_equal(logged(false, text, sizeof(text)), 0);
	txn = begin(&record);
	assert_int_equal(
	    record_evidence(txn, &record.rules, &evidence, record.now), 0);
	assert_int_equal(store_commit(txn), 0);
	logged(true, text, sizeof(text));
	assert_non_null(strstr(text,
	    "listed address=192.0.2.1 kind=dsn score=1.00 traps=1 "
	    "campaigns=1 sightings=1 expires=2023-11-17T22:13:20Z\n"));
	assert_int_equal(logged(true, text, sizeof(text)), 0);
}

static void
decisions_beyond_a_bound_are_counted(void **state)
{
	const char *line = NULL;
	struct store_txn *txn = begin(&record);
	char text[30000];
	unsigned lines = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		char address[32];
		struct evidence evidence;

		sprintf(address, "198.18.%u.1", i);
		evidence = bounce(&record, address, 1);
		assert_int_equal(
		    record_evidence(txn, &record.rules, &evidence, record.now),
		    0);
	}
	assert_int_equal(store_commit(txn), 0);
	logged(true, text, sizeof(text));
	for (line = strstr(text, "listed address="); line != NULL;
	     line = strstr(line + 1, "listed address="))
		lines++;
	assert_int_equal(lines, 64);
	assert_non_null(strstr(text, "decisions more=36"));
}

#define SMALL(test)                                                            \
	cmocka_unit_test_setup_teardown(test, open_small, close_record)
#define EAGER(test)                                                            \
	cmocka_unit_test_setup_teardown(test, open_eager, close_record)

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
		EAGER(an_exempted_address_is_never_listed),
		SMALL(an_exemption_of_very_many_is_finished_by_the_sweep),
		EAGER(the_guard_holds_back_what_is_too_much),
		EAGER(a_second_trap_lets_go_what_waited_six_hours),
		EAGER(a_large_list_may_grow_by_as_much_as_it_was),
		EAGER(nobody_waits_to_leave),
		EAGER(a_removal_ends_what_is_pending),
		EAGER(the_operator_lets_go_what_is_pending),
		EAGER(the_operator_rejects_what_is_pending),
		EAGER(decisions_are_logged_once_they_are_on_disk),
		EAGER(decisions_beyond_a_bound_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
