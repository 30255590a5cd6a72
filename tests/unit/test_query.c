#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dnsd/query.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Pieces of packets. Numbers of sections: questions ... additional. */
#define ID "\x12\x34"
#define ASKED ID "\x01\x00" /* RD alone */
#define ONE "\0\1\0\0\0\0\0\0"
#define ONE_AND(ar) "\0\1\0\0\0\0\0" ar
#define NAME "\1w\7eXample\0"
#define QUESTION NAME "\0\1\0\1"
#define OPT(rdlen) "\0\0\x29\x10\0\0\0\0\0\0" rdlen
#define OPT_VERSION(v) "\0\0\x29\x10\0\0" v "\0\0\0\0"
#define RECORD "\xc0\x0c\0\1\0\1\0\0\0\0\0\4\1\2\3\4"
#define EIGHT "abcdefgh"
#define FORTY EIGHT EIGHT EIGHT EIGHT EIGHT
#define TSIG_DATA                                                              \
	"\4hmac\0"                                                             \
	"\0\0\0\0\0\1\1\x2c"                                                   \
	"\0\4MAC!"                                                             \
	"\x12\x34\0\0\0\0"
#define TSIG "\3key\0\0\xfa\0\xff\0\0\0\0\0\x1a" TSIG_DATA

#define CASE(outcome, packet)                                                  \
	{                                                                      \
		outcome, packet, sizeof(packet) - 1, #packet                   \
	}

struct packet {
	enum query_outcome outcome;
	const char *octets;
	size_t len;
	const char *name;
};

/* In storage of its very size, so that a sanitizer sees a step too far. */
static enum query_outcome
parse(const char *octets, size_t len, uint8_t **copy, struct query *query)
{
	*copy = malloc(len > 0 ? len : 1);
	assert_non_null(*copy);
	memcpy(*copy, octets, len);
	return query_parse(*copy, len, query);
}

static void
expect(const struct packet *packets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct query query;
		uint8_t *copy;

		if (parse(packets[i].octets, packets[i].len, &copy, &query) !=
		    packets[i].outcome)
			fail_msg("%s: outcome is not %d", packets[i].name,
			    packets[i].outcome);
		free(copy);
	}
}

static void
names_the_outcome_of_whole_packets(void **state)
{
	static const struct packet packets[] = {
		CASE(QUERY_READY, ASKED ONE QUESTION),
		CASE(QUERY_READY, ASKED ONE "\0\0\1\0\1"),
		CASE(QUERY_READY, ASKED ONE_AND("\1") QUESTION OPT("\0")),
		CASE(QUERY_READY, ASKED ONE_AND("\1") QUESTION RECORD),
		CASE(
		    QUERY_READY, ASKED ONE_AND("\2") QUESTION RECORD OPT("\0")),
		CASE(QUERY_READY,
		    ASKED "\0\1\0\1\0\1\0\0" QUESTION RECORD RECORD),
		/* every flag there is but QR */
		CASE(QUERY_READY, ID "\x07\xff" ONE QUESTION),
		CASE(QUERY_NOTIMP, ID "\x20\0" ONE QUESTION),
		CASE(QUERY_NOTIMP, ID "\x78\0\0\0\0\0\0\0\0\0"),
		CASE(QUERY_NOTIMP, ID "\x28\0\0\1\0\0\0\1\0\0" QUESTION RECORD),
		CASE(QUERY_NOTIMP, ID "\x30\0" ONE "never a question"),
	};

	(void)state;
	expect(packets, COUNT(packets));
}

static void
says_nothing_to_responses_and_scraps(void **state)
{
	static const struct packet packets[] = {
		CASE(QUERY_DROP, ""),
		CASE(QUERY_DROP, "\x12"),
		CASE(QUERY_DROP, ASKED "\0\1\0\0\0\0\0"),
		CASE(QUERY_DROP, ID "\x80\0" ONE QUESTION),
		CASE(QUERY_DROP, ID "\xf8\0" ONE QUESTION),
	};

	(void)state;
	expect(packets, COUNT(packets));
}

