#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/index_fixture.h"

/* How the index comes by what it says, and keeps up. */

static void
is_left_out_while_it_is_behind(void **state)
{
	struct fixture *fixture = *state;

	assert_false(same_answers(fixture, 100));
	follow(fixture);
	assert_true(same_answers(fixture, 100));
	change_some(fixture, 20);
	assert_false(same_answers(fixture, 100));
	follow(fixture);
	assert_true(same_answers(fixture, 100));
}

static void
begins_anew_with_a_new_lineage(void **state)
{
	struct fixture *fixture = *state;
	struct store_txn *txn;

	change_some(fixture, 50);
	follow(fixture);
	txn = begin(fixture);
	/* As a restored database would: other records, other history. */
	assert_int_equal(store_clear(txn, TABLE_ZONE), 0);
	assert_int_equal(meta_new_lineage(txn, NOW), 0);
	dnszone_apply(txn);
	dnszone_list(txn, SUBLIST_MAIN, "198.51.100.7", CODE_BIT(2));
	commit(txn);
	assert_false(same_answers(fixture, 100));
	follow(fixture);
	assert_true(same_answers(fixture, 100));
	assert_int_equal(figures(fixture).builds, 2);
}

static void
begins_anew_where_the_journal_does_not_reach(void **state)
{
	struct fixture *fixture = *state;
	struct store_txn *txn;

	follow(fixture);
	change_some(fixture, 50);
	change_some(fixture, 50);
	txn = begin(fixture);
	assert_true(
	    zonedata_journal_trim(txn, figures(fixture).serial + 2, 1000) > 0);
	commit(txn);
	follow(fixture);
	assert_true(same_answers(fixture, 300));
	assert_int_equal(figures(fixture).builds, 2);
}

static void
follows_a_serial_that_changed_no_record(void **state)
{
	struct fixture *fixture = *state;
	struct store_txn *txn;
	uint32_t serial, count;

	follow(fixture);
	txn = begin(fixture);
	assert_int_equal(meta_next_change(txn, NOW, &serial, &count), 0);
	commit(txn);
	assert_false(same_answers(fixture, 10));
	follow(fixture);
	assert_true(same_answers(fixture, 10));
	assert_int_equal(figures(fixture).serial, serial);
	assert_int_equal(figures(fixture).builds, 1);
}

/* --- many ----------------------------------------------------------------- */

#define MANY 30000 /* several steps of a build, and of the journal */

/* The n-th of a sequence in which none comes twice. */
static void
many_key(uint32_t n, struct zonekey *key)
{
	struct ipaddr address = ipaddr_from_ipv4(n * 2654435761u);

	zonekey_of_unit(SUBLIST_MAIN, &address, key);
}

/* Of those that were put, and as many that were not. */
static bool
same_of_many(struct fixture *fixture)
{
	bool has_index = both_begin(fixture);

	for (unsigned i = 0; i < 3000; i++) {
		struct zonekey key;

		many_key(number(fixture, 2 * MANY), &key);
		same_text(fixture, &key);
	}
	both_end(fixture);
	return has_index;
}

static void
put_many(struct fixture *fixture, uint32_t from, uint32_t count, bool journal)
{
	struct store_txn *txn = begin(fixture);
	uint8_t record[ZONE_ENTRY_RECORD_LEN];

	for (uint32_t i = from; i < from + count; i++) {
		const struct zone_entry entry = {
			.codes = 4, .kinds = 2, .seen_day = i % 30
		};
		struct octets value = OCTETS(record, sizeof(record));
		struct zonekey key;
		int error;

		many_key(i, &key);
		zonedata_encode_entry(&entry, record);
		error = journal ? zonedata_put(txn, &key, value, NOW)
				: store_put(txn, TABLE_ZONE,
				      OCTETS(key.octets, key.len), value);
		assert_int_equal(error, 0);
	}
	commit(txn);
}

