#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/exemption.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct listable *
listable_of(char *opened[], size_t opened_count, char *own[], size_t own_count)
{
	struct settings settings = { 0 };
	struct listable *listable;

	settings.policy.listable_reserved.items = opened;
	settings.policy.listable_reserved.count = opened_count;
	settings.policy.own_networks.items = own;
	settings.policy.own_networks.count = own_count;
	assert_int_equal(listable_new(&settings, &listable), 0);
	return listable;
}

static bool
refused(const struct listable *listable, const char *text)
{
	struct ipaddr address;

	assert_int_equal(ipaddr_parse(text, &address), 0);
	return listable_refusal(listable, &address) != NULL;
}

static void
refuses_what_nobody_has_on_the_public_network(void **state)
{
	static const char *const texts[] = { "0.0.0.0", "0.1.2.3", "10.0.0.1",
		"100.64.0.1", "127.0.0.1", "127.0.0.2", "127.255.255.255",
		"169.254.1.1", "172.16.0.0", "172.31.255.255", "192.0.0.8",
		"192.0.2.1", "192.88.99.1", "192.168.255.255", "198.18.0.0",
		"198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1",
		"239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1",
		"::2", "64:ff9b::c000:201", "100::1", "2001::1",
		"2001:1ff::", "2001:db8::1", "2002:c000:201::1", "3fff::1",
		"3fff:fff::1", "4000::1", "5f00::1", "fc00::1", "fdff::1",
		"fe80::1", "ff02::1" };
	struct listable *listable = listable_of(NULL, 0, NULL, 0);

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_true(refused(listable, texts[i]));
	listable_free(listable);
}

static void
takes_what_lies_beside_it(void **state)
{
	static const char *const texts[] = { "1.0.0.0", "9.255.255.255",
		"11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
		"128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0",
		"191.255.255.255", "192.0.1.0", "192.0.3.0", "192.167.0.1",
		"192.169.0.1", "198.17.255.255", "198.20.0.0", "198.51.101.0",
		"203.0.114.0", "223.255.255.255", "2000::1", "2001:200::1",
		"2001:db7::1", "2001:db9::1", "2003::1", "2a00::1",
		"3fff:1000::1" };
	struct listable *listable = listable_of(NULL, 0, NULL, 0);

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_false(refused(listable, texts[i]));
	listable_free(listable);
}

static void
a_laboratory_opens_what_it_names_and_nothing_else(void **state)
{
	char first[] = "192.0.2.0/25", second[] = "2001:db8:1::/48";
	char third[] = "fd00::/8", fourth[] = "2001:db8:2::1/128";
	char *opened[] = { first, second, third, fourth };
	struct listable *listable = listable_of(opened, 4, NULL, 0);

	(void)state;
	assert_false(refused(listable, "192.0.2.1"));
	assert_false(refused(listable, "192.0.2.127"));
	assert_true(refused(listable, "192.0.2.128"));
	assert_true(refused(listable, "198.51.100.1"));
	assert_false(refused(listable, "2001:db8:1:ffff::1"));
	assert_true(refused(listable, "2001:db8::1"));
	assert_false(refused(listable, "fd00::1"));
	assert_true(refused(listable, "fc00::1"));
	/* Listed would be all of its /64. */
	assert_true(refused(listable, "2001:db8:2::1"));
	listable_free(listable);
}

static void
loopback_is_refused_whatever_a_setting_says(void **state)
{
	char all[] = "0.0.0.0/0", all6[] = "::/0", exact[] = "127.0.0.0/8";
	char *opened[] = { all, all6, exact };
	struct listable *listable = listable_of(opened, 3, NULL, 0);

	(void)state;
	assert_true(refused(listable, "127.0.0.1"));
	assert_true(refused(listable, "127.1.2.3"));
	assert_true(refused(listable, "::ffff:127.0.0.2"));
	assert_true(refused(listable, "::1"));
	assert_false(refused(listable, "10.0.0.1"));
	listable_free(listable);
}

static void
never_lists_the_operators_own(void **state)
{
	char first[] = "1.2.3.0/24", second[] = "2a00:1::25/128";
	char third[] = "10.0.0.0/8";
	char *own[] = { first, second, third };
	char *opened[] = { third };
	struct listable *listable = listable_of(opened, 1, own, 3);
	struct ipaddr address;

	(void)state;
	ipaddr_parse("1.2.3.4", &address);
	assert_string_equal(listable_refusal(listable, &address),
	    "one of the operator's own networks");
	assert_false(refused(listable, "1.2.4.4"));
	/* An own address lies in the /64 that would be listed. */
	assert_true(refused(listable, "2a00:1::99"));
	assert_false(refused(listable, "2a00:1:0:1::25"));
	assert_true(refused(listable, "10.1.2.3"));
	listable_free(listable);
}

static void
refuses_settings_that_are_no_networks(void **state)
{
	char good[] = "192.0.2.0/24", bits[] = "192.0.2.1/24", text[] = "lab";
	char *items[] = { good, bits }, *items2[] = { text };
	struct settings settings = { 0 };
	struct listable *listable = NULL;

	(void)state;
	settings.policy.listable_reserved.items = items;
	settings.policy.listable_reserved.count = 2;
	assert_int_equal(listable_new(&settings, &listable), ERROR_FORMAT);
	settings.policy.listable_reserved.count = 1;
	settings.policy.own_networks.items = items2;
	settings.policy.own_networks.count = 1;
	assert_int_equal(listable_new(&settings, &listable), ERROR_FORMAT);
	assert_null(listable);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_nobody_has_on_the_public_network),
		cmocka_unit_test(takes_what_lies_beside_it),
		cmocka_unit_test(
		    a_laboratory_opens_what_it_names_and_nothing_else),
		cmocka_unit_test(loopback_is_refused_whatever_a_setting_says),
		cmocka_unit_test(never_lists_the_operators_own),
		cmocka_unit_test(refuses_settings_that_are_no_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
