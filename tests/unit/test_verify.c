#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/sighting.h"
#include "db/zonedata.h"
#include "tests/support/test_record.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct test_record record;

/* Something of everything: listed, warned, by hand, delisted. */
static int
open_record(void **state)
{
	struct ipprefix prefix;
	struct delisting delisting;
	struct store_txn *txn;

	(void)state;
	test_record_open(&record, "eager");
	for (int i = 1; i < 6; i++) {
		char address[32];
		struct evidence evidence;

		sprintf(address, "192.0.2.%d", i);
		evidence = bounce(&record, address, 1);
		evidence.digest = 100 + (uint64_t)i;
		assert_int_equal(put(&record, evidence), 0);
	}
	see(&record, "2001:db8::1", 2);
	record.now += HOUR;
	txn = begin(&record);
	prefix = prefix_of("198.18.0.0/28");
	assert_int_equal(record_manual(txn, &record.rules, &prefix, "r",
			     record.now + DAY, record.now, NULL),
	    0);
	delisting = (struct delisting){ .unit = address_of("192.0.2.2") };
	assert_int_equal(
	    record_delisting(txn, &record.rules, &delisting, record.now), 0);
	commit(&record, txn, 0);
	return 0;
}

static int
close_record(void **state)
{
	(void)state;
	test_record_close(&record);
	return 0;
}

static void
take_what(const char *what, const char *of, void *context)
{
	(void)of;
	snprintf(context, 200, "%s", what);
}

static void
spoil_zone(struct store_txn *txn)
{
	struct ipaddr unit = address_of("192.0.2.1");
	struct zonekey key;

	zonekey_of_unit(SUBLIST_MAIN, &unit, &key);
	zonedata_remove(txn, &key, record.now);
}

static void
add_to_zone(struct store_txn *txn)
{
	struct zone_entry entry = { .codes = CODE_BIT(2) };
	uint8_t value[ZONE_ENTRY_RECORD_LEN];
	struct ipaddr unit = address_of("192.0.2.99");
	struct zonekey key;

	zonekey_of_unit(SUBLIST_MAIN, &unit, &key);
	zonedata_encode_entry(&entry, value);
	zonedata_put(txn, &key, OCTETS(value, sizeof(value)), record.now);
}

static void
add_to_another_list(struct store_txn *txn)
{
	struct zone_entry entry = { .codes = CODE_BIT(7) };
	uint8_t value[ZONE_ENTRY_RECORD_LEN];
	struct ipaddr unit = address_of("192.0.2.1");
	struct zonekey key;

	zonekey_of_unit(SUBLIST_CALLOUT, &unit, &key);
	zonedata_encode_entry(&entry, value);
	zonedata_put(txn, &key, OCTETS(value, sizeof(value)), record.now);
}

static void
change_zone(struct store_txn *txn)
{
	struct zone_entry entry = { .codes = CODE_BIT(2) | CODE_BIT(4) };
	uint8_t value[ZONE_ENTRY_RECORD_LEN];
	struct ipaddr unit = address_of("192.0.2.1");
	struct zonekey key;

	zonekey_of_unit(SUBLIST_MAIN, &unit, &key);
	zonedata_encode_entry(&entry, value);
	zonedata_put(txn, &key, OCTETS(value, sizeof(value)), record.now);
}

/* The first key of a table, or its record, goes or comes to naught. */
static void
lose_first(struct store_txn *txn, enum store_table table)
{
	struct store_cursor *cursor;
	struct octets key, value;

	assert_int_equal(store_cursor_open(txn, table, &cursor), 0);
	assert_int_equal(store_move(cursor, STORE_FIRST, &key, &value), 0);
	assert_int_equal(store_cursor_delete(cursor), 0);
	store_cursor_close(cursor);
}

static void
lose_due(struct store_txn *txn)
{
	lose_first(txn, TABLE_DUE);
}

static void
lose_listing(struct store_txn *txn)
{
	lose_first(txn, TABLE_LISTING);
}

static void
lose_evidence(struct store_txn *txn)
{
	lose_first(txn, TABLE_EVIDENCE);
}

static void
lose_index(struct store_txn *txn)
{
	lose_first(txn, TABLE_EVIDENCE_OF);
}

static void
lose_sighting(struct store_txn *txn)
{
	lose_first(txn, TABLE_SIGHTING);
}

static void
add_due(struct store_txn *txn)
{
	static const uint8_t key[24] = { 1 };

	store_put(txn, TABLE_DUE, OCTETS(key, 24), OCTETS("", 0));
}

static void
change_index(struct store_txn *txn)
{
	struct ipaddr unit = address_of("192.0.2.1");
	struct sighting sighting;

	assert_int_equal(sighting_read(txn, &unit, 0, &sighting, 1), 1);
	sighting.event.grade = GRADE_B;
	sighting_put(txn, &unit, &sighting);
}

static void
damage_listing(struct store_txn *txn)
{
	struct ipaddr unit = address_of("192.0.2.1");

	store_put(
	    txn, TABLE_LISTING, OCTETS(unit.octets, 16), OCTETS("\1\377", 2));
}

static void
add_digest(struct store_txn *txn)
{
	store_put(txn, TABLE_DIGEST, OCTETS("12345678", 8),
	    OCTETS("1234567887654321", 16));
}

static void
list_in_secret(struct store_txn *txn)
{
	struct ipaddr unit = address_of("192.0.2.2");
	struct listing listing;

	assert_int_equal(listing_get(txn, &unit, &listing), 0);
	listing.state = LISTING_LISTED;
	listing.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN);
	assert_int_equal(listing_put(txn, &listing), 0);
}

static void
finds_what_does_not_agree(void **state)
{
	static const struct {
		void (*spoil)(struct store_txn *txn);
		const char *what; /* the last that is found */
	} cases[] = {
		{ spoil_zone, "listed, yet not in the zone" },
		{ add_to_zone, "in the zone, yet there is no listing" },
		{ add_to_another_list, "in the zone, yet not listed" },
		{ change_zone, "the zone says other than the listing" },
		{ lose_due, "due, yet nobody will look" },
		{ lose_listing, "the guard counts other than what is listed" },
		{ lose_evidence, "a digest of no evidence" },
		{ lose_index, "evidence not in its address' index" },
		{ lose_sighting, "policy does not look at the evidence" },
		{ add_due, "due at another time" },
		{ change_index, "policy looks at other than the evidence" },
		{ damage_listing,
		    "the guard counts other than what is listed" },
		{ add_digest, "a digest of no evidence" },
		{ list_in_secret,
		    "the guard counts other than what is listed" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store_txn *txn = begin(&record);
		char what[200] = "";

		assert_int_equal(verify_store(txn, take_what, what), 0);
		cases[i].spoil(txn);
		assert_true(verify_store(txn, take_what, what) > 0);
		assert_string_equal(what, cases[i].what);
		store_abort(txn);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    finds_what_does_not_agree, open_record, close_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
