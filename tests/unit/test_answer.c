#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ldns/ldns.h>

#include "dnsd/answer.h"
#include "tests/support/dnszone.h"
#include "tests/support/test_store.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define ALL_CODES                                                              \
	(CODE_BIT(2) | CODE_BIT(3) | CODE_BIT(4) | CODE_BIT(5) | CODE_BIT(6) | \
	    CODE_BIT(9))

/* --- a zone to ask ----------------------------------------------------------
 */

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

static void
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

static int
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

static int
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

/* --- questions ---------------------------------------------------------------
 */

enum how { PLAIN = 0, EDNS = 1, TCP = 2 };

static void
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
static void
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

static void
ask_class(struct fixture *fixture, const char *name, ldns_rr_type type,
    ldns_rr_class class, unsigned how)
{
	make_query(fixture, name, type, class, how);
	answer_packet(fixture, how);
}

static void
ask(struct fixture *fixture, const char *name, ldns_rr_type type)
{
	ask_class(fixture, name, type, LDNS_RR_CLASS_IN, PLAIN);
}

/* The records of a section in presentation form, one a line. */
static char *
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

static void
assert_section(ldns_rr_list *list, const char *expected)
{
	char *text = section(list);

	assert_string_equal(text, expected);
	free(text);
}

static const uint8_t *
option(struct fixture *fixture, uint16_t code, size_t *len)
{
	ldns_rdf *data = ldns_pkt_edns_data(fixture->reply);
	size_t size = data != NULL ? ldns_rdf_size(data) : 0;
	const uint8_t *at = data != NULL ? ldns_rdf_data(data) : NULL;

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

static int
extended_error(struct fixture *fixture)
{
	size_t len;
	const uint8_t *data = option(fixture, EDNS_OPTION_ERROR, &len);

	if (data == NULL)
		return -1;
	assert_int_equal(len, 2);
	return data[0] << 8 | data[1];
}

/* --- names
 * -------------------------------------------------------------------- */

#define NIBBLES "2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.bl.example.org"

static void
tells_names_that_are_from_those_that_are_not(void **state)
{
	static const struct {
		const char *name;
		ldns_pkt_rcode rcode;
		int codes; /* A records */
	} cases[] = {
		{ "99.2.0.192.bl.example.org", LDNS_RCODE_NOERROR, 6 },
		{ "99.2.0.192.dsn.bl.example.org", LDNS_RCODE_NOERROR, 1 },
		{ "99.2.0.192.auto.bl.example.org", LDNS_RCODE_NXDOMAIN, 0 },
		{ "98.2.0.192.bl.example.org", LDNS_RCODE_NXDOMAIN, 0 },
		{ "1.99.2.0.192.bl.example.org", LDNS_RCODE_NXDOMAIN, 0 },
		/* empty non-terminals on the way to an entry */
		{ "2.0.192.bl.example.org", LDNS_RCODE_NOERROR, 0 },
		{ "192.bl.example.org", LDNS_RCODE_NOERROR, 0 },
		{ "dsn.bl.example.org", LDNS_RCODE_NOERROR, 0 },
		{ "19.bl.example.org", LDNS_RCODE_NXDOMAIN, 0 },
		/* IPv6 stands under its /64 */
		{ "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0." NIBBLES,
		    LDNS_RCODE_NOERROR, 1 },
		{ "f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f." NIBBLES,
		    LDNS_RCODE_NOERROR, 1 },
		{ "anything." NIBBLES, LDNS_RCODE_NOERROR, 1 },
		{ "*." NIBBLES, LDNS_RCODE_NOERROR, 1 },
		{ "x.*." NIBBLES, LDNS_RCODE_NXDOMAIN, 0 },
		{ NIBBLES, LDNS_RCODE_NOERROR, 0 },
		{ "1.0.0.2.bl.example.org", LDNS_RCODE_NOERROR, 0 },
		/* wildcards wherever they stand */
		{ "a.odd.bl.example.org", LDNS_RCODE_NOERROR, 1 },
		{ "a.b.c.odd.bl.example.org", LDNS_RCODE_NOERROR, 1 },
		{ "deep.*.odd.bl.example.org", LDNS_RCODE_NOERROR, 1 },
		{ "x.*.odd.bl.example.org", LDNS_RCODE_NXDOMAIN, 0 },
		{ "a.nul\\000and\\001.odd.bl.example.org", LDNS_RCODE_NXDOMAIN,
		    0 },
		{ "nul\\000and\\001.odd.bl.example.org", LDNS_RCODE_NOERROR,
		    1 },
		{ "nul\\000and.odd.bl.example.org", LDNS_RCODE_NOERROR, 1 },
		/* a wildcard without records denies data, not the name */
		{ "a.empty.bl.example.org", LDNS_RCODE_NOERROR, 0 },
		/* test entries, RFC 5782 section 5 */
		{ "2.0.0.127.bl.example.org", LDNS_RCODE_NOERROR, 1 },
		{ "1.0.0.127.bl.example.org", LDNS_RCODE_NXDOMAIN, 0 },
		{ "2.0.0.127.shared.bl.example.org", LDNS_RCODE_NOERROR, 1 },
		{ "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
		  ".0.0.manual.bl.example.org",
		    LDNS_RCODE_NOERROR, 1 },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		ask(fixture, cases[i].name, LDNS_RR_TYPE_A);
		if (ldns_pkt_get_rcode(fixture->reply) != cases[i].rcode ||
		    ldns_pkt_ancount(fixture->reply) != cases[i].codes)
			fail_msg("%s: rcode %d, %d records", cases[i].name,
			    ldns_pkt_get_rcode(fixture->reply),
			    ldns_pkt_ancount(fixture->reply));
		assert_int_equal(ldns_pkt_nscount(fixture->reply),
		    cases[i].codes > 0 ? 0 : 1);
		assert_true(ldns_pkt_aa(fixture->reply));
	}
}

static void
answers_every_code_rising(void **state)
{
	struct fixture *fixture = *state;

	ask(fixture, "99.2.0.192.bl.example.org", LDNS_RR_TYPE_A);
	assert_section(ldns_pkt_answer(fixture->reply),
	    "99.2.0.192.bl.example.org. 600 IN A 127.0.0.2\n"
	    "99.2.0.192.bl.example.org. 600 IN A 127.0.0.3\n"
	    "99.2.0.192.bl.example.org. 600 IN A 127.0.0.4\n"
	    "99.2.0.192.bl.example.org. 600 IN A 127.0.0.5\n"
	    "99.2.0.192.bl.example.org. 600 IN A 127.0.0.6\n"
	    "99.2.0.192.bl.example.org. 600 IN A 127.0.0.9\n");
	assert_true(fixture->answer.hit);
}

static void
answers_txt_with_the_unit_that_is_listed(void **state)
{
	struct fixture *fixture = *state;

	ask(fixture, "99.2.0.192.bl.example.org", LDNS_RR_TYPE_TXT);
	assert_section(ldns_pkt_answer(fixture->reply),
	    "99.2.0.192.bl.example.org. 600 IN TXT "
	    "\"bounces, last seen 2026-01-02, not a spam listing: "
	    "https://bl.example.org/a/192.0.2.99\"\n");
	ask(fixture, "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0." NIBBLES,
	    LDNS_RR_TYPE_TXT);
	assert_section(ldns_pkt_answer(fixture->reply),
	    "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0." NIBBLES ". 600 IN TXT "
	    "\"bounces, last seen 2026-01-02, not a spam listing: "
	    "https://bl.example.org/a/2001:db8:1:2::\"\n");
}

static void
denies_with_the_lesser_of_two_ttls(void **state)
{
	static const ldns_rr_type types[] = { LDNS_RR_TYPE_AAAA,
		LDNS_RR_TYPE_MX, LDNS_RR_TYPE_SOA, LDNS_RR_TYPE_NS,
		(ldns_rr_type)65280 };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(types); i++) {
		ask(fixture, "99.2.0.192.bl.example.org", types[i]);
		assert_int_equal(
		    ldns_pkt_get_rcode(fixture->reply), LDNS_RCODE_NOERROR);
		assert_int_equal(ldns_pkt_ancount(fixture->reply), 0);
		assert_int_equal(ldns_rr_ttl(ldns_rr_list_rr(
				     ldns_pkt_authority(fixture->reply), 0)),
		    300);
	}
}

