#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/zonedata.h"
#include "tests/support/test_store.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LITERAL(s) OCTETS(s, sizeof(s) - 1)

#define START TEST_NOW
#define LOOPBACK 0x7f000000u
#define TYPE_A 1
#define TYPE_NS 2
#define TYPE_AAAA 28

/* --- a database of its own for each test -----------------------------------
 */

struct fixture {
	struct test_store test;
	struct store_txn *txn;
};

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	test_store_open(&fixture->test);
	assert_int_equal(
	    store_begin_write(fixture->test.store, &fixture->txn), 0);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	store_abort(fixture->txn);
	test_store_close(&fixture->test);
	free(fixture);
	return 0;
}

/* Commits what was done and begins anew. */
static void
next_transaction(struct fixture *fixture)
{
	assert_int_equal(store_commit(fixture->txn), 0);
	assert_int_equal(
	    store_begin_write(fixture->test.store, &fixture->txn), 0);
}

static uint32_t
serial_of(struct fixture *fixture)
{
	struct zone_version version;

	assert_int_equal(meta_zone_version(fixture->txn, &version), 0);
	return version.serial;
}

static struct ipaddr
address_of(const char *text)
{
	struct ipaddr address;

	assert_int_equal(ipaddr_parse(text, &address), 0);
	return address;
}

static int
get(struct fixture *fixture, const struct zonekey *key, struct zone_node *node)
{
	struct octets value;
	int error = store_get(
	    fixture->txn, TABLE_ZONE, OCTETS(key->octets, key->len), &value);

	if (error != 0)
		return error;
	assert_int_equal(zonedata_decode(value, node), 0);
	return 0;
}

static void
put_name(struct zone_settings *zone, unsigned server, const char *name)
{
	assert_true(dname_parse(name, zone->servers[server].name) > 0);
}

static void
usual_settings(struct zone_settings *zone)
{
	memset(zone, 0, sizeof(*zone));
	zone->origin_len = (size_t)dname_parse("bl.example.org", zone->origin);
	dname_parse("hostmaster.example.org", zone->contact);
	put_name(zone, 0, "ns1.bl.example.org");
	zone->servers[0].addresses[0] = address_of("192.0.2.53");
	zone->servers[0].addresses[1] = address_of("2001:db8::53");
	zone->servers[0].address_count = 2;
	put_name(zone, 1, "ns2.example.net");
	zone->server_count = 2;
	zone->apex_addresses[0] = address_of("192.0.2.80");
	zone->apex_address_count = 1;
	zone->ttl_seconds = 300;
	zone->negative_ttl_seconds = 300;
	strcpy(zone->text, "{kinds} {url}");
	strcpy(zone->portal, "https://bl.example.org/");
}

/* --- records ----------------------------------------------------------------
 */

static void
an_entry_comes_back_from_its_record(void **state)
{
	const struct zone_entry entry = { .codes = CODE_BIT(2) | CODE_BIT(9),
		.kinds = BACKSCATTER_BIT(BACKSCATTER_CALLOUT),
		.seen_day = 20483,
		.flags = ZONE_ENTRY_MANUAL };
	uint8_t record[ZONE_ENTRY_RECORD_LEN];
	struct zone_entry back;
	struct zone_node node;

	(void)state;
	zonedata_encode_entry(&entry, record);
	assert_true(
	    zonedata_decode_entry(OCTETS(record, sizeof(record)), &back));
	assert_int_equal(
	    zonedata_decode(OCTETS(record, sizeof(record)), &node), 0);
	assert_true(node.is_entry);
	assert_int_equal(back.codes, entry.codes);
	assert_int_equal(back.kinds, entry.kinds);
	assert_int_equal(back.seen_day, entry.seen_day);
	assert_int_equal(back.flags, entry.flags);
	assert_int_equal(node.entry.codes, entry.codes);
	assert_int_equal(node.entry.seen_day, entry.seen_day);
}

