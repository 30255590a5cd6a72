#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dnsd/transfer_limit.h"

static const struct transfer_bounds bounds = { .at_a_time = 2, .a_minute = 5 };

static struct ipaddr
client(unsigned n)
{
	return ipaddr_from_ipv4(0xc0000200 + n);
}

static bool
begin(struct transfer_limit *limit, unsigned n, int64_t now_ms)
{
	struct ipaddr network = client(n);

	if (!transfer_limit_allows(limit, &network, &bounds, now_ms))
		return false;
	transfer_limit_begin(limit, &network, now_ms);
	return true;
}

static void
end(struct transfer_limit *limit, unsigned n)
{
	struct ipaddr network = client(n);

	transfer_limit_end(limit, &network);
}

static void
a_client_has_so_many_at_a_time(void **state)
{
	struct transfer_limit limit = { .count = 0 };

	(void)state;
	assert_true(begin(&limit, 1, 0));
	assert_true(begin(&limit, 1, 0));
	assert_false(begin(&limit, 1, 120000));
	assert_true(begin(&limit, 2, 0));
	end(&limit, 1);
	assert_true(begin(&limit, 1, 1));
}

static void
and_begins_so_many_a_minute(void **state)
{
	struct transfer_limit limit = { .count = 0 };

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_true(begin(&limit, 1, 1000 * i));
		end(&limit, 1);
	}
	assert_false(begin(&limit, 1, 59999));
	assert_true(begin(&limit, 2, 59999));
	assert_true(begin(&limit, 1, 60000));
}

static void
who_has_been_quiet_for_a_minute_is_forgotten(void **state)
{
	struct transfer_limit limit = { .count = 0 };

	(void)state;
	for (unsigned i = 0; i < TRANSFER_CLIENTS_MAX; i++) {
		assert_true(begin(&limit, i, 0));
		if (i > 0)
			end(&limit, i);
	}
	assert_false(begin(&limit, 100, 59999));
	for (unsigned i = 0; i < TRANSFER_CLIENTS_MAX - 1; i++)
		assert_true(begin(&limit, 100 + i, 60000));
	assert_false(begin(&limit, 99, 60000)); /* 0 still has one */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_has_so_many_at_a_time),
		cmocka_unit_test(and_begins_so_many_a_minute),
		cmocka_unit_test(who_has_been_quiet_for_a_minute_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
