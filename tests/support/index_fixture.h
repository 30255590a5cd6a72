#ifndef TESTS_SUPPORT_INDEX_FIXTURE_H
#define TESTS_SUPPORT_INDEX_FIXTURE_H

/*
 * A zone that changes, and two who answer from it: one by the index, one by the
 * table alone. The one thing that counts is that every answer is the same,
 * octet for octet. Include it after cmocka.h.
 */

#include <sched.h>

#include "dnsd/answer.h"
#include "dnsd/index.h"
#include "tests/support/asker.h"
#include "tests/support/dnszone.h"
#include "tests/support/test_store.h"

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

static inline void
side_init(struct side *side, struct store *store, struct index *index)
{
	assert_int_equal(lookup_init(&side->lookup, store), 0);
	if (index != NULL)
		lookup_use_index(&side->lookup, index);
	zone_init(&side->zone);
}

static inline void
side_begin(struct side *side)
{
	assert_int_equal(lookup_begin(&side->lookup), 0);
	zone_refresh(&side->zone, side->lookup.txn);
	lookup_at_version(&side->lookup, &side->zone.version);
}

static inline void
side_answer(struct side *side, const struct rules *rules, const uint8_t *packet,
    size_t len)
{
	struct answer_source source = { rules, &side->zone, &side->lookup, 0 };
	struct answer_client client = { .may_ask = true };
	struct query query;

	answer_make(&source, &client, query_parse(packet, len, &query), &query,
	    side->octets, sizeof(side->octets), &side->answer);
}

static inline struct store_txn *
begin(struct fixture *fixture)
{
	struct store_txn *txn;

	assert_int_equal(store_begin_write(fixture->test.store, &txn), 0);
	return txn;
}

static inline void
commit(struct store_txn *txn)
{
	assert_int_equal(store_commit(txn), 0);
}

static inline int
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

static inline int
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

static inline void
follow(struct fixture *fixture)
{
	int result;

	do {
		result = index_step(fixture->index);
	} while (result > 0);
	assert_int_equal(result, 0);
}

static inline struct index_figures
figures(struct fixture *fixture)
{
	struct index_figures now;

	index_figures(fixture->index, &now);
	return now;
}

/* --- changes -------------------------------------------------------------- */

static inline unsigned
number(struct fixture *fixture, unsigned n)
{
	return asker_number(&fixture->chance, n);
}

/* Close together, so that much is shared, met again and taken out again. */
static inline void
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

static inline void
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

static inline void
change_some(struct fixture *fixture, unsigned count)
{
	struct store_txn *txn = begin(fixture);

	while (count-- > 0)
		change(fixture, txn);
	commit(txn);
}

static inline void
put_name(struct fixture *fixture, const char *name)
{
	struct store_txn *txn = begin(fixture);

	dnszone_put(txn, name, CODE_BIT(2));
	commit(txn);
}

static inline void
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

static inline void
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
static inline bool
both_begin(struct fixture *fixture)
{
	side_begin(&fixture->table);
	side_begin(&fixture->indexed);
	return fixture->indexed.lookup.index != NULL;
}

static inline void
both_end(struct fixture *fixture)
{
	lookup_end(&fixture->table.lookup);
	lookup_end(&fixture->indexed.lookup);
}

/* Asks so many questions; does the index take part? */
static inline bool
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
static inline void
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
static inline enum index_outcome
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

/* --- the tests' table ----------------------------------------------------- */

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