static void
record_sets_come_back_from_their_node(void **state)
{
	const struct zone_node node = { .rrset_count = 2,
		.rrsets = {
		    { TYPE_A, 300, 2,
			(const uint8_t *)"\0\4\300\0\2\1"
					 "\0\4\300\0\2\2",
			12 },
		    { TYPE_NS, 86400, 1, (const uint8_t *)"\0\5\3ns1", 7 },
		} };
	uint8_t value[64];
	struct zone_node back;
	int len = zonedata_encode_rrsets(&node, value, sizeof(value));

	(void)state;
	assert_true(len > 0);
	assert_int_equal(zonedata_decode(OCTETS(value, (size_t)len), &back), 0);
	assert_false(back.is_entry);
	assert_int_equal(back.rrset_count, 2);
	assert_int_equal(back.rrsets[0].type, TYPE_A);
	assert_int_equal(back.rrsets[0].count, 2);
	assert_memory_equal(back.rrsets[0].rdata, node.rrsets[0].rdata, 12);
	assert_int_equal(back.rrsets[1].ttl_seconds, 86400);
	assert_int_equal(back.rrsets[1].rdata_len, 7);
	assert_int_equal(
	    zonedata_encode_rrsets(&node, value, (size_t)len - 1), ERROR_LIMIT);
}

static void
refuses_values_that_contradict_themselves(void **state)
{
	static const struct {
		struct octets value;
		int error;
	} cases[] = {
		{ LITERAL(""), ERROR_DAMAGED },
		{ LITERAL("\1"), ERROR_DAMAGED },
		{ LITERAL("\0e\0\4\0\2\0\0\0\1\0"), ERROR_DAMAGED },
		{ LITERAL("\2e\0\4\0\2\0\0\0\1\0"), ERROR_NEWER },
		{ LITERAL("\1x\0\4\0\2\0\0\0\1\0"), ERROR_DAMAGED },
		{ LITERAL("\1e\0\4\0\2\0\0\0\1"), ERROR_DAMAGED }, /* short */
		{ LITERAL("\1e\0\4\0\2\0\0\0\1\0\0"), ERROR_DAMAGED },
		{ LITERAL("\1e\0\0\0\2\0\0\0\1\0"), ERROR_DAMAGED }, /* none */
		{ LITERAL("\1e\0\2\0\2\0\0\0\1\0"), ERROR_DAMAGED }, /* .1 */
		{ LITERAL("\1e\0\4\1\0\0\0\0\1\0"), ERROR_DAMAGED }, /* kind */
		{ LITERAL("\1e\0\4\0\2\0\0\0\1\10"), ERROR_DAMAGED },
		{ LITERAL("\1r\0"), ERROR_DAMAGED },
		{ LITERAL("\1r\1\0\1\0\0\1\54\0\0"), ERROR_DAMAGED },
		{ LITERAL("\1r\1\0\1\0\0\1\54\0\1\0\4\300\0\2"),
		    ERROR_DAMAGED },
		{ LITERAL("\1r\1\0\1\0\0\1\54\0\1\0\1\300x"), ERROR_DAMAGED },
		{ LITERAL("\1r\2\0\1\0\0\1\54\0\1\0\1a\0\1\0\0\1\54\0\1\0\1b"),
		    ERROR_DAMAGED }, /* a type twice */
	};
	struct zone_entry entry;
	struct zone_node node;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(
		    zonedata_decode(cases[i].value, &node), cases[i].error);
		assert_false(zonedata_decode_entry(cases[i].value, &entry));
	}
}

/* --- changes and the journal ------------------------------------------------
 */

static const struct zone_entry bounce = { .codes = CODE_BIT(2) | CODE_BIT(3),
	.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN),
	.seen_day = 20833 };

static unsigned
changes(struct fixture *fixture)
{
	return (unsigned)store_count(fixture->txn, TABLE_JOURNAL);
}

static void
publishes_a_unit_in_every_list_that_names_it(void **state)
{
	struct zone_entry entries[SUBLIST_COUNT] = {
		[SUBLIST_MAIN] = bounce,
		[SUBLIST_DSN] = bounce,
	};
	struct ipaddr unit = address_of("192.0.2.99");
	struct fixture *fixture = *state;
	struct zone_node node;
	struct zonekey key;

	assert_int_equal(
	    zonedata_publish(fixture->txn, &unit, entries, START + 5), 0);
	for (int list = 0; list < SUBLIST_COUNT; list++) {
		zonekey_of_unit((enum sublist)list, &unit, &key);
		assert_int_equal(get(fixture, &key, &node),
		    entries[list].codes != 0 ? 0 : ERROR_NOT_FOUND);
	}

	/* Another day in one list, gone from the other. */
	entries[SUBLIST_MAIN].seen_day++;
	entries[SUBLIST_DSN].codes = 0;
	assert_int_equal(
	    zonedata_publish(fixture->txn, &unit, entries, START + 6), 0);
	zonekey_of_unit(SUBLIST_MAIN, &unit, &key);
	assert_int_equal(get(fixture, &key, &node), 0);
	assert_int_equal(node.entry.seen_day, bounce.seen_day + 1);
	zonekey_of_unit(SUBLIST_DSN, &unit, &key);
	assert_int_equal(get(fixture, &key, &node), ERROR_NOT_FOUND);
}

