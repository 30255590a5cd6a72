#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/evidence.h"
#include "db/listing.h"
#include "tests/support/addresses.h"
#include "tests/support/test_store.h"

static struct evidence
sighting(uint64_t id, const char *address)
{
	struct evidence evidence = { .id = id,
		.seen_at = (int64_t)(id / 1000000),
		.address = address_of(address),
		.kind = BACKSCATTER_DSN,
		.grade = GRADE_B,
		.flags = EVIDENCE_DELAY | EVIDENCE_FINGERPRINTED,
		.trap = 0x0123456789abcdef,
		.campaign = 2,
		.original = UINT64_MAX,
		.digest = 4,
		.original_at = -1,
		.sensor = 5 };

	strcpy(evidence.helo, "mail.example");
	strcpy(evidence.status, "5.1.1");
	strcpy(evidence.diagnostic, "550 5.1.1 <x@example>: no such user");
	return evidence;
}

static void
fill(char *text, size_t size)
{
	memset(text, 'x', size - 1);
	text[size - 1] = '\0';
}

static void
assert_same(const struct evidence *a, const struct evidence *b)
{
	uint8_t record_a[EVIDENCE_RECORD_MAX], record_b[EVIDENCE_RECORD_MAX];
	int len = evidence_encode(a, record_a, sizeof(record_a));

	assert_true(len > 0);
	assert_int_equal(evidence_encode(b, record_b, sizeof(record_b)), len);
	assert_memory_equal(record_a, record_b, (size_t)len);
	assert_int_equal(a->id, b->id);
}

static void
comes_back_as_it_was_written(void **state)
{
	struct evidence evidence = sighting(1000, "2001:db8::1"), found;

	(void)state;
	memset(&found, 0xff, sizeof(found));
	uint8_t record[EVIDENCE_RECORD_MAX];
	int len = evidence_encode(&evidence, record, sizeof(record));

	assert_int_equal(
	    evidence_decode(1000, OCTETS(record, (size_t)len), &found), 0);
	assert_int_equal(found.id, 1000);
	assert_int_equal(found.seen_at, evidence.seen_at);
	assert_true(ipaddr_equal(&found.address, &evidence.address));
	assert_int_equal(found.kind, BACKSCATTER_DSN);
	assert_int_equal(found.grade, GRADE_B);
	assert_int_equal(found.flags, evidence.flags);
	assert_int_equal(found.trap, evidence.trap);
	assert_int_equal(found.campaign, 2);
	assert_true(found.original == UINT64_MAX);
	assert_int_equal(found.digest, 4);
	assert_int_equal(found.original_at, -1);
	assert_int_equal(found.sensor, 5);
	assert_string_equal(found.helo, "mail.example");
	assert_string_equal(found.reverse_path, "");
	assert_string_equal(found.status, "5.1.1");
	assert_string_equal(found.diagnostic, evidence.diagnostic);
}

static void
the_longest_texts_fit_a_record(void **state)
{
	struct evidence evidence = sighting(1000, "192.0.2.1"), found;
	uint8_t record[EVIDENCE_RECORD_MAX];
	int len;

	(void)state;
	fill(evidence.helo, sizeof(evidence.helo));
	fill(evidence.reverse_path, sizeof(evidence.reverse_path));
	fill(evidence.reporting_mta, sizeof(evidence.reporting_mta));
	fill(evidence.software, sizeof(evidence.software));
	fill(evidence.queue_id, sizeof(evidence.queue_id));
	fill(evidence.status, sizeof(evidence.status));
	fill(evidence.cause, sizeof(evidence.cause));
	fill(evidence.diagnostic, sizeof(evidence.diagnostic));
	fill(evidence.signs, sizeof(evidence.signs));
	len = evidence_encode(&evidence, record, sizeof(record));
	assert_true(len > 0);
	assert_int_equal(
	    evidence_decode(1000, OCTETS(record, (size_t)len), &found), 0);
	assert_same(&evidence, &found);
	assert_int_equal(
	    evidence_encode(&evidence, record, (size_t)len - 1), ERROR_LIMIT);
}