static void
answers_for_the_apex(void **state)
{
	struct fixture *fixture = *state;
	char *soa;

	ask(fixture, "bl.example.org", LDNS_RR_TYPE_SOA);
	soa = section(ldns_pkt_answer(fixture->reply));
	assert_non_null(strstr(soa, "bl.example.org. 600 IN SOA "
				    "ns1.bl.example.org. "
				    "hostmaster.example.org. "));
	assert_non_null(strstr(soa, " 3600 900 604800 300\n"));
	free(soa);

	ask(fixture, "BL.example.ORG", LDNS_RR_TYPE_NS);
	assert_section(ldns_pkt_answer(fixture->reply),
	    "BL.example.ORG. 600 IN NS ns1.BL.example.ORG.\n"
	    "BL.example.ORG. 600 IN NS ns2.example.net.\n");
	assert_section(ldns_pkt_additional(fixture->reply),
	    "ns1.BL.example.ORG. 600 IN A 192.0.2.53\n"
	    "ns1.BL.example.ORG. 600 IN AAAA 2001:db8::53\n");

	ask(fixture, "bl.example.org", LDNS_RR_TYPE_A);
	assert_section(ldns_pkt_answer(fixture->reply),
	    "bl.example.org. 600 IN A 192.0.2.80\n");
	ask(fixture, "ns1.bl.example.org", LDNS_RR_TYPE_AAAA);
	assert_section(ldns_pkt_answer(fixture->reply),
	    "ns1.bl.example.org. 600 IN AAAA 2001:db8::53\n");
}