static void
calls_malformed_what_is(void **state)
{
	static const struct packet packets[] = {
		/* RFC 9619, and a header with nothing to ask */
		CASE(QUERY_FORMERR, ASKED "\0\2\0\0\0\0\0\0" QUESTION QUESTION),
		CASE(QUERY_FORMERR, ASKED "\xff\xff\0\0\0\0\0\0" QUESTION),
		CASE(QUERY_FORMERR, ASKED "\0\0\0\0\0\0\0\0"),
		CASE(QUERY_FORMERR, ASKED "\0\0\0\0\0\0\0\1" OPT("\0")),
		/* names */
		CASE(QUERY_FORMERR, ASKED ONE "\1w\xc0\x0c\0\1\0\1"),
		CASE(QUERY_FORMERR, ASKED ONE "\xc0\x0c\0\1\0\1"),
		CASE(QUERY_FORMERR, ASKED ONE "\x41w\0\0\1\0\1"),
		CASE(QUERY_FORMERR, ASKED ONE "\x81w\0\0\1\0\1"),
		CASE(QUERY_FORMERR, ASKED ONE "\1w"),
		CASE(QUERY_FORMERR, ASKED ONE "\7w\0\0\1\0\1"),
		CASE(QUERY_FORMERR, ASKED ONE NAME "\0\1\0"),
		CASE(QUERY_FORMERR, ASKED ONE),
		/* sections */
		CASE(QUERY_FORMERR, ASKED ONE QUESTION "!"),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION "\0\0\1"),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\2") QUESTION RECORD),
		CASE(QUERY_FORMERR,
		    ASKED "\0\1\xff\xff\0\0\0\0" QUESTION RECORD),
		/* OPT: RFC 6891 section 6.1.1 */
		CASE(QUERY_FORMERR,
		    ASKED ONE_AND("\2") QUESTION OPT("\0") OPT("\0")),
		CASE(QUERY_FORMERR,
		    ASKED ONE_AND("\1") QUESTION "\1x" OPT("\0")),
		/* The root itself (section 6.1.2), not a pointer to one. */
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION
		    "\xc0\x16\0\x29\x10\0\0\0\0\0\0\0"),
		CASE(
		    QUERY_FORMERR, ASKED "\0\1\0\1\0\0\0\0" QUESTION OPT("\0")),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION OPT("\4")),
		CASE(QUERY_FORMERR,
		    ASKED ONE_AND("\1") QUESTION OPT("\3") "\0\3\0"),
		CASE(QUERY_FORMERR,
		    ASKED ONE_AND("\1") QUESTION OPT("\5") "\0\3\0\2!"),
	};

	(void)state;
	expect(packets, COUNT(packets));
}

static void
knows_the_lengths_of_cookies(void **state)
{
	static const struct packet packets[] = {
		CASE(QUERY_READY, ASKED ONE_AND("\1") QUESTION OPT(
				      "\x0c") "\0\x0a\0\x08" EIGHT),
		CASE(QUERY_READY, ASKED ONE_AND("\1") QUESTION OPT(
				      "\x14") "\0\x0a\0\x10" EIGHT EIGHT),
		CASE(QUERY_READY, ASKED ONE_AND("\1") QUESTION OPT(
				      "\x2c") "\0\x0a\0\x28" FORTY),
		CASE(QUERY_FORMERR,
		    ASKED ONE_AND("\1") QUESTION OPT("\4") "\0\x0a\0\0"),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION OPT(
					"\x0b") "\0\x0a\0\7abcdefg"),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION OPT(
					"\x0d") "\0\x0a\0\x09" EIGHT "i"),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION OPT(
					"\x13") "\0\x0a\0\x0f" EIGHT "abcdefg"),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION OPT(
					"\x2d") "\0\x0a\0\x29" FORTY "i"),
		/* of two the second does not count, whatever it is */
		CASE(QUERY_READY,
		    ASKED ONE_AND("\1")
			QUESTION OPT("\x10") "\0\x0a\0\x08" EIGHT "\0\x0a\0\0"),
		/* RFC 7873 section 5.4 */
		CASE(QUERY_NO_QUESTION,
		    ASKED "\0\0\0\0\0\0\0\1" OPT("\x0c") "\0\x0a\0\x08" EIGHT),
	};

	(void)state;
	expect(packets, COUNT(packets));
}

