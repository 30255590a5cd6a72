#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "dnsd/ratelimit.h"
#include "tests/support/addresses.h"

#define DAY_MS (24 * 3600 * INT64_C(1000))

static int
set_up(void **state)
{
	struct ratelimit *limit;

	assert_int_equal(ratelimit_new(&limit), 0);
	*state = limit;
	return 0;
}

static int
tear_down(void **state)
{
	ratelimit_free(*state);
	return 0;
}

/* How many of `count` are let through at once. */
static unsigned
take(struct ratelimit *limit, const char *client, unsigned rate, unsigned count,
    int64_t now_ms)
{
	struct ipaddr address = address_of(client);
	unsigned taken = 0;

	while (count-- > 0)
		taken += ratelimit_take(limit, &address, rate, now_ms);
	return taken;
}

static void
lets_a_second_s_worth_through_and_then_as_time_goes_by(void **state)
{
	struct ratelimit *limit = *state;

	assert_int_equal(take(limit, "192.0.2.1", 100, 500, 0), 100);
	assert_int_equal(take(limit, "192.0.2.1", 100, 500, 9), 0);
	assert_int_equal(take(limit, "192.0.2.1", 100, 500, 10), 1);
	assert_int_equal(take(limit, "192.0.2.1", 100, 500, 500), 49);
	assert_int_equal(take(limit, "192.0.2.1", 100, 500, 1500), 100);
	assert_int_equal(take(limit, "192.0.2.1", 100, 500, 99999), 100);
}

static void
loses_nothing_to_rounding(void **state)
{
	struct ratelimit *limit = *state;
	unsigned taken = take(limit, "192.0.2.1", 7, 100, 0);

	assert_int_equal(taken, 7);
	for (int64_t now_ms = 1; now_ms <= 60000; now_ms++)
		taken += take(limit, "192.0.2.1", 7, 1, now_ms);
	assert_in_range(taken, 7 + 7 * 60 - 7, 7 + 7 * 60);
}

static void
counts_a_network_as_one_client(void **state)
{
	struct ratelimit *limit = *state;

	assert_int_equal(take(limit, "192.0.2.1", 10, 6, 0), 6);
	assert_int_equal(take(limit, "192.0.2.254", 10, 6, 0), 4);
	assert_int_equal(take(limit, "192.0.3.1", 10, 6, 0), 6);
	assert_int_equal(take(limit, "2001:db8:0:1::1", 10, 6, 0), 6);
	assert_int_equal(take(limit, "2001:db8:0:ff::2", 10, 6, 0), 4);
	assert_int_equal(take(limit, "2001:db8:0:100::1", 10, 6, 0), 6);
}

static void
works_on_when_its_clock_begins_anew(void **state)
{
	struct ratelimit *limit = *state;

	for (int64_t now_ms = 0; now_ms < 3 * DAY_MS; now_ms += 777777)
		assert_int_equal(take(limit, "192.0.2.1", 50, 100, now_ms), 50);
	/* A rate that was lowered holds at once. */
	assert_int_equal(take(limit, "192.0.2.1", 5, 100, 3 * DAY_MS), 5);
}

static void
remembers_who_is_over_the_limit_in_a_crowd(void **state)
{
	struct ratelimit *limit = *state;
	unsigned again = 0;

	assert_int_equal(take(limit, "198.51.100.1", 10, 100, 0), 10);
	for (uint32_t network = 0; network < 40000; network++) {
		struct ipaddr address = ipaddr_from_ipv4(network << 8);

		assert_true(ratelimit_take(limit, &address, 10, 0));
		again += take(limit, "198.51.100.1", 10, 1, 0);
	}
	assert_int_equal(again, 0);
}

#define THREADS 4
#define TAKES 20000
#define RATE 5000

struct taker {
	struct ratelimit *limit;
	unsigned taken;
};

static void *
take_many(void *context)
{
	struct taker *taker = context;
	struct ipaddr address = ipaddr_from_ipv4(0xc0000201);

	for (unsigned i = 0; i < TAKES; i++)
		taker->taken += ratelimit_take(taker->limit, &address, RATE, 0);
	return NULL;
}

static void
counts_right_for_several_threads_at_once(void **state)
{
	struct taker takers[THREADS];
	pthread_t threads[THREADS];
	unsigned taken = 0;

	for (unsigned i = 0; i < THREADS; i++) {
		takers[i] = (struct taker){ *state, 0 };
		assert_int_equal(
		    pthread_create(&threads[i], NULL, take_many, &takers[i]),
		    0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		taken += takers[i].taken;
	}
	assert_int_equal(taken, RATE);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(lets_a_second_s_worth_through_and_then_as_time_goes_by),
		T(loses_nothing_to_rounding),
		T(counts_a_network_as_one_client),
		T(works_on_when_its_clock_begins_anew),
		T(remembers_who_is_over_the_limit_in_a_crowd),
		T(counts_right_for_several_threads_at_once),
	};

	return cmocka_run_group_tests_name("ratelimit", tests, NULL, NULL);
}
