#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "httpapi/fields.h"
#include "httpapi/forwarded.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define HOST                                                                   \
	{                                                                      \
		"Host", "bl.example"                                           \
	}

static void
refuses_what_two_readers_would_read_differently(void **state)
{
	static const struct {
		struct field fields[4];
		const char *version;
		enum fields_fault fault;
	} cases[] = {
		{ { HOST }, "HTTP/1.1", FIELDS_SOUND },
		{ { { "host", "" } }, "HTTP/1.1", FIELDS_SOUND },
		{ { { NULL, NULL } }, "HTTP/1.0", FIELDS_SOUND },
		{ { { NULL, NULL } }, "HTTP/1.1", FIELDS_HOST_MISSING },
		{ { HOST, HOST }, "HTTP/1.1", FIELDS_HOST_TWICE },
		{ { HOST, { "HOST", "b" } }, "HTTP/1.0", FIELDS_HOST_TWICE },
		{ { { "Host", "bl.example:8080" } }, "HTTP/1.1", FIELDS_SOUND },
		{ { { "Host", "[2001:db8::1]:80" } }, "HTTP/1.1",
		    FIELDS_SOUND },
		{ { { "Host", "192.0.2.1:" } }, "HTTP/1.1", FIELDS_SOUND },
		{ { { "Host", "a_b.example" } }, "HTTP/1.0", FIELDS_SOUND },
		{ { { "Host", "a b" } }, "HTTP/1.1", FIELDS_BAD_HOST },
		{ { { "Host", "a/b" } }, "HTTP/1.1", FIELDS_BAD_HOST },
		{ { { "Host", "user@a" } }, "HTTP/1.1", FIELDS_BAD_HOST },
		{ { { "Host", "a:80:90" } }, "HTTP/1.1", FIELDS_BAD_HOST },
		{ { { "Host", "a:http" } }, "HTTP/1.1", FIELDS_BAD_HOST },
		{ { { "Host", "[::1" } }, "HTTP/1.1", FIELDS_BAD_HOST },
		{ { { "Host", "[::1]x" } }, "HTTP/1.1", FIELDS_BAD_HOST },
		{ { { "Host", "http://a" } }, "HTTP/1.0", FIELDS_BAD_HOST },
		{ { { "Host", "\xc3\xa4.example" } }, "HTTP/1.1",
		    FIELDS_BAD_HOST },
		{ { HOST, { "Accept ", "*/*" } }, "HTTP/1.1", FIELDS_BAD_NAME },
		{ { HOST, { "", "x" } }, "HTTP/1.1", FIELDS_BAD_NAME },
		{ { HOST, { "A\xc3", "x" } }, "HTTP/1.1", FIELDS_BAD_NAME },
		{ { HOST, { "A", "x\ry" } }, "HTTP/1.1", FIELDS_BAD_VALUE },
		{ { HOST, { "A", "x\x7f" } }, "HTTP/1.1", FIELDS_BAD_VALUE },
		{ { HOST, { "A", "x\ty\xc3\xa4" } }, "HTTP/1.1", FIELDS_SOUND },
		{ { HOST, { "Content-Length", "0" } }, "HTTP/1.1",
		    FIELDS_SOUND },
		{ { HOST, { "Content-Length", "5" },
		      { "content-length", "5" } },
		    "HTTP/1.1", FIELDS_BAD_LENGTH },
		{ { HOST, { "Content-Length", "5, 5" } }, "HTTP/1.1",
		    FIELDS_BAD_LENGTH },
		{ { HOST, { "Content-Length", "+5" } }, "HTTP/1.1",
		    FIELDS_BAD_LENGTH },
		{ { HOST, { "Content-Length", "-1" } }, "HTTP/1.1",
		    FIELDS_BAD_LENGTH },
		{ { HOST, { "Content-Length", "" } }, "HTTP/1.1",
		    FIELDS_BAD_LENGTH },
		{ { HOST, { "Content-Length", "9999999999999999999" } },
		    "HTTP/1.1", FIELDS_BAD_LENGTH },
		{ { HOST, { "Transfer-Encoding", "Chunked" } }, "HTTP/1.1",
		    FIELDS_SOUND },
		{ { HOST, { "Transfer-Encoding", "gzip, chunked" } },
		    "HTTP/1.1", FIELDS_UNKNOWN_CODING },
		{ { HOST, { "Transfer-Encoding", "chunked" },
		      { "Transfer-Encoding", "chunked" } },
		    "HTTP/1.1", FIELDS_UNKNOWN_CODING },
		{ { HOST, { "Transfer-Encoding", "chunked" },
		      { "Content-Length", "3" } },
		    "HTTP/1.1", FIELDS_LENGTH_AND_CODING },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t count = 0;

		while (count < 4 && cases[i].fields[count].name != NULL)
			count++;
		assert_int_equal(
		    fields_check(cases[i].fields, count, cases[i].version),
		    cases[i].fault);
	}
}

static void
says_what_is_wrong_with_each_fault(void **state)
{
	(void)state;
	for (int i = 0; i < FIELDS_FAULT_COUNT; i++)
		assert_non_null(fields_fault_text((enum fields_fault)i));
}

