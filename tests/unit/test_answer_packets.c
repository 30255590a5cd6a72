#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/answer_fixture.h"

/* --- packets -------------------------------------------------------------- */

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

/* --- size ----------------------------------------------------------------- */

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_errors_with_what_could_be_read),
		TEST(names_the_version_of_edns_it_speaks),
		TEST(ignores_options_and_flags_it_does_not_know),
		TEST(names_itself_to_those_who_ask_for_nsid),
		TEST(gives_a_cookie_to_those_who_have_one),
		TEST(gives_a_cookie_with_errors_and_truncated_answers_too),
		TEST(tells_who_asks_nothing_whether_his_cookie_is_good),
		TEST(tells_the_idle_time_over_tcp_alone),
		TEST(knows_no_key_and_says_so_unsigned),
		TEST(truncates_what_does_not_fit),
		TEST(leaves_out_addresses_rather_than_servers),
	};

	return cmocka_run_group_tests_name("answer_packets", tests, NULL, NULL);
}
