#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/un.h>

#include <cmocka.h>

#include "common/error.h"
#include "common/ipaddr.h"
#include "tests/support/addresses.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *text, *canonical;
} spellings[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "0.0.0.0", "0.0.0.0" },
	{ "255.255.255.255", "255.255.255.255" },
	{ "::ffff:192.0.2.1", "192.0.2.1" },
	{ "::FFFF:c000:201", "192.0.2.1" },
	{ "::", "::" },
	{ "::1", "::1" },
	{ "::1:2", "::1:2" },
	{ "::192.0.2.1", "::c000:201" },
	{ "2001:DB8::1", "2001:db8::1" },
	{ "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1" },
	{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
	{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
	{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
	{ "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::" },
	{ "0:0:3:4:5:6:7:8", "::3:4:5:6:7:8" },
	{ "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
	{ "fedc:ba98:7654:3210:fedc:ba98:7654:3210",
	    "fedc:ba98:7654:3210:fedc:ba98:7654:3210" },
};

static const char *const no_addresses[] = { "", " ", "192.0.2", "192.0.2.1.",
	"192.0.2.256", "192.0.2.01", "0300.0.2.1", "0xc0.0.2.1", "3221225985",
	"192.0.2.1 ", " 192.0.2.1", "192.0.2.-1", "192.0.2.1/32", "[::1]",
	"fe80::1%eth0", "fe80::1%1", ":", ":::", "1::2::3",
	"12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::g", "::192.0.2.01",
	"192.0.2.1::", "localhost", "::ffff:192.0.2.1.1",
	"0000000000000000000000000000000000000000000000000001::" };

static void
writes_every_spelling_in_the_canonical_one(void **state)
{
	char text[IPADDR_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(spellings); i++) {
		struct ipaddr address = address_of(spellings[i].text);

		assert_string_equal(
		    ipaddr_format(&address, text), spellings[i].canonical);
	}
}

static void
refuses_what_is_no_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(no_addresses); i++) {
		struct ipaddr address = { { 42 } };

		assert_int_equal(
		    ipaddr_parse(no_addresses[i], &address), ERROR_FORMAT);
		assert_int_equal(address.octets[0], 42);
	}
}

static void
reads_text_that_has_no_end_mark(void **state)
{
	struct ipaddr expected = address_of("192.0.2.1"), address;

	(void)state;
	assert_int_equal(ipaddr_parse_n("192.0.2.123", 9, &address), 0);
	assert_true(ipaddr_equal(&address, &expected));
	assert_int_equal(
	    ipaddr_parse_n("192.0.2.1\0x", 11, &address), ERROR_FORMAT);
	assert_int_equal(
	    ipaddr_parse_n("192.0.2.1\0", 10, &address), ERROR_FORMAT);
	assert_int_equal(ipaddr_parse_n("", 0, &address), ERROR_FORMAT);
}

static void
a_mapped_address_is_the_ipv4_address(void **state)
{
	struct ipaddr a = address_of("::ffff:192.0.2.1");
	struct ipaddr b = ipaddr_from_ipv4(0xc0000201);

	(void)state;
	assert_true(ipaddr_equal(&a, &b));
	assert_true(ipaddr_is_ipv4(&a));
	assert_true(ipaddr_to_ipv4(&a) == 0xc0000201);
	a = address_of("::192.0.2.1");
	assert_false(ipaddr_is_ipv4(&a));
	assert_false(ipaddr_equal(&a, &b));
}

static void
orders_addresses_by_number(void **state)
{
	static const char *const rising[] = { "::", "::1", "9.255.255.255",
		"10.0.0.0", "10.0.0.1", "192.0.2.1",
		"64:ff9b::", "2001:db8::", "2001:db8::1", "ffff::" };

	(void)state;
	for (size_t i = 1; i < COUNT(rising); i++) {
		struct ipaddr a = address_of(rising[i - 1]);
		struct ipaddr b = address_of(rising[i]);

		assert_true(ipaddr_compare(&a, &b) < 0);
		assert_true(ipaddr_compare(&b, &a) > 0);
		assert_true(ipaddr_compare(&a, &a) == 0);
	}
}

static void
takes_addresses_from_sockets(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(0xc0000201) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct ipaddr address, expected = address_of("192.0.2.1");

	(void)state;
	assert_int_equal(
	    ipaddr_from_sockaddr((struct sockaddr *)&in, &address), 0);
	assert_true(ipaddr_equal(&address, &expected));
	expected = address_of("::1");
	assert_int_equal(
	    ipaddr_from_sockaddr((struct sockaddr *)&in6, &address), 0);
	assert_true(ipaddr_equal(&address, &expected));
	assert_int_equal(ipaddr_from_sockaddr((struct sockaddr *)&un, &address),
	    -EAFNOSUPPORT);
}

static void
masks_at_any_bit(void **state)
{
	static const struct {
		unsigned length;
		const char *masked;
	} cases[] = {
		{ 0, "::" },
		{ 1, "8000::" },
		{ 12, "fff0::" },
		{ 63, "ffff:ffff:ffff:fffe::" },
		{ 64, "ffff:ffff:ffff:ffff::" },
		{ 127, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe" },
		{ 128, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ 200, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};
	struct ipaddr ones =
	    address_of("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ipaddr masked = ipaddr_masked(&ones, cases[i].length);
		struct ipaddr expected = address_of(cases[i].masked);

		assert_true(ipaddr_equal(&masked, &expected));
	}
}

static void
writes_prefixes_in_the_canonical_form(void **state)
{
	static const struct {
		const char *text, *canonical;
	} cases[] = {
		{ "192.0.2.0/24", "192.0.2.0/24" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "192.0.2.1", "192.0.2.1/32" },
		{ "::ffff:192.0.2.0/120", "192.0.2.0/24" },
		{ "2001:DB8::/32", "2001:db8::/32" },
		{ "2001:db8::1", "2001:db8::1/128" },
		{ "::/0", "::/0" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
		    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128" },
	};
	char text[IPPREFIX_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ipprefix prefix;

		assert_int_equal(ipprefix_parse(cases[i].text, &prefix), 0);
		assert_string_equal(
		    ipprefix_format(&prefix, text), cases[i].canonical);
	}
}

static void
refuses_what_is_no_prefix(void **state)
{
	static const char *const bad[] = { "", "/", "/24", "192.0.2.0/",
		"192.0.2.0/33", "192.0.2.1/24", "192.0.2.0/024",
		"192.0.2.0/ 24", "192.0.2.0/-1", "192.0.2.0/24/24",
		"192.0.2.0/24x", "192.0.2.0/255.255.255.0", "192.0.2/24",
		"2001:db8::/129", "2001:db8::1/64", "::/4294967296",
		"::ffff:192.0.2.0/24" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct ipprefix prefix = { .length = 7 };

		assert_int_equal(ipprefix_parse(bad[i], &prefix), ERROR_FORMAT);
		assert_int_equal(prefix.length, 7);
	}
}

static void
knows_what_lies_in_a_prefix(void **state)
{
	static const struct {
		const char *prefix, *address;
		bool inside;
	} cases[] = {
		{ "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "192.0.3.0", false },
		{ "192.0.2.0/24", "::192.0.2.1", false },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "2001:db8::/32", "2001:db8:ffff::1", true },
		{ "2001:db8::/32", "2001:db9::", false },
		{ "::/0", "2001:db8::1", true },
		{ "::/0", "192.0.2.1", false },
		{ "::/8", "192.0.2.1", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ipaddr address = address_of(cases[i].address);
		struct ipprefix prefix;

		assert_int_equal(ipprefix_parse(cases[i].prefix, &prefix), 0);
		assert_int_equal(
		    ipprefix_contains(&prefix, &address), cases[i].inside);
	}
}

static void
finds_the_network_of_an_address(void **state)
{
	static const struct {
		const char *address, *network;
		bool ipv4;
	} cases[] = {
		{ "192.0.2.129", "192.0.2.128/25", true },
		{ "::ffff:192.0.2.1", "192.0.2.0/25", true },
		{ "2001:db8:1:2::1", "2001:db8:1::/48", false },
		{ "::192.0.2.1", "::/48", false },
	};
	char text[IPPREFIX_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ipaddr address = address_of(cases[i].address);
		struct ipprefix network = ipaddr_network(&address, 25, 48);

		assert_string_equal(
		    ipprefix_format(&network, text), cases[i].network);
		assert_int_equal(ipprefix_is_ipv4(&network), cases[i].ipv4);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_every_spelling_in_the_canonical_one),
		cmocka_unit_test(refuses_what_is_no_address),
		cmocka_unit_test(reads_text_that_has_no_end_mark),
		cmocka_unit_test(a_mapped_address_is_the_ipv4_address),
		cmocka_unit_test(orders_addresses_by_number),
		cmocka_unit_test(takes_addresses_from_sockets),
		cmocka_unit_test(masks_at_any_bit),
		cmocka_unit_test(writes_prefixes_in_the_canonical_form),
		cmocka_unit_test(refuses_what_is_no_prefix),
		cmocka_unit_test(knows_what_lies_in_a_prefix),
		cmocka_unit_test(finds_the_network_of_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