static void
answers_any_with_one_record_set(void **state)
{
	struct fixture *fixture = *state;

	ask(fixture, "99.2.0.192.dsn.bl.example.org", LDNS_RR_TYPE_ANY);
	assert_section(ldns_pkt_answer(fixture->reply),
	    "99.2.0.192.dsn.bl.example.org. 600 IN A 127.0.0.3\n");
	ask(fixture, "bl.example.org", LDNS_RR_TYPE_ANY);
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 1);
	assert_int_equal(ldns_rr_get_type(ldns_rr_list_rr(
			     ldns_pkt_answer(fixture->reply), 0)),
	    LDNS_RR_TYPE_SOA);
	ask(fixture, "ns1.bl.example.org", LDNS_RR_TYPE_ANY);
	assert_section(ldns_pkt_answer(fixture->reply),
	    "ns1.bl.example.org. 600 IN A 192.0.2.53\n");
	ask(fixture, "dsn.bl.example.org", LDNS_RR_TYPE_ANY);
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 0);
	assert_int_equal(ldns_pkt_nscount(fixture->reply), 1);
}

static void
echoes_the_question_octet_for_octet(void **state)
{
	struct fixture *fixture = *state;

	ask(fixture, "99.2.0.192.dSn.Bl.EXamPle.orG", LDNS_RR_TYPE_A);
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 1);
	assert_memory_equal(fixture->octets + DNS_HEADER_LEN,
	    fixture->packet + DNS_HEADER_LEN,
	    fixture->packet_len - DNS_HEADER_LEN);
}

/* --- refusals
 * ------------------------------------------------------------------ */

static void
refuses_what_is_not_its_own(void **state)
{
	static const struct {
		const char *name;
		ldns_rr_type type;
		ldns_rr_class class;
		int error;
	} cases[] = {
		{ "example.org", LDNS_RR_TYPE_A, LDNS_RR_CLASS_IN, 20 },
		{ "xbl.example.org", LDNS_RR_TYPE_A, LDNS_RR_CLASS_IN, 20 },
		{ "org", LDNS_RR_TYPE_NS, LDNS_RR_CLASS_IN, 20 },
		{ ".", LDNS_RR_TYPE_NS, LDNS_RR_CLASS_IN, 20 },
		{ "bl.example.org", LDNS_RR_TYPE_SOA, LDNS_RR_CLASS_HS, 20 },
		{ "bl.example.org", LDNS_RR_TYPE_SOA, LDNS_RR_CLASS_ANY, 20 },
		{ "bl.example.org", LDNS_RR_TYPE_AXFR, LDNS_RR_CLASS_IN, 18 },
		{ "bl.example.org", LDNS_RR_TYPE_IXFR, LDNS_RR_CLASS_IN, 18 },
		{ "version.bind", LDNS_RR_TYPE_TXT, LDNS_RR_CLASS_CH, -1 },
		{ "bl.example.org", LDNS_RR_TYPE_TXT, LDNS_RR_CLASS_CH, -1 },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		for (unsigned how = PLAIN; how <= EDNS; how++) {
			ask_class(fixture, cases[i].name, cases[i].type,
			    cases[i].class, how);
			assert_int_equal(ldns_pkt_get_rcode(fixture->reply),
			    LDNS_RCODE_REFUSED);
			assert_false(ldns_pkt_aa(fixture->reply));
			assert_int_equal(ldns_pkt_ancount(fixture->reply), 0);
			assert_int_equal(ldns_pkt_nscount(fixture->reply), 0);
			assert_int_equal(
			    ldns_pkt_edns(fixture->reply), how == EDNS);
			assert_int_equal(extended_error(fixture),
			    how == EDNS ? cases[i].error : -1);
		}
	}
}