static void
what_changes_nothing_has_no_serial(void **state)
{
	struct zone_entry entries[SUBLIST_COUNT] = { [SUBLIST_MAIN] = bounce };
	struct ipaddr unit = address_of("2001:db8::");
	struct fixture *fixture = *state;
	uint32_t serial;

	assert_int_equal(
	    zonedata_publish(fixture->txn, &unit, entries, START + 5), 0);
	next_transaction(fixture);
	serial = serial_of(fixture);
	assert_int_equal(changes(fixture), 1);
	assert_int_equal(
	    zonedata_publish(fixture->txn, &unit, entries, START + 9), 0);
	assert_int_equal(serial_of(fixture), serial);
	assert_int_equal(changes(fixture), 1);
}

static void
no_unit_takes_the_place_of_test_entries(void **state)
{
	static const char *const units[] = { "127.0.0.2", "127.0.0.99",
		"127.255.255.255", "::", "::1" };
	struct zone_entry entries[SUBLIST_COUNT] = { [SUBLIST_MAIN] = bounce };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(units); i++) {
		struct ipaddr unit = address_of(units[i]);

		assert_int_equal(
		    zonedata_publish(fixture->txn, &unit, entries, START + 5),
		    ERROR_REFUSED);
	}
	assert_int_equal(store_count(fixture->txn, TABLE_ZONE), 0);
}

/*
 * Applies the journal's changes of `serial` to `values`, a zone of three
 * names, as a secondary would.
 */
static void
replay(struct fixture *fixture, struct octets values[3],
    const struct zonekey keys[3])
{
	struct store_cursor *cursor;
	struct octets key, value;
	struct zone_change change;
	int error;

	assert_int_equal(
	    store_cursor_open(fixture->txn, TABLE_JOURNAL, &cursor), 0);
	error = store_move(cursor, STORE_FIRST, &key, &value);
	for (; error == 0;
	     error = store_move(cursor, STORE_NEXT, &key, &value)) {
		int i = 0;

		assert_int_equal(
		    zonedata_change_decode(key, value, &change), 0);
		while (
		    change.key.len != keys[i].len ||
		    memcmp(change.key.data, keys[i].octets, keys[i].len) != 0)
			i++;
		assert_int_equal(change.before.len, values[i].len);
		assert_int_equal(
		    change.before.data == NULL, values[i].data == NULL);
		if (change.before.len > 0)
			assert_memory_equal(
			    change.before.data, values[i].data, values[i].len);
		values[i] = change.after;
	}
	assert_int_equal(error, ERROR_NOT_FOUND);
	store_cursor_close(cursor);
}

static void
the_journal_leads_from_the_empty_zone_to_this_one(void **state)
{
	struct octets values[3] = { { NULL, 0 } };
	struct fixture *fixture = *state;
	struct zonekey keys[3];
	uint64_t random = 1995;

	for (uint32_t i = 0; i < 3; i++) {
		struct ipaddr unit = ipaddr_from_ipv4(0xc0000201 + i);

		zonekey_of_unit(SUBLIST_MAIN, &unit, &keys[i]);
	}
	for (int i = 0; i < 300; i++) {
		struct zone_entry entry = bounce;
		uint8_t record[ZONE_ENTRY_RECORD_LEN];
		const struct zonekey *key;

		random = random * 6364136223846793005u + 1;
		key = &keys[(random >> 33) % 3];
		entry.seen_day = (uint32_t)(random >> 40) % 4;
		zonedata_encode_entry(&entry, record);
		if ((random >> 60) < 6)
			assert_int_equal(
			    zonedata_remove(fixture->txn, key, START + i / 7),
			    0);
		else
			assert_int_equal(
			    zonedata_put(fixture->txn, key,
				OCTETS(record, sizeof(record)), START + i / 7),
			    0);
		if (i % 5 == 0)
			next_transaction(fixture);
	}
	replay(fixture, values, keys);
	for (int i = 0; i < 3; i++) {
		struct octets value;
		int error = store_get(fixture->txn, TABLE_ZONE,
		    OCTETS(keys[i].octets, keys[i].len), &value);

		assert_int_equal(
		    error, values[i].data != NULL ? 0 : ERROR_NOT_FOUND);
		if (error != 0)
			continue;
		assert_int_equal(value.len, values[i].len);
		assert_memory_equal(value.data, values[i].data, value.len);
	}
}

