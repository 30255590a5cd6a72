#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "httpapi/lane.h"
#include "httpapi/turn.h"

static int
set_up(void **state)
{
	return lanes_new((struct lanes **)state);
}

static int
tear_down(void **state)
{
	lanes_free(*state);
	return 0;
}

/* A thread of the server is one that never asked for a lane before. */
static void
in_a_thread(void *(*run)(void *), struct lanes *lanes)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, run, lanes), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static void *
take_and_give(void *lanes)
{
	struct lane *lane = lane_here(lanes);
	struct turn *first = lane_take(lane), *second = lane_take(lane);

	assert_ptr_equal(lane_here(lanes), lane);
	assert_ptr_not_equal(first, second);
	strbuf_puts(&first->kept, "an answer");
	lane_give(second);
	lane_give(first);
	assert_ptr_equal(lane_take(lane), first);
	assert_int_equal(first->kept.len, 0);
	assert_true(first->kept.size > 0);
	lane_give(first);
	return NULL;
}

static void
the_last_turn_given_back_is_the_next_one(void **state)
{
	in_a_thread(take_and_give, *state);
}

#define MANY 64

static void *
take_many(void *lanes)
{
	struct lane *lane = lane_here(lanes);
	struct turn *turns[MANY];

	for (int i = 0; i < MANY; i++)
		turns[i] = lane_take(lane);
	for (int i = 0; i < MANY; i++)
		lane_give(turns[i]);
	assert_in_range(lane->spare_count, 1, MANY / 4);
	return NULL;
}

static void
what_a_rush_needed_is_freed_when_it_is_over(void **state)
{
	in_a_thread(take_many, *state);
}

static void *
take_a_large_one(void *lanes)
{
	struct lane *lane = lane_here(lanes);
	struct turn *turn = lane_take(lane);

	strbuf_reserve(&turn->kept, 1 << 16);
	lane_give(turn);
	assert_ptr_equal(lane_take(lane), turn);
	assert_int_equal(turn->kept.size, 0);
	lane_give(turn);
	return NULL;
}

static void
the_memory_of_a_large_reply_is_freed(void **state)
{
	in_a_thread(take_a_large_one, *state);
}

static void *
tell_the_date(void *lanes)
{
	struct lane *lane = lane_here(lanes);
	char date[CLOCK_TEXT_MAX];
	int64_t before, after;

	lane->date_at = 1;
	strcpy(lane->date, "long ago");
	do {
		before = clock_seconds();
		clock_format_http(before, date);
		assert_string_not_equal(lane_date(lane), "long ago");
		after = clock_seconds();
	} while (before != after);
	/* A second may have gone by since, in which case it is another. */
	if (clock_seconds() == before)
		assert_string_equal(lane->date, date);
	return NULL;
}

static void
the_date_is_that_of_now(void **state)
{
	in_a_thread(tell_the_date, *state);
}

static void *
keep_its_lane(void *context)
{
	*(struct lane **)context = lane_here(*(void **)context);
	return NULL;
}

static void
each_thread_has_a_lane_of_its_own(void **state)
{
	void *first = *state, *second = *state;
	pthread_t thread;

	assert_int_equal(
	    pthread_create(&thread, NULL, keep_its_lane, &first), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(
	    pthread_create(&thread, NULL, keep_its_lane, &second), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_ptr_not_equal(first, second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_last_turn_given_back_is_the_next_one, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    what_a_rush_needed_is_freed_when_it_is_over, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    the_memory_of_a_large_reply_is_freed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_date_is_that_of_now, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    each_thread_has_a_lane_of_its_own, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
