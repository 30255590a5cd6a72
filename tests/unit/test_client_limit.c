#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ingest/client_limit.h"
#include "tests/support/addresses.h"

static enum client_limit_verdict
enter(struct client_limit *limit, const char *text)
{
	struct ipaddr address = address_of(text);

	return client_limit_enter(limit, &address, false);
}

static void
leave(struct client_limit *limit, const char *text)
{
	struct ipaddr address = address_of(text);

	client_limit_leave(limit, &address);
}

static void
counts_connections_of_a_network(void **state)
{
	struct client_limit limit = { 0 };

	(void)state;
	assert_int_equal(client_limit_change(&limit, 100, 2), 0);
	assert_int_equal(enter(&limit, "192.0.2.1"), CLIENT_LIMIT_OK);
	assert_int_equal(enter(&limit, "192.0.2.200"), CLIENT_LIMIT_OK);
	assert_int_equal(enter(&limit, "192.0.2.3"), CLIENT_LIMIT_CLIENT);
	assert_int_equal(enter(&limit, "192.0.3.1"), CLIENT_LIMIT_OK);
	assert_int_equal(enter(&limit, "2001:db8:0:1::1"), CLIENT_LIMIT_OK);
	assert_int_equal(enter(&limit, "2001:db8:0:ff::1"), CLIENT_LIMIT_OK);
	assert_int_equal(enter(&limit, "2001:db8::1"), CLIENT_LIMIT_CLIENT);
	assert_int_equal(enter(&limit, "2001:db8:0:100::1"), CLIENT_LIMIT_OK);
	leave(&limit, "192.0.2.200");
	assert_int_equal(enter(&limit, "192.0.2.3"), CLIENT_LIMIT_OK);
	client_limit_deinit(&limit);
}

static void
counts_connections_in_all(void **state)
{
	struct client_limit limit = { 0 };
	struct ipaddr proxy = address_of("198.51.100.1");

	(void)state;
	assert_int_equal(client_limit_change(&limit, 3, 1), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    client_limit_enter(&limit, &proxy, true), CLIENT_LIMIT_OK);
	assert_int_equal(
	    client_limit_enter(&limit, &proxy, true), CLIENT_LIMIT_ALL);
	assert_int_equal(enter(&limit, "192.0.2.1"), CLIENT_LIMIT_ALL);
	client_limit_leave(&limit, &proxy);
	assert_int_equal(enter(&limit, "192.0.2.1"), CLIENT_LIMIT_OK);
	client_limit_deinit(&limit);
}

/* Comings and goings of many clients against a plain count of each. */
static void
forgets_nobody_among_many(void **state)
{
	enum { CLIENTS = 300, STEPS = 30000, MOST = 200, EACH = 3 };
	unsigned counts[CLIENTS] = { 0 }, all = 0;
	struct client_limit limit = { 0 };

	(void)state;
	srandom(1);
	assert_int_equal(client_limit_change(&limit, MOST, EACH), 0);
	for (unsigned step = 0; step < STEPS; step++) {
		unsigned n = (unsigned)random() % CLIENTS;
		struct ipaddr client = ipaddr_from_ipv4(n << 8 | 1);

		if (random() % 2 == 0 && counts[n] > 0) {
			client_limit_leave(&limit, &client);
			counts[n]--;
			all--;
		} else {
			enum client_limit_verdict expected =
			    all == MOST		? CLIENT_LIMIT_ALL
			    : counts[n] == EACH ? CLIENT_LIMIT_CLIENT
						: CLIENT_LIMIT_OK;

			assert_int_equal(
			    client_limit_enter(&limit, &client, false),
			    expected);
			counts[n] += expected == CLIENT_LIMIT_OK;
			all += expected == CLIENT_LIMIT_OK;
		}
		/* Other limits keep who is in. */
		if (step % 1000 == 0)
			assert_int_equal(
			    client_limit_change(&limit, MOST, EACH), 0);
	}
	client_limit_deinit(&limit);
}

static void
keeps_who_is_in_when_limits_shrink(void **state)
{
	struct client_limit limit = { 0 };

	(void)state;
	assert_int_equal(client_limit_change(&limit, 100, 100), 0);
	for (int i = 0; i < 40; i++)
		assert_int_equal(enter(&limit, "192.0.2.1"), CLIENT_LIMIT_OK);
	assert_int_equal(client_limit_change(&limit, 10, 5), 0);
	assert_int_equal(enter(&limit, "198.51.100.1"), CLIENT_LIMIT_ALL);
	for (int i = 0; i < 36; i++)
		leave(&limit, "192.0.2.1");
	assert_int_equal(enter(&limit, "192.0.2.1"), CLIENT_LIMIT_OK);
	assert_int_equal(enter(&limit, "192.0.2.1"), CLIENT_LIMIT_CLIENT);
	client_limit_deinit(&limit);
}

static void
is_crowded_above_three_quarters(void **state)
{
	static const struct {
		unsigned connections, most;
	} cases[] = { { 100, 75 }, { 4, 3 }, { 3, 2 }, { 1, 0 } };
	const struct ipaddr client = address_of("192.0.2.1");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned all = cases[i].connections;
		struct client_limit limit = { 0 };

		assert_int_equal(client_limit_change(&limit, all, all), 0);
		for (unsigned n = 1; n <= all; n++) {
			client_limit_enter(&limit, &client, false);
			assert_int_equal(
			    client_limit_is_crowded(&limit), n > cases[i].most);
		}
		for (unsigned n = all; n > 0; n--)
			client_limit_leave(&limit, &client);
		assert_false(client_limit_is_crowded(&limit));
		client_limit_deinit(&limit);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_connections_of_a_network),
		cmocka_unit_test(counts_connections_in_all),
		cmocka_unit_test(forgets_nobody_among_many),
		cmocka_unit_test(keeps_who_is_in_when_limits_shrink),
		cmocka_unit_test(is_crowded_above_three_quarters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
