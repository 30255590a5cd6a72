#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <ldns/ldns.h>

#include "dnsd/answer.h"
#include "tests/support/asker.h"
#include "tests/support/dnszone.h"
#include "tests/support/slowzone.h"
#include "tests/support/test_store.h"

/*
 * Over a table with everything a publisher may put and much it never would,
 * every answer is what a plain and independent reading of the RFCs gives.
 */

#define ENTRIES 500
#define QUERIES 20000

struct fixture {
	struct test_store test;
	struct lookup lookup;
	struct zone zone;
	struct rules rules;
	struct answer_source source;
	struct slowzone *slow;
	uint8_t octets[DNS_MESSAGE_MAX];
};

/* Addresses close together, so that they share what stands above them. */
static void
list_addresses(struct store_txn *txn, struct asker *asker)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		enum sublist list =
		    (enum sublist)asker_number(asker, SUBLIST_COUNT);
		uint16_t codes = (uint16_t)(4 + 4 * asker_number(asker, 255));
		char text[64];

		if (asker_number(asker, 2))
			snprintf(text, sizeof(text), "%u.0.%u.%u",
			    asker_number(asker, 3), asker_number(asker, 4),
			    1 + asker_number(asker, 255));
		else
			snprintf(text, sizeof(text),
			    "200%u:%x:0:%x::", asker_number(asker, 3),
			    asker_number(asker, 3), asker_number(asker, 65536));
		dnszone_list(txn, list, text, codes);
	}
}

static void
list_oddities(struct store_txn *txn)
{
	static const char *const names[] = { "*.wild", "a.wild", "a.b.wild",
		"b.a.*.wild", "*", "*.*.star", "x.*.none", "\\000.odd",
		"\\001.odd", "\\000\\001.odd", "\\255.odd", "a\\.b.odd",
		"*.\\000.odd", "0.0", "-.0", "*x.odd", "x*.odd",
		"a.very.deep.tree.of.names", "*.deep.tree.of.names" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		dnszone_put(txn, names[i], CODE_BIT(2 + i % 8));
}

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct asker chance;
	struct store_txn *txn;

	assert_non_null(fixture);
	asker_init(&chance, NULL, 1);
	test_store_open(&fixture->test);
	assert_int_equal(store_begin_write(fixture->test.store, &txn), 0);
	dnszone_apply(txn);
	list_addresses(txn, &chance);
	list_oddities(txn);
	assert_int_equal(store_commit(txn), 0);

	assert_int_equal(lookup_init(&fixture->lookup, fixture->test.store), 0);
	assert_int_equal(lookup_begin(&fixture->lookup), 0);
	zone_init(&fixture->zone);
	zone_refresh(&fixture->zone, fixture->lookup.txn);
	fixture->slow = slowzone_new(fixture->lookup.txn);
	fixture->rules = (struct rules){ .udp_size = 1232 };
	fixture->source = (struct answer_source){ &fixture->rules,
		&fixture->zone, &fixture->lookup, TEST_NOW };
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	slowzone_free(fixture->slow);
	lookup_end(&fixture->lookup);
	lookup_deinit(&fixture->lookup);
	test_store_close(&fixture->test);
	free(fixture);
	return 0;
}

static void
compare(struct fixture *fixture, const uint8_t *packet, size_t len,
    const struct answer *answer)
{
	ldns_pkt *asked = NULL, *reply = NULL;
	const char *objection;

	assert_int_equal(ldns_wire2pkt(&asked, packet, len), LDNS_STATUS_OK);
	assert_int_equal(ldns_wire2pkt(&reply, fixture->octets, answer->len),
	    LDNS_STATUS_OK);
	objection = slowzone_objection(fixture->slow, asked, reply);
	if (objection != NULL) {
		ldns_pkt_print(stderr, asked);
		ldns_pkt_print(stderr, reply);
		fail_msg("wrong: %s", objection);
	}
	ldns_pkt_free(asked);
	ldns_pkt_free(reply);
}

static void
answers_as_the_plain_way_does(void **state)
{
	struct fixture *fixture = *state;
	unsigned rcodes[16] = { 0 }, hits = 0, truncated = 0;
	struct asker asker;

	asker_init(&asker, fixture->slow, 2);
	for (unsigned i = 0; i < QUERIES; i++) {
		uint8_t packet[ASKER_QUERY_MAX];
		size_t len = asker_query(&asker, packet);
		const struct answer_client client = { .may_ask = true,
			.tcp = asker_number(&asker, 4) == 0 };
		struct query query;
		struct answer answer;

		answer_make(&fixture->source, &client,
		    query_parse(packet, len, &query), &query, fixture->octets,
		    sizeof(fixture->octets), &answer);
		assert_true(
		    client.tcp || answer.len <= fixture->rules.udp_size);
		compare(fixture, packet, len, &answer);
		rcodes[answer.rcode]++;
		hits += answer.hit;
		truncated += answer.truncated;
	}

	/* A set of questions that leaves something out proves little. */
	assert_true(hits > QUERIES / 10);
	assert_true(rcodes[DNS_RCODE_NXDOMAIN] > QUERIES / 10);
	assert_true(rcodes[DNS_RCODE_REFUSED] > QUERIES / 100);
	assert_true(rcodes[DNS_RCODE_NOERROR] > hits + QUERIES / 10);
	assert_int_equal(rcodes[DNS_RCODE_FORMERR], 0);
	assert_int_equal(rcodes[DNS_RCODE_SERVFAIL], 0);
	assert_true(truncated < QUERIES / 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    answers_as_the_plain_way_does, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("answer_slow", tests, NULL, NULL);
}
