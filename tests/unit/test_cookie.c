#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "dnsd/cookie.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
from_hex(const char *text, uint8_t *octets)
{
	for (; *text != '\0'; text += 2) {
		char pair[3] = { text[0], text[1], '\0' };

		*octets++ = (uint8_t)strtoul(pair, NULL, 16);
	}
}

static struct ipaddr
address(const char *text)
{
	struct ipaddr parsed;

	assert_int_equal(ipaddr_parse(text, &parsed), 0);
	return parsed;
}

static struct cookie_secrets
secrets_of(const char *first, const char *second)
{
	char *items[] = { (char *)(uintptr_t)first, (char *)(uintptr_t)second };
	struct settings_list list = { items, second != NULL ? 2 : 1 };
	struct cookie_secrets secrets;

	assert_int_equal(cookie_secrets_from(&list, &secrets), 0);
	return secrets;
}

/* RFC 9018 appendix A. */
#define SECRET_A1 "e5e973e5a6b2a43f48e7dc849e37bfcf"
#define SECRET_A4_OLD "dd3bdf9344b678b185a6f5cb60fca715"
#define SECRET_A4_NEW "445536bcd2513298075a5d379663c962"

static void
makes_the_cookies_of_the_standard(void **state)
{
	static const struct {
		const char *secret, *client;
		uint32_t now;
		const char *cookie;
	} cases[] = {
		{ SECRET_A1, "198.51.100.100", 1559731985,
		    "2464c4abcf10c957010000005cf79f111f8130c3eee29480" },
		{ SECRET_A1, "198.51.100.100", 1559734385,
		    "2464c4abcf10c957010000005cf7a871d4a564a1442aca77" },
		{ SECRET_A1, "203.0.113.203", 1559734700,
		    "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e" },
		{ SECRET_A4_NEW, "2001:db8:220:1:59de:d0f4:8769:82b8",
		    1559741961,
		    "22681ab97d52c298010000005cf7c609a6bb79d16625507a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cookie_secrets secrets =
		    secrets_of(cases[i].secret, NULL);
		struct ipaddr client = address(cases[i].client);
		uint8_t expected[COOKIE_LEN], cookie[COOKIE_LEN];

		from_hex(cases[i].cookie, expected);
		cookie_make(&secrets, &client, cases[i].now, expected, cookie);
		assert_memory_equal(cookie, expected, COOKIE_LEN);
		assert_true(cookie_is_valid(
		    &secrets, &client, cases[i].now, cookie, COOKIE_LEN));
	}
}

static void
takes_cookies_with_reserved_octets_set(void **state)
{
	struct cookie_secrets secrets = secrets_of(SECRET_A1, NULL);
	struct ipaddr client = address("203.0.113.203");
	uint8_t cookie[COOKIE_LEN];

	(void)state;
	from_hex("fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", cookie);
	assert_true(
	    cookie_is_valid(&secrets, &client, 1559727985, cookie, COOKIE_LEN));
}

static void
takes_cookies_of_a_secret_on_its_way_out_or_in(void **state)
{
	struct ipaddr client = address("2001:db8:220:1:59de:d0f4:8769:82b8");
	struct cookie_secrets secrets;
	uint8_t cookie[COOKIE_LEN];

	(void)state;
	from_hex("22681ab97d52c298010000005cf7c57926556bd0934c72f8", cookie);
	secrets = secrets_of(SECRET_A4_OLD, SECRET_A4_NEW);
	assert_true(
	    cookie_is_valid(&secrets, &client, 1559741961, cookie, COOKIE_LEN));
	secrets = secrets_of(SECRET_A4_NEW, SECRET_A4_OLD);
	assert_true(
	    cookie_is_valid(&secrets, &client, 1559741961, cookie, COOKIE_LEN));
	secrets = secrets_of(SECRET_A4_NEW, NULL);
	assert_false(
	    cookie_is_valid(&secrets, &client, 1559741961, cookie, COOKIE_LEN));
}

static void
takes_none_that_is_old_forged_or_of_another_client(void **state)
{
	struct cookie_secrets secrets = secrets_of(SECRET_A1, NULL);
	struct ipaddr client = address("192.0.2.1");
	struct ipaddr other = address("192.0.2.2");
	const uint32_t made = 1700000000;
	uint8_t cookie[COOKIE_LEN + 12] = "8 octets";

	(void)state;
	cookie_make(&secrets, &client, made, cookie, cookie);
	assert_true(cookie_is_valid(&secrets, &client, made, cookie, 24));
	assert_true(
	    cookie_is_valid(&secrets, &client, made + 3600, cookie, 24));
	assert_true(cookie_is_valid(&secrets, &client, made - 300, cookie, 24));
	assert_false(
	    cookie_is_valid(&secrets, &client, made + 3601, cookie, 24));
	assert_false(
	    cookie_is_valid(&secrets, &client, made - 301, cookie, 24));
	assert_false(cookie_is_valid(&secrets, &other, made, cookie, 24));
	assert_false(cookie_is_valid(&secrets, &client, made, cookie, 8));
	assert_false(cookie_is_valid(&secrets, &client, made, cookie, 36));
	for (unsigned bit = 0; bit < 8 * COOKIE_LEN; bit++) {
		cookie[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(
		    cookie_is_valid(&secrets, &client, made, cookie, 24));
		cookie[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void
counts_time_around_the_end_of_32_bits(void **state)
{
	struct cookie_secrets secrets = secrets_of(SECRET_A1, NULL);
	struct ipaddr client = address("192.0.2.1");
	uint8_t cookie[COOKIE_LEN] = "8 octets";

	(void)state;
	cookie_make(&secrets, &client, UINT32_MAX - 10, cookie, cookie);
	assert_true(
	    cookie_is_valid(&secrets, &client, 100, cookie, COOKIE_LEN));
	assert_false(
	    cookie_is_valid(&secrets, &client, 3600, cookie, COOKIE_LEN));
}

static void
rolls_secrets_of_its_own(void **state)
{
	static const struct settings_list none = { NULL, 0 };
	struct ipaddr client = address("2001:db8::1");
	uint8_t cookie[COOKIE_LEN] = "8 octets";
	struct cookie_secrets secrets, others;

	(void)state;
	assert_int_equal(cookie_secrets_from(&none, &secrets), 0);
	assert_int_equal(cookie_secrets_from(&none, &others), 0);
	cookie_make(&secrets, &client, 1, cookie, cookie);
	assert_false(cookie_is_valid(&others, &client, 1, cookie, COOKIE_LEN));
	for (unsigned i = 1; i < COOKIE_SECRETS_MAX; i++) {
		cookie_secrets_roll(&secrets);
		assert_true(
		    cookie_is_valid(&secrets, &client, 1, cookie, COOKIE_LEN));
	}
	cookie_secrets_roll(&secrets);
	assert_false(cookie_is_valid(&secrets, &client, 1, cookie, COOKIE_LEN));
}

static void
refuses_what_is_no_secret(void **state)
{
	static const char *const wrong[] = { "", "e5e973e5",
		"e5e973e5a6b2a43f48e7dc849e37bfc", SECRET_A1 "00",
		"e5e973e5a6b2a43f48e7dc849e37bfcg",
		" 5e973e5a6b2a43f48e7dc849e37bfcf" };
	char *items[COOKIE_SECRETS_MAX + 1];
	struct settings_list list = { items, 1 };
	struct cookie_secrets secrets;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		items[0] = (char *)(uintptr_t)wrong[i];
		assert_int_equal(
		    cookie_secrets_from(&list, &secrets), ERROR_FORMAT);
	}
	for (unsigned i = 0; i <= COOKIE_SECRETS_MAX; i++)
		items[i] = (char *)(uintptr_t)SECRET_A1;
	list.count = COOKIE_SECRETS_MAX + 1;
	assert_int_equal(cookie_secrets_from(&list, &secrets), ERROR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_the_cookies_of_the_standard),
		cmocka_unit_test(takes_cookies_with_reserved_octets_set),
		cmocka_unit_test(
		    takes_cookies_of_a_secret_on_its_way_out_or_in),
		cmocka_unit_test(
		    takes_none_that_is_old_forged_or_of_another_client),
		cmocka_unit_test(counts_time_around_the_end_of_32_bits),
		cmocka_unit_test(rolls_secrets_of_its_own),
		cmocka_unit_test(refuses_what_is_no_secret),
	};

	return cmocka_run_group_tests_name("cookie", tests, NULL, NULL);
}