static void
leaves_other_versions_of_edns_unread(void **state)
{
	static const struct packet packets[] = {
		CASE(QUERY_BADVERS,
		    ASKED ONE_AND("\1") QUESTION OPT_VERSION("\1")),
		CASE(QUERY_BADVERS,
		    ASKED ONE_AND("\1") QUESTION OPT_VERSION("\xff")),
		CASE(QUERY_BADVERS, ASKED ONE_AND("\1") QUESTION
		    "\0\0\x29\x10\0\0\1\0\0\0\3\0\3\0"),
		/* still a packet that must hold together */
		CASE(QUERY_FORMERR,
		    ASKED ONE_AND("\1") QUESTION OPT_VERSION("\1") "!"),
	};

	(void)state;
	expect(packets, COUNT(packets));
}

static void
takes_a_signature_only_as_the_last_record(void **state)
{
	static const struct packet packets[] = {
		CASE(QUERY_READY, ASKED ONE_AND("\1") QUESTION TSIG),
		CASE(QUERY_READY, ASKED ONE_AND("\2") QUESTION OPT("\0") TSIG),
		CASE(
		    QUERY_FORMERR, ASKED ONE_AND("\2") QUESTION TSIG OPT("\0")),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\2") QUESTION TSIG TSIG),
		CASE(QUERY_FORMERR, ASKED "\0\1\0\1\0\0\0\0" QUESTION TSIG),
		/* class, TTL, lengths that do not add up, compressed names */
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION
		    "\3key\0\0\xfa\0\1\0\0\0\0\0\x1a" TSIG_DATA),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION
		    "\3key\0\0\xfa\0\xff\0\0\0\1\0\x1a" TSIG_DATA),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION
		    "\3key\0\0\xfa\0\xff\0\0\0\0\0\x1b" TSIG_DATA "!"),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION
		    "\3key\0\0\xfa\0\xff\0\0\0\0\0\4\4hma"),
		CASE(QUERY_FORMERR, ASKED ONE_AND("\1") QUESTION
		    "\xc0\x0c\0\xfa\0\xff\0\0\0\0\0\x1a" TSIG_DATA),
	};

	(void)state;
	expect(packets, COUNT(packets));
}

static void
reads_the_question_where_it_lies(void **state)
{
	struct query query;
	uint8_t *packet;
	static const char octets[] = ASKED ONE NAME "\0\x10\0\3";

	(void)state;
	assert_int_equal(
	    parse(octets, sizeof(octets) - 1, &packet, &query), QUERY_READY);
	assert_int_equal(query.id, 0x1234);
	assert_int_equal(query.opcode, 0);
	assert_true(query.recursion_desired);
	assert_ptr_equal(query.question, packet + DNS_HEADER_LEN);
	assert_int_equal(query.question_len, sizeof(NAME) - 1 + 4);
	assert_int_equal(query.name_len, sizeof(NAME) - 1);
	assert_int_equal(query.label_count, 2);
	assert_int_equal(query.labels[0], 0);
	assert_int_equal(query.labels[1], 2);
	assert_int_equal(query.type, DNS_TYPE_TXT);
	assert_int_equal(query.class, DNS_CLASS_CHAOS);
	assert_false(query.edns.present);
	assert_false(query.tsig.present);
	free(packet);
}

