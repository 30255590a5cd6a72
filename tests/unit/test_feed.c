#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/feed.h"
#include "tests/support/dnszone.h"
#include "tests/support/test_store.h"

#define NOW 1770000000
#define LISTINGS 5000 /* more than two steps */
#define BOTH (CODE_BIT(2) | CODE_BIT(3))

/* What a feed showed of listings, and how much else there was. */
struct shown {
	unsigned steps, others, gone;
	unsigned count;
	uint16_t codes[LISTINGS + 100]; /* by number; 0: not there */
	bool other_list;
};

static struct ipaddr
numbered(unsigned i)
{
	return ipaddr_from_ipv4(0x0a000000 + i);
}

static struct store_txn *
begin_write(struct test_store *test)
{
	struct store_txn *txn;

	assert_int_equal(store_begin_write(test->store, &txn), 0);
	return txn;
}

static void
list(struct test_store *test, unsigned from, unsigned to, uint16_t codes)
{
	struct store_txn *txn = begin_write(test);
	struct zone_entry entries[SUBLIST_COUNT] = {
		[SUBLIST_MAIN] = { .codes = codes, .seen_day = 20000 }
	};

	for (unsigned i = from; i < to; i++) {
		struct ipaddr unit = numbered(i);

		assert_int_equal(zonedata_publish(txn, &unit, entries, NOW), 0);
	}
	assert_int_equal(store_commit(txn), 0);
}

static int
set_up(void **state)
{
	static struct test_store test;
	struct store_txn *txn;

	test_store_open(&test);
	txn = begin_write(&test);
	dnszone_apply(txn);
	dnszone_put(txn, "a\\000b.odd", CODE_BIT(2));
	assert_int_equal(store_commit(txn), 0);
	list(&test, 0, LISTINGS, BOTH);
	*state = &test;
	return 0;
}

static int
tear_down(void **state)
{
	test_store_close(*state);
	return 0;
}

static struct zone_version
version_now(struct test_store *test)
{
	struct zone_version version;
	struct store_txn *txn;

	assert_int_equal(store_begin_read(test->store, &txn), 0);
	assert_int_equal(meta_zone_version(txn, &version), 0);
	store_abort(txn);
	return version;
}

static int
note(const struct feed_item *item, void *context)
{
	struct shown *shown = context;
	unsigned number;

	if (!item->is_listing) {
		shown->others++;
		return 0;
	}
	if (item->list != SUBLIST_MAIN) {
		shown->other_list = true;
		return 0;
	}
	assert_true(ipaddr_is_ipv4(&item->unit));
	number = ipaddr_to_ipv4(&item->unit) - 0x0a000000;
	assert_true(number < LISTINGS + 100);
	assert_int_equal(shown->codes[number], 0);
	shown->count++;
	shown->gone += item->gone;
	assert_int_equal(item->node.is_entry, !item->gone);
	shown->codes[number] = item->gone ? 1 : item->node.entry.codes;
	return 0;
}

/* What others do between two steps. */
typedef void (*meanwhile)(struct test_store *test, unsigned step);

/* What the last step returned. */
static int
read_all(struct test_store *test, const struct zone_version *since,
    meanwhile happens, struct shown *shown)
{
	struct feed *feed;
	int result = feed_open(test->store, since, &feed);

	memset(shown, 0, sizeof(*shown));
	if (result != 0) {
		assert_null(feed);
		return result;
	}
	do {
		result = feed_step(feed, note, shown);
		if (happens != NULL)
			happens(test, shown->steps);
		shown->steps++;
	} while (result > 0);
	feed_close(feed);
	return result;
}

/* --- everything ----------------------------------------------------------- */

static void
shows_each_listing_once_in_steps(void **state)
{
	struct test_store *test = *state;
	static struct shown shown;

	assert_int_equal(read_all(test, NULL, NULL, &shown), 0);
	assert_int_equal(shown.count, LISTINGS);
	assert_true(shown.steps > 2);
	for (unsigned i = 0; i < LISTINGS; i++)
		assert_int_equal(shown.codes[i], BOTH);
}

static void
tells_listings_from_what_serves_dns_alone(void **state)
{
	struct test_store *test = *state;
	struct store_txn *txn = begin_write(test);
	static struct shown shown;

	dnszone_list(txn, SUBLIST_DSN, "2001:db8::1", CODE_BIT(3));
	assert_int_equal(store_commit(txn), 0);
	assert_int_equal(read_all(test, NULL, NULL, &shown), 0);
	assert_int_equal(shown.count, LISTINGS);
	assert_true(shown.other_list);
	/* Apex, a server, test entries in each list, the odd one. */
	assert_true(shown.others > 2 * SUBLIST_COUNT);
}

static void
much_changes(struct test_store *test, unsigned step)
{
	list(test, 0, 50, step % 2 == 0 ? 0 : BOTH);
	list(test, LISTINGS - 100, LISTINGS - 50, step % 2 == 0 ? 0 : BOTH);
	list(test, LISTINGS - 20, LISTINGS + 20, CODE_BIT(2));
}

static void
shows_one_version_whatever_changes_meanwhile(void **state)
{
	struct test_store *test = *state;
	static struct shown shown;

	assert_int_equal(read_all(test, NULL, much_changes, &shown), 0);
	assert_int_equal(shown.count, LISTINGS);
	for (unsigned i = 0; i < LISTINGS; i++)
		assert_int_equal(shown.codes[i], BOTH);
}

static void
lineage_breaks(struct test_store *test, unsigned step)
{
	struct store_txn *txn;

	if (step != 0)
		return;
	txn = begin_write(test);
	assert_int_equal(meta_new_lineage(txn, NOW), 0);
	assert_int_equal(store_commit(txn), 0);
}

