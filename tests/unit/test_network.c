#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "httpapi/network.h"

static void
each_address_is_of_a_client_a_network_and_a_provider(void **state)
{
	static const struct {
		const char *address, *client, *network, *provider;
	} cases[] = {
		{ "192.0.2.77", "192.0.2.77/32", "192.0.2.0/24",
		    "192.0.0.0/16" },
		{ "2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48",
		    "2001:db8::/32" },
		{ "::1", "::/64", "::/48", "::/32" },
	};
	char text[IPPREFIX_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ipprefix client, network, provider;
		struct ipaddr address;

		assert_int_equal(ipaddr_parse(cases[i].address, &address), 0);
		client = network_of_client(&address);
		network = network_of(&address);
		provider = network_of_provider(&address);
		assert_string_equal(
		    ipprefix_format(&client, text), cases[i].client);
		assert_string_equal(
		    ipprefix_format(&network, text), cases[i].network);
		assert_string_equal(
		    ipprefix_format(&provider, text), cases[i].provider);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_address_is_of_a_client_a_network_and_a_provider),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
