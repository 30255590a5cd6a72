#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/sighting.h"
#include "db/trap.h"
#include "db/trend_day.h"
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
	struct trap trap;

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
	record.now += HOUR;
	see(&record, "2001:db8::1", 2);
	record.now += HOUR;
	txn = begin(&record);
	assert_int_equal(trap_add(txn, "@one.example", record.now, &trap), 0);
	assert_int_equal(trap_add(txn, "a@two.example", record.now, &trap), 0);
	assert_int_equal(trap_add(txn, "b@two.example", record.now, &trap), 0);
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

#define FOUND_MAX 4000

/* All of it, a line each. */
static void
take_what(const char *what, const char *of, void *context)
{
	char *found = context;
	size_t len = strlen(found);

	snprintf(found + len, FOUND_MAX - len, "%s: %s\n", of, what);
}

static void
put_entry(struct store_txn *txn, enum sublist list, const char *address,
    struct zone_entry entry)
{
	struct ipaddr unit = address_of(address);
	uint8_t value[ZONE_ENTRY_RECORD_LEN];
	struct zonekey key;

	zonekey_of_unit(list, &unit, &key);
	zonedata_encode_entry(&entry, value);
	assert_int_equal(
	    zonedata_put(txn, &key, OCTETS(value, sizeof(value)), record.now),
	    0);
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
	put_entry(txn, SUBLIST_MAIN, "192.0.2.99",
	    (struct zone_entry){ .codes = CODE_BIT(2) });
}

static void
add_to_another_list(struct store_txn *txn)
{
	put_entry(txn, SUBLIST_CALLOUT, "192.0.2.1",
	    (struct zone_entry){ .codes = CODE_BIT(7) });
}

static void
change_zone(struct store_txn *txn)
{
	put_entry(txn, SUBLIST_MAIN, "192.0.2.1",
	    (struct zone_entry){ .codes = CODE_BIT(2) | CODE_BIT(4) });
}

/* Where the cursor stands after both moves. */
static void
lose(struct store_txn *txn, enum store_table table, enum store_move first,
    enum store_move then)
{
	struct store_cursor *cursor;
	struct octets key, value;

	assert_int_equal(store_cursor_open(txn, table, &cursor), 0);
	assert_int_equal(store_move(cursor, first, &key, &value), 0);
	assert_int_equal(store_move(cursor, then, &key, &value), 0);
	assert_int_equal(store_cursor_delete(cursor), 0);
	store_cursor_close(cursor);
}

static void
lose_first(struct store_txn *txn, enum store_table table)
{
	lose(txn, table, STORE_FIRST, STORE_FIRST);
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
	    OCTETS("\1"
		   "1234567887654321",
		17));
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
list_for_ever(struct store_txn *txn)
{
	struct ipaddr unit = address_of("192.0.2.1");
	struct listing listing;

	assert_int_equal(listing_get(txn, &unit, &listing), 0);
	listing.due_at = listing.expires_at + 1;
	assert_int_equal(listing_put(txn, &listing), 0);
}

static void
lose_test_entry(struct store_txn *txn)
{
	put_entry(txn, SUBLIST_MAIN, "127.0.0.2",
	    (struct zone_entry){ .codes = CODE_BIT(2) });
}

static void
add_test_entry(struct store_txn *txn)
{
	put_entry(txn, SUBLIST_MAIN, "127.0.0.17",
	    (struct zone_entry){
		.codes = CODE_BIT(2), .flags = ZONE_ENTRY_TEST });
}

static void
lose_apex(struct store_txn *txn)
{
	lose_first(txn, TABLE_ZONE);
}

static void
add_records(struct store_txn *txn)
{
	struct octets apex;
	struct zonekey key;

	zonekey_apex(&key);
	assert_int_equal(
	    store_get(txn, TABLE_ZONE, OCTETS(key.octets, key.len), &apex), 0);
	assert_int_equal(
	    store_put(txn, TABLE_ZONE, OCTETS("\1www", 5), apex), 0);
}

/* One in the middle: the oldest may be gone, and who misses the last? */
static void
lose_change(struct store_txn *txn)
{
	lose(txn, TABLE_JOURNAL, STORE_LAST, STORE_PREV);
}

static void
change_in_secret(struct store_txn *txn)
{
	struct zone_entry entry = { .codes = CODE_BIT(2) | CODE_BIT(4) };
	struct ipaddr unit = address_of("192.0.2.1");
	uint8_t value[ZONE_ENTRY_RECORD_LEN];
	struct zonekey key;

	zonekey_of_unit(SUBLIST_MAIN, &unit, &key);
	zonedata_encode_entry(&entry, value);
	store_put(txn, TABLE_ZONE, OCTETS(key.octets, key.len),
	    OCTETS(value, sizeof(value)));
}

