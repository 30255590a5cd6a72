#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "httpapi/limit.h"
#include "tests/support/addresses.h"

static void
counts_each_client_for_itself(void **state)
{
	struct ipaddr one = address_of("192.0.2.1");
	struct ipaddr other = address_of("192.0.2.2");
	struct limit *limit;

	(void)state;
	assert_int_equal(limit_new(10, &limit), 0);
	assert_true(limit_allows(limit, &one, 2));
	assert_true(limit_take(limit, &one, 2));
	assert_true(limit_take(limit, &one, 2));
	assert_false(limit_allows(limit, &one, 2));
	assert_false(limit_take(limit, &one, 2));
	limit_give(limit, &one);
	assert_true(limit_allows(limit, &one, 3));
	assert_true(limit_allows(limit, &other, 2));
	limit_give(limit, &one);
	assert_true(limit_allows(limit, &one, 2));
	limit_give(limit, &one);
	assert_false(limit_allows(limit, &one, 0));
	limit_free(limit);
}

static void
an_ipv6_network_is_one_client(void **state)
{
	struct ipaddr one = address_of("2001:db8::1");
	struct ipaddr neighbour = address_of("2001:db8::ffff:1:2:3");
	struct ipaddr other = address_of("2001:db8:0:1::1");
	struct limit *limit;

	(void)state;
	assert_int_equal(limit_new(10, &limit), 0);
	limit_take(limit, &one, 10);
	assert_false(limit_allows(limit, &neighbour, 1));
	assert_true(limit_allows(limit, &other, 1));
	limit_free(limit);
}

static void
forgets_nobody_and_leaks_nothing_in_a_crowd(void **state)
{
	enum { CLIENTS = 1000 };
	struct limit *limit;

	(void)state;
	assert_int_equal(limit_new(CLIENTS, &limit), 0);
	for (int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < CLIENTS; i++) {
			struct ipaddr client = ipaddr_from_ipv4(i);

			assert_true(limit_allows(limit, &client, 1));
			limit_take(limit, &client, UINT32_MAX);
			assert_false(limit_allows(limit, &client, 1));
		}
		for (uint32_t i = CLIENTS; i > 0; i--) {
			struct ipaddr client = ipaddr_from_ipv4(i - 1);

			limit_give(limit, &client);
			assert_true(limit_allows(limit, &client, 1));
		}
	}
	limit_free(limit);
}

static void
freeing_nothing_is_nothing(void **state)
{
	(void)state;
	limit_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_each_client_for_itself),
		cmocka_unit_test(an_ipv6_network_is_one_client),
		cmocka_unit_test(forgets_nobody_and_leaks_nothing_in_a_crowd),
		cmocka_unit_test(freeing_nothing_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