static void
the_journal_is_trimmed_by_serial_in_steps(void **state)
{
	struct zone_entry entries[SUBLIST_COUNT] = { [SUBLIST_MAIN] = bounce };
	struct fixture *fixture = *state;
	uint32_t serials[4];

	for (uint32_t i = 0; i < 4; i++) {
		struct ipaddr unit = ipaddr_from_ipv4(0xc0000201 + i);

		next_transaction(fixture);
		assert_int_equal(zonedata_publish(fixture->txn, &unit, entries,
				     START + 10 * i),
		    0);
		serials[i] = serial_of(fixture);
	}
	assert_int_equal(
	    zonedata_journal_trim(fixture->txn, serials[0], 100), 0);
	assert_int_equal(zonedata_journal_trim(fixture->txn, serials[3], 2), 2);
	assert_int_equal(zonedata_journal_trim(fixture->txn, serials[3], 2), 1);
	assert_int_equal(zonedata_journal_trim(fixture->txn, serials[3], 2), 0);
	assert_int_equal(changes(fixture), 1);
	assert_int_equal(zonedata_journal_trim(fixture->txn, UINT32_MAX, 2), 1);
	assert_int_equal(zonedata_journal_trim(fixture->txn, UINT32_MAX, 2), 0);
}

static void
refuses_changes_that_contradict_themselves(void **state)
{
	const struct octets serial = LITERAL("\0\0\0\7\0\0\0\1");
	const struct {
		struct octets key, value;
		int error;
	} cases[] = {
		{ LITERAL("\0\0\0\7\0\0\0"), LITERAL("\1\0\1\1\0\0"),
		    ERROR_DAMAGED },
		{ serial, LITERAL("\1\0\1\1\0\0"), 0 },
		{ serial, LITERAL("\1\0\1\1\1\0\1a\1\0\1b"), 0 },
		{ serial, LITERAL("\2\0\1\1\0\0"), ERROR_NEWER },
		{ serial, LITERAL("\0\0\1\1\0\0"), ERROR_DAMAGED },
		{ serial, LITERAL("\1\0\0\0\0"), ERROR_DAMAGED },
		{ serial, LITERAL("\1\0\1\1\2\0"), ERROR_DAMAGED },
		{ serial, LITERAL("\1\0\1\1\0\1\0\2a"), ERROR_DAMAGED },
		{ serial, LITERAL("\1\0\1\1\0\0x"), ERROR_DAMAGED },
		{ serial, LITERAL(""), ERROR_DAMAGED },
	};
	struct zone_change change;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(zonedata_change_decode(
				     cases[i].key, cases[i].value, &change),
		    cases[i].error);
	assert_int_equal(
	    zonedata_change_decode(cases[2].key, cases[2].value, &change), 0);
	assert_int_equal(change.serial, 7);
	assert_int_equal(change.number, 1);
	assert_memory_equal(change.before.data, "a", 1);
	assert_memory_equal(change.after.data, "b", 1);
}

/* --- settings put in force ---------------------------------------------------
 */

static void
assert_set(
    const struct zone_rrset *set, uint16_t type, const void *rdata, size_t len)
{
	assert_int_equal(set->type, type);
	assert_int_equal(set->rdata_len, len);
	assert_memory_equal(set->rdata, rdata, len);
}

static void
server_key(const char *label, struct zonekey *key)
{
	uint8_t name[64];

	name[0] = (uint8_t)strlen(label);
	memcpy(name + 1, label, name[0]);
	assert_int_equal(zonekey_from_name(name, name[0] + 1u, key), 0);
}

