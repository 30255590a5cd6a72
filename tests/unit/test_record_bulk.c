#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/bulk_act.h"
#include "tests/support/one_record.h"

#define FOREVER INT64_MAX
/* Of the addresses that see_many() has, the first sixteen networks. */
#define HALF "198.18.0.0/20"

static void
see_many(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char address[32];

		sprintf(address, "198.18.%u.1", i);
		see(&record, address, 1);
	}
}

static struct bulk_act
an_act(enum bulk_kind kind, const char *prefix)
{
	struct bulk_act act = { .number = 7,
		.kind = kind,
		.everywhere = prefix == NULL,
		.who = "account:olive",
		.reason = "a trial" };

	if (prefix != NULL)
		assert_int_equal(ipprefix_parse(prefix, &act.prefix), 0);
	return act;
}

struct found {
	const struct bulk_act *act;
	struct ipaddr units[64];
	size_t count;
};

static int
take(const struct listing *listing, void *context)
{
	struct found *found = context;

	if (bulk_act_wants(found->act, listing))
		found->units[found->count++] = listing->unit;
	return 0;
}

static struct found
find(const struct bulk_act *act)
{
	const struct ipaddr first = { { 0 } };
	struct found found = { .act = act };
	struct store_txn *txn = begin(&record);

	assert_int_equal(listing_list(txn, &first, take, &found), 0);
	store_abort(txn);
	return found;
}

/* Whole, with its record written before and gone behind. */
static unsigned
do_whole(const struct bulk_act *act)
{
	struct found found = find(act);
	struct store_txn *txn = begin(&record);
	unsigned done;

	record.rules.who = act->who;
	assert_int_equal(
	    record_bulk_begin(txn, &record.rules, act, record.now), 0);
	assert_int_equal(record_bulk(txn, &record.rules, act, found.units,
			     found.count, FOREVER, record.now, &done),
	    (int)found.count);
	assert_int_equal(bulk_act_end(txn, act->number), 0);
	assert_int_equal(store_commit(txn), 0);
	return done;
}

static void
what_the_guard_holds_is_released_within_a_network(void **state)
{
	struct bulk_act act = an_act(BULK_RELEASE, HALF);

	(void)state;
	record.rules.guard_additions = 1;
	see_many(32);
	assert_int_equal(do_whole(&act), 15);
	assert_int_equal(state_of("198.18.15.1"), LISTING_LISTED);
	assert_int_equal(state_of("198.18.16.1"), LISTING_PENDING);
	assert_int_equal(audit_of("guard_released").count, 1);
}

static void
or_all_of_it_is_rejected(void **state)
{
	struct bulk_act act = an_act(BULK_REJECT, NULL);

	(void)state;
	record.rules.guard_additions = 1;
	see_many(32);
	assert_int_equal(do_whole(&act), 31);
	assert_int_equal(state_of("198.18.0.1"), LISTING_LISTED);
	assert_int_equal(state_of("198.18.31.1"), LISTING_NONE);
	assert_int_equal(audit_of("rejected").count, 31);
}

static void
what_is_listed_or_pending_in_a_network_comes_off(void **state)
{
	struct bulk_act act = an_act(BULK_REMOVE, HALF);
	struct audit_search search;

	(void)state;
	record.rules.guard_additions = 8;
	see_many(32);
	assert_int_equal(do_whole(&act), 16);
	assert_int_equal(state_of("198.18.0.1"), LISTING_NONE);
	assert_int_equal(state_of("198.18.15.1"), LISTING_NONE);
	assert_int_equal(state_of("198.18.16.1"), LISTING_PENDING);
	assert_int_equal(codes_of(&record, SUBLIST_DSN, "198.18.0.1"), 0);
	search = audit_of("removed");
	assert_int_equal(search.count, 1);
	assert_string_equal(search.newest.who, "account:olive");
	assert_non_null(strstr(search.newest.details, "units=16"));
}

static void
a_wide_exemption_is_in_force_from_its_first_step_on(void **state)
{
	struct bulk_act act = an_act(BULK_EXEMPT, "198.18.0.0/15");
	struct found found;
	struct store_txn *txn;
	unsigned done;

	(void)state;
	see_many(32);
	act.total = 32;
	found = find(&act);
	assert_int_equal(found.count, 32);
	txn = begin(&record);
	assert_int_equal(
	    record_bulk_begin(txn, &record.rules, &act, record.now), 0);
	/* The time is up at once: after one stride. */
	assert_int_equal(record_bulk(txn, &record.rules, &act, found.units,
			     found.count, 0, record.now, &done),
	    16);
	assert_int_equal(done, 16);
	assert_int_equal(store_commit(txn), 0);
	assert_int_equal(state_of("198.18.15.1"), LISTING_NONE);
	assert_int_equal(state_of("198.18.16.1"), LISTING_LISTED);
	see(&record, "198.19.0.1", 1);
	assert_int_equal(state_of("198.19.0.1"), LISTING_NONE);
	assert_non_null(
	    strstr(audit_of("exempt").newest.details, "units=32 until=never"));
}

static void
who_is_no_longer_meant_is_passed_by(void **state)
{
	struct bulk_act act = an_act(BULK_REMOVE, HALF);
	struct found found;
	struct store_txn *txn;
	unsigned done;

	(void)state;
	see_many(4);
	found = find(&act);
	assert_int_equal(do_whole(&act), 4);
	txn = begin(&record);
	assert_int_equal(record_bulk(txn, &record.rules, &act, found.units,
			     found.count, FOREVER, record.now, &done),
	    4);
	assert_int_equal(done, 0);
	store_abort(txn);
}

static int
take_act(const struct bulk_act *act, void *context)
{
	struct bulk_act *last = context;

	/* The oldest comes first. */
	assert_true(act->number > last->number);
	*last = *act;
	return 0;
}

static void
one_under_way_is_found_after_a_fall(void **state)
{
	struct bulk_act act = an_act(BULK_EXEMPT, HALF), last = { .number = 0 };
	struct store_txn *txn = begin(&record);

	(void)state;
	assert_int_equal(bulk_act_list(txn, take_act, &last), 0);
	assert_int_equal(last.number, 0);
	act.until = record.now + DAY;
	act.total = 9;
	assert_int_equal(bulk_act_put(txn, &act), 0);
	act.number = 300;
	assert_int_equal(bulk_act_put(txn, &act), 0);
	act.done = 5;
	assert_int_equal(bulk_act_put(txn, &act), 0);
	assert_int_equal(store_commit(txn), 0);
	txn = begin(&record);
	assert_int_equal(bulk_act_list(txn, take_act, &last), 0);
	assert_memory_equal(&last, &act, sizeof(act));
	assert_int_equal(bulk_act_end(txn, 300), 0);
	assert_int_equal(bulk_act_end(txn, 300), ERROR_NOT_FOUND);
	assert_int_equal(bulk_act_end(txn, 7), 0);
	last.number = 0;
	assert_int_equal(bulk_act_list(txn, take_act, &last), 0);
	assert_int_equal(last.number, 0);
	store_abort(txn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(what_the_guard_holds_is_released_within_a_network),
		EAGER(or_all_of_it_is_rejected),
		EAGER(what_is_listed_or_pending_in_a_network_comes_off),
		EAGER(a_wide_exemption_is_in_force_from_its_first_step_on),
		EAGER(who_is_no_longer_meant_is_passed_by),
		EAGER(one_under_way_is_found_after_a_fall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
