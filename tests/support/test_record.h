#ifndef TESTS_SUPPORT_TEST_RECORD_H
#define TESTS_SUPPORT_TEST_RECORD_H

/*
 * A database into which evidence is recorded, on a clock that the test sets.
 * Include it after cmocka.h.
 */

#include <limits.h>

#include "db/record.h"
#include "db/verify.h"
#include "db/zonedata.h"
#include "tests/support/addresses.h"
#include "tests/support/test_store.h"

#define MINUTE 60
#define HOUR 3600
#define DAY (24 * HOUR)

struct test_record {
	struct test_store test;
	struct recorder_rules rules;
	int64_t now;
	uint64_t originals; /* each sighting has its own, if not said */
};

/* The apex and the test entries. */
#define OWN_NAMES 43

/* The zone's own records, as `bsblctl init` makes them. */
static inline void
make_zone(struct store *store)
{
	static struct zone_settings zone = { .server_count = 1,
		.ttl_seconds = 300,
		.text = "{kinds} {seen} {url}",
		.portal = "http://127.0.0.1/" };
	struct store_txn *txn;

	zone.origin_len = (size_t)dname_parse("bl.example.test", zone.origin);
	dname_parse("hostmaster.example.test", zone.contact);
	dname_parse("ns.example.test", zone.servers[0].name);
	assert_int_equal(store_begin_write(store, &txn), 0);
	assert_int_equal(zone_settings_apply(txn, &zone, TEST_NOW), 0);
	assert_true(zonedata_journal_trim(txn, UINT32_MAX, UINT_MAX) > 0);
	assert_int_equal(store_commit(txn), 0);
}

static inline void
test_record_open(struct test_record *record, const char *preset)
{
	/* Addresses that the tests list: of benchmarks and documentation. */
	static char prefixes[][20] = { "198.18.0.0/15", "192.0.2.0/24",
		"2001:db8::/32" };
	static char *listable[] = { prefixes[0], prefixes[1], prefixes[2] };
	struct settings settings;

	memset(record, 0, sizeof(*record));
	test_store_open(&record->test);
	make_zone(record->test.store);
	record->now = TEST_NOW;
	assert_int_equal(settings_read(NULL, &settings), 0);
	free(settings.policy.preset);
	settings.policy.preset = strdup(preset);
	assert_int_equal(settings.policy.listable_reserved.count, 0);
	settings.policy.listable_reserved.items = listable;
	settings.policy.listable_reserved.count = 3;
	assert_int_equal(
	    recorder_rules_init(&record->rules, &settings, "test"), 0);
	settings.policy.listable_reserved.items = NULL;
	settings.policy.listable_reserved.count = 0;
	settings_free(&settings);
}

static inline void
print_fault(const char *what, const char *of, void *context)
{
	(void)context;
	print_error("%s: %s\n", of, what);
}

static inline struct store_txn *
begin(struct test_record *record)
{
	struct store_txn *txn;

	assert_int_equal(store_begin_write(record->test.store, &txn), 0);
	return txn;
}

/* Whatever a test did: the database agrees with itself. */
static inline void
test_record_close(struct test_record *record)
{
	struct store_txn *txn = begin(record);

	assert_int_equal(verify_store(txn, print_fault, NULL), 0);
	store_abort(txn);
	recorder_rules_deinit(&record->rules);
	test_store_close(&record->test);
}

/* A bounce of grade A, seen now. */
static inline struct evidence
bounce(struct test_record *record, const char *address, uint64_t trap)
{
	return (struct evidence){ .seen_at = record->now,
		.address = address_of(address),
		.kind = BACKSCATTER_DSN,
		.grade = GRADE_A,
		.trap = trap,
		.campaign = trap * 1000,
		.flags = EVIDENCE_FINGERPRINTED,
		.original = 500 + ++record->originals };
}

static inline int
commit(struct test_record *record, struct store_txn *txn, int code)
{
	if (code < 0)
		store_abort(txn);
	else
		assert_int_equal(store_commit(txn), 0);
	record_log_decisions(&record->rules, false);
	return code;
}

static inline int
put(struct test_record *record, struct evidence evidence)
{
	struct store_txn *txn = begin(record);

	return commit(record, txn,
	    record_evidence(txn, &record->rules, &evidence, record->now));
}

static inline void
see(struct test_record *record, const char *address, uint64_t trap)
{
	assert_int_equal(put(record, bounce(record, address, trap)), 0);
}

/* What a real forged run does: three other networks answer the trap, too. */
static inline void
bear_out(struct test_record *record, uint64_t trap)
{
	see(record, "198.19.1.1", trap);
	see(record, "198.19.2.1", trap);
	see(record, "198.19.3.1", trap);
}

/* Everything that is due. */
static inline void
sweep(struct test_record *record)
{
	int swept;

	do {
		struct store_txn *txn = begin(record);

		swept = commit(record, txn,
		    record_sweep(txn, &record->rules, record->now, 100));
		assert_true(swept >= 0);
	} while (swept > 0);
}

static inline struct listing
listing_of(struct test_record *record, const char *address)
{
	struct ipaddr parsed = address_of(address);
	struct ipaddr unit = listing_unit(&parsed);
	struct store_txn *txn = begin(record);
	struct listing listing;

	listing_get(txn, &unit, &listing);
	store_abort(txn);
	return listing;
}

/* The codes that the zone has for an address in a list, 0 none. */
static inline uint16_t
codes_of(struct test_record *record, enum sublist list, const char *address)
{
	struct ipaddr parsed = address_of(address);
	struct ipaddr unit = listing_unit(&parsed);
	struct zone_entry entry = { .codes = 0 };
	struct store_txn *txn = begin(record);
	struct octets value;
	struct zonekey key;

	zonekey_of_unit(list, &unit, &key);
	if (store_get(txn, TABLE_ZONE, OCTETS(key.octets, key.len), &value) ==
	    0)
		assert_true(zonedata_decode_entry(value, &entry));
	store_abort(txn);
	return entry.codes;
}

/* Of the zone those that are listed. */
static inline uint64_t
records_in(struct test_record *record, enum store_table table)
{
	struct store_txn *txn = begin(record);
	uint64_t count = store_count(txn, table);

	store_abort(txn);
	return table == TABLE_ZONE ? count - OWN_NAMES : count;
}

#endif