static void
makes_the_apex_and_the_glue(void **state)
{
	static const char ns[] = "\0\024\3ns1\2bl\7example\3org\0"
				 "\0\021\3ns2\7example\3net";
	struct fixture *fixture = *state;
	struct zone_settings zone;
	struct zone_node node;
	struct zonekey key;

	usual_settings(&zone);
	assert_int_equal(zone_settings_apply(fixture->txn, &zone, START), 0);
	zonekey_apex(&key);
	assert_int_equal(get(fixture, &key, &node), 0);
	assert_int_equal(node.rrset_count, 2);
	assert_set(&node.rrsets[0], TYPE_A, "\0\4\300\0\2\120", 6);
	assert_set(&node.rrsets[1], TYPE_NS, ns, sizeof(ns));
	assert_int_equal(node.rrsets[1].ttl_seconds, 300);
	server_key("ns1", &key);
	assert_int_equal(get(fixture, &key, &node), 0);
	assert_int_equal(node.rrset_count, 2);
	assert_set(&node.rrsets[0], TYPE_A, "\0\4\300\0\2\65", 6);
	assert_set(&node.rrsets[1], TYPE_AAAA,
	    "\0\20\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\123", 18);
}

static void
a_server_named_as_the_zone_has_its_addresses_at_the_apex(void **state)
{
	struct fixture *fixture = *state;
	struct zone_settings zone;
	struct zone_node node;
	struct zonekey key;

	usual_settings(&zone);
	put_name(&zone, 0, "bl.example.org");
	zone.servers[0].addresses[1] = zone.apex_addresses[0];
	assert_int_equal(zone_settings_apply(fixture->txn, &zone, START), 0);
	zonekey_apex(&key);
	assert_int_equal(get(fixture, &key, &node), 0);
	assert_set(
	    &node.rrsets[0], TYPE_A, "\0\4\300\0\2\120\0\4\300\0\2\65", 12);
}

/* RFC 5782 section 5, in every list. */
static void
test_entries_answer_with_exactly_their_code(void **state)
{
	static const struct {
		enum sublist list;
		unsigned last, code; /* code 0: never there */
	} cases[] = {
		{ SUBLIST_MAIN, 1, 0 },
		{ SUBLIST_MAIN, 2, 2 },
		{ SUBLIST_MAIN, 3, 3 },
		{ SUBLIST_MAIN, 4, 4 },
		{ SUBLIST_MAIN, 5, 5 },
		{ SUBLIST_MAIN, 6, 6 },
		{ SUBLIST_MAIN, 7, 0 },
		{ SUBLIST_MAIN, 8, 0 },
		{ SUBLIST_MAIN, 9, 9 },
		{ SUBLIST_MAIN, 10, 0 },
		{ SUBLIST_STRICT, 2, 2 },
		{ SUBLIST_STRICT, 3, 0 },
		{ SUBLIST_DSN, 1, 0 },
		{ SUBLIST_DSN, 2, 3 },
		{ SUBLIST_DSN, 3, 3 },
		{ SUBLIST_DSN, 4, 0 },
		{ SUBLIST_AUTO, 2, 4 },
		{ SUBLIST_AUTO, 4, 4 },
		{ SUBLIST_CHALLENGE, 2, 5 },
		{ SUBLIST_CHALLENGE, 5, 5 },
		{ SUBLIST_VIRUS, 2, 6 },
		{ SUBLIST_VIRUS, 6, 6 },
		{ SUBLIST_CALLOUT, 2, 7 },
		{ SUBLIST_CALLOUT, 7, 7 },
		{ SUBLIST_SHARED, 2, 8 },
		{ SUBLIST_SHARED, 8, 8 },
		{ SUBLIST_MANUAL, 2, 9 },
		{ SUBLIST_MANUAL, 9, 9 },
		{ SUBLIST_MANUAL, 1, 0 },
	};
	struct fixture *fixture = *state;
	struct zone_settings zone;

	usual_settings(&zone);
	assert_int_equal(zone_settings_apply(fixture->txn, &zone, START), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ipaddr address =
		    ipaddr_from_ipv4(LOOPBACK | cases[i].last);
		struct zonekey keys[2];

		zonekey_of_unit(cases[i].list, &address, &keys[0]);
		zonekey_of_mapped(
		    cases[i].list, LOOPBACK | cases[i].last, &keys[1]);
		for (int j = 0; j < 2; j++) {
			struct zone_node node;
			int error = get(fixture, &keys[j], &node);

			if (cases[i].code == 0) {
				assert_int_equal(error, ERROR_NOT_FOUND);
				continue;
			}
			assert_int_equal(error, 0);
			assert_true(node.is_entry);
			assert_int_equal(
			    node.entry.codes, CODE_BIT(cases[i].code));
			assert_int_equal(node.entry.flags, ZONE_ENTRY_TEST);
		}
	}
}

