#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/rangeset.h"

#define UNIVERSE 200 /* numbers the sets of the property test are made of */

static uint32_t
draw(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % below;
}

/* Random ranges, in a set and as a plain table. */
static void
draw_set(uint64_t *state, struct rangeset *set, bool plain[UNIVERSE])
{
	unsigned count = draw(state, 20);

	memset(plain, 0, UNIVERSE * sizeof(*plain));
	while (count-- > 0) {
		uint32_t first = draw(state, UNIVERSE);
		uint32_t last = first + draw(state, 12);

		last = last < UNIVERSE ? last : UNIVERSE - 1;
		assert_int_equal(rangeset_add(set, first, last), 0);
		for (uint32_t i = first; i <= last; i++)
			plain[i] = true;
	}
	rangeset_normalise(set);
}

static void
holds_and_leaves_out_what_a_table_would(void **state)
{
	uint64_t seed = 5782;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct rangeset set = { 0 }, without = { 0 };
		struct rangeset_place place = { 0, 0 };
		bool in[UNIVERSE], out[UNIVERSE];
		uint64_t number, total = 0;

		draw_set(&seed, &set, in);
		draw_set(&seed, &without, out);
		assert_int_equal(rangeset_subtract(&set, &without), 0);
		for (uint64_t n = 0; n < UNIVERSE; n++) {
			if (!in[n] || out[n])
				continue;
			total++;
			assert_true(rangeset_next(&set, &place, &number));
			assert_int_equal(number, n);
		}
		assert_false(rangeset_next(&set, &place, &number));
		assert_int_equal(rangeset_total(&set), total);
		rangeset_deinit(&set);
		rangeset_deinit(&without);
	}
}

static void
joins_what_touches(void **state)
{
	struct rangeset set = { 0 };

	(void)state;
	rangeset_add(&set, 5, 9);
	rangeset_add(&set, 0, 1);
	rangeset_add(&set, 2, 4);
	rangeset_add(&set, 11, 11);
	rangeset_normalise(&set);
	assert_int_equal(set.count, 2);
	assert_int_equal(set.ranges[0].last, 9);
	rangeset_deinit(&set);
}

static void
reaches_the_last_number_there_is(void **state)
{
	struct rangeset set = { 0 }, without = { 0 };
	struct rangeset_place place = { 0, 0 };
	uint64_t number;

	(void)state;
	rangeset_add(&set, 0, UINT64_MAX);
	rangeset_add(&set, UINT64_MAX, UINT64_MAX);
	rangeset_normalise(&set);
	assert_int_equal(set.count, 1);
	assert_true(rangeset_total(&set) == UINT64_MAX);
	rangeset_add(&without, 0, UINT64_MAX - 2);
	rangeset_add(&without, UINT64_MAX, UINT64_MAX);
	rangeset_normalise(&without);
	assert_int_equal(rangeset_subtract(&set, &without), 0);
	assert_int_equal(rangeset_total(&set), 1);
	assert_true(rangeset_next(&set, &place, &number));
	assert_true(number == UINT64_MAX - 1);
	assert_false(rangeset_next(&set, &place, &number));
	rangeset_deinit(&set);
	rangeset_deinit(&without);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_and_leaves_out_what_a_table_would),
		cmocka_unit_test(joins_what_touches),
		cmocka_unit_test(reaches_the_last_number_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