static void
finds_fields_whatever_their_case(void **state)
{
	static const struct field fields[] = { HOST, { "Accept", "a" },
		{ "ACCEPT", "b" } };

	(void)state;
	assert_string_equal(fields_find(fields, 3, "accept"), "a");
	assert_null(fields_find(fields, 3, "Accept-"));
	assert_null(fields_find(fields, 0, "Host"));
}

static void
believes_trusted_proxies_and_nobody_else(void **state)
{
	static const struct {
		const char *peer;
		const char *first, *second; /* X-Forwarded-For */
		const char *client;
	} cases[] = {
		{ "198.51.100.1", "192.0.2.1", NULL, "198.51.100.1" },
		{ "127.0.0.1", NULL, NULL, "127.0.0.1" },
		{ "127.0.0.1", "192.0.2.1", NULL, "192.0.2.1" },
		{ "127.0.0.1", "10.0.0.1, 192.0.2.1", NULL, "192.0.2.1" },
		{ "127.0.0.1", "203.0.113.9, 192.0.2.1, 127.0.0.2", NULL,
		    "192.0.2.1" },
		{ "127.0.0.1", "203.0.113.9", "192.0.2.1", "192.0.2.1" },
		{ "127.0.0.1", "203.0.113.9", "127.0.0.3", "203.0.113.9" },
		{ "127.0.0.1", " \t2001:db8::1 ", NULL, "2001:db8::1" },
		{ "127.0.0.1", "192.0.2.1, unknown", NULL, "127.0.0.1" },
		{ "127.0.0.1", "192.0.2.1, 127.0.0.9,", NULL, "127.0.0.1" },
		{ "127.0.0.1", "unknown, 127.0.0.9", NULL, "127.0.0.9" },
		{ "127.0.0.1", "192.0.2.1:4711", NULL, "127.0.0.1" },
		{ "127.0.0.1", "", NULL, "127.0.0.1" },
		{ "127.0.0.1", ",", NULL, "127.0.0.1" },
		{ "127.0.0.1", "127.0.0.5", NULL, "127.0.0.5" },
	};
	struct ipprefix trusted;

	(void)state;
	assert_int_equal(ipprefix_parse("127.0.0.0/8", &trusted), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct field fields[] = { HOST,
			{ "X-Forwarded-For", cases[i].first },
			{ "x-forwarded-for", cases[i].second } };
		size_t count = cases[i].first == NULL	 ? 1
			       : cases[i].second == NULL ? 2
							 : 3;
		struct ipaddr peer, client;
		char text[IPADDR_TEXT_MAX];

		assert_int_equal(ipaddr_parse(cases[i].peer, &peer), 0);
		client = forwarded_client(&peer, fields, count, &trusted, 1);
		assert_string_equal(
		    ipaddr_format(&client, text), cases[i].client);
	}
}

static void
knows_what_others_could_have_read(void **state)
{
	static const struct {
		const char *peer;
		const char *first, *second; /* X-Forwarded-Proto */
		bool in_clear;
	} cases[] = {
		{ "127.0.0.1", NULL, NULL, false },
		{ "::1", NULL, NULL, false },
		{ "::2", NULL, NULL, true },
		{ "192.0.2.1", NULL, NULL, true },
		{ "192.0.2.1", "https", NULL, true }, /* anybody can say so */
		{ "127.0.0.1", "http", NULL, false },
		{ "198.51.100.1", NULL, NULL, true },
		{ "198.51.100.1", "https", NULL, false },
		{ "198.51.100.1", "HTTPS", NULL, false },
		{ "198.51.100.1", "http", NULL, true },
		{ "198.51.100.1", "https", "http", true },
		{ "198.51.100.1", "http", "https", true },
		{ "198.51.100.1", "https, http", NULL, true },
		{ "198.51.100.1", "", NULL, true },
		{ "127.0.0.2", NULL, NULL, false },
		{ "127.0.0.2", "https", NULL, false },
		{ "127.0.0.2", "http", NULL, true },
	};
	struct ipprefix trusted[2];

	(void)state;
	assert_int_equal(ipprefix_parse("198.51.100.0/24", &trusted[0]), 0);
	assert_int_equal(ipprefix_parse("127.0.0.2", &trusted[1]), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct field fields[] = { HOST,
			{ "X-Forwarded-Proto", cases[i].first },
			{ "x-forwarded-proto", cases[i].second } };
		size_t count = cases[i].first == NULL	 ? 1
			       : cases[i].second == NULL ? 2
							 : 3;
		struct ipaddr peer;

		assert_int_equal(ipaddr_parse(cases[i].peer, &peer), 0);
		assert_int_equal(
		    forwarded_in_clear(&peer, fields, count, trusted, 2),
		    cases[i].in_clear);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    refuses_what_two_readers_would_read_differently),
		cmocka_unit_test(says_what_is_wrong_with_each_fault),
		cmocka_unit_test(finds_fields_whatever_their_case),
		cmocka_unit_test(believes_trusted_proxies_and_nobody_else),
		cmocka_unit_test(knows_what_others_could_have_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
