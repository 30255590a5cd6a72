#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dnsd/peers.h"
#include "tests/support/test_capture.h"

static void
lets_in_by_address_and_key(void **state)
{
	static char items[][32] = { "192.0.2.0/24",
		"2001:db8::1 key  A.example", "0.0.0.0/0\tkey b" };
	static char *pointers[] = { items[0], items[1], items[2] };
	static const struct settings_list listed = { pointers, 3 };
	static const char text[] =
	    "key a.example { algorithm hmac-sha256; secret AAEC; };"
	    "key b { algorithm hmac-sha256; secret AAEC; };";
	static const struct {
		const char *address;
		int key; /* -1 none */
		bool may;
	} cases[] = {
		{ "192.0.2.9", -1, true },
		{ "192.0.2.9", 0, true },
		{ "198.51.100.1", -1, false },
		{ "198.51.100.1", 0, false },
		{ "198.51.100.1", 1, true },
		{ "2001:db8::1", 0, true },
		{ "2001:db8::1", -1, false },
		{ "2001:db8::1", 1, false },
		{ "2001:db8::2", 0, false },
	};
	struct tsig_keys keys;
	struct peers peers;
	unsigned line;

	(void)state;
	assert_int_equal(
	    tsig_keys_parse(text, sizeof(text) - 1, &keys, &line), 0);
	assert_int_equal(peers_from("x", &listed, &keys, &peers), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ipaddr address;

		assert_int_equal(ipaddr_parse(cases[i].address, &address), 0);
		assert_int_equal(
		    peers_allow(&peers, &address,
			cases[i].key < 0 ? NULL : &keys.keys[cases[i].key]),
		    cases[i].may);
	}
	peers_free(&peers);
	tsig_keys_free(&keys);
}

static void
refuses_peers_that_cannot_be(void **state)
{
	static char items[][32] = { "", "192.0.2.1 key", "192.0.2.1 key none",
		"192.0.2.1 signed", "example.org", "192.0.2.1/33" };
	static const struct tsig_keys no_keys;

	(void)state;
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		char *item = items[i];
		const struct settings_list list = { &item, 1 };
		struct capture capture;
		struct peers peers;
		int error;

		capture_begin(&capture);
		error = peers_from("dnsd.transfer", &list, &no_keys, &peers);
		assert_int_equal(capture_end(&capture), 1);
		assert_true(error < 0);
		assert_non_null(strstr(capture.text, "dnsd.transfer"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lets_in_by_address_and_key),
		cmocka_unit_test(refuses_peers_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
