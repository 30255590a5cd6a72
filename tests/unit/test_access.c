#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dnsd/access.h"

static char inner[] = "192.0.2.0/25", outer[] = "192.0.2.0/24",
	    ipv6[] = "2001:db8::/32", host[] = "192.0.2.7";

static bool
allows(char *allow[], size_t allowed, char *refuse[], size_t refused,
    const char *client)
{
	struct settings settings = { 0 };
	struct access *access;
	struct ipaddr address;
	bool allowed_now;

	settings.dnsd.allow = (struct settings_list){ allow, allowed };
	settings.dnsd.refuse = (struct settings_list){ refuse, refused };
	assert_int_equal(access_new(&settings, &access), 0);
	assert_int_equal(ipaddr_parse(client, &address), 0);
	allowed_now = access_allows(access, &address);
	access_free(access);
	return allowed_now;
}

static void
allows_everybody_where_nothing_is_set(void **state)
{
	(void)state;
	assert_true(allows(NULL, 0, NULL, 0, "192.0.2.1"));
	assert_true(allows(NULL, 0, NULL, 0, "2001:db8::1"));
}

static void
allows_those_named_and_nobody_else(void **state)
{
	char *allow[] = { outer, ipv6 };

	(void)state;
	assert_true(allows(allow, 2, NULL, 0, "192.0.2.1"));
	assert_true(allows(allow, 2, NULL, 0, "2001:db8::1"));
	assert_false(allows(allow, 2, NULL, 0, "192.0.3.1"));
	assert_false(allows(allow, 1, NULL, 0, "2001:db8::1"));
}

static void
refuses_those_named_and_nobody_else(void **state)
{
	char *refuse[] = { outer };

	(void)state;
	assert_false(allows(NULL, 0, refuse, 1, "192.0.2.1"));
	assert_true(allows(NULL, 0, refuse, 1, "192.0.3.1"));
	assert_true(allows(NULL, 0, refuse, 1, "::1"));
}

static void
lets_the_longest_prefix_decide_and_doubt_refuse(void **state)
{
	char *allow[] = { outer, host };
	char *refuse[] = { inner, outer };

	(void)state;
	assert_true(allows(allow, 2, refuse, 1, "192.0.2.7"));
	assert_false(allows(allow, 2, refuse, 1, "192.0.2.8"));
	assert_true(allows(allow, 2, refuse, 1, "192.0.2.200"));
	assert_false(allows(allow, 2, refuse, 2, "192.0.2.200"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allows_everybody_where_nothing_is_set),
		cmocka_unit_test(allows_those_named_and_nobody_else),
		cmocka_unit_test(refuses_those_named_and_nobody_else),
		cmocka_unit_test(
		    lets_the_longest_prefix_decide_and_doubt_refuse),
	};

	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