static void
damage_first(struct store_txn *txn, enum store_table table)
{
	struct store_cursor *cursor;
	struct octets key, value;
	uint8_t copy[64];

	assert_int_equal(store_cursor_open(txn, table, &cursor), 0);
	assert_int_equal(store_move(cursor, STORE_FIRST, &key, &value), 0);
	assert_true(key.len <= sizeof(copy));
	memcpy(copy, key.data, key.len);
	store_cursor_close(cursor);
	assert_int_equal(
	    store_put(txn, table, OCTETS(copy, key.len), OCTETS("\377", 1)), 0);
}

static void
damage_change(struct store_txn *txn)
{
	damage_first(txn, TABLE_JOURNAL);
}

static void
damage_trend(struct store_txn *txn)
{
	damage_first(txn, TABLE_TREND);
}

/* A day of 1970. */
static void
damage_day(struct store_txn *txn)
{
	static const uint8_t key[] = { 32, 0, 0x80, 0, 0, 1 };
	const struct trend_day day = { .seen = { 0 } };

	assert_int_equal(trend_day_put(txn, 1, &day), 0);
	assert_int_equal(verify_store(txn, print_fault, NULL), 0);
	assert_int_equal(store_put(txn, TABLE_TREND, OCTETS(key, sizeof(key)),
			     OCTETS("\1\2", 2)),
	    0);
}

static void
damage_key(struct store_txn *txn)
{
	store_delete(txn, TABLE_META, OCTETS("hash key", 8));
}

static void
lose_digest(struct store_txn *txn)
{
	lose_first(txn, TABLE_DIGEST);
}

/* The last hour's: what stands in the first is not looked at. */
static void
lose_last(struct store_txn *txn, enum store_table table)
{
	lose(txn, table, STORE_FIRST, STORE_LAST);
}

static void
lose_member(struct store_txn *txn)
{
	lose_last(txn, TABLE_GROUP_MEMBER);
}

static void
lose_network(struct store_txn *txn)
{
	lose_last(txn, TABLE_GROUP_NETWORK);
}

static void
add_hour(struct store_txn *txn)
{
	static const uint8_t key[29] = "T12345678\0\0\1\1";

	store_put(txn, TABLE_GROUP_MEMBER, OCTETS(key, 29), OCTETS("", 0));
}

static void
lose_trap(struct store_txn *txn)
{
	lose_first(txn, TABLE_TRAP);
}

static void
lose_delisting(struct store_txn *txn)
{
	lose_last(txn, TABLE_DELISTING);
}

static void
add_exemption(struct store_txn *txn)
{
	struct exemption exemption = { .prefix = {
					   address_of("192.0.2.1"), 120 } };

	exemption_put(txn, &exemption);
}

static void
lose_decision(struct store_txn *txn)
{
	lose(txn, TABLE_AUDIT, STORE_FIRST, STORE_NEXT);
}

static void
finds_what_does_not_agree(void **state)
{
	static const struct {
		void (*spoil)(struct store_txn *txn);
		const char *what; /* is among what is found */
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
		{ list_for_ever, "published, and nothing ends it" },
		{ lose_test_entry, "a test entry is missing or wrong" },
		{ add_test_entry, "test entries where none should be" },
		{ lose_apex, "the zone has no apex" },
		{ add_records, "records of no server and no apex" },
		{ lose_change, "a change is missing after" },
		{ change_in_secret, "the journal tells of another zone" },
		{ damage_change, "a damaged change" },
		{ lose_digest, "evidence without its digest" },
		{ lose_member, "evidence that bears nobody out" },
		{ lose_network, "evidence that bears nobody out" },
		{ add_hour, "an hour of which there is no evidence" },
		{ lose_trap, "domains do not count their traps" },
		{ lose_delisting, "its last delisting is not on record" },
		{ add_exemption, "an exemption that covers nothing" },
		{ lose_decision, "the audit has a gap before it" },
		{ damage_trend, "a damaged count" },
		{ damage_day, "200080000001: a damaged count" },
		{ damage_key, "the hash key: stored data is damaged" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store_txn *txn = begin(&record);
		char before[FOUND_MAX] = "", found[FOUND_MAX] = "";
		int faults = verify_store(txn, take_what, before);

		cases[i].spoil(txn);
		faults += verify_store(txn, take_what, found);
		store_abort(txn);
		assert_string_equal(before, "");
		assert_true(faults >= 0);
		if (strstr(found, cases[i].what) == NULL)
			fail_msg("no \"%s\" in\n%s", cases[i].what, found);
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
