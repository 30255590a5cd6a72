#ifndef TESTS_SUPPORT_ONE_RECORD_H
#define TESTS_SUPPORT_ONE_RECORD_H

/*
 * The database of a test program: new for each test, by cmocka's set-up and
 * tear-down. Include it after cmocka.h.
 */

#include "db/audit.h"
#include "tests/support/test_record.h"

static struct test_record record;

static inline int
open_small(void **state)
{
	(void)state;
	test_record_open(&record, "small");
	return 0;
}

static inline int
open_eager(void **state)
{
	(void)state;
	test_record_open(&record, "eager");
	return 0;
}

static inline int
close_record(void **state)
{
	(void)state;
	test_record_close(&record);
	return 0;
}

static inline enum listing_state
state_of(const char *address)
{
	return listing_of(&record, address).state;
}

static inline int
take_newest(const struct audit_entry *entry, void *context)
{
	*(struct audit_entry *)context = *entry;
	return 1;
}

static inline struct audit_entry
newest_audit(void)
{
	struct store_txn *txn = begin(&record);
	struct audit_entry entry = { .number = 0 };

	audit_newest(txn, take_newest, &entry);
	store_abort(txn);
	return entry;
}

#define LISTED_DSN (CODE_BIT(2) | CODE_BIT(3))

static inline uint16_t
main_codes(const char *address)
{
	return codes_of(&record, SUBLIST_MAIN, address);
}

static inline int
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

static inline int
take_off(const char *prefix)
{
	struct ipprefix parsed = prefix_of(prefix);
	struct store_txn *txn = begin(&record);

	return commit(&record, txn,
	    record_removal(
		txn, &record.rules, &parsed, "a mistake", record.now));
}

static inline void
list_by_hand(const char *prefix, int64_t seconds)
{
	struct ipprefix parsed = prefix_of(prefix);
	struct store_txn *txn = begin(&record);

	assert_int_equal(commit(&record, txn,
			     record_manual(txn, &record.rules, &parsed, "why",
				 record.now + seconds, record.now, NULL)),
	    0);
}

static inline void
see_callout(const char *address, uint64_t trap)
{
	struct evidence evidence = bounce(&record, address, trap);

	evidence.kind = BACKSCATTER_CALLOUT;
	evidence.grade = GRADE_D;
	assert_int_equal(put(&record, evidence), 0);
}

struct audit_search {
	const char *what;
	unsigned count;
	struct audit_entry newest;
};

static inline int
search_audit(const struct audit_entry *entry, void *context)
{
	struct audit_search *search = context;

	if (strcmp(entry->what, search->what) == 0 && search->count++ == 0)
		search->newest = *entry;
	return 0;
}

static inline struct audit_search
audit_of(const char *what)
{
	struct audit_search search = { .what = what };
	struct store_txn *txn = begin(&record);

	assert_int_equal(audit_newest(txn, search_audit, &search), 0);
	store_abort(txn);
	return search;
}

#define SMALL(test)                                                            \
	cmocka_unit_test_setup_teardown(test, open_small, close_record)
#define EAGER(test)                                                            \
	cmocka_unit_test_setup_teardown(test, open_eager, close_record)

#endif
