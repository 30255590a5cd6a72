#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "httpapi/attempts.h"

/* The first second of an hour. */
#define HOUR 1699999200

static const uint8_t key[META_KEY_LEN];
static struct quota *quota;

static int
make_quota(void **state)
{
	(void)state;
	return quota_new(&quota);
}

static int
free_quota(void **state)
{
	(void)state;
	quota_free(quota);
	return 0;
}

static struct attempt
attempt_at(const char *name, bool known, int64_t now)
{
	return (struct attempt){ quota, key, name, known, now,
		ipaddr_from_ipv4(0xc0000201) };
}

/* How many are let through, of many. */
static unsigned
count(bool (*take)(const struct attempt *), struct attempt attempt)
{
	unsigned taken = 0;

	for (int i = 0; i < 1000; i++)
		taken += take(&attempt);
	return taken;
}

static void
counts_passwords_of_an_account_by_the_minute(void **state)
{
	(void)state;
	assert_int_equal(
	    count(attempts_take_password, attempt_at("alice", false, HOUR)),
	    ATTEMPTS_PER_ACCOUNT);
	assert_int_equal(
	    count(attempts_take_password, attempt_at("bob", false, HOUR + 59)),
	    ATTEMPTS_PER_ACCOUNT);
	assert_int_equal(count(attempts_take_password,
			     attempt_at("alice", false, HOUR + 60)),
	    ATTEMPTS_PER_ACCOUNT);
}

static void
counts_strangers_names_together(void **state)
{
	unsigned taken = 0;

	(void)state;
	for (int i = 0; i < 300; i++) {
		char name[16];
		struct attempt attempt = attempt_at(name, false, HOUR);

		snprintf(name, sizeof(name), "name%d", i);
		/* Each from another provider. */
		attempt.client = ipaddr_from_ipv4((uint32_t)i << 16);
		taken += attempts_take_password(&attempt);
	}
	/* Seldom a name comes to their place, and they begin anew (quota.h). */
	assert_in_range(
	    taken, ATTEMPTS_OF_STRANGERS, 2 * ATTEMPTS_OF_STRANGERS);
	assert_int_equal(
	    count(attempts_take_password, attempt_at("alice", true, HOUR)),
	    ATTEMPTS_PER_ACCOUNT);
}

static void
leaves_a_provider_a_part_of_what_strangers_have(void **state)
{
	unsigned taken = 0;

	(void)state;
	for (uint32_t i = 0; i < 100; i++) {
		char name[16];
		struct attempt attempt = attempt_at(name, false, HOUR);

		snprintf(name, sizeof(name), "name%d", (int)i);
		/* Another network of it each time. */
		attempt.client = ipaddr_from_ipv4(0xc0000000 + (i << 8));
		taken += attempts_take_password(&attempt);
	}
	assert_in_range(
	    taken, ATTEMPTS_PER_PROVIDER, 2 * ATTEMPTS_PER_PROVIDER);
	assert_int_equal(
	    count(attempts_take_password, attempt_at("alice", true, HOUR)),
	    ATTEMPTS_PER_ACCOUNT);
}

static void
lets_a_network_try_a_few_times(void **state)
{
	struct ipaddr one, same, other;
	unsigned taken = 0;

	(void)state;
	assert_int_equal(ipaddr_parse("2001:db8:0:1::1", &one), 0);
	assert_int_equal(ipaddr_parse("2001:db8:0:2::1", &same), 0);
	assert_int_equal(ipaddr_parse("2001:db8:1::1", &other), 0);
	for (int i = 0; i < 100; i++)
		taken += attempts_take_network(quota, &one, HOUR);
	assert_int_equal(taken, ATTEMPTS_PER_NETWORK);
	assert_false(attempts_take_network(quota, &same, HOUR));
	assert_true(attempts_take_network(quota, &other, HOUR));
}

static void
counts_codes_by_the_hour(void **state)
{
	(void)state;
	assert_int_equal(
	    count(attempts_take_code, attempt_at("alice", false, HOUR)),
	    ATTEMPTS_AT_CODES);
	assert_int_equal(
	    count(attempts_take_code, attempt_at("alice", false, HOUR + 3599)),
	    0);
	assert_int_equal(
	    count(attempts_take_code, attempt_at("alice", true, HOUR + 3599)),
	    ATTEMPTS_AT_CODES);
	assert_int_equal(
	    count(attempts_take_code, attempt_at("alice", false, HOUR + 3600)),
	    ATTEMPTS_AT_CODES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_quota, free_quota)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(counts_passwords_of_an_account_by_the_minute),
		TEST(counts_strangers_names_together),
		TEST(leaves_a_provider_a_part_of_what_strangers_have),
		TEST(lets_a_network_try_a_few_times),
		TEST(counts_codes_by_the_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
