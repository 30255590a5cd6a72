#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "dnsd/rules.h"

static char long_text[RULES_TEXT_MAX + 2];

static void
usual(struct settings *settings)
{
	assert_int_equal(settings_read(NULL, settings), 0);
}

static void
takes_the_settings_over(void **state)
{
	struct settings settings = { 0 };
	struct rules *rules;

	(void)state;
	usual(&settings);
	assert_int_equal(rules_new(&settings, NULL, &rules), 0);
	assert_int_equal(rules->udp_size, 1232);
	assert_int_equal(rules->rate_limit, 2000);
	assert_int_equal(rules->rate_slip, 2);
	assert_string_equal(rules->nsid, "");
	rules_release(rules);
	settings_free(&settings);
}

static void
exempts_its_own_host_from_the_rate_limit_as_a_rule(void **state)
{
	struct ipaddr own = ipaddr_from_ipv4(0x7f000001);
	struct ipaddr other = ipaddr_from_ipv4(0xc0000201);
	struct settings settings = { 0 };
	struct rules *rules;

	(void)state;
	usual(&settings);
	assert_int_equal(rules_new(&settings, NULL, &rules), 0);
	assert_int_equal(prefixmap_find(rules->rate_exempt, &own), 1);
	assert_int_equal(prefixmap_find(rules->rate_exempt, &other), 0);
	assert_true(access_allows(rules->access, &other));
	rules_release(rules);
	settings_free(&settings);
}

static void
keeps_its_own_secret_over_a_reload_but_no_other(void **state)
{
	static char digits[] = "00112233445566778899aabbccddeeff";
	char *items[] = { digits };
	struct settings settings = { 0 };
	struct settings_list none;
	struct rules *first, *second, *third, *fourth;

	(void)state;
	usual(&settings);
	none = settings.dnsd.cookie_secrets;
	assert_int_equal(rules_new(&settings, NULL, &first), 0);
	assert_int_equal(rules_new(&settings, first, &second), 0);
	assert_memory_equal(
	    &first->secrets, &second->secrets, sizeof(first->secrets));

	settings.dnsd.cookie_secrets = (struct settings_list){ items, 1 };
	assert_int_equal(rules_new(&settings, second, &third), 0);
	assert_false(third->own_secrets);
	assert_int_equal(third->secrets.octets[0][1], 0x11);

	settings.dnsd.cookie_secrets = none;
	assert_int_equal(rules_new(&settings, third, &fourth), 0);
	assert_true(fourth->own_secrets);
	assert_memory_not_equal(fourth->secrets.octets[0],
	    third->secrets.octets[0], COOKIE_SECRET_LEN);
	rules_release(first);
	rules_release(second);
	rules_release(third);
	rules_release(fourth);
	settings_free(&settings);
}

static void
refuses_names_that_would_not_fit_into_an_answer(void **state)
{
	struct settings settings = { 0 };
	struct rules *rules;
	char *before;

	(void)state;
	usual(&settings);
	memset(long_text, 'x', RULES_TEXT_MAX + 1);
	before = settings.dnsd.nsid;
	settings.dnsd.nsid = long_text;
	assert_int_equal(rules_new(&settings, NULL, &rules), ERROR_LIMIT);
	long_text[RULES_TEXT_MAX] = '\0';
	assert_int_equal(rules_new(&settings, NULL, &rules), 0);
	assert_int_equal(strlen(rules->nsid), RULES_TEXT_MAX);
	rules_release(rules);
	settings.dnsd.nsid = before;
	settings_free(&settings);
}

static void
lives_as_long_as_somebody_holds_it(void **state)
{
	struct settings settings = { 0 };
	struct rules *rules;

	(void)state;
	usual(&settings);
	assert_int_equal(rules_new(&settings, NULL, &rules), 0);
	assert_ptr_equal(rules_hold(rules), rules);
	rules_release(rules);
	assert_int_equal(rules->udp_size, 1232);
	rules_release(rules);
	rules_release(NULL);
	settings_free(&settings);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_settings_over),
		cmocka_unit_test(
		    exempts_its_own_host_from_the_rate_limit_as_a_rule),
		cmocka_unit_test(
		    keeps_its_own_secret_over_a_reload_but_no_other),
		cmocka_unit_test(
		    refuses_names_that_would_not_fit_into_an_answer),
		cmocka_unit_test(lives_as_long_as_somebody_holds_it),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