static void
ends_where_the_way_back_is_gone(void **state)
{
	struct test_store *test = *state;
	static struct shown shown;

	assert_int_equal(
	    read_all(test, NULL, lineage_breaks, &shown), ERROR_NOT_FOUND);
}

static int
refuse(const struct feed_item *item, void *context)
{
	(void)item;
	(void)context;
	return -ENOSPC;
}

static void
ends_with_what_the_caller_says(void **state)
{
	struct test_store *test = *state;
	struct feed *feed;

	assert_int_equal(feed_open(test->store, NULL, &feed), 0);
	assert_int_equal(feed_step(feed, refuse, NULL), -ENOSPC);
	feed_close(feed);
}

/* --- what changed --------------------------------------------------------- */

static void
a_difference_shows_each_name_that_changed_once(void **state)
{
	struct test_store *test = *state;
	struct zone_version since = version_now(test);
	static struct shown shown;

	list(test, 10, 20, CODE_BIT(2)); /* otherwise, then gone */
	list(test, 10, 15, 0);
	list(test, 30, 31, 0); /* gone and back */
	list(test, 30, 31, BOTH);
	list(test, LISTINGS, LISTINGS + 3, BOTH); /* new, one gone again */
	list(test, LISTINGS, LISTINGS + 1, 0);
	assert_int_equal(read_all(test, &since, NULL, &shown), 0);
	assert_int_equal(shown.count, 12);
	assert_int_equal(shown.gone, 5);
	assert_int_equal(shown.others, 0);
	assert_int_equal(shown.codes[10], 1);
	assert_int_equal(shown.codes[15], CODE_BIT(2));
	assert_int_equal(shown.codes[LISTINGS + 2], BOTH);

	since.lineage = 0; /* who asks may not know */
	assert_int_equal(read_all(test, &since, NULL, &shown), 0);
	assert_int_equal(shown.count, 12);
	since = version_now(test);
	assert_int_equal(read_all(test, &since, NULL, &shown), 0);
	assert_int_equal(shown.count, 0);
}

/* As after a restore: who has the whole is told the very first change. */
static void
a_new_lineage_tells_all_that_comes_behind_it(void **state)
{
	struct test_store *test = *state;
	struct zone_version before = version_now(test), since;
	static struct shown shown;
	struct feed *feed;
	struct store_txn *txn;

	lineage_breaks(test, 0);
	since = version_now(test);
	assert_int_equal(read_all(test, &since, NULL, &shown), 0);
	assert_int_equal(shown.count, 0);
	list(test, 0, 4, 0);
	assert_int_equal(read_all(test, &since, NULL, &shown), 0);
	assert_int_equal(shown.gone, 4);
	/* Who knows of no lineages, and has what was before, is not. */
	before.lineage = 0;
	assert_int_equal(
	    feed_open(test->store, &before, &feed), ERROR_NOT_FOUND);
	txn = begin_write(test);
	assert_true(zonedata_journal_trim(txn, UINT32_MAX, 1) > 0);
	assert_int_equal(store_commit(txn), 0);
	assert_int_equal(
	    feed_open(test->store, &since, &feed), ERROR_NOT_FOUND);
}

static void
a_difference_does_not_mind_what_comes_later(void **state)
{
	struct test_store *test = *state;
	struct zone_version since = version_now(test);
	static struct shown shown;

	list(test, 0, LISTINGS / 2 - 10, 0); /* more than a step */
	assert_int_equal(read_all(test, &since, lineage_breaks, &shown), 0);
	assert_int_equal(shown.gone, LISTINGS / 2 - 10);
}

static void
there_is_no_difference_from_what_is_not_ours(void **state)
{
	struct test_store *test = *state;
	struct zone_version now = version_now(test), since = now;
	struct feed *feed;

	since.serial = now.serial + 1;
	assert_int_equal(
	    feed_open(test->store, &since, &feed), ERROR_NOT_FOUND);
	since.serial = now.serial - 1000000;
	assert_int_equal(
	    feed_open(test->store, &since, &feed), ERROR_NOT_FOUND);
	since = now;
	since.lineage++;
	assert_int_equal(
	    feed_open(test->store, &since, &feed), ERROR_NOT_FOUND);
}

static void
there_is_no_difference_where_all_look_otherwise(void **state)
{
	struct test_store *test = *state;
	struct zone_version since = version_now(test);
	struct store_txn *txn = begin_write(test);
	static struct zone_settings zone;
	struct feed *feed;

	dnszone_settings(&zone);
	zone.ttl_seconds = 60;
	assert_int_equal(zone_settings_apply(txn, &zone, NOW), 0);
	assert_int_equal(store_commit(txn), 0);
	assert_int_equal(
	    feed_open(test->store, &since, &feed), ERROR_NOT_FOUND);
}

static void
a_difference_is_never_longer_than_the_whole(void **state)
{
	struct test_store *test = *state;
	struct zone_version since = version_now(test);
	struct feed *feed;

	list(test, 0, LISTINGS, 0);
	assert_int_equal(feed_open(test->store, &since, &feed), ERROR_LIMIT);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(shows_each_listing_once_in_steps),
		test(tells_listings_from_what_serves_dns_alone),
		test(shows_one_version_whatever_changes_meanwhile),
		test(ends_where_the_way_back_is_gone),
		test(ends_with_what_the_caller_says),
		test(a_difference_shows_each_name_that_changed_once),
		test(a_new_lineage_tells_all_that_comes_behind_it),
		test(a_difference_does_not_mind_what_comes_later),
		test(there_is_no_difference_from_what_is_not_ours),
		test(there_is_no_difference_where_all_look_otherwise),
		test(a_difference_is_never_longer_than_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
