#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dnsd/cowmap.h"

/*
 * Everything happens among a few upper and a few hundred lower numbers, so
 * that a plain table can hold the truth.
 */
#define HIGHS 6
#define LOWS 300

struct truth {
	int32_t values[HIGHS][LOWS];
};

/* Upper numbers that share a table, and such that do not. */
static const uint16_t highs[HIGHS] = { 0, 1, 255, 256, 0x7f00, 0xffff };

static uint32_t
draw(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % below;
}

/* The number that stands for one of the table. */
static uint64_t
low_of(bool wide, unsigned i)
{
	return wide ? (uint64_t)i * 0x9e3779b97 : (uint64_t)i * 218;
}

static int32_t
find(const struct cow_table *version, bool wide, unsigned high, unsigned i)
{
	void *const *place = cowmap_place(version, highs[high]);
	const struct cow_bucket *bucket = place != NULL ? *place : NULL;
	uint64_t low = low_of(wide, i);

	return wide ? cowmap_find_wide_in(
			  bucket, (uint64_t)highs[high] << 48 | low)
		    : cowmap_find_in(bucket, (uint16_t)low);
}

static void
check_all(const struct cow_table *version, bool wide, const struct truth *truth)
{
	for (unsigned high = 0; high < HIGHS; high++)
		for (unsigned i = 0; i < LOWS; i++)
			assert_int_equal(find(version, wide, high, i),
			    truth->values[high][i]);
}

/* Some changes below one number; returns how many entries more there are. */
static int64_t
change(struct cowmap *map, uint64_t *state, struct truth *truth)
{
	struct cow_change changes[LOWS];
	unsigned high = draw(state, HIGHS), step = 1 + draw(state, 40);
	bool remove = draw(state, 3) == 0;
	int64_t more = 0, grown;
	size_t count = 0;

	for (unsigned i = draw(state, LOWS); i < LOWS; i += step) {
		int32_t *value = &truth->values[high][i];
		int32_t next = (int32_t)draw(state, 65536);

		if (remove)
			next = COWMAP_REMOVE;
		more += (next != COWMAP_NONE) - (*value != COWMAP_NONE);
		*value = next;
		changes[count++] =
		    (struct cow_change){ low_of(map->wide, i), next };
	}
	assert_int_equal(
	    cowmap_change(map, highs[high], changes, count, &grown), 0);
	assert_int_equal(grown, more);
	return more;
}

/* The old space goes, and all versions in it. */
static void
copy_away(struct cowmap *map)
{
	struct cow_space fresh = { .generation = map->space->generation };
	struct cow_table *root;

	assert_int_equal(cowmap_copy(map, &fresh, &root), 0);
	assert_true(fresh.used <= map->space->used - map->space->garbage);
	cow_free(map->space);
	*map->space = fresh;
	map->root = root;
}

static void
run(bool wide)
{
	struct truth truth, sealed;
	struct cow_space space = { .generation = 1 };
	const struct cow_table *version = NULL;
	struct cowmap map;
	uint64_t seed = 7;

	memset(&truth, 0xff, sizeof(truth));
	sealed = truth;
	cowmap_init(&map, &space, wide);
	for (unsigned i = 0; i < 3000; i++) {
		change(&map, &seed, &truth);
		if (draw(&seed, 8) != 0)
			continue;
		check_all(map.root, wide, &truth);
		check_all(version, wide, &sealed);
		if (draw(&seed, 4) == 0)
			copy_away(&map);
		version = map.root;
		sealed = truth;
		cow_seal(&space);
	}
	cow_free(&space);
}

static void
holds_what_a_table_would_while_old_versions_stay(void **state)
{
	(void)state;
	run(false);
}

static void
does_so_with_numbers_of_64_bits(void **state)
{
	(void)state;
	run(true);
}

static void
knows_what_numbers_begin_with(void **state)
{
	static const uint32_t listed[] = { 0xc0000201, 0xc00002ff, 0xc0020001,
		0xffffffff };
	static const struct {
		uint32_t number;
		unsigned bits;
		bool expected;
	} cases[] = {
		{ 0xc0000200, 24, true },
		{ 0xc0000100, 24, false },
		{ 0xc0000300, 24, false },
		{ 0xc0000000, 16, true },
		{ 0xc0010000, 16, false },
		{ 0xc0020000, 24, true },
		{ 0xc0000000, 8, true },
		{ 0xc1000000, 8, false },
		{ 0xffffff00, 24, true },
		{ 0xfffffe00, 24, false },
		{ 0x00000000, 8, false },
	};
	struct cow_space space = { .generation = 1 };
	struct cowmap map;
	int64_t grown;

	(void)state;
	cowmap_init(&map, &space, false);
	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++) {
		struct cow_change one = { listed[i] & 0xffff, 1 };

		assert_int_equal(
		    cowmap_change(
			&map, (uint16_t)(listed[i] >> 16), &one, 1, &grown),
		    0);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    cowmap_has_prefix(map.root, cases[i].number, cases[i].bits),
		    cases[i].expected);
	for (unsigned bits = 8; bits <= 24; bits += 8)
		assert_false(cowmap_has_prefix(NULL, listed[0], bits));
	cow_free(&space);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    holds_what_a_table_would_while_old_versions_stay),
		cmocka_unit_test(does_so_with_numbers_of_64_bits),
		cmocka_unit_test(knows_what_numbers_begin_with),
	};

	return cmocka_run_group_tests_name("cowmap", tests, NULL, NULL);
}
