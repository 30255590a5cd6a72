#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/exemption.h"
#include "tests/support/addresses.h"
#include "tests/support/test_store.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
exempt(struct store_txn *txn, const char *prefix, int64_t until)
{
	struct exemption exemption = { .added_at = TEST_NOW, .until = until };

	assert_int_equal(ipprefix_parse(prefix, &exemption.prefix), 0);
	snprintf(exemption.reason, sizeof(exemption.reason), "as %s", prefix);
	assert_int_equal(exemption_put(txn, &exemption), 0);
}

/* The reason of what is found, or "". */
static const char *
found(struct store_txn *txn, const char *address)
{
	static struct exemption exemption;
	struct ipaddr wanted = address_of(address);
	int code = exemption_find(txn, &wanted, TEST_NOW, &exemption);

	if (code == ERROR_NOT_FOUND)
		return "";
	assert_int_equal(code, 0);
	return exemption.reason;
}

static void
finds_the_longest_that_covers(void **state)
{
	static const struct {
		const char *address, *reason;
	} cases[] = {
		{ "192.0.2.9", "as 192.0.2.9" },
		{ "192.0.2.10", "as 192.0.2.8/29" },
		{ "192.0.2.16", "as 192.0.2.0/24" },
		{ "192.0.2.255", "as 192.0.2.0/24" },
		{ "192.0.3.1", "" },
		{ "192.0.1.255", "" },
		{ "10.255.0.0", "as 10.0.0.0/8" },
		{ "10.1.2.3", "as 10.1.2.3" },
		{ "10.1.2.4", "as 10.0.0.0/8" },
		{ "11.0.0.0", "" },
		{ "255.255.255.255", "" },
		{ "2001:db8::1", "as 2001:db8::/32" },
		{ "2001:db8:1::1", "as 2001:db8:1::/48" },
		{ "2001:db9::", "" },
		{ "::", "" },
		{ "ffff::", "" },
	};
	struct store_txn *txn = test_store_txn(state);

	exempt(txn, "192.0.2.0/24", 0);
	exempt(txn, "192.0.2.8/29", 0);
	exempt(txn, "192.0.2.9", 0);
	exempt(txn, "10.0.0.0/8", 0);
	exempt(txn, "10.1.2.3", 0);
	exempt(txn, "10.1.2.2", 0);
	exempt(txn, "2001:db8::/32", 0);
	exempt(txn, "2001:db8:1::/48", 0);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    found(txn, cases[i].address), cases[i].reason);
}

static void
agrees_with_looking_at_every_one(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct ipprefix prefixes[60];
	uint32_t seed = 1;

	for (size_t i = 0; i < COUNT(prefixes); i++) {
		char text[IPPREFIX_TEXT_MAX];
		struct ipaddr address;

		seed = seed * 1664525 + 1013904223;
		/* Few bits differ, so that prefixes nest. */
		address = ipaddr_from_ipv4(seed & 0xe0e00000);
		prefixes[i].length = (uint8_t)(96 + (seed >> 8) % 14);
		prefixes[i].address =
		    ipaddr_masked(&address, prefixes[i].length);
		exempt(txn, ipprefix_format(&prefixes[i], text), 0);
	}
	for (size_t i = 0; i < 2000; i++) {
		struct ipaddr address;
		struct exemption exemption;
		int longest = -1, code;

		seed = seed * 1664525 + 1013904223;
		address = ipaddr_from_ipv4(seed & 0xf0f00001);
		for (size_t k = 0; k < COUNT(prefixes); k++) {
			if (ipprefix_contains(&prefixes[k], &address) &&
			    prefixes[k].length > longest)
				longest = prefixes[k].length;
		}
		code = exemption_find(txn, &address, TEST_NOW, &exemption);
		assert_int_equal(code, longest < 0 ? ERROR_NOT_FOUND : 0);
		if (code == 0)
			assert_int_equal(exemption.prefix.length, longest);
	}
}

static void
what_has_run_out_gives_way_to_what_covers_it(void **state)
{
	struct store_txn *txn = test_store_txn(state);

	exempt(txn, "192.0.2.0/24", TEST_NOW + 1);
	exempt(txn, "192.0.2.9", TEST_NOW);
	assert_string_equal(found(txn, "192.0.2.9"), "as 192.0.2.0/24");
	exempt(txn, "192.0.2.0/24", TEST_NOW);
	assert_string_equal(found(txn, "192.0.2.9"), "");
}

static void
all_of_ipv6_is_not_ipv4(void **state)
{
	struct store_txn *txn = test_store_txn(state);

	exempt(txn, "::/0", 0);
	assert_string_equal(found(txn, "192.0.2.9"), "");
	assert_string_equal(found(txn, "2001:db8::1"), "as ::/0");
	exempt(txn, "0.0.0.0/0", 0);
	assert_string_equal(found(txn, "192.0.2.9"), "as 0.0.0.0/0");
	assert_string_equal(found(txn, "2001:db8::1"), "as ::/0");
}

static void
one_ipv6_address_stands_for_its_network(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct ipprefix prefix;

	exempt(txn, "2001:db8::25", 0);
	assert_string_equal(found(txn, "2001:db8::"), "as 2001:db8::25");
	assert_string_equal(found(txn, "2001:db8::26"), "as 2001:db8::25");
	ipprefix_parse("2001:db8::27", &prefix);
	assert_int_equal(exemption_remove(txn, &prefix), 0);
	assert_string_equal(found(txn, "2001:db8::25"), "");
	assert_int_equal(exemption_remove(txn, &prefix), ERROR_NOT_FOUND);
}

static int
count(const struct exemption *exemption, void *context)
{
	assert_true(exemption->added_at == TEST_NOW);
	++*(int *)context;
	return 0;
}

static void
lists_them_all(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	int number = 0;

	assert_int_equal(exemption_list(txn, count, &number), 0);
	assert_int_equal(number, 0);
	exempt(txn, "192.0.2.0/24", 0);
	exempt(txn, "2001:db8::/32", TEST_NOW);
	exempt(txn, "192.0.2.0/24", 5);
	assert_int_equal(exemption_list(txn, count, &number), 0);
	assert_int_equal(number, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(finds_the_longest_that_covers),
		TEST_WITH_STORE(agrees_with_looking_at_every_one),
		TEST_WITH_STORE(what_has_run_out_gives_way_to_what_covers_it),
		TEST_WITH_STORE(all_of_ipv6_is_not_ipv4),
		TEST_WITH_STORE(one_ipv6_address_stands_for_its_network),
		TEST_WITH_STORE(lists_them_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
