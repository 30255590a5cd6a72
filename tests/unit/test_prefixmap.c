#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/prefixmap.h"
#include "tests/support/addresses.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MOST 64

static struct prefixmap_entry
entry_of(const char *text, uint8_t value)
{
	struct prefixmap_entry entry = { .value = value };

	assert_int_equal(ipprefix_parse(text, &entry.prefix), 0);
	return entry;
}

static void
the_longest_prefix_decides(void **state)
{
	const struct prefixmap_entry entries[] = {
		entry_of("10.0.0.0/8", 1), entry_of("10.1.0.0/16", 2),
		entry_of("10.1.1.0/24", 3), entry_of("10.1.1.1", 4),
		entry_of("0.0.0.0/8", 5), entry_of("255.255.255.255", 6),
		entry_of("2001:db8::/32", 7), entry_of("2001:db8::/64", 8),
		entry_of("ffff::/16", 9),
		entry_of("10.1.1.1", 10), /* again: the last counts */
	};
	static const struct {
		const char *address;
		uint8_t value;
	} cases[] = {
		{ "10.0.0.0", 1 },
		{ "10.255.255.255", 1 },
		{ "10.1.0.1", 2 },
		{ "10.1.1.0", 3 },
		{ "10.1.1.1", 10 },
		{ "10.1.1.2", 3 },
		{ "10.1.2.0", 2 },
		{ "10.2.0.0", 1 },
		{ "11.0.0.0", 0 },
		{ "9.255.255.255", 0 },
		{ "0.0.0.0", 5 },
		{ "255.255.255.254", 0 },
		{ "255.255.255.255", 6 },
		{ "2001:db8::1", 8 },
		{ "2001:db8:0:1::", 7 },
		{ "2001:db9::", 0 },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 9 },
		{ "::", 0 },
	};
	struct prefixmap *map;

	(void)state;
	assert_int_equal(prefixmap_new(entries, COUNT(entries), &map), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ipaddr address = address_of(cases[i].address);

		assert_int_equal(prefixmap_find(map, &address), cases[i].value);
	}
	prefixmap_free(map);
}

static void
no_ipv6_prefix_holds_ipv4(void **state)
{
	const struct prefixmap_entry all = entry_of("::/0", 1);
	const struct prefixmap_entry both[] = { entry_of("0.0.0.0/0", 2), all };
	struct ipaddr ipv4 = address_of("192.0.2.1");
	struct ipaddr before = address_of("::fffe:ffff:ffff");
	struct ipaddr behind = address_of("::1:0:0:0");
	struct prefixmap *map;

	(void)state;
	assert_int_equal(prefixmap_new(&all, 1, &map), 0);
	assert_int_equal(prefixmap_find(map, &ipv4), 0);
	assert_int_equal(prefixmap_find(map, &before), 1);
	assert_int_equal(prefixmap_find(map, &behind), 1);
	prefixmap_free(map);
	assert_int_equal(prefixmap_new(both, 2, &map), 0);
	assert_int_equal(prefixmap_find(map, &ipv4), 2);
	assert_int_equal(prefixmap_find(map, &before), 1);
	prefixmap_free(map);
}

static void
an_empty_map_holds_nothing(void **state)
{
	struct ipaddr address = address_of("192.0.2.1");
	struct prefixmap *map;

	(void)state;
	assert_int_equal(prefixmap_find(NULL, &address), 0);
	assert_int_equal(prefixmap_new(NULL, 0, &map), 0);
	assert_int_equal(prefixmap_find(map, &address), 0);
	prefixmap_free(map);
	prefixmap_free(NULL);
}

/* --- against a search of all prefixes ------------------------------------- */

static uint64_t chance = 1;

static unsigned
number(unsigned n)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (unsigned)(chance >> 33) % n;
}

/* Few different octets, so that prefixes hold each other. */
static struct ipaddr
some_address(void)
{
	struct ipaddr address =
	    number(2) ? ipaddr_from_ipv4(0) : (struct ipaddr){ { 0 } };

	for (unsigned i = ipaddr_is_ipv4(&address) ? 12 : 0; i < 16; i++)
		address.octets[i] = (uint8_t)(number(2)	  ? 0
					      : number(2) ? 255
							  : number(4));
	return address;
}

static uint8_t
slow_find(const struct prefixmap_entry *entries, size_t count,
    const struct ipaddr *address)
{
	const struct prefixmap_entry *found = NULL;

	for (size_t i = 0; i < count; i++) {
		if (ipprefix_contains(&entries[i].prefix, address) &&
		    (found == NULL ||
			entries[i].prefix.length >= found->prefix.length))
			found = &entries[i];
	}
	return found != NULL ? found->value : 0;
}

static void
finds_what_a_search_of_all_prefixes_finds(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		struct prefixmap_entry entries[MOST];
		size_t count = number(MOST + 1);
		struct prefixmap *map;

		for (size_t i = 0; i < count; i++) {
			struct ipaddr address = some_address();
			unsigned length = ipaddr_is_ipv4(&address)
					      ? 96 + number(33)
					      : number(129);

			entries[i].prefix.address =
			    ipaddr_masked(&address, length);
			entries[i].prefix.length = (uint8_t)length;
			entries[i].value = (uint8_t)(1 + number(255));
		}
		assert_int_equal(prefixmap_new(entries, count, &map), 0);
		for (unsigned i = 0; i < 300; i++) {
			struct ipaddr address = some_address();

			assert_int_equal(prefixmap_find(map, &address),
			    slow_find(entries, count, &address));
		}
		prefixmap_free(map);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_prefix_decides),
		cmocka_unit_test(no_ipv6_prefix_holds_ipv4),
		cmocka_unit_test(an_empty_map_holds_nothing),
		cmocka_unit_test(finds_what_a_search_of_all_prefixes_finds),
	};

	return cmocka_run_group_tests_name("prefixmap", tests, NULL, NULL);
}
