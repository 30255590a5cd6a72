#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/audit.h"
#include "tests/support/test_store.h"

struct visit {
	struct audit_entry entries[4];
	size_t count, most;
};

static int
note(const struct audit_entry *entry, void *context)
{
	struct visit *visit = context;

	visit->entries[visit->count++] = *entry;
	return visit->count == visit->most ? 42 : 0;
}

static void
shows_the_newest_first(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct visit visit = { .most = 4 };

	assert_int_equal(audit_newest(txn, note, &visit), 0);
	assert_int_equal(visit.count, 0);
	assert_int_equal(audit_add(txn, TEST_NOW, "ingest", "listed",
			     "192.0.2.1", "score=%.2f", 1.5),
	    0);
	assert_int_equal(audit_add(txn, TEST_NOW - 9, "bsblctl:root",
			     "delisted", "", "%s", ""),
	    0);
	assert_int_equal(audit_newest(txn, note, &visit), 0);
	assert_int_equal(visit.count, 2);
	assert_string_equal(visit.entries[0].who, "bsblctl:root");
	assert_string_equal(visit.entries[0].what, "delisted");
	assert_string_equal(visit.entries[0].subject, "");
	assert_string_equal(visit.entries[0].details, "");
	assert_int_equal(visit.entries[0].at, TEST_NOW - 9);
	assert_string_equal(visit.entries[1].who, "ingest");
	assert_string_equal(visit.entries[1].subject, "192.0.2.1");
	assert_string_equal(visit.entries[1].details, "score=1.50");
	assert_true(visit.entries[0].number > visit.entries[1].number);
}

static void
whoever_has_seen_enough_says_so(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct visit visit = { .most = 2 };

	for (int i = 0; i < 4; i++)
		assert_int_equal(
		    audit_add(txn, TEST_NOW, "sweep", "expired", "", "%d", i),
		    0);
	assert_int_equal(audit_newest(txn, note, &visit), 42);
	assert_int_equal(visit.count, 2);
	assert_string_equal(visit.entries[1].details, "2");
}

static void
cuts_between_characters(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct visit visit = { .most = 1 };
	char text[400];

	/* Odd, so that a cut at an even place splits a character. */
	text[0] = 'x';
	for (size_t i = 1; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa4", 3);
	assert_int_equal(
	    audit_add(txn, TEST_NOW, text, text, text, "%s", text), 0);
	assert_int_equal(audit_newest(txn, note, &visit), 42);
	assert_int_equal(strlen(visit.entries[0].who), 63);
	assert_int_equal(strlen(visit.entries[0].what), 31);
	assert_int_equal(strlen(visit.entries[0].details), 255);
	text[0] = 'y';
	memmove(text + 1, text, sizeof(text) - 2);
	visit.count = 0;
	assert_int_equal(
	    audit_add(txn, TEST_NOW, text, text, text, "%s", text), 0);
	assert_int_equal(audit_newest(txn, note, &visit), 42);
	assert_int_equal(strlen(visit.entries[0].who), 62);
	assert_int_equal(strlen(visit.entries[0].details), 254);
}

static void
refuses_records_that_are_cut_stretched_or_newer(void **state)
{
	struct audit_entry entry = { .at = TEST_NOW, .who = "ingest" };
	uint8_t record[AUDIT_RECORD_MAX];
	size_t len = (size_t)audit_encode(&entry, record, sizeof(record));

	(void)state;
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(audit_decode(1, OCTETS(record, cut), &entry),
		    ERROR_DAMAGED);
	assert_int_equal(audit_decode(1, OCTETS(record, len), &entry), 0);
	record[len] = 0;
	assert_int_equal(
	    audit_decode(1, OCTETS(record, len + 1), &entry), ERROR_DAMAGED);
	record[0]++;
	assert_int_equal(
	    audit_decode(1, OCTETS(record, len), &entry), ERROR_NEWER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(shows_the_newest_first),
		TEST_WITH_STORE(whoever_has_seen_enough_says_so),
		TEST_WITH_STORE(cuts_between_characters),
		cmocka_unit_test(
		    refuses_records_that_are_cut_stretched_or_newer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
