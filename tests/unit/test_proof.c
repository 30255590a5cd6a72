#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "httpapi/proof.h"
#include "httpapi/prover.h"

#define DAY ((int64_t)86400)
#define NOW (DAY * 20000 + 3600)

static struct proof
make(const char *unit, const char *network, int64_t now)
{
	static const uint8_t key[META_KEY_LEN] = { 7 };
	struct ipprefix prefix;
	struct ipaddr address;
	struct proof proof;

	assert_int_equal(ipaddr_parse(unit, &address), 0);
	assert_int_equal(ipprefix_parse(network, &prefix), 0);
	proof_make(key, &address, &prefix, now, &proof);
	return proof;
}

static void
a_text_is_good_today_and_tomorrow(void **state)
{
	struct proof today = make("192.0.2.1", "203.0.113.0/24", NOW);
	struct proof late = make("192.0.2.1", "203.0.113.0/24", NOW + 80000);
	struct proof tomorrow = make("192.0.2.1", "203.0.113.0/24", NOW + DAY);
	struct proof after = make("192.0.2.1", "203.0.113.0/24", NOW + 2 * DAY);

	(void)state;
	assert_int_equal(strlen(today.texts[0]), PROOF_TEXT_MAX);
	assert_string_equal(late.texts[0], today.texts[0]);
	assert_string_equal(tomorrow.texts[1], today.texts[0]);
	for (int i = 0; i < PROOF_DAYS; i++)
		assert_string_not_equal(after.texts[i], today.texts[0]);
	assert_int_equal(today.ends_at, DAY * 20002);
}

static void
each_unit_and_each_network_has_its_own(void **state)
{
	static const struct {
		const char *unit, *network;
	} cases[] = {
		{ "192.0.2.1", "203.0.113.0/24" },
		{ "192.0.2.2", "203.0.113.0/24" },
		{ "192.0.2.1", "203.0.112.0/24" },
		{ "203.0.113.0", "192.0.2.0/24" },
		{ "2001:db8::", "203.0.113.0/24" },
		{ "2001:db8::", "2001:db8::/48" },
	};
	const size_t count = sizeof(cases) / sizeof(cases[0]);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		struct proof one = make(cases[i].unit, cases[i].network, NOW);

		for (size_t j = i + 1; j < count; j++) {
			struct proof other =
			    make(cases[j].unit, cases[j].network, NOW);

			assert_string_not_equal(one.texts[0], other.texts[0]);
		}
	}
}

static void
a_resolver_is_an_address_or_a_word(void **state)
{
	static const struct {
		const char *resolver;
		int good;
	} cases[] = {
		{ "system", 1 },
		{ "127.0.0.1", 1 },
		{ "127.0.0.1:5353", 1 },
		{ "[::1]:5353", 1 },
		{ "", 0 },
		{ "resolver.example", 0 },
		{ "127.0.0.1:port", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct prover *prover;
		int code = prover_start(cases[i].resolver, &prover);

		if ((code == 0) != cases[i].good)
			fail_msg("%s: %d", cases[i].resolver, code);
		prover_stop(prover);
		prover_free(prover);
	}
}

static void
none_is_no_prover(void **state)
{
	struct prover *prover;

	(void)state;
	assert_int_equal(prover_start("none", &prover), 0);
	assert_null(prover);
	prover_stop(prover);
	prover_free(prover);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_good_today_and_tomorrow),
		cmocka_unit_test(each_unit_and_each_network_has_its_own),
		cmocka_unit_test(a_resolver_is_an_address_or_a_word),
		cmocka_unit_test(none_is_no_prover),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
