#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>

#include "dnsd/answer.h"
#include "dnsd/index.h"
#include "tests/support/asker.h"
#include "tests/support/dnszone.h"
#include "tests/support/test_store.h"

/*
 * The one thing that counts: with the index every answer is, octet for octet,
 * what the table alone would have given.
 */

#define NOW 1770000000

/* One who answers, with an index or without. */
struct side {
	struct lookup lookup;
	struct zone zone;
	uint8_t octets[DNS_MESSAGE_MAX];
	struct answer answer;
};

struct fixture {
	struct test_store test;
	struct index *index;
	struct side table, indexed;
	struct rules rules;
	struct asker chance;
};

static void
side_init(struct side *side, struct store *store, struct index *index)
{
	assert_int_equal(lookup_init(&side->lookup, store), 0);
	if (index != NULL)
		lookup_use_index(&side->lookup, index);
	zone_init(&side->zone);
}

static void
side_begin(struct side *side)
{
	assert_int_equal(lookup_begin(&side->lookup), 0);
	zone_refresh(&side->zone, side->lookup.txn);
	lookup_at_version(&side->lookup, &side->zone.version);
}

static void
side_answer(struct side *side, const struct rules *rules, const uint8_t *packet,
    size_t len)
{
	struct answer_source source = { rules, &side->zone, &side->lookup, 0 };
	struct answer_client client = { .may_ask = true };
	struct query query;

	answer_make(&source, &client, query_parse(packet, len, &query), &query,
	    side->octets, sizeof(side->octets), &side->answer);
}

static struct store_txn *
begin(struct fixture *fixture)
{
	struct store_txn *txn;

	assert_int_equal(store_begin_write(fixture->test.store, &txn), 0);
	return txn;
}

static void
commit(struct store_txn *txn)
{
	assert_int_equal(store_commit(txn), 0);
}

static int
set_up(void **state)
{
	struct fixture *fixture =
	    aligned_alloc(64, (sizeof(*fixture) + 63) / 64 * 64);
	struct store_txn *txn;

	assert_non_null(fixture);
	test_store_open(&fixture->test);
	txn = begin(fixture);
	dnszone_apply(txn);
	commit(txn);
	assert_int_equal(index_new(fixture->test.store, &fixture->index), 0);
	side_init(&fixture->table, fixture->test.store, NULL);
	side_init(&fixture->indexed, fixture->test.store, fixture->index);
	fixture->rules = (struct rules){ .udp_size = 1232 };
	asker_init(&fixture->chance, NULL, 3);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	lookup_deinit(&fixture->table.lookup);
	lookup_deinit(&fixture->indexed.lookup);
	index_free(fixture->index);
	test_store_close(&fixture->test);
	free(fixture);
	return 0;
}

static void
follow(struct fixture *fixture)
{
	int result;

	do {
		result = index_step(fixture->index);
	} while (result > 0);
	assert_int_equal(result, 0);
}

static struct index_figures
figures(struct fixture *fixture)
{
	struct index_figures now;

	index_figures(fixture->index, &now);
	return now;
}

/* --- changes -------------------------------------------------------------- */

static unsigned
number(struct fixture *fixture, unsigned n)
{
	return asker_number(&fixture->chance, n);
}

/* Close together, so that much is shared, met again and taken out again. */
static void
random_key(struct asker *chance, struct zonekey *key)
{
	enum sublist list = (enum sublist)asker_number(chance, SUBLIST_COUNT);
	struct ipaddr unit;

	if (asker_number(chance, 3) > 0) {
		static const uint32_t networks[] = { 0x01020000, 0x02000000,
			0xc0000200, 0xc6336400 };

		unit = ipaddr_from_ipv4(networks[asker_number(chance, 4)] |
					asker_number(chance, 4) << 8 |
					asker_number(chance, 12));
	} else {
		static const char *const units[] = { "2001:db8::",
			"2001:db8:0:1::", "2002:db8::", "200a::", "1203::",
			"1:2:3:4::", "9999:9999:9999:9999::", "a000::" };

		assert_int_equal(
		    ipaddr_parse(units[asker_number(chance, 8)], &unit), 0);
	}
	zonekey_of_unit(list, &unit, key);
}

