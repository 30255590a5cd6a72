#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/delisting.h"
#include "tests/support/test_store.h"

static struct delisting
request(const char *unit, int64_t at, enum delisting_step step)
{
	struct delisting delisting = { .at = at, .step = step };

	assert_int_equal(ipaddr_parse(unit, &delisting.unit), 0);
	assert_int_equal(ipaddr_parse("2001:db8::99", &delisting.requester), 0);
	strcpy(delisting.note, "repaired, thank you");
	return delisting;
}

static void
comes_back_by_its_id(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct delisting put = request("192.0.2.1", TEST_NOW, DELISTING_BY_DNS);
	struct delisting got;

	assert_int_equal(delisting_put(txn, &put), 0);
	assert_int_equal(delisting_get(txn, put.id, &got), 0);
	assert_int_equal(got.id, put.id);
	assert_int_equal(got.at, TEST_NOW);
	assert_true(ipaddr_equal(&got.unit, &put.unit));
	assert_true(ipaddr_equal(&got.requester, &put.requester));
	assert_int_equal(got.step, DELISTING_BY_DNS);
	assert_string_equal(got.note, put.note);
	assert_int_equal(delisting_get(txn, put.id + 1, &got), ERROR_NOT_FOUND);
}

static void
ids_rise_though_the_clock_steps_back(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct delisting a = request("192.0.2.1", TEST_NOW, DELISTING_ASKED);
	struct delisting b = a, c = a;

	c.at -= 100;
	assert_int_equal(delisting_put(txn, &a), 0);
	assert_int_equal(delisting_put(txn, &b), 0);
	assert_int_equal(delisting_put(txn, &c), 0);
	assert_true(a.id < b.id && b.id < c.id);
}

static void
each_step_of_a_unit_is_remembered(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct delisting first =
	    request("192.0.2.1", TEST_NOW, DELISTING_ASKED);
	struct delisting second =
	    request("192.0.2.1", TEST_NOW + 5, DELISTING_ASKED);
	struct delisting got;
	struct ipaddr other;

	assert_int_equal(
	    delisting_last(txn, &first.unit, DELISTING_ASKED, &got),
	    ERROR_NOT_FOUND);
	assert_int_equal(delisting_put(txn, &first), 0);
	assert_int_equal(delisting_put(txn, &second), 0);
	assert_int_equal(
	    delisting_last(txn, &first.unit, DELISTING_ASKED, &got), 0);
	assert_int_equal(got.at, TEST_NOW + 5);
	assert_int_equal(
	    delisting_last(txn, &first.unit, DELISTING_BY_DNS, &got),
	    ERROR_NOT_FOUND);
	ipaddr_parse("192.0.2.2", &other);
	assert_int_equal(delisting_last(txn, &other, DELISTING_ASKED, &got),
	    ERROR_NOT_FOUND);
}

static void
counts_the_last_hour_over_all_units(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	unsigned count = 42;

	assert_int_equal(delisting_count_since(
			     txn, TEST_NOW - 3600, DELISTING_ASKED, &count),
	    0);
	assert_int_equal(count, 0);
	for (int i = 0; i < 10; i++) {
		char unit[32];
		struct delisting delisting;

		snprintf(unit, sizeof(unit), "192.0.2.%d", i);
		delisting =
		    request(unit, TEST_NOW - 7200 + i * 800, DELISTING_ASKED);
		assert_int_equal(delisting_put(txn, &delisting), 0);
	}
	assert_int_equal(delisting_count_since(
			     txn, TEST_NOW - 3600, DELISTING_ASKED, &count),
	    0);
	assert_int_equal(count, 5);
	assert_int_equal(
	    delisting_count_since(txn, 0, DELISTING_ASKED, &count), 0);
	assert_int_equal(count, 10);
	assert_int_equal(
	    delisting_count_since(txn, TEST_NOW + 1, DELISTING_ASKED, &count),
	    0);
	assert_int_equal(count, 0);
	assert_int_equal(
	    delisting_count_since(txn, 0, DELISTING_FROM_ADDRESS, &count), 0);
	assert_int_equal(count, 0);
}

static void
counts_what_one_network_asked_for(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct delisting one = request("192.0.2.1", TEST_NOW, DELISTING_ASKED);
	struct delisting other =
	    request("192.0.2.2", TEST_NOW, DELISTING_ASKED);
	struct ipprefix network;
	unsigned count;

	assert_int_equal(ipprefix_parse("198.51.100.0/24", &network), 0);
	assert_int_equal(ipaddr_parse("198.51.100.7", &one.requester), 0);
	assert_int_equal(ipaddr_parse("203.0.113.7", &other.requester), 0);
	assert_int_equal(delisting_put(txn, &one), 0);
	assert_int_equal(delisting_put(txn, &other), 0);
	assert_int_equal(delisting_count_from(txn, TEST_NOW - 3600,
			     DELISTING_ASKED, &network, &count),
	    0);
	assert_int_equal(count, 1);
}

struct taken {
	uint64_t ids[8];
	unsigned count, most;
};

static int
take(const struct delisting *delisting, void *context)
{
	struct taken *taken = context;

	taken->ids[taken->count++] = delisting->id;
	return taken->count == taken->most;
}

static void
lists_backwards_from_any_id(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct taken taken = { .most = 8 };
	uint64_t ids[3];

	assert_int_equal(
	    delisting_list_before(txn, UINT64_MAX, take, &taken), 0);
	for (int i = 0; i < 3; i++) {
		struct delisting delisting =
		    request("192.0.2.1", TEST_NOW + i, DELISTING_ASKED);

		assert_int_equal(delisting_put(txn, &delisting), 0);
		ids[i] = delisting.id;
	}
	assert_int_equal(
	    delisting_list_before(txn, UINT64_MAX, take, &taken), 0);
	assert_int_equal(taken.count, 3);
	assert_int_equal(taken.ids[0], ids[2]);
	assert_int_equal(taken.ids[2], ids[0]);
	taken.count = 0;
	taken.most = 1;
	assert_int_equal(delisting_list_before(txn, ids[2], take, &taken), 1);
	assert_int_equal(taken.ids[0], ids[1]);
	taken.count = 0;
	assert_int_equal(delisting_list_before(txn, ids[0], take, &taken), 0);
	assert_int_equal(taken.count, 0);
}

static void
refuses_records_that_are_cut_stretched_or_newer(void **state)
{
	struct delisting delisting =
	    request("192.0.2.1", TEST_NOW, DELISTING_ASKED);
	uint8_t record[DELISTING_RECORD_MAX];
	size_t len =
	    (size_t)delisting_encode(&delisting, record, sizeof(record));

	(void)state;
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(
		    delisting_decode(1, OCTETS(record, cut), &delisting),
		    ERROR_DAMAGED);
	assert_int_equal(
	    delisting_decode(1, OCTETS(record, len), &delisting), 0);
	record[len] = 0;
	assert_int_equal(
	    delisting_decode(1, OCTETS(record, len + 1), &delisting),
	    ERROR_DAMAGED);
	record[0]++;
	assert_int_equal(
	    delisting_decode(1, OCTETS(record, len), &delisting), ERROR_NEWER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(comes_back_by_its_id),
		TEST_WITH_STORE(ids_rise_though_the_clock_steps_back),
		TEST_WITH_STORE(each_step_of_a_unit_is_remembered),
		TEST_WITH_STORE(counts_the_last_hour_over_all_units),
		TEST_WITH_STORE(counts_what_one_network_asked_for),
		TEST_WITH_STORE(lists_backwards_from_any_id),
		cmocka_unit_test(
		    refuses_records_that_are_cut_stretched_or_newer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