static void
takes_up_what_changes_while_it_is_built(void **state)
{
	struct fixture *fixture = *state;
	int result;

	put_many(fixture, 1, MANY, false);
	change_some(fixture, 100);
	do {
		result = index_step(fixture->index);
		assert_true(result >= 0);
		if (figures(fixture).versions == 0)
			change_some(fixture, 50);
	} while (result > 0);
	follow(fixture);
	assert_true(same_of_many(fixture));
	assert_int_equal(figures(fixture).builds, 1);
}

static void
takes_up_a_large_change_whole(void **state)
{
	struct fixture *fixture = *state;
	uint64_t before;

	follow(fixture);
	before = figures(fixture).addresses;
	put_many(fixture, 1, MANY, true);
	assert_int_equal(index_step(fixture->index), 1);
	assert_false(same_of_many(fixture));
	follow(fixture);
	assert_int_equal(figures(fixture).addresses, before + MANY);
	assert_int_equal(figures(fixture).versions, 2);
	assert_true(same_of_many(fixture));
}

/* All of a serial's changes but the last are gone, and so are some not read. */
static void
begins_anew_where_part_of_a_change_is_gone(void **state)
{
	struct fixture *fixture = *state;
	struct store_txn *txn;

	follow(fixture);
	put_many(fixture, 1, MANY, true);
	assert_int_equal(index_step(fixture->index), 1);
	txn = begin(fixture);
	assert_int_equal(
	    zonedata_journal_trim(txn, UINT32_MAX, MANY - 1), MANY - 1);
	commit(txn);
	follow(fixture);
	assert_true(same_of_many(fixture));
	assert_int_equal(figures(fixture).builds, 2);
}

static void
leaves_what_it_has_no_numbers_for_to_the_table(void **state)
{
	struct fixture *fixture = *state;
	struct store_txn *txn = begin(fixture);

	for (uint32_t i = 0; i < 70000; i++) {
		const struct zone_entry entry = { .codes = 4, .seen_day = i };
		uint8_t record[ZONE_ENTRY_RECORD_LEN];
		struct zonekey key;

		many_key(i, &key);
		zonedata_encode_entry(&entry, record);
		assert_int_equal(
		    store_put(txn, TABLE_ZONE, OCTETS(key.octets, key.len),
			OCTETS(record, sizeof(record))),
		    0);
	}
	commit(txn);
	follow(fixture);
	assert_true(same_of_many(fixture));
	put_name(fixture, "1.2.0.192");
	follow(fixture);
	assert_int_equal(ask(fixture, "1.2.0.192"), INDEX_SILENT);
}

/* Each change copies all that is listed in a network of sixteen bits. */
static void
throws_away_what_changes_of_full_networks_leave(void **state)
{
	struct fixture *fixture = *state;
	struct store_txn *txn;

	follow(fixture);
	txn = begin(fixture);
	for (unsigned i = 1; i <= 12000; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%u.%u.%u.10", i / 2 % 250,
		    i / 500, i % 2);
		dnszone_put(txn, name, CODE_BIT(2));
	}
	commit(txn);
	follow(fixture);
	assert_true(figures(fixture).tidied > 1);
	assert_true(same_answers(fixture, 100));
	assert_int_equal(ask(fixture, "7.3.1.10"), INDEX_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(is_left_out_while_it_is_behind),
		test(begins_anew_with_a_new_lineage),
		test(begins_anew_where_the_journal_does_not_reach),
		test(follows_a_serial_that_changed_no_record),
		test(takes_up_what_changes_while_it_is_built),
		test(takes_up_a_large_change_whole),
		test(begins_anew_where_part_of_a_change_is_gone),
		test(leaves_what_it_has_no_numbers_for_to_the_table),
		test(throws_away_what_changes_of_full_networks_leave),
	};

	return cmocka_run_group_tests_name("index_keep", tests, NULL, NULL);
}