static void
refuses_who_may_not_ask_and_answers_no_listing(void **state)
{
	struct fixture *fixture = *state;

	fixture->client.may_ask = false;
	ask_class(fixture, "99.2.0.192.bl.example.org", LDNS_RR_TYPE_A,
	    LDNS_RR_CLASS_IN, EDNS);
	assert_int_equal(
	    ldns_pkt_get_rcode(fixture->reply), LDNS_RCODE_REFUSED);
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 0);
	assert_int_equal(extended_error(fixture), DNS_ERROR_PROHIBITED);
	ask(fixture, "99.2.0.192.bl.example.org", LDNS_RR_TYPE_A);
	assert_int_equal(
	    ldns_pkt_get_rcode(fixture->reply), LDNS_RCODE_REFUSED);
}

static void
sends_who_is_over_the_limit_to_tcp(void **state)
{
	struct fixture *fixture = *state;

	fixture->client.over_limit = true;
	ask_class(fixture, "99.2.0.192.bl.example.org", LDNS_RR_TYPE_A,
	    LDNS_RR_CLASS_IN, EDNS);
	assert_true(ldns_pkt_tc(fixture->reply));
	assert_int_equal(
	    ldns_pkt_get_rcode(fixture->reply), LDNS_RCODE_NOERROR);
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 0);
	assert_true(fixture->answer.len <= fixture->packet_len + 11);
}

static void
fails_while_the_database_is_not_ready(void **state)
{
	struct fixture *fixture = *state;
	struct zone unready;

	zone_init(&unready);
	fixture->source.zone = &unready;
	ask_class(fixture, "2.0.0.127.bl.example.org", LDNS_RR_TYPE_A,
	    LDNS_RR_CLASS_IN, EDNS);
	assert_int_equal(
	    ldns_pkt_get_rcode(fixture->reply), LDNS_RCODE_SERVFAIL);
	assert_false(ldns_pkt_aa(fixture->reply));
	assert_int_equal(extended_error(fixture), DNS_ERROR_NOT_READY);
}

static void
says_who_it_is_when_told_to(void **state)
{
	struct fixture *fixture = *state;

	strcpy(fixture->rules.version, "bsbl");
	ask_class(
	    fixture, "Version.BIND", LDNS_RR_TYPE_TXT, LDNS_RR_CLASS_CH, PLAIN);
	assert_section(ldns_pkt_answer(fixture->reply),
	    "Version.BIND. 0 CH TXT \"bsbl\"\n");
	ask_class(
	    fixture, "version.server", LDNS_RR_TYPE_A, LDNS_RR_CLASS_CH, PLAIN);
	assert_int_equal(
	    ldns_pkt_get_rcode(fixture->reply), LDNS_RCODE_NOERROR);
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 0);
	ask_class(
	    fixture, "id.server", LDNS_RR_TYPE_TXT, LDNS_RR_CLASS_CH, PLAIN);
	assert_int_equal(
	    ldns_pkt_get_rcode(fixture->reply), LDNS_RCODE_REFUSED);
	strcpy(fixture->rules.nsid, "one");
	ask_class(fixture, "hostname.bind", LDNS_RR_TYPE_TXT, LDNS_RR_CLASS_CH,
	    PLAIN);
	assert_section(ldns_pkt_answer(fixture->reply),
	    "hostname.bind. 0 CH TXT \"one\"\n");
}

/* --- packets
 * ------------------------------------------------------------------- */

#define ONE "\0\1\0\0\0\0\0\0"
#define ONE_AND(ar) "\0\1\0\0\0\0\0" ar
#define APEX_SOA "\2bl\7example\3org\0\0\6\0\1"
#define OPT(rdlen) "\0\0\x29\x10\0\0\0\0\0\0" rdlen

#define PACKET(fixture, text)                                                  \
	do {                                                                   \
		memcpy((fixture)->packet, text, sizeof(text) - 1);             \
		(fixture)->packet_len = sizeof(text) - 1;                      \
	} while (0)

