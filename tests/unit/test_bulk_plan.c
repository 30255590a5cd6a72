#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "common/log.h"
#include "db/bulk_plan.h"
#include "tests/support/one_record.h"

#define FOREVER INT64_MAX
#define MANY 32

/* So many wait for the guard. */
static struct bulk_act
an_act(void)
{
	struct bulk_act act = { .number = 7,
		.kind = BULK_REJECT,
		.everywhere = true,
		.who = "account:olive",
		.reason = "a trial" };

	record.rules.guard_additions = 1;
	for (unsigned i = 0; i <= MANY; i++) {
		char address[32];

		sprintf(address, "198.18.%u.1", i);
		see(&record, address, 1);
	}
	return act;
}

static void
search(struct bulk_plan *plan)
{
	struct store_txn *txn;

	assert_int_equal(store_begin_read(record.test.store, &txn), 0);
	assert_int_equal(bulk_plan_search(txn, plan, FOREVER), 0);
	assert_int_equal(bulk_plan_percent(txn, plan), 100);
	store_abort(txn);
}

static bool
is_under_way(uint64_t number)
{
	struct bulk_act act;
	struct store_txn *txn = begin(&record);
	int code = bulk_act_get(txn, number, &act);

	store_abort(txn);
	return code == 0;
}

static void
all_that_is_found_is_done(void **state)
{
	struct bulk_act act = an_act();
	struct bulk_plan plan;

	(void)state;
	bulk_plan_init(&plan, record.test.store, &act, false);
	search(&plan);
	assert_int_equal(plan.count, MANY);
	while (!plan.over)
		assert_int_equal(bulk_plan_do(&plan, &record.rules), 0);
	assert_int_equal(plan.act.done, MANY);
	assert_int_equal(plan.act.total, MANY);
	assert_false(is_under_way(7));
	bulk_plan_deinit(&plan);
	assert_int_equal(state_of("198.18.9.1"), LISTING_NONE);
}

/* IPv4 stands among IPv6: ::/0 has what comes before it and behind it alone. */
static void
a_prefix_around_ipv4_goes_on_behind_it(void **state)
{
	struct bulk_act act = an_act();
	struct bulk_plan plan;

	(void)state;
	see(&record, "2001:db8:1::25", 1);
	act.everywhere = false;
	assert_int_equal(ipprefix_parse("::/0", &act.prefix), 0);
	bulk_plan_init(&plan, record.test.store, &act, false);
	search(&plan);
	assert_int_equal(plan.count, 1);
	assert_false(ipaddr_is_ipv4(&plan.units[0]));
	bulk_plan_deinit(&plan);
}

/* Its record is written, by whoever began it. */
static void
take_over(struct bulk_plan *plan)
{
	struct bulk_act act = an_act();
	struct store_txn *txn = begin(&record);

	assert_int_equal(bulk_act_put(txn, &act), 0);
	assert_int_equal(store_commit(txn), 0);
	bulk_plan_init(plan, record.test.store, &act, true);
	search(plan);
}

/* Somebody takes its record away. */
static void
who_finds_the_record_gone_stops(void **state)
{
	struct bulk_plan plan;
	struct store_txn *txn;

	(void)state;
	take_over(&plan);
	txn = begin(&record);
	assert_int_equal(bulk_act_end(txn, 7), 0);
	assert_int_equal(store_commit(txn), 0);
	assert_int_equal(bulk_plan_do(&plan, &record.rules), ERROR_NOT_FOUND);
	assert_int_equal(bulk_plan_give_up(&plan), 0);
	bulk_plan_deinit(&plan);
	assert_int_equal(state_of("198.18.9.1"), LISTING_PENDING);
}

static void
what_is_given_up_is_gone_on_with_by_nobody(void **state)
{
	struct bulk_plan plan;

	(void)state;
	take_over(&plan);
	assert_int_equal(bulk_plan_give_up(&plan), 0);
	assert_false(is_under_way(7));
	bulk_plan_deinit(&plan);
}

/* --- how long a step takes ------------------------------------------------ */

/* A disk that takes as long as the work, and three times as long. */
static void
steps_are_as_long_as_others_may_wait(void **state)
{
	(void)state;
	for (unsigned wait = 0; wait <= 3; wait++) {
		unsigned step_ms = BULK_STEP_MS_FIRST;

		for (int i = 0; i < 10; i++)
			step_ms = bulk_pace(step_ms, step_ms * (1 + wait));
		assert_true(step_ms * (1 + wait) <= 40);
		assert_true(step_ms * (1 + wait) >= 20);
	}
}

static void
no_step_is_too_short_to_get_on(void **state)
{
	unsigned step_ms = BULK_STEP_MS_MOST;

	(void)state;
	for (int i = 0; i < 10; i++)
		step_ms = bulk_pace(step_ms, 10000);
	assert_int_equal(step_ms, BULK_STEP_MS_LEAST);
	/* Nor does one fast commit make the next long. */
	assert_int_equal(bulk_pace(step_ms, 0), 2 * BULK_STEP_MS_LEAST);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, open_eager, close_record)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_that_is_found_is_done),
		TEST(a_prefix_around_ipv4_goes_on_behind_it),
		TEST(who_finds_the_record_gone_stops),
		TEST(what_is_given_up_is_gone_on_with_by_nobody),
		cmocka_unit_test(steps_are_as_long_as_others_may_wait),
		cmocka_unit_test(no_step_is_too_short_to_get_on),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
