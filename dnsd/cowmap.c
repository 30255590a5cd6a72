#include "dnsd/cowmap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- parts ---------------------------------------------------------------- */

void
cow_retire(struct cow_space *space, struct cow_part *part)
{
	if (part == NULL)
		return;
	if (part->generation == space->generation) {
		free(part);
		return;
	}
	part->next_retired = space->retired;
	space->retired = part;
}

void
cow_seal(struct cow_space *space)
{
	space->generation++;
}

void
cow_free_all(struct cow_part *parts)
{
	while (parts != NULL) {
		struct cow_part *next = parts->next_retired;

		free(parts);
		parts = next;
	}
}

/* --- buckets -------------------------------------------------------------- */

static size_t
low_size(bool wide)
{
	return wide ? sizeof(uint64_t) : sizeof(uint16_t);
}

static uint64_t
low_at(const struct cow_bucket *bucket, bool wide, size_t i)
{
	return wide ? bucket->octets[i] : ((const uint16_t *)bucket->octets)[i];
}

static void
set_low(struct cow_bucket *bucket, bool wide, size_t i, uint64_t low)
{
	if (wide)
		bucket->octets[i] = low;
	else
		((uint16_t *)bucket->octets)[i] = (uint16_t)low;
}

static uint16_t *
values_of(const struct cow_bucket *bucket, bool wide)
{
	return (uint16_t *)((uint8_t *)bucket->octets +
			    bucket->part.count * low_size(wide));
}

/*
 * What stood there and what is to change, merged: to `to`, or nowhere with
 * `to` NULL. Returns how many there are then.
 */
static size_t
merge(const struct cow_bucket *from, bool wide,
    const struct cow_change *changes, size_t count, struct cow_bucket *to)
{
	size_t old_count = from != NULL ? from->part.count : 0;
	size_t i = 0, j = 0, n = 0;

	while (i < old_count || j < count) {
		uint64_t old = i < old_count ? low_at(from, wide, i) : 0;
		bool changed =
		    j < count && (i == old_count || changes[j].low <= old);
		int32_t value;

		if (changed) {
			value = changes[j].value;
			i += i < old_count && changes[j].low == old;
			old = changes[j++].low;
		} else {
			value = values_of(from, wide)[i++];
		}
		if (value == COWMAP_REMOVE)
			continue;
		if (to != NULL) {
			set_low(to, wide, n, old);
			values_of(to, wide)[n] = (uint16_t)value;
		}
		n++;
	}
	return n;
}

static int
make_bucket(const struct cowmap *map, const struct cow_bucket *from,
    const struct cow_change *changes, size_t count, struct cow_bucket **out)
{
	size_t left = merge(from, map->wide, changes, count, NULL);
	struct cow_bucket *bucket;

	*out = NULL;
	if (left == 0)
		return 0;
	bucket = malloc(
	    sizeof(*bucket) + left * (low_size(map->wide) + sizeof(uint16_t)));
	if (bucket == NULL)
		return -ENOMEM;
	bucket->part.generation = map->space->generation;
	bucket->part.count = (uint32_t)left;
	merge(from, map->wide, changes, count, bucket);
	*out = bucket;
	return 0;
}

/* --- tables --------------------------------------------------------------- */

/* A table like `*table` that may be changed, put in its place. */
static int
own_table(struct cow_space *space, struct cow_table **table)
{
	struct cow_table *copy;

	if (*table != NULL && (*table)->part.generation == space->generation)
		return 0;
	copy =
	    *table != NULL ? malloc(sizeof(*copy)) : calloc(1, sizeof(*copy));
	if (copy == NULL)
		return -ENOMEM;
	if (*table != NULL) {
		memcpy(copy, *table, sizeof(*copy));
		cow_retire(space, &(*table)->part);
	}
	copy->part.generation = space->generation;
	*table = copy;
	return 0;
}

static void
put_below(struct cow_table *table, uint8_t i, void *below)
{
	table->part.count -= table->below[i] != NULL;
	table->part.count += below != NULL;
	table->below[i] = below;
}

/* In place of `*table`: nothing, when nothing is left in it. */
static void
drop_if_empty(struct cow_space *space, struct cow_table **table)
{
	if ((*table)->part.count > 0)
		return;
	cow_retire(space, &(*table)->part);
	*table = NULL;
}

/* --- maps ----------------------------------------------------------------- */

void
cowmap_init(struct cowmap *map, struct cow_space *space, bool wide)
{
	*map = (struct cowmap){ .space = space, .wide = wide };
}

static void
retire_table(struct cow_space *space, struct cow_table *table, bool of_buckets)
{
	for (unsigned i = 0; i < COW_FANOUT; i++) {
		if (table->below[i] == NULL)
			continue;
		if (of_buckets)
			cow_retire(space, table->below[i]);
		else
			retire_table(space, table->below[i], true);
	}
	cow_retire(space, &table->part);
}