static void
answers_errors_with_what_could_be_read(void **state)
{
	struct fixture *fixture = *state;

	/* nothing but the header; flags that are not ours do not come back */
	PACKET(fixture, "\xab\xcd\x07\xff\0\2\0\0\0\0\0\0");
	answer_packet(fixture, PLAIN);
	assert_int_equal(fixture->answer.len, DNS_HEADER_LEN);
	assert_memory_equal(
	    fixture->octets, "\xab\xcd\x81\1\0\0\0\0\0\0\0\0", 12);

	PACKET(fixture, "\xab\xcd\0\0" ONE_AND("\1") APEX_SOA);
	answer_packet(fixture, PLAIN);
	assert_memory_equal(fixture->octets, "\xab\xcd\x80\1\0\1", 6);
	assert_int_equal(fixture->answer.len, fixture->packet_len);

	/* RFC 6891 section 6.1.1: a FORMERR for two OPTs has one */
	PACKET(
	    fixture, "\xab\xcd\0\0" ONE_AND("\2") APEX_SOA OPT("\0") OPT("\0"));
	answer_packet(fixture, PLAIN);
	assert_int_equal(
	    ldns_pkt_get_rcode(fixture->reply), LDNS_RCODE_FORMERR);
	assert_true(ldns_pkt_edns(fixture->reply));

	/* RFC 8906 section 8.1.4 */
	PACKET(fixture, "\xab\xcd\x78\0\0\0\0\0\0\0\0\0");
	answer_packet(fixture, PLAIN);
	assert_int_equal(fixture->answer.len, DNS_HEADER_LEN);
	assert_memory_equal(fixture->octets, "\xab\xcd\xf8\4", 4);

	PACKET(fixture, "\xab\xcd\x80\0" ONE APEX_SOA);
	answer_packet(fixture, PLAIN);
	assert_int_equal(fixture->answer.len, 0);
}

static void
names_the_version_of_edns_it_speaks(void **state)
{
	struct fixture *fixture = *state;

	/* version 1, DO and flags yet to come, an option cut short */
	PACKET(fixture, "\xab\xcd\0\0" ONE_AND("\1") APEX_SOA
	    "\0\0\x29\x10\0\0\1\xff\xff\0\2\0\1");
	answer_packet(fixture, PLAIN);
	assert_int_equal(ldns_pkt_edns_extended_rcode(fixture->reply), 1);
	assert_int_equal(ldns_pkt_get_rcode(fixture->reply), 0);
	assert_int_equal(ldns_pkt_edns_version(fixture->reply), 0);
	assert_true(ldns_pkt_edns_do(fixture->reply));
	/* ldns counts DO among them */
	assert_int_equal(ldns_pkt_edns_z(fixture->reply), EDNS_FLAG_DO);
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 0);
	assert_false(ldns_pkt_aa(fixture->reply));
	assert_int_equal(fixture->answer.rcode, DNS_RCODE_BADVERS);
}

static void
ignores_options_and_flags_it_does_not_know(void **state)
{
	struct fixture *fixture = *state;

	PACKET(fixture, "\xab\xcd\0\0" ONE_AND("\1") APEX_SOA
	    "\0\0\x29\2\0\0\0\0\x40\0\x8\0\x64\0\0\0\3\0\0");
	answer_packet(fixture, PLAIN);
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 1);
	assert_true(ldns_pkt_edns(fixture->reply));
	assert_null(ldns_pkt_edns_data(fixture->reply));
	assert_int_equal(ldns_pkt_edns_z(fixture->reply), 0);
	assert_int_equal(ldns_pkt_edns_udp_size(fixture->reply), 1232);

	/* the upper half of an rcode that only answers have */
	PACKET(fixture,
	    "\xab\xcd\0\0" ONE_AND("\1") APEX_SOA "\0\0\x29\2\0\xff\0\0\0\0\0");
	answer_packet(fixture, PLAIN);
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 1);
	assert_int_equal(ldns_pkt_edns_extended_rcode(fixture->reply), 0);
}

static void
names_itself_to_those_who_ask_for_nsid(void **state)
{
	struct fixture *fixture = *state;
	const uint8_t *data;
	size_t len;

	strcpy(fixture->rules.nsid, "one");
	PACKET(fixture,
	    "\xab\xcd\0\0" ONE_AND("\1") APEX_SOA OPT("\4") "\0\3\0\0");
	answer_packet(fixture, PLAIN);
	data = option(fixture, EDNS_OPTION_NSID, &len);
	assert_non_null(data);
	assert_int_equal(len, 3);
	assert_memory_equal(data, "one", 3);
	/* RFC 5001 section 2.2: what stands in the request does not matter */
	PACKET(fixture,
	    "\xab\xcd\0\0" ONE_AND("\1") APEX_SOA OPT("\6") "\0\3\0\2no");
	answer_packet(fixture, PLAIN);
	data = option(fixture, EDNS_OPTION_NSID, &len);
	assert_non_null(data);
	assert_int_equal(len, 3);
	assert_memory_equal(data, "one", 3);
	PACKET(fixture, "\xab\xcd\0\0" ONE_AND("\1") APEX_SOA OPT("\0"));
	answer_packet(fixture, PLAIN);
	assert_null(option(fixture, EDNS_OPTION_NSID, &len));
}

