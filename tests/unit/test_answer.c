#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/answer_fixture.h"

/* --- names ---------------------------------------------------------------- */

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

/* --- refusals ------------------------------------------------------------- */

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

/* --- versions of the zone ------------------------------------------------- */

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
	const struct CMUnitTest tests[] = {
		TEST(tells_names_that_are_from_those_that_are_not),
		TEST(answers_every_code_rising),
		TEST(answers_txt_with_the_unit_that_is_listed),
		TEST(denies_with_the_lesser_of_two_ttls),
		TEST(answers_for_the_apex),
		TEST(answers_any_with_one_record_set),
		TEST(echoes_the_question_octet_for_octet),
		TEST(refuses_what_is_not_its_own),
		TEST(refuses_who_may_not_ask_and_answers_no_listing),
		TEST(sends_who_is_over_the_limit_to_tcp),
		TEST(fails_while_the_database_is_not_ready),
		TEST(says_who_it_is_when_told_to),
		TEST(answers_from_the_version_its_transaction_sees),
	};

	return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