static void
change(struct fixture *fixture, struct store_txn *txn)
{
	struct zone_entry entry = {
		.codes = (uint16_t)(4 + 4 * number(fixture, 200)),
		.kinds = (uint16_t)(2 + 2 * number(fixture, 8)),
		.seen_day = 20000 + number(fixture, 40),
		.flags = (uint8_t)number(fixture, 8),
	};
	uint8_t record[ZONE_ENTRY_RECORD_LEN];
	struct zonekey key;

	random_key(&fixture->chance, &key);
	zonedata_encode_entry(&entry, record);
	if (number(fixture, 2))
		assert_int_equal(zonedata_remove(txn, &key, NOW), 0);
	else
		assert_int_equal(zonedata_put(txn, &key,
				     OCTETS(record, sizeof(record)), NOW),
		    0);
}

static void
change_some(struct fixture *fixture, unsigned count)
{
	struct store_txn *txn = begin(fixture);

	while (count-- > 0)
		change(fixture, txn);
	commit(txn);
}

static void
put_name(struct fixture *fixture, const char *name)
{
	struct store_txn *txn = begin(fixture);

	dnszone_put(txn, name, CODE_BIT(2));
	commit(txn);
}

static void
remove_name(struct fixture *fixture, const char *name)
{
	struct store_txn *txn = begin(fixture);
	uint8_t wire[DNAME_MAX];
	struct zonekey key;
	int len = dname_parse(name, wire);

	assert_int_equal(zonekey_from_name(wire, (size_t)len - 1, &key), 0);
	assert_int_equal(zonedata_remove(txn, &key, NOW), 0);
	commit(txn);
}

/* --- comparing ------------------------------------------------------------ */

static void
same_answer(struct fixture *fixture, const uint8_t *packet, size_t len)
{
	struct side *table = &fixture->table, *indexed = &fixture->indexed;

	side_answer(table, &fixture->rules, packet, len);
	side_answer(indexed, &fixture->rules, packet, len);
	assert_int_equal(indexed->answer.len, table->answer.len);
	assert_memory_equal(indexed->octets, table->octets, table->answer.len);
	assert_int_equal(indexed->answer.hit, table->answer.hit);
	assert_int_equal(indexed->answer.list, table->answer.list);
}

/* Does the index take part? */
static bool
both_begin(struct fixture *fixture)
{
	side_begin(&fixture->table);
	side_begin(&fixture->indexed);
	return fixture->indexed.lookup.index != NULL;
}

static void
both_end(struct fixture *fixture)
{
	lookup_end(&fixture->table.lookup);
	lookup_end(&fixture->indexed.lookup);
}

/* Asks so many questions; does the index take part? */
static bool
same_answers(struct fixture *fixture, unsigned count)
{
	bool has_index = both_begin(fixture);
	struct slowzone *names = slowzone_new(fixture->table.lookup.txn);
	struct asker asker;

	asker_init(&asker, names, 1 + number(fixture, 1000000));
	while (count-- > 0) {
		uint8_t packet[ASKER_QUERY_MAX];
		size_t len = asker_query(&asker, packet);

		same_answer(fixture, packet, len);
	}
	slowzone_free(names);
	both_end(fixture);
	return has_index;
}

/* Asks for the text of what stands, or might, under a key. */
static void
same_text(struct fixture *fixture, const struct zonekey *key)
{
	uint8_t packet[ASKER_QUERY_MAX] = { 0, 1, 0, 0, 0, 1 };
	uint8_t *to = packet + DNS_HEADER_LEN;
	int len = zonekey_to_name(key, to, DNS_NAME_MAX);

	assert_true(len > 0);
	memcpy(to + len, "\2bl\7example\3org\0\0\x10\0\1", 20);
	same_answer(fixture, packet, DNS_HEADER_LEN + (size_t)len + 20);
}