static void
refuses_records_that_are_cut_stretched_or_newer(void **state)
{
	struct evidence evidence = sighting(1000, "192.0.2.1"), found;
	uint8_t record[EVIDENCE_RECORD_MAX];
	int len = evidence_encode(&evidence, record, sizeof(record));

	(void)state;
	for (size_t cut = 0; cut < (size_t)len; cut++)
		assert_int_equal(
		    evidence_decode(1000, OCTETS(record, cut), &found),
		    ERROR_DAMAGED);
	record[len] = 0;
	assert_int_equal(
	    evidence_decode(1000, OCTETS(record, (size_t)len + 1), &found),
	    ERROR_DAMAGED);
	record[0]++;
	assert_int_equal(
	    evidence_decode(1000, OCTETS(record, (size_t)len), &found),
	    ERROR_NEWER);
	record[0] = 0;
	assert_int_equal(
	    evidence_decode(1000, OCTETS(record, (size_t)len), &found),
	    ERROR_DAMAGED);
}

static void
refuses_kinds_and_grades_that_are_none(void **state)
{
	struct evidence evidence = sighting(1000, "192.0.2.1"), found;
	uint8_t record[EVIDENCE_RECORD_MAX];
	int len = evidence_encode(&evidence, record, sizeof(record));
	static const size_t places[] = { 25, 26 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint8_t kept = record[places[i]];

		record[places[i]] = 77;
		assert_int_equal(
		    evidence_decode(1000, OCTETS(record, (size_t)len), &found),
		    ERROR_DAMAGED);
		record[places[i]] = kept;
	}
}

static void
ids_rise_though_the_clock_steps_back(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct evidence evidence;
	uint64_t id;

	assert_int_equal(evidence_next_id(txn, 5, &id), 0);
	assert_int_equal(id, 5000000);
	evidence = sighting(id, "192.0.2.1");
	assert_int_equal(evidence_put(txn, &evidence), 0);
	assert_int_equal(evidence_next_id(txn, 5, &id), 0);
	assert_int_equal(id, 5000001);
	assert_int_equal(evidence_next_id(txn, 4, &id), 0);
	assert_int_equal(id, 5000001);
	assert_int_equal(evidence_next_id(txn, -1, &id), 0);
	assert_int_equal(id, 5000001);
	assert_int_equal(evidence_next_id(txn, 9, &id), 0);
	assert_int_equal(id, 9000000);
}

static void
an_id_that_is_not_the_last_is_refused(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct evidence evidence = sighting(1000, "192.0.2.1");

	assert_int_equal(evidence_put(txn, &evidence), 0);
	assert_int_equal(evidence_put(txn, &evidence), ERROR_EXISTS);
	evidence.id = 999;
	assert_int_equal(evidence_put(txn, &evidence), ERROR_EXISTS);
	assert_int_equal(store_count(txn, TABLE_EVIDENCE), 1);
	assert_int_equal(store_count(txn, TABLE_EVIDENCE_OF), 1);
}

/* Notes the ids as they come; stops at the one it is told. */
struct visit {
	uint64_t ids[8];
	size_t count;
	uint64_t stop_at;
};

static int
note(const struct evidence *evidence, void *context)
{
	struct visit *visit = context;

	assert_in_range(visit->count, 0, 7);
	visit->ids[visit->count++] = evidence->id;
	return evidence->id == visit->stop_at ? 42 : 0;
}

static void
put_some(struct store_txn *txn)
{
	static const char *const addresses[] = { "192.0.2.1", "192.0.2.2",
		"2001:db8::1", "192.0.2.1", "2001:db8::2", "2001:db8:0:1::1",
		"192.0.2.1", "192.0.2.0" };

	for (size_t i = 0; i < 8; i++) {
		struct evidence evidence = sighting(i + 1, addresses[i]);

		assert_int_equal(evidence_put(txn, &evidence), 0);
	}
}

