#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/import_line.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct import_line
parse(const char *text)
{
	struct import_line line;

	import_line_parse(text, strlen(text), &line);
	return line;
}

static void
reads_ipv4_addresses_prefixes_and_ranges(void **state)
{
	static const struct {
		const char *text;
		uint32_t first, last;
	} cases[] = {
		{ "192.0.2.99", 0xc0000263, 0xc0000263 },
		{ "  192.0.2.99\t", 0xc0000263, 0xc0000263 },
		{ "192.0.2.99\r", 0xc0000263, 0xc0000263 },
		{ "0.0.0.0", 0, 0 },
		{ "255.255.255.255", 0xffffffff, 0xffffffff },
		{ "192.0.2.0/24", 0xc0000200, 0xc00002ff },
		{ "192.0.2.4/30", 0xc0000204, 0xc0000207 },
		{ "192.0.2.4/32", 0xc0000204, 0xc0000204 },
		{ "192.0.2/24", 0xc0000200, 0xc00002ff },
		{ "192.0.2/25", 0xc0000200, 0xc000027f },
		{ "192.0.2", 0xc0000200, 0xc00002ff },
		{ "192.0.2.1-192.0.2.9", 0xc0000201, 0xc0000209 },
		{ "192.0.2.1-9", 0xc0000201, 0xc0000209 },
		{ "192.0.2.1-1", 0xc0000201, 0xc0000201 },
		{ "192.0.2-192.0.2", 0xc0000200, 0xc00002ff },
		{ "192.0.2-2", 0xc0000200, 0xc00002ff },
		{ "192.0.2.128-192.0.3.127", 0xc0000280, 0xc000037f },
		{ "192.0.2.99 :127.0.0.2:for $", 0xc0000263, 0xc0000263 },
		{ "192.0.2.99 some text", 0xc0000263, 0xc0000263 },
		{ "192.0.2.99 ; why", 0xc0000263, 0xc0000263 },
		{ "192.0.2.99# why", 0xc0000263, 0xc0000263 },
		{ "::ffff:192.0.2.99", 0xc0000263, 0xc0000263 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct import_line line = parse(cases[i].text);

		assert_int_equal(line.kind, IMPORT_ENTRY);
		assert_false(line.ipv6);
		assert_int_equal(line.range.first, cases[i].first);
		assert_int_equal(line.range.last, cases[i].last);
	}
}

static void
reads_ipv6_as_the_64_that_is_listed(void **state)
{
	static const struct {
		const char *text;
		uint64_t network;
	} cases[] = {
		{ "2001:db8::25", 0x20010db800000000 },
		{ "2001:DB8:1:2::", 0x20010db800010002 },
		{ "2001:db8:1:2::/64", 0x20010db800010002 },
		{ "2001:db8:1:2:3:4:5:6/128", 0x20010db800010002 },
		{ "2001:db8:1:2", 0x20010db800010002 },
		{ "2001:db8:1:2 :127.0.0.3: text", 0x20010db800010002 },
		{ "2001:db8:1:2/64", 0x20010db800010002 },
		{ "::1		# loopback", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct import_line line = parse(cases[i].text);

		assert_int_equal(line.kind, IMPORT_ENTRY);
		assert_true(line.ipv6);
		assert_true(line.range.first == cases[i].network);
		assert_true(line.range.last == cases[i].network);
	}
}

static void
an_exclusion_may_be_of_any_size(void **state)
{
	static const struct {
		const char *text;
		bool ipv6;
		uint64_t first, last;
	} cases[] = {
		{ "!192.0.2.99", false, 0xc0000263, 0xc0000263 },
		{ "! 10/8", false, 0x0a000000, 0x0affffff },
		{ "!0/0", false, 0, 0xffffffff },
		{ "!127.16-31", false, 0x7f100000, 0x7f1fffff },
		{ "!127.16-127.31", false, 0x7f100000, 0x7f1fffff },
		{ "!127-127.0.0", false, 0x7f000000, 0x7f0000ff },
		{ "!2001:db8::/32", true, 0x20010db800000000,
		    0x20010db8ffffffff },
		{ "!2001:db8:c000/36", true, 0x20010db8c0000000,
		    0x20010db8cfffffff },
		{ "!::/0", true, 0, UINT64_MAX },
		{ "!2001:db8:1:2::bead", true, 0x20010db800010002,
		    0x20010db800010002 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct import_line line = parse(cases[i].text);

		assert_int_equal(line.kind, IMPORT_EXCLUSION);
		assert_int_equal(line.ipv6, cases[i].ipv6);
		assert_true(line.range.first == cases[i].first);
		assert_true(line.range.last == cases[i].last);
	}
}

static void
passes_over_what_is_no_entry(void **state)
{
	static const struct {
		const char *text;
		enum import_line_kind kind;
	} cases[] = {
		{ "", IMPORT_BLANK },
		{ " \t\r", IMPORT_BLANK },
		{ "# comment", IMPORT_BLANK },
		{ "; comment", IMPORT_BLANK },
		{ "$SOA 3600 ns.example host.example 0 1h 1h 7d 1h",
		    IMPORT_DIRECTIVE },
		{ "$DATASET ip4set:x sub @", IMPORT_DIRECTIVE },
		{ "#$ comment for another server", IMPORT_DIRECTIVE },
		{ ";$TTL 300", IMPORT_DIRECTIVE },
		{ ":$1 text", IMPORT_DIRECTIVE },
		{ ":127.0.0.2:listed, see https://example/?$", IMPORT_DEFAULT },
		{ ":2:text", IMPORT_DEFAULT },
		{ ":", IMPORT_DEFAULT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(parse(cases[i].text).kind, cases[i].kind);
}

static void
says_what_is_wrong_with_a_line(void **state)
{
	static const struct {
		const char *text, *wrong;
	} cases[] = {
		{ "example.org", "is no address" },
		{ "192.0.2.256", "is no address" },
		{ "192.0.2.099", "is no address" },
		{ "192.0.2.1.5", "is no address" },
		{ "192..2.1", "is no address" },
		{ "192.0.2.", "is no address" },
		{ "192.0.2.1,192.0.2.2", "has something behind the address" },
		{ "192.0.2.1:text", "is no address" },
		{ "192.0.2.0/33", "is no prefix" },
		{ "192.0.2.0/", "is no prefix" },
		{ "192.0.2.1/24", "has bits set behind its prefix" },
		{ "192.0.2.9-192.0.2.1", "is a range backwards" },
		{ "192.0.2.9-x", "is no range" },
		{ "192.0.2.0/23", "is more than 256 addresses" },
		{ "192.0.2.0-192.0.3.0", "is more than 256 addresses" },
		{ "10/8", "is more than 256 addresses" },
		{ "10", "is more than 256 addresses" },
		{ "0/0", "is more than 256 addresses" },
		{ "2001:db8::/32", "is more than an IPv6 /64" },
		{ "2001:db8::/63", "is more than an IPv6 /64" },
		{ "2001:db8:c000", "is more than an IPv6 /64" },
		{ "::/0", "is more than an IPv6 /64" },
		{ "2001:db8::g", "has something behind the address" },
		{ "2001:db8:1:2:3:4:5:6:7", "is no address" },
		{ "2001:db8::1::2", "is no address" },
		{ "2001:db8::1/129", "is no prefix" },
		{ "2001:db8::1/64", "has bits set behind its prefix" },
		{ "fe80::1%eth0", "has something behind the address" },
		{ "!", "is no address" },
		{ "!192.0.2.1x", "has something behind the address" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct import_line line = parse(cases[i].text);

		assert_int_equal(line.kind, IMPORT_WRONG);
		assert_string_equal(line.wrong, cases[i].wrong);
	}
}

static void
a_line_with_a_zero_octet_is_wrong_as_a_whole(void **state)
{
	struct import_line line;

	(void)state;
	import_line_parse("192.0.2.1\0002", 11, &line);
	assert_int_equal(line.kind, IMPORT_WRONG);
	import_line_parse("#\0", 2, &line);
	assert_int_equal(line.kind, IMPORT_WRONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_ipv4_addresses_prefixes_and_ranges),
		cmocka_unit_test(reads_ipv6_as_the_64_that_is_listed),
		cmocka_unit_test(an_exclusion_may_be_of_any_size),
		cmocka_unit_test(passes_over_what_is_no_entry),
		cmocka_unit_test(says_what_is_wrong_with_a_line),
		cmocka_unit_test(a_line_with_a_zero_octet_is_wrong_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