/* What the index says of a name, which is relative to the origin. */
static enum index_outcome
ask(struct fixture *fixture, const char *name)
{
	uint8_t wire[DNAME_MAX], labels[DNS_LABELS_MAX];
	struct index_question question;
	struct index_entry found;
	enum index_outcome outcome;
	unsigned count = 0;

	/* Labels are offsets, and octets lie behind the last. */
	dname_parse(name, wire);
	for (uint8_t at = 0; wire[at] != 0; at += (uint8_t)(1 + wire[at]))
		labels[count++] = at;
	side_begin(&fixture->indexed);
	assert_non_null(fixture->indexed.lookup.index);
	index_ask(
	    fixture->indexed.lookup.index, wire, labels, count, &question);
	outcome = index_find(fixture->indexed.lookup.index, &question, &found);
	lookup_end(&fixture->indexed.lookup);
	return outcome;
}

/* Of addresses that come and go. */
static bool
same_texts(struct fixture *fixture, unsigned count)
{
	bool has_index = both_begin(fixture);

	while (count-- > 0) {
		struct zonekey key;

		random_key(&fixture->chance, &key);
		same_text(fixture, &key);
		sched_yield();
	}
	both_end(fixture);
	return has_index;
}

/* --- tests ---------------------------------------------------------------- */

static void
answers_as_the_table_does_after_any_changes(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned round = 0; round < 80; round++) {
		for (unsigned i = number(fixture, 4); i > 0; i--)
			change_some(fixture, 1 + number(fixture, 30));
		follow(fixture);
		assert_true(same_answers(fixture, 150));
	}
	assert_int_equal(figures(fixture).builds, 1);
}

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

static void
is_silent_about_names_that_no_publisher_makes(void **state)
{
	static const char *const names[] = { "*", "*.dsn", "*.0.192", "x.0.192",
		"5.4.3.2.1", "0.0", "*.d", "x.2", "*.2.0.192.auto",
		"1.*.8.b.d.0.1.0.0.2" };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		change_some(fixture, 20);
		follow(fixture);
		assert_int_not_equal(ask(fixture, "2.0.0.127"), INDEX_SILENT);
		put_name(fixture, names[i]);
		follow(fixture);
		assert_int_equal(ask(fixture, "2.0.0.127"), INDEX_SILENT);
		same_answers(fixture, 200);
		remove_name(fixture, names[i]);
		follow(fixture);
		assert_int_not_equal(ask(fixture, "2.0.0.127"), INDEX_SILENT);
		same_answers(fixture, 200);
	}
}

static void
minds_no_names_beside_its_own(void **state)
{
	static const char *const names[] = { "ns1", "a", "*.wild", "www.dsn",
		"1.ns", "256", "01", "x*", "1a" };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_name(fixture, names[i]);
	change_some(fixture, 100);
	follow(fixture);
	assert_int_equal(ask(fixture, "2.0.0.127"), INDEX_FOUND);
	assert_true(same_answers(fixture, 2000));
}

static void
knows_the_tree_that_addresses_share(void **state)
{
	static const struct {
		const char *name;
		enum index_outcome outcome;
	} cases[] = {
		{ "1.2.0.192", INDEX_FOUND },
		{ "1.2.0.192.DSN", INDEX_NOTHING },
		{ "2.2.0.192", INDEX_NOTHING },
		{ "2.0.192", INDEX_EMPTY },
		{ "3.0.192", INDEX_NOTHING },
		{ "0.192", INDEX_EMPTY },
		{ "192", INDEX_EMPTY },
		{ "193", INDEX_NOTHING },
		{ "01.2.0.192", INDEX_SILENT },
		{ "1.2.0.256", INDEX_SILENT },
		{ "", INDEX_SILENT },
		{ "dsn", INDEX_SILENT },
		{ "x.1.2.0.192", INDEX_SILENT },
		/* Above 2001:db8::/64, in the list of bounces alone. */
		{ "1.0.0.2.dsn", INDEX_EMPTY },
		{ "0.0.2.dsn", INDEX_EMPTY },
		{ "0.2.Dsn", INDEX_EMPTY },
		{ "2.dsn", INDEX_EMPTY },
		{ "2.0.0.2.dsn", INDEX_NOTHING },
		{ "1.0.0.2", INDEX_NOTHING },
		{ "0.0.2", INDEX_NOTHING },
		/* Above the test entries' IPv6 names. */
		{ "0.0.0.0", INDEX_EMPTY },
		{ "0", INDEX_EMPTY },
		{ "0.0.0.0.0.0.0.0.0.0.0.0.8.B.d.0.1.0.0.2.dsn", INDEX_FOUND },
		{ "f.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.dsn",
		    INDEX_FOUND },
		{ "f.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2", INDEX_NOTHING },
		{ "0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.dsn", INDEX_SILENT },
		{ "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0", INDEX_SILENT },
	};
	struct fixture *fixture = *state;
	struct store_txn *txn = begin(fixture);

	dnszone_list(txn, SUBLIST_MAIN, "192.0.2.1", CODE_BIT(2));
	dnszone_list(txn, SUBLIST_DSN, "2001:db8::", CODE_BIT(3));
	commit(txn);
	follow(fixture);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum index_outcome outcome = ask(fixture, cases[i].name);

		if (outcome != cases[i].outcome)
			fail_msg("%s: %d, not %d", cases[i].name, outcome,
			    cases[i].outcome);
	}
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