static void
an_address_leads_to_its_evidence_alone(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct ipaddr unit = address_of("192.0.2.1");
	struct visit visit = { 0 };

	put_some(txn);
	assert_int_equal(evidence_of_newest(txn, &unit, note, &visit), 0);
	assert_int_equal(visit.count, 3);
	assert_int_equal(visit.ids[0], 7);
	assert_int_equal(visit.ids[1], 4);
	assert_int_equal(visit.ids[2], 1);

	visit.count = 0;
	assert_int_equal(evidence_of_before(txn, &unit, 7, note, &visit), 0);
	assert_int_equal(visit.count, 2);
	assert_int_equal(visit.ids[0], 4);
	visit.count = 0;
	assert_int_equal(evidence_of_before(txn, &unit, 1, note, &visit), 0);
	assert_int_equal(visit.count, 0);

	unit = address_of("192.0.2.3");
	visit.count = 0;
	assert_int_equal(evidence_of_newest(txn, &unit, note, &visit), 0);
	assert_int_equal(visit.count, 0);
}

static void
an_ipv6_network_is_one_unit(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct ipaddr unit = address_of("2001:db8::");
	struct visit visit = { 0 };

	put_some(txn);
	assert_int_equal(evidence_of_newest(txn, &unit, note, &visit), 0);
	assert_int_equal(visit.count, 2);
	assert_int_equal(visit.ids[0], 5);
	assert_int_equal(visit.ids[1], 3);
	/* The last unit of the index has nothing behind it. */
	unit = address_of("2001:db8:0:1::");
	visit.count = 0;
	assert_int_equal(evidence_of_newest(txn, &unit, note, &visit), 0);
	assert_int_equal(visit.count, 1);
}

static void
whoever_has_seen_enough_says_so(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct ipaddr unit = address_of("192.0.2.1");
	struct visit visit = { .stop_at = 4 };

	put_some(txn);
	assert_int_equal(evidence_of_newest(txn, &unit, note, &visit), 42);
	assert_int_equal(visit.count, 2);
}

static void
what_is_removed_leaves_no_trace(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct evidence evidence;
	struct ipaddr unit = address_of("192.0.2.1");
	struct visit visit = { 0 };

	assert_int_equal(evidence_oldest(txn, &evidence), ERROR_NOT_FOUND);
	put_some(txn);
	assert_int_equal(evidence_oldest(txn, &evidence), 0);
	assert_int_equal(evidence.id, 1);
	assert_int_equal(evidence_remove(txn, &evidence), 0);
	assert_int_equal(evidence_get(txn, 1, &evidence), ERROR_NOT_FOUND);
	assert_int_equal(evidence_of_newest(txn, &unit, note, &visit), 0);
	assert_int_equal(visit.count, 2);
	assert_int_equal(evidence_get(txn, 3, &evidence), 0);
	assert_int_equal(evidence_remove(txn, &evidence), 0);
	assert_int_equal(evidence_remove(txn, &evidence), ERROR_NOT_FOUND);
	assert_int_equal(store_count(txn, TABLE_EVIDENCE), 6);
	assert_int_equal(store_count(txn, TABLE_EVIDENCE_OF), 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_as_it_was_written),
		cmocka_unit_test(the_longest_texts_fit_a_record),
		cmocka_unit_test(
		    refuses_records_that_are_cut_stretched_or_newer),
		cmocka_unit_test(refuses_kinds_and_grades_that_are_none),
		TEST_WITH_STORE(ids_rise_though_the_clock_steps_back),
		TEST_WITH_STORE(an_id_that_is_not_the_last_is_refused),
		TEST_WITH_STORE(an_address_leads_to_its_evidence_alone),
		TEST_WITH_STORE(an_ipv6_network_is_one_unit),
		TEST_WITH_STORE(whoever_has_seen_enough_says_so),
		TEST_WITH_STORE(what_is_removed_leaves_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
