#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/zonedata.h"
#include "tests/support/zone_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LITERAL(s) OCTETS(s, sizeof(s) - 1)

#define TYPE_A 1
#define TYPE_NS 2
#define TYPE_AAAA 28

/* --- records -------------------------------------------------------------- */

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

/* --- changes and the journal ---------------------------------------------- */

static const struct zone_entry bounce = { .codes = CODE_BIT(2) | CODE_BIT(3),
	.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN),
	.seen_day = 20833 };

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
