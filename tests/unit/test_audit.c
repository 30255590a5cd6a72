#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/audit.h"
#include "db/stored.h"
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

/* --- the chain ------------------------------------------------------------ */

static void
add_some(struct store_txn *txn, int count)
{
	for (int i = 0; i < count; i++)
		assert_int_equal(audit_add(txn, TEST_NOW + i, "sweep",
				     "expired", "192.0.2.1", "n=%d", i),
		    0);
}

/* The first thing that is wrong, or NULL; walks as verify does. */
static const char *
first_wrong(struct store_txn *txn)
{
	struct store_cursor *cursor;
	struct audit_ends ends;
	struct audit_end at;
	struct octets key, value;
	const char *wrong = NULL;
	int code;

	assert_int_equal(audit_ends(txn, &ends), 0);
	assert_int_equal(store_cursor_open(txn, TABLE_AUDIT, &cursor), 0);
	at = ends.checkpoint;
	for (code = store_move(cursor, STORE_FIRST, &key, &value);
	     code == 0 && wrong == NULL;
	     code = store_move(cursor, STORE_NEXT, &key, &value))
		wrong = audit_check(&at, stored_u64_of_key(key.data), value);
	store_cursor_close(cursor);
	if (wrong == NULL && memcmp(&at, &ends.head, sizeof(at)) != 0)
		wrong = "end";
	return wrong;
}

static void
delete_entry(struct store_txn *txn, uint64_t number)
{
	uint8_t key[STORED_KEY_U64];

	assert_int_equal(
	    store_delete(txn, TABLE_AUDIT, stored_key_u64(key, number)), 0);
}

static void
what_was_changed_shows(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	uint8_t key[STORED_KEY_U64], changed[AUDIT_RECORD_MAX];
	struct octets value;

	add_some(txn, 5);
	assert_null(first_wrong(txn));
	stored_key_u64(key, 3);
	assert_int_equal(
	    store_get(txn, TABLE_AUDIT, OCTETS(key, sizeof(key)), &value), 0);
	memcpy(changed, value.data, value.len);
	changed[12] ^= 1; /* who */
	assert_int_equal(store_put(txn, TABLE_AUDIT, OCTETS(key, sizeof(key)),
			     OCTETS(changed, value.len)),
	    0);
	assert_non_null(strstr(first_wrong(txn), "changed here"));
}

static void
what_was_left_out_shows(void **state)
{
	struct store_txn *txn = test_store_txn(state);

	add_some(txn, 5);
	delete_entry(txn, 2);
	assert_non_null(strstr(first_wrong(txn), "gap"));
}

static void
what_was_cut_off_shows(void **state)
{
	struct store_txn *txn = test_store_txn(state);

	add_some(txn, 5);
	delete_entry(txn, 5);
	assert_string_equal(first_wrong(txn), "end");
}

static void
trimming_keeps_a_checkpoint(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct audit_ends before, after;
	struct visit visit = { .most = 4 };

	add_some(txn, 6);
	assert_int_equal(audit_ends(txn, &before), 0);
	assert_int_equal(audit_trim(txn, TEST_NOW + 4, 3), 3);
	assert_int_equal(audit_trim(txn, TEST_NOW + 4, 3), 1);
	assert_int_equal(audit_trim(txn, TEST_NOW + 4, 3), 0);
	assert_null(first_wrong(txn));
	assert_int_equal(audit_ends(txn, &after), 0);
	assert_int_equal(after.checkpoint.number, 4);
	assert_memory_equal(&before.head, &after.head, sizeof(before.head));
	/* The newest stays, or nobody could tell where the chain goes on. */
	assert_int_equal(audit_trim(txn, INT64_MAX, 100), 1);
	add_some(txn, 1);
	assert_null(first_wrong(txn));
	assert_int_equal(audit_newest(txn, note, &visit), 0);
	assert_int_equal(visit.count, 2);
	delete_entry(txn, 6);
	assert_non_null(first_wrong(txn));
}

static void
pages_are_turned_backwards(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct visit visit = { .most = 2 };

	add_some(txn, 5);
	assert_int_equal(audit_before(txn, 4, note, &visit), 42);
	assert_int_equal(visit.entries[0].number, 3);
	visit.count = 0;
	assert_int_equal(audit_before(txn, 2, note, &visit), 0);
	assert_int_equal(visit.count, 1);
	visit.count = 0;
	assert_int_equal(audit_before(txn, 1, note, &visit), 0);
	assert_int_equal(visit.count, 0);
}

/* --- for the public ------------------------------------------------------- */

static void
the_public_sees_no_names_traps_or_counts(void **state)
{
	static const struct {
		struct audit_entry entry, expected;
	} cases[] = {
		{ { .at = TEST_NOW + 59,
		      .who = "ingest",
		      .what = "listed",
		      .subject = "192.0.2.77",
		      .details = "kind=dsn score=1.50 traps=2 preset=small "
				 "list_score=1.4" },
		    { .at = TEST_NOW - TEST_NOW % 3600,
			.who = "ingest",
			.what = "listed",
			.subject = "192.0.2.0/24",
			.details = "kind=dsn preset=small list_score=1.4" } },
		{ { .who = "bsblctl:alice",
		      .what = "removed",
		      .subject = "2001:db8:1:2::/64",
		      .details = "units=1 reason=\"kind=x until=y\"" },
		    { .who = "operator",
			.what = "removed",
			.subject = "2001:db8:1::/48",
			.details = "units=1" } },
		{ { .who = "bsblctl:alice",
		      .what = "purged",
		      .details = "by=trap which=1a2b evidence=7" },
		    { .who = "operator",
			.what = "purged",
			.details = "evidence=7" } },
		{ { .who = "public", .what = "manual", .subject = "nonsense" },
		    { .who = "public", .what = "manual" } },
	};
	static const char *const hidden[] = { "trap_added", "trap_removed",
		"pending", "rejected", "guard_rejected", "" };
	struct audit_entry entry = { .who = "x" }, redacted;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct audit_entry *expected = &cases[i].expected;

		assert_true(audit_redact(&cases[i].entry, &redacted));
		assert_int_equal(redacted.at, expected->at);
		assert_string_equal(redacted.who, expected->who);
		assert_string_equal(redacted.what, expected->what);
		assert_string_equal(redacted.subject, expected->subject);
		assert_string_equal(redacted.details, expected->details);
	}
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		snprintf(entry.what, sizeof(entry.what), "%s", hidden[i]);
		assert_false(audit_redact(&entry, &redacted));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(shows_the_newest_first),
		TEST_WITH_STORE(whoever_has_seen_enough_says_so),
		TEST_WITH_STORE(cuts_between_characters),
		TEST_WITH_STORE(what_was_changed_shows),
		TEST_WITH_STORE(what_was_left_out_shows),
		TEST_WITH_STORE(what_was_cut_off_shows),
		TEST_WITH_STORE(trimming_keeps_a_checkpoint),
		TEST_WITH_STORE(pages_are_turned_backwards),
		cmocka_unit_test(the_public_sees_no_names_traps_or_counts),
		cmocka_unit_test(
		    refuses_records_that_are_cut_stretched_or_newer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
