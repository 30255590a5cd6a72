#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "httpapi/quota.h"
#include "tests/support/addresses.h"

/* The first second of a minute. */
#define MINUTE 1699999980

static void
gives_each_client_its_units_a_minute(void **state)
{
	struct ipprefix one = prefix_of("192.0.2.1");
	struct ipprefix other = prefix_of("192.0.2.2");
	struct quota_state left;
	struct quota *quota;

	(void)state;
	assert_int_equal(quota_new(&quota), 0);
	assert_true(quota_spend(quota, &one, 1, 3, MINUTE, &left));
	assert_int_equal(left.most, 3);
	assert_int_equal(left.left, 2);
	assert_int_equal(left.reset_seconds, 60);
	assert_true(quota_spend(quota, &one, 2, 3, MINUTE + 59, &left));
	assert_int_equal(left.left, 0);
	assert_int_equal(left.reset_seconds, 1);
	assert_false(quota_spend(quota, &one, 1, 3, MINUTE + 59, &left));
	assert_int_equal(left.left, 0);
	assert_true(quota_spend(quota, &other, 1, 3, MINUTE + 59, &left));
	assert_true(quota_spend(quota, &one, 3, 3, MINUTE + 60, &left));
	quota_free(quota);
}

static void
takes_nothing_for_what_is_refused(void **state)
{
	struct ipprefix one = prefix_of("192.0.2.1");
	struct quota_state left;
	struct quota *quota;

	(void)state;
	assert_int_equal(quota_new(&quota), 0);
	assert_true(quota_spend(quota, &one, 2, 10, MINUTE, &left));
	assert_false(quota_spend(quota, &one, 9, 10, MINUTE, &left));
	assert_int_equal(left.left, 8);
	assert_true(quota_spend(quota, &one, 8, 10, MINUTE, &left));
	/* A smaller number put in force meanwhile. */
	assert_false(quota_spend(quota, &one, 1, 5, MINUTE, &left));
	assert_int_equal(left.left, 0);
	quota_free(quota);
}

static void
counts_a_prefix_apart_from_those_within(void **state)
{
	struct ipprefix narrow = prefix_of("2001:db8::/64");
	struct ipprefix wide = prefix_of("2001:db8::/48");
	struct quota_state left;
	struct quota *quota;

	(void)state;
	assert_int_equal(quota_new(&quota), 0);
	assert_true(quota_spend(quota, &narrow, 1, 1, MINUTE, &left));
	assert_false(quota_spend(quota, &narrow, 1, 1, MINUTE, &left));
	assert_true(quota_spend(quota, &wide, 1, 1, MINUTE, &left));
	quota_free(quota);
}

static void
never_counts_over_its_end(void **state)
{
	struct ipprefix one = prefix_of("192.0.2.1");
	struct quota_state left;
	struct quota *quota;

	(void)state;
	assert_int_equal(quota_new(&quota), 0);
	assert_true(quota_spend(quota, &one, 1000000, 2000000, MINUTE, &left));
	assert_int_equal(left.most, (1 << 20) - 1);
	assert_false(quota_spend(quota, &one, 1000000, 2000000, MINUTE, &left));
	assert_false(quota_spend(quota, &one, UINT32_MAX, 10, MINUTE, &left));
	quota_free(quota);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_each_client_its_units_a_minute),
		cmocka_unit_test(takes_nothing_for_what_is_refused),
		cmocka_unit_test(counts_a_prefix_apart_from_those_within),
		cmocka_unit_test(never_counts_over_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