#define CLIENT_COOKIE "8 octets"
#define COOKIE_ONLY "\xab\xcd\0\0\0\0\0\0\0\0\0\1"

static const uint8_t *
assert_cookie(struct fixture *fixture)
{
	size_t len;
	const uint8_t *cookie = option(fixture, EDNS_OPTION_COOKIE, &len);

	assert_non_null(cookie);
	assert_int_equal(len, COOKIE_LEN);
	assert_true(cookie_is_valid(&fixture->rules.secrets,
	    &fixture->client.address, TEST_NOW, cookie, len));
	return cookie;
}

static void
gives_a_cookie_to_those_who_have_one(void **state)
{
	struct fixture *fixture = *state;
	size_t len;

	PACKET(fixture, "\xab\xcd\0\0" ONE_AND("\1")
			    APEX_SOA OPT("\x0c") "\0\x0a\0\x08" CLIENT_COOKIE);
	answer_packet(fixture, PLAIN);
	assert_null(option(fixture, EDNS_OPTION_COOKIE, &len));

	fixture->rules.cookies = true;
	cookie_secrets_roll(&fixture->rules.secrets);
	answer_packet(fixture, PLAIN);
	assert_memory_equal(assert_cookie(fixture), CLIENT_COOKIE, 8);
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 1);
	answer_packet(fixture, TCP);
	assert_cookie(fixture);

	/* a server's cookie nobody made: answered as if it were not there */
	PACKET(fixture, "\xab\xcd\0\0" ONE_AND("\1") APEX_SOA OPT(
			    "\x1c") "\0\x0a\0\x18" CLIENT_COOKIE CLIENT_COOKIE
			    CLIENT_COOKIE);
	answer_packet(fixture, PLAIN);
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 1);
	assert_memory_equal(assert_cookie(fixture), CLIENT_COOKIE, 8);
}

static void
gives_a_cookie_with_errors_and_truncated_answers_too(void **state)
{
	static const char outside[] = "\xab\xcd\0\0" ONE_AND(
	    "\1") "\3org\0\0\6\0\1" OPT("\x0c") "\0\x0a\0\x08" CLIENT_COOKIE;
	struct fixture *fixture = *state;

	fixture->rules.cookies = true;
	cookie_secrets_roll(&fixture->rules.secrets);
	PACKET(fixture, outside);
	answer_packet(fixture, PLAIN);
	assert_int_equal(fixture->answer.rcode, DNS_RCODE_REFUSED);
	assert_cookie(fixture);
	fixture->client.over_limit = true;
	answer_packet(fixture, PLAIN);
	assert_true(ldns_pkt_tc(fixture->reply));
	assert_cookie(fixture);
}

static void
tells_who_asks_nothing_whether_his_cookie_is_good(void **state)
{
	struct fixture *fixture = *state;

	fixture->rules.cookies = true;
	cookie_secrets_roll(&fixture->rules.secrets);
	PACKET(fixture, COOKIE_ONLY OPT("\x0c") "\0\x0a\0\x08" CLIENT_COOKIE);
	answer_packet(fixture, PLAIN);
	assert_int_equal(fixture->answer.rcode, DNS_RCODE_NOERROR);
	assert_int_equal(ldns_pkt_qdcount(fixture->reply), 0);
	assert_cookie(fixture);

	PACKET(fixture,
	    COOKIE_ONLY OPT("\x1c") "\0\x0a\0\x18" CLIENT_COOKIE CLIENT_COOKIE
		CLIENT_COOKIE);
	answer_packet(fixture, PLAIN);
	assert_int_equal(fixture->answer.rcode, DNS_RCODE_BADCOOKIE);
	assert_int_equal(ldns_pkt_edns_extended_rcode(fixture->reply), 1);
	assert_int_equal(ldns_pkt_get_rcode(fixture->reply), 7);
	assert_cookie(fixture);
	fixture->client.shows_cookie = true;
	answer_packet(fixture, PLAIN);
	assert_int_equal(fixture->answer.rcode, DNS_RCODE_NOERROR);
}