static void
reads_what_edns_says(void **state)
{
	static const char octets[] =
	    ASKED ONE_AND("\1") QUESTION "\0\0\x29\x04\xd0\0\0\x80\0\0\x18"
					 "\0\3\0\0"
					 "\0\x0b\0\0"
					 "\0\x63\0\0"
					 "\0\x0a\0\x08" EIGHT;
	struct query query;
	uint8_t *packet;

	(void)state;
	assert_int_equal(
	    parse(octets, sizeof(octets) - 1, &packet, &query), QUERY_READY);
	assert_true(query.edns.present);
	assert_true(query.edns.dnssec_ok);
	assert_int_equal(query.edns.version, 0);
	assert_int_equal(query.edns.udp_size, 1232);
	assert_true(query.edns.nsid);
	assert_true(query.edns.keepalive);
	assert_int_equal(query.edns.cookie_len, 8);
	assert_memory_equal(query.edns.cookie, EIGHT, 8);
	free(packet);
}

static void
reads_names_to_their_utmost(void **state)
{
	uint8_t packet[DNS_HEADER_LEN + 400] = ASKED ONE;
	struct query query;

	(void)state;
	/* 127 labels of one octet are 255 octets with the root's. */
	for (unsigned i = 0; i < 127; i++)
		memcpy(packet + DNS_HEADER_LEN + 2 * i, "\1x", 2);
	memcpy(packet + DNS_HEADER_LEN + 254, "\0\0\1\0\1", 5);
	assert_int_equal(
	    query_parse(packet, DNS_HEADER_LEN + 259, &query), QUERY_READY);
	assert_int_equal(query.name_len, 255);
	assert_int_equal(query.label_count, 127);

	memcpy(packet + DNS_HEADER_LEN + 254, "\1x\0\0\1\0\1", 7);
	assert_int_equal(
	    query_parse(packet, DNS_HEADER_LEN + 261, &query), QUERY_FORMERR);
	assert_int_equal(query.question_len, 0);
}

static void
keeps_the_question_of_what_is_malformed_behind_it(void **state)
{
	static const char octets[] = ASKED ONE_AND("\1") QUESTION "\0\0\x29";
	static const char two[] =
	    ASKED ONE_AND("\2") QUESTION OPT("\0") OPT("\0");
	struct query query;
	uint8_t *packet;

	(void)state;
	assert_int_equal(
	    parse(octets, sizeof(octets) - 1, &packet, &query), QUERY_FORMERR);
	assert_int_equal(query.question_len, sizeof(QUESTION) - 1);
	assert_false(query.edns.present);
	free(packet);

	/* RFC 6891 section 7: the OPT that was read is answered by one. */
	assert_int_equal(
	    parse(two, sizeof(two) - 1, &packet, &query), QUERY_FORMERR);
	assert_true(query.edns.present);
	free(packet);
}

static void
never_reads_past_a_packet_cut_short(void **state)
{
	static const char octets[] = ASKED ONE_AND("\2")
	    QUESTION OPT("\x10") "\0\x0a\0\x08" EIGHT "\0\3\0\0" TSIG;

	(void)state;
	for (size_t len = 0; len < sizeof(octets) - 1; len++) {
		struct query query;
		uint8_t *packet;

		assert_int_equal(parse(octets, len, &packet, &query),
		    len < DNS_HEADER_LEN ? QUERY_DROP : QUERY_FORMERR);
		free(packet);
	}
}

/* Of a datagram that was larger: only what asks something can come again. */
static void
calls_cut_what_may_come_again(void **state)
{
	static const struct packet packets[] = {
		CASE(QUERY_CUT, ASKED ONE_AND("\1") QUESTION OPT("\xff") "\0"),
		CASE(QUERY_READY, ASKED ONE QUESTION),
		CASE(QUERY_FORMERR, ASKED ONE "\77w"),
		CASE(QUERY_NOTIMP, ID "\x28\0" ONE QUESTION OPT("\xff")),
		CASE(QUERY_DROP, ID "\x80\0" ONE QUESTION OPT("\xff")),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(packets); i++) {
		struct query query;
		uint8_t *copy;
		enum query_outcome outcome =
		    parse(packets[i].octets, packets[i].len, &copy, &query);

		assert_int_equal(
		    query_was_cut(&query, outcome), packets[i].outcome);
		free(copy);
	}
}

