#ifndef TESTS_SUPPORT_ANSWER_FIXTURE_H
#define TESTS_SUPPORT_ANSWER_FIXTURE_H

/*
 * A zone of a database, questions to it, and what the answers say in the eyes
 * of ldns. Include it after cmocka.h.
 */

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "dnsd/answer.h"
#include "tests/support/dnszone.h"
#include "tests/support/test_store.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define ALL_CODES                                                              \
	(CODE_BIT(2) | CODE_BIT(3) | CODE_BIT(4) | CODE_BIT(5) | CODE_BIT(6) | \
	    CODE_BIT(9))

/* --- a zone to ask -------------------------------------------------------- */

struct fixture {
	struct test_store test;
	struct lookup lookup;
	struct zone zone;
	struct rules rules;
	struct answer_source source;
	struct answer_client client;
	uint8_t packet[4096], octets[DNS_MESSAGE_MAX];
	size_t packet_len;
	struct answer answer;
	ldns_pkt *reply;
};

static inline void
list_some(struct store_txn *txn)
{
	dnszone_apply(txn);
	dnszone_list(txn, SUBLIST_MAIN, "192.0.2.99", ALL_CODES);
	dnszone_list(txn, SUBLIST_DSN, "192.0.2.99", CODE_BIT(3));
	dnszone_list(txn, SUBLIST_MAIN, "2001:db8:1:2::7", CODE_BIT(2));
	dnszone_put(txn, "*.odd", CODE_BIT(2));
	dnszone_put(txn, "deep.*.odd", CODE_BIT(3));
	dnszone_put(txn, "below.*.empty", CODE_BIT(4));
	dnszone_put(txn, "nul\\000and\\001.odd", CODE_BIT(5));
}

static inline int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct store_txn *txn;

	assert_non_null(fixture);
	test_store_open(&fixture->test);
	assert_int_equal(store_begin_write(fixture->test.store, &txn), 0);
	list_some(txn);
	assert_int_equal(store_commit(txn), 0);
	assert_int_equal(lookup_init(&fixture->lookup, fixture->test.store), 0);
	assert_int_equal(lookup_begin(&fixture->lookup), 0);
	zone_init(&fixture->zone);
	zone_refresh(&fixture->zone, fixture->lookup.txn);
	assert_true(fixture->zone.ready);
	fixture->rules =
	    (struct rules){ .udp_size = 1232, .tcp_idle_seconds = 10 };
	fixture->source = (struct answer_source){ &fixture->rules,
		&fixture->zone, &fixture->lookup, TEST_NOW };
	fixture->client.may_ask = true;
	fixture->client.address = ipaddr_from_ipv4(0xc0000201);
	*state = fixture;
	return 0;
}

static inline int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	ldns_pkt_free(fixture->reply);
	lookup_end(&fixture->lookup);
	lookup_deinit(&fixture->lookup);
	test_store_close(&fixture->test);
	free(fixture);
	return 0;
}

/* --- questions ------------------------------------------------------------ */

enum how { PLAIN = 0, EDNS = 1, TCP = 2 };

static inline void
make_query(struct fixture *fixture, const char *name, ldns_rr_type type,
    ldns_rr_class class, unsigned how)
{
	ldns_rdf *owner = NULL;
	ldns_pkt *query;
	uint8_t *wire = NULL;

	assert_int_equal(ldns_str2rdf_dname(&owner, name), LDNS_STATUS_OK);
	query = ldns_pkt_query_new(owner, type, class, LDNS_RD);
	ldns_pkt_set_id(query, 0x1234);
	if ((how & EDNS) != 0)
		ldns_pkt_set_edns_udp_size(query, 4096);
	assert_int_equal(
	    ldns_pkt2wire(&wire, query, &fixture->packet_len), LDNS_STATUS_OK);
	memcpy(fixture->packet, wire, fixture->packet_len);
	free(wire);
	ldns_pkt_free(query);
}

/* Answers what is in fixture->packet; everything said must parse. */
static inline void
answer_packet(struct fixture *fixture, unsigned how)
{
	struct query query;
	enum query_outcome outcome =
	    query_parse(fixture->packet, fixture->packet_len, &query);

	fixture->client.tcp = (how & TCP) != 0;
	ldns_pkt_free(fixture->reply);
	fixture->reply = NULL;
	answer_make(&fixture->source, &fixture->client, outcome, &query,
	    fixture->octets, sizeof(fixture->octets), &fixture->answer);
	if (fixture->answer.len > 0)
		assert_int_equal(ldns_wire2pkt(&fixture->reply, fixture->octets,
				     fixture->answer.len),
		    LDNS_STATUS_OK);
}

static inline void
ask_class(struct fixture *fixture, const char *name, ldns_rr_type type,
    ldns_rr_class class, unsigned how)
{
	make_query(fixture, name, type, class, how);
	answer_packet(fixture, how);
}

static inline void
ask(struct fixture *fixture, const char *name, ldns_rr_type type)
{
	ask_class(fixture, name, type, LDNS_RR_CLASS_IN, PLAIN);
}

/* The records of a section in presentation form, one a line. */
static inline char *
section(ldns_rr_list *list)
{
	char *text = ldns_rr_list2str(list);

	assert_non_null(text);
	for (char *c = text; *c != '\0'; c++) {
		if (*c == '\t')
			*c = ' ';
	}
	return text;
}

static inline void
assert_section(ldns_rr_list *list, const char *expected)
{
	char *text = section(list);

	assert_string_equal(text, expected);
	free(text);
}

static inline const uint8_t *
option(struct fixture *fixture, uint16_t code, size_t *len)
{
	ldns_rdf *data = ldns_pkt_edns_data(fixture->reply);
	size_t size = data != NULL ? ldns_rdf_size(data) : 0;
	const uint8_t *at = data != NULL ? ldns_rdf_data(data) : NULL;

	*len = 0;
	while (size >= 4) {
		size_t n = (size_t)at[2] << 8 | at[3];

		assert_true(n + 4 <= size);
		if ((at[0] << 8 | at[1]) == code) {
			*len = n;
			return at + 4;
		}
		at += n + 4;
		size -= n + 4;
	}
	return NULL;
}

static inline int
extended_error(struct fixture *fixture)
{
	size_t len;
	const uint8_t *data = option(fixture, EDNS_OPTION_ERROR, &len);

	if (data == NULL)
		return -1;
	assert_int_equal(len, 2);
	return data[0] << 8 | data[1];
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