static void
tells_the_idle_time_over_tcp_alone(void **state)
{
	struct fixture *fixture = *state;
	const uint8_t *data;
	size_t len;

	PACKET(fixture,
	    "\xab\xcd\0\0" ONE_AND("\1") APEX_SOA OPT("\4") "\0\x0b\0\0");
	answer_packet(fixture, TCP);
	data = option(fixture, EDNS_OPTION_KEEPALIVE, &len);
	assert_non_null(data);
	assert_int_equal(len, 2);
	assert_int_equal(data[0] << 8 | data[1], 100); /* tenths of a second */
	answer_packet(fixture, PLAIN);
	assert_null(option(fixture, EDNS_OPTION_KEEPALIVE, &len));
}

static void
knows_no_key_and_says_so_unsigned(void **state)
{
	struct fixture *fixture = *state;
	ldns_rr *tsig;

	PACKET(fixture,
	    "\xab\xcd\0\0" ONE_AND("\2") APEX_SOA OPT(
		"\0") "\3key\0\0\xfa\0\xff\0\0\0\0\0\x1a\4hmac\0"
		      "\0\0\x65\0\0\1\1\x2c\0\4MAC!\xab\xcd\0\0\0\0");
	answer_packet(fixture, PLAIN);
	assert_int_equal(
	    ldns_pkt_get_rcode(fixture->reply), LDNS_RCODE_NOTAUTH);
	assert_true(ldns_pkt_edns(fixture->reply));
	tsig = ldns_pkt_tsig(fixture->reply);
	assert_non_null(tsig);
	/* time, fudge, MAC size, MAC, original id, error, other */
	assert_memory_equal(fixture->octets + fixture->answer.len - 16,
	    "\0\0\x65\0\0\1\1\x2c\0\0\xab\xcd\0\x11\0\0", 16);
}

/* --- size
 * ----------------------------------------------------------------------- */

static void
apply(struct fixture *fixture, const struct zone_settings *zone)
{
	struct store_txn *txn;

	lookup_end(&fixture->lookup);
	assert_int_equal(store_begin_write(fixture->test.store, &txn), 0);
	assert_int_equal(zone_settings_apply(txn, zone, TEST_NOW), 0);
	assert_int_equal(store_commit(txn), 0);
	assert_int_equal(lookup_begin(&fixture->lookup), 0);
	zone_refresh(&fixture->zone, fixture->lookup.txn);
}

/* Thirteen servers elsewhere, with long names: more than 512 octets. */
static void
name_many_servers(struct fixture *fixture)
{
	struct zone_settings zone;

	dnszone_settings(&zone);
	for (unsigned i = 0; i < ZONE_SERVERS_MAX; i++) {
		char name[256];

		snprintf(
		    name, sizeof(name), "%c%060d.example.net", 'a' + (int)i, 0);
		dname_parse(name, zone.servers[i].name);
		zone.servers[i].address_count = 0;
	}
	zone.server_count = ZONE_SERVERS_MAX;
	apply(fixture, &zone);
}

/* Eight servers in the zone, with four addresses each. */
static void
give_many_addresses(struct fixture *fixture)
{
	struct zone_settings zone;

	dnszone_settings(&zone);
	zone.server_count = 8;
	for (unsigned i = 0; i < zone.server_count; i++) {
		char name[256];

		snprintf(name, sizeof(name), "ns%u.bl.example.org", i);
		dname_parse(name, zone.servers[i].name);
		zone.servers[i].address_count = ZONE_ADDRESSES_MAX;
		for (unsigned j = 0; j < ZONE_ADDRESSES_MAX; j++)
			zone.servers[i].addresses[j] =
			    ipaddr_from_ipv4(0xc0000200 + 8 * i + j);
	}
	apply(fixture, &zone);
}