/* More different entries than sixteen bits can tell apart. */
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

/* --- threads -------------------------------------------------------------- */

/* Enough that what is replaced is thrown away in between. */
#define LITTERING 60

static void *
follow_many(void *context)
{
	struct fixture *fixture = context;

	for (unsigned i = 0; i < LITTERING; i++) {
		change_some(fixture, 200);
		follow(fixture);
	}
	return NULL;
}

static void
keeps_what_a_reader_looks_at(void **state)
{
	struct fixture *fixture = *state;
	struct asker own;
	pthread_t keeper;

	asker_init(&own, NULL, 4);
	change_some(fixture, 200);
	follow(fixture);
	assert_true(both_begin(fixture));
	assert_int_equal(
	    pthread_create(&keeper, NULL, follow_many, fixture), 0);
	for (unsigned i = 0; i < 5000; i++) {
		struct zonekey key;

		random_key(&own, &key);
		same_text(fixture, &key);
		sched_yield();
	}
	/* It waits for us before it throws anything away. */
	assert_int_equal(figures(fixture).tidied, 0);
	both_end(fixture);
	pthread_join(keeper, NULL);
	assert_true(figures(fixture).tidied > 0);
	assert_true(same_answers(fixture, 100));
}

struct keeping {
	struct fixture *fixture;
	atomic_bool stop;
	int result;
};

static void *
keep(void *context)
{
	struct keeping *keeping = context;

	while (!atomic_load(&keeping->stop) && keeping->result >= 0) {
		keeping->result = index_step(keeping->fixture->index);
		index_await_call(keeping->fixture->index, 1);
	}
	return NULL;
}

static void
answers_right_while_it_is_changed(void **state)
{
	struct fixture *fixture = *state;
	struct keeping keeping = { .fixture = fixture };
	unsigned with_index = 0;
	pthread_t keeper;

	assert_int_equal(pthread_create(&keeper, NULL, keep, &keeping), 0);
	for (unsigned round = 0; round < 300; round++) {
		change_some(fixture, 1 + number(fixture, 10));
		with_index += same_texts(fixture, 100);
		with_index += same_texts(fixture, 100);
	}
	atomic_store(&keeping.stop, true);
	index_call(fixture->index);
	pthread_join(keeper, NULL);
	assert_true(keeping.result >= 0);
	assert_true(with_index > 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
		test(answers_as_the_table_does_after_any_changes),
		test(is_left_out_while_it_is_behind),
		test(throws_away_what_changes_of_full_networks_leave),
		test(begins_anew_with_a_new_lineage),
		test(begins_anew_where_the_journal_does_not_reach),
		test(follows_a_serial_that_changed_no_record),
		test(is_silent_about_names_that_no_publisher_makes),
		test(minds_no_names_beside_its_own),
		test(knows_the_tree_that_addresses_share),
		test(takes_up_what_changes_while_it_is_built),
		test(takes_up_a_large_change_whole),
		test(leaves_what_it_has_no_numbers_for_to_the_table),
		test(keeps_what_a_reader_looks_at),
		test(answers_right_while_it_is_changed),
	};

	return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