static void
applying_the_same_again_changes_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct zone_settings zone, in_force;
	unsigned before;
	uint32_t serial;

	usual_settings(&zone);
	assert_int_equal(
	    zone_settings_get(fixture->txn, &in_force), ERROR_NOT_FOUND);
	assert_int_equal(zone_settings_apply(fixture->txn, &zone, START), 0);
	next_transaction(fixture);
	serial = serial_of(fixture);
	before = changes(fixture);
	assert_int_equal(zone_settings_get(fixture->txn, &in_force), 0);
	assert_true(zone_settings_equal(&zone, &in_force));
	assert_int_equal(
	    zone_settings_apply(fixture->txn, &zone, START + 60), 0);
	next_transaction(fixture);
	assert_int_equal(serial_of(fixture), serial);
	assert_int_equal(changes(fixture), before);
}

static void
what_settings_no_longer_name_goes_under_one_serial(void **state)
{
	struct fixture *fixture = *state;
	struct zone_settings zone;
	struct zone_node node;
	struct zonekey key;
	unsigned before;
	uint32_t serial;

	usual_settings(&zone);
	assert_int_equal(zone_settings_apply(fixture->txn, &zone, START), 0);
	next_transaction(fixture);
	serial = serial_of(fixture);
	before = changes(fixture);

	put_name(&zone, 0, "ns3.bl.example.org");
	zone.apex_address_count = 0;
	assert_int_equal(
	    zone_settings_apply(fixture->txn, &zone, START + 60), 0);
	next_transaction(fixture);
	assert_int_equal(serial_of(fixture), START + 60);
	assert_true(serial_of(fixture) > serial);
	/* ns1 gone, ns3 there, another apex. */
	assert_int_equal(changes(fixture), before + 3);
	server_key("ns1", &key);
	assert_int_equal(get(fixture, &key, &node), ERROR_NOT_FOUND);
	server_key("ns3", &key);
	assert_int_equal(get(fixture, &key, &node), 0);
	zonekey_apex(&key);
	assert_int_equal(get(fixture, &key, &node), 0);
	assert_int_equal(node.rrset_count, 1);
}

static void
a_new_look_is_known_by_its_serial(void **state)
{
	struct fixture *fixture = *state;
	struct zone_settings zone, in_force;

	usual_settings(&zone);
	assert_int_equal(zone_settings_apply(fixture->txn, &zone, START), 0);
	next_transaction(fixture);
	assert_int_equal(zone_settings_get(fixture->txn, &in_force), 0);
	assert_int_equal(in_force.look_since, serial_of(fixture));

	zone.expire_seconds = 1209600; /* the SOA's alone */
	assert_int_equal(
	    zone_settings_apply(fixture->txn, &zone, START + 60), 0);
	next_transaction(fixture);
	assert_int_equal(serial_of(fixture), START + 60);
	assert_int_equal(zone_settings_get(fixture->txn, &in_force), 0);
	assert_true(in_force.look_since < START + 60);
	assert_int_equal(in_force.expire_seconds, 1209600);

	strcpy(zone.text, "{kinds} {seen} {url}");
	assert_int_equal(
	    zone_settings_apply(fixture->txn, &zone, START + 120), 0);
	next_transaction(fixture);
	assert_int_equal(zone_settings_get(fixture->txn, &in_force), 0);
	assert_int_equal(in_force.look_since, START + 120);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_comes_back_from_its_record),
		cmocka_unit_test(record_sets_come_back_from_their_node),
		cmocka_unit_test(refuses_values_that_contradict_themselves),
		test(publishes_a_unit_in_every_list_that_names_it),
		test(what_changes_nothing_has_no_serial),
		test(no_unit_takes_the_place_of_test_entries),
		test(the_journal_leads_from_the_empty_zone_to_this_one),
		test(the_journal_is_trimmed_by_serial_in_steps),
		cmocka_unit_test(refuses_changes_that_contradict_themselves),
		test(makes_the_apex_and_the_glue),
		test(a_server_named_as_the_zone_has_its_addresses_at_the_apex),
		test(test_entries_answer_with_exactly_their_code),
		test(applying_the_same_again_changes_nothing),
		test(what_settings_no_longer_name_goes_under_one_serial),
		test(a_new_look_is_known_by_its_serial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