static void
truncates_what_does_not_fit(void **state)
{
	static const struct {
		unsigned how;
		uint16_t client_size; /* with EDNS */
		uint16_t our_size;
		bool truncated;
	} cases[] = {
		{ PLAIN, 0, 1232, true },
		{ EDNS, 100, 1232, true }, /* taken for 512 */
		{ EDNS, 1000, 1232, true },
		{ EDNS, 1232, 1232, false },
		{ EDNS, 65535, 1232, false },
		{ EDNS, 65535, 700, true },
		{ TCP, 0, 1232, false },
		{ TCP | EDNS, 512, 512, false },
	};
	struct fixture *fixture = *state;

	name_many_servers(fixture);
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t limit = cases[i].client_size;

		fixture->rules.udp_size = cases[i].our_size;
		make_query(fixture, "bl.example.org", LDNS_RR_TYPE_NS,
		    LDNS_RR_CLASS_IN, cases[i].how);
		if ((cases[i].how & EDNS) != 0)
			dns_store_u16(fixture->packet + fixture->packet_len - 8,
			    cases[i].client_size);
		answer_packet(fixture, cases[i].how);
		assert_int_equal(
		    ldns_pkt_tc(fixture->reply), cases[i].truncated);
		assert_int_equal(ldns_pkt_ancount(fixture->reply),
		    cases[i].truncated ? 0 : 13);
		assert_int_equal(
		    ldns_pkt_edns(fixture->reply), (cases[i].how & EDNS) != 0);
		if (limit > cases[i].our_size)
			limit = cases[i].our_size;
		if (limit < 512)
			limit = 512;
		if ((cases[i].how & TCP) == 0)
			assert_true(fixture->answer.len <= limit);
	}
}

static void
leaves_out_addresses_rather_than_servers(void **state)
{
	struct fixture *fixture = *state;

	give_many_addresses(fixture);
	ask(fixture, "bl.example.org", LDNS_RR_TYPE_NS);
	assert_false(ldns_pkt_tc(fixture->reply));
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 8);
	/* whole sets of four, as many as fit */
	assert_int_equal(ldns_pkt_arcount(fixture->reply), 16);
	ask_class(
	    fixture, "bl.example.org", LDNS_RR_TYPE_NS, LDNS_RR_CLASS_IN, TCP);
	assert_int_equal(ldns_pkt_arcount(fixture->reply), 32);
}

/* --- versions of the zone
 * ------------------------------------------------------- */

static void
answers_from_the_version_its_transaction_sees(void **state)
{
	struct fixture *fixture = *state;
	uint32_t serial = fixture->zone.version.serial;
	struct store_txn *txn;

	assert_int_equal(store_begin_write(fixture->test.store, &txn), 0);
	dnszone_list(txn, SUBLIST_MAIN, "198.51.100.1", CODE_BIT(2));
	assert_int_equal(store_commit(txn), 0);
	zone_refresh(&fixture->zone, fixture->lookup.txn);
	ask(fixture, "1.100.51.198.bl.example.org", LDNS_RR_TYPE_A);
	assert_int_equal(
	    ldns_pkt_get_rcode(fixture->reply), LDNS_RCODE_NXDOMAIN);
	assert_int_equal(fixture->zone.version.serial, serial);

	lookup_end(&fixture->lookup);
	assert_int_equal(lookup_begin(&fixture->lookup), 0);
	zone_refresh(&fixture->zone, fixture->lookup.txn);
	ask(fixture, "1.100.51.198.bl.example.org", LDNS_RR_TYPE_A);
	assert_int_equal(ldns_pkt_ancount(fixture->reply), 1);
	ask(fixture, "bl.example.org", LDNS_RR_TYPE_SOA);
	assert_true(fixture->zone.version.serial > serial);
	assert_int_equal(
	    ldns_rdf2native_int32(ldns_rr_rdf(
		ldns_rr_list_rr(ldns_pkt_answer(fixture->reply), 0), 2)),
	    fixture->zone.version.serial);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(tells_names_that_are_from_those_that_are_not),
		T(answers_every_code_rising),
		T(answers_txt_with_the_unit_that_is_listed),
		T(denies_with_the_lesser_of_two_ttls),
		T(answers_for_the_apex),
		T(answers_any_with_one_record_set),
		T(echoes_the_question_octet_for_octet),
		T(refuses_what_is_not_its_own),
		T(refuses_who_may_not_ask_and_answers_no_listing),
		T(sends_who_is_over_the_limit_to_tcp),
		T(fails_while_the_database_is_not_ready),
		T(says_who_it_is_when_told_to),
		T(answers_errors_with_what_could_be_read),
		T(names_the_version_of_edns_it_speaks),
		T(ignores_options_and_flags_it_does_not_know),
		T(names_itself_to_those_who_ask_for_nsid),
		T(gives_a_cookie_to_those_who_have_one),
		T(gives_a_cookie_with_errors_and_truncated_answers_too),
		T(tells_who_asks_nothing_whether_his_cookie_is_good),
		T(tells_the_idle_time_over_tcp_alone),
		T(knows_no_key_and_says_so_unsigned),
		T(truncates_what_does_not_fit),
		T(leaves_out_addresses_rather_than_servers),
		T(answers_from_the_version_its_transaction_sees),
	};

	return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