static void
finds_the_origin_whatever_the_case(void **state)
{
	static const struct {
		const char *name;
		const char *origin;
		unsigned labels;
		int below; /* negative: not below */
	} cases[] = {
		{ "\7example", "\7example", 1, 0 },
		{ "\7ExAmPlE", "\7eXaMpLe", 1, 0 },
		{ "\1w\7EXAMPLE", "\7example", 1, 2 },
		{ "\1v\1w\7EXAMPLE", "\7example", 1, 4 },
		{ "\1v\1w\7EXAMPLE", "\1w\7example", 2, 2 },
		{ "\7exbmple", "\7example", 1, -1 },
		{ "\10xexample", "\7example", 1, -1 },
		{ "\7example", "\1w\7example", 2, -1 },
		{ "", "\7example", 1, -1 },
		{ "\7example", "", 0, 8 },
		{ "", "", 0, 0 },
		/* '@' and '`' differ in the bit that case does */
		{ "\1@", "\1`", 1, -1 },
		{ "\1[", "\1{", 1, -1 },
		/* the octets of an origin inside a label are no origin */
		{ "\11x\7example", "\7example", 1, -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t packet[64] = ASKED ONE;
		size_t len = strlen(cases[i].name) + 1, below = 99;
		struct query query;

		memcpy(packet + DNS_HEADER_LEN, cases[i].name, len);
		memcpy(packet + DNS_HEADER_LEN + len, "\0\1\0\1", 4);
		assert_int_equal(
		    query_parse(packet, DNS_HEADER_LEN + len + 4, &query),
		    QUERY_READY);
		assert_int_equal(
		    query_is_below(&query, (const uint8_t *)cases[i].origin,
			strlen(cases[i].origin) + 1, cases[i].labels, &below),
		    cases[i].below >= 0);
		if (cases[i].below >= 0)
			assert_int_equal(below, cases[i].below);
	}
}

static void
tells_who_wants_the_zone(void **state)
{
	static const struct {
		const char *packet;
		size_t len;
		bool wants;
	} cases[] = {
#define ASKS(question, wants)                                                  \
	{ ASKED ONE question, sizeof(ASKED ONE question) - 1, wants }
		ASKS(NAME "\0\xfc\0\1", true),
		ASKS(NAME "\0\xfb\0\1", true),
		ASKS(NAME "\0\1\0\1", false),
		/* In the class of those who ask for our version. */
		ASKS(NAME "\0\xfc\0\3", false),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct query query;
		uint8_t *copy;

		parse(cases[i].packet, cases[i].len, &copy, &query);
		assert_int_equal(query_is_transfer(&query), cases[i].wants);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_outcome_of_whole_packets),
		cmocka_unit_test(says_nothing_to_responses_and_scraps),
		cmocka_unit_test(calls_malformed_what_is),
		cmocka_unit_test(knows_the_lengths_of_cookies),
		cmocka_unit_test(leaves_other_versions_of_edns_unread),
		cmocka_unit_test(takes_a_signature_only_as_the_last_record),
		cmocka_unit_test(reads_the_question_where_it_lies),
		cmocka_unit_test(reads_what_edns_says),
		cmocka_unit_test(reads_names_to_their_utmost),
		cmocka_unit_test(
		    keeps_the_question_of_what_is_malformed_behind_it),
		cmocka_unit_test(never_reads_past_a_packet_cut_short),
		cmocka_unit_test(calls_cut_what_may_come_again),
		cmocka_unit_test(finds_the_origin_whatever_the_case),
		cmocka_unit_test(tells_who_wants_the_zone),
	};

	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