void
cowmap_clear(struct cowmap *map)
{
	if (map->root != NULL)
		retire_table(map->space, map->root, false);
	map->root = NULL;
}

int
cowmap_change(struct cowmap *map, uint16_t high,
    const struct cow_change *changes, size_t count, int64_t *grown)
{
	uint8_t upper = (uint8_t)(high >> 8), lower = (uint8_t)high;
	struct cow_table *table =
	    map->root != NULL ? map->root->below[upper] : NULL;
	struct cow_bucket *old = table != NULL ? table->below[lower] : NULL;
	struct cow_bucket *bucket;

	*grown = 0;
	if (make_bucket(map, old, changes, count, &bucket) != 0)
		return -ENOMEM;
	if (old == NULL && bucket == NULL)
		return 0;
	if (own_table(map->space, &map->root) != 0)
		goto no_root;
	if (own_table(map->space, &table) != 0)
		goto no_table;
	*grown = bucket != NULL ? bucket->part.count : 0;
	*grown -= old != NULL ? old->part.count : 0;
	put_below(table, lower, bucket);
	cow_retire(map->space, (struct cow_part *)old);
	drop_if_empty(map->space, &table);
	put_below(map->root, upper, table);
	drop_if_empty(map->space, &map->root);
	return 0;
no_table:
	drop_if_empty(map->space, &map->root);
no_root:
	free(bucket);
	return -ENOMEM;
}

/* --- looking up ----------------------------------------------------------- */

void *const *
cowmap_place(const struct cow_table *version, uint16_t high)
{
	const struct cow_table *table;

	if (version == NULL)
		return NULL;
	table = version->below[high >> 8];
	return table != NULL ? &table->below[high & 0xff] : NULL;
}

static const struct cow_bucket *
bucket_of(const struct cow_table *version, uint16_t high)
{
	void *const *place = cowmap_place(version, high);

	return place != NULL ? *place : NULL;
}

/*
 * How many are less than `low`. The steps depend on the count alone, so that
 * nothing is mispredicted.
 */
static size_t
rank(const uint16_t *lows, size_t count, uint32_t low)
{
	const uint16_t *base = lows;

	while (count > 1) {
		size_t half = count / 2;

		base += base[half - 1] < low ? half : 0;
		count -= half;
	}
	return (size_t)(base - lows) + (count == 1 && *base < low);
}

static size_t
rank_wide(const uint64_t *lows, size_t count, uint64_t low)
{
	const uint64_t *base = lows;

	while (count > 1) {
		size_t half = count / 2;

		base += base[half - 1] < low ? half : 0;
		count -= half;
	}
	return (size_t)(base - lows) + (count == 1 && *base < low);
}

int32_t
cowmap_find_in(const struct cow_bucket *bucket, uint16_t low)
{
	const uint16_t *lows;
	size_t i, count;

	if (bucket == NULL)
		return COWMAP_NONE;
	lows = (const uint16_t *)bucket->octets;
	count = bucket->part.count;
	i = rank(lows, count, low);
	if (i == count || lows[i] != low)
		return COWMAP_NONE;
	return lows[count + i];
}

int32_t
cowmap_find_wide_in(const struct cow_bucket *bucket, uint64_t number)
{
	uint64_t low = number & (UINT64_MAX >> 16);
	size_t i, count;

	if (bucket == NULL)
		return COWMAP_NONE;
	count = bucket->part.count;
	i = rank_wide(bucket->octets, count, low);
	if (i == count || bucket->octets[i] != low)
		return COWMAP_NONE;
	return values_of(bucket, true)[i];
}

int32_t
cowmap_find(const struct cow_table *version, uint32_t number)
{
	return cowmap_find_in(
	    bucket_of(version, (uint16_t)(number >> 16)), (uint16_t)number);
}

int32_t
cowmap_find_wide(const struct cow_table *version, uint64_t number)
{
	return cowmap_find_wide_in(
	    bucket_of(version, (uint16_t)(number >> 48)), number);
}

bool
cowmap_has_prefix(
    const struct cow_table *version, uint32_t number, unsigned bits)
{
	const struct cow_bucket *bucket;
	const uint16_t *lows;
	size_t i;

	if (bits == 8)
		return version != NULL && version->below[number >> 24] != NULL;
	bucket = bucket_of(version, (uint16_t)(number >> 16));
	if (bucket == NULL || bits == 16)
		return bucket != NULL;
	lows = (const uint16_t *)bucket->octets;
	i = rank(lows, bucket->part.count, number & 0xff00);
	return i < bucket->part.count && lows[i] >> 8 == (number >> 8 & 0xff);
}
