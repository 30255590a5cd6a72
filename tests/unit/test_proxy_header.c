#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/proxy_header.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define START "\r\n\r\n\0\r\nQUIT\n"
#define V4 "\xc6\x33\x64\x07\xc0\x00\x02\x01\x30\x39\x00\x19"
#define V6                                                                     \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"                           \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"                           \
	"\x30\x39\x00\x19"
#define OCTETS(text) text, sizeof(text) - 1

struct header {
	const char *octets;
	size_t len;
	const char *client; /* NULL: it is not told */
};

static const struct header headers[] = {
	{ OCTETS("PROXY TCP4 198.51.100.7 192.0.2.1 12345 25\r\n"),
	    "198.51.100.7" },
	{ OCTETS("PROXY TCP6 2001:db8::7 2001:db8::1 0 65535\r\n"),
	    "2001:db8::7" },
	{ OCTETS("PROXY UNKNOWN\r\n"), NULL },
	{ OCTETS("PROXY UNKNOWN whatever 1 2 3\r\n"), NULL },
	{ OCTETS(START "\x21\x11\x00\x0c" V4), "198.51.100.7" },
	{ OCTETS(START "\x21\x11\x00\x10" V4 "\x04\x00\x01x"), "198.51.100.7" },
	{ OCTETS(START "\x21\x21\x00\x24" V6), "2001:db8::7" },
	/* A balancer that only looks whether we are there. */
	{ OCTETS(START "\x20\x00\x00\x00"), NULL },
	{ OCTETS(START "\x20\x11\x00\x0c" V4), NULL },
	{ OCTETS(START "\x21\x00\x00\x03xyz"), NULL },
};

static void
reads_both_versions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct proxy_header header;
		char octets[200], text[IPADDR_TEXT_MAX];

		/* What follows is the client's. */
		memcpy(octets, headers[i].octets, headers[i].len);
		memcpy(octets + headers[i].len, "EHLO\r\n", 6);
		assert_int_equal(
		    proxy_header_read(octets, headers[i].len + 6, &header),
		    PROXY_READ);
		assert_int_equal(header.len, headers[i].len);
		assert_int_equal(
		    header.client_known, headers[i].client != NULL);
		if (header.client_known)
			assert_string_equal(ipaddr_format(&header.client, text),
			    headers[i].client);
	}
}

static void
waits_for_the_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct proxy_header header;

		for (size_t len = 0; len < headers[i].len; len++)
			assert_int_equal(
			    proxy_header_read(headers[i].octets, len, &header),
			    PROXY_MORE);
	}
}

static void
refuses_what_is_no_header(void **state)
{
	static const struct {
		const char *octets;
		size_t len;
	} cases[] = {
		{ OCTETS("EHLO mail.example.net\r\n") },
		{ OCTETS("E") },
		{ OCTETS("\n") },
		{ OCTETS("proxy TCP4 198.51.100.7 192.0.2.1 1 25\r\n") },
		{ OCTETS("PROXY\r\n") },
		{ OCTETS("PROXY \r\n") },
		{ OCTETS("PROXY TCP4\r\n") },
		{ OCTETS("PROXY TCP4 198.51.100.7\r\n") },
		{ OCTETS("PROXY TCP4 198.51.100.7 192.0.2.1 1\r\n") },
		{ OCTETS("PROXY TCP4 198.51.100.7 192.0.2.1 1 25\n") },
		{ OCTETS("PROXY TCP4 198.51.100.7 192.0.2.1 1 25 \r\n") },
		{ OCTETS("PROXY TCP4 198.51.100.7 192.0.2.1 1 65536\r\n") },
		{ OCTETS("PROXY TCP4 198.51.100.7 192.0.2.1 1 x\r\n") },
		{ OCTETS("PROXY TCP4 198.51.100.7 192.0.2.1  25\r\n") },
		{ OCTETS("PROXY TCP4 198.51.100.256 192.0.2.1 1 25\r\n") },
		{ OCTETS("PROXY TCP4 2001:db8::7 2001:db8::1 1 25\r\n") },
		{ OCTETS("PROXY TCP6 198.51.100.7 192.0.2.1 1 25\r\n") },
		{ OCTETS("PROXY TCP5 198.51.100.7 192.0.2.1 1 25\r\n") },
		/* Another version, command, family; too short, too long. */
		{ OCTETS(START "\x11\x11\x00\x0c" V4) },
		{ OCTETS(START "\x22\x11\x00\x0c" V4) },
		{ OCTETS(START "\x21\x12\x00\x0c" V4) },
		{ OCTETS(START "\x21\x41\x00\x0c" V4) },
		{ OCTETS(START "\x21\x11\x00\x0b" V4) },
		{ OCTETS(START "\x21\x21\x00\x0c" V4) },
		{ OCTETS(START "\x21\x11\xff\xff") },
	};
	char line[200];
	struct proxy_header header;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (proxy_header_read(cases[i].octets, cases[i].len, &header) !=
		    PROXY_BAD)
			fail_msg("case %zu", i);
	}
	memset(line, ' ', sizeof(line));
	memcpy(line, "PROXY UNKNOWN", 13);
	assert_int_equal(proxy_header_read(line, 106, &header), PROXY_MORE);
	assert_int_equal(proxy_header_read(line, 107, &header), PROXY_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_both_versions),
		cmocka_unit_test(waits_for_the_rest),
		cmocka_unit_test(refuses_what_is_no_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
