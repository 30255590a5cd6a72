#include "dnsd/cowmap.h"

#include <errno.h>
#include <string.h>

/* --- buckets -------------------------------------------------------------- */

static size_t
low_size(bool wide)
{
	return wide ? sizeof(uint64_t) : sizeof(uint16_t);
}

static size_t
bucket_size(size_t count, bool wide)
{
	return sizeof(struct cow_bucket) +
	       count * (low_size(wide) + sizeof(uint16_t));
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
			    bucket->count * low_size(wide));
}

/*
 * What stood there and what is to change, merged: to `to`, or nowhere with
 * `to` NULL. Returns how many there are then.
 */
static size_t
merge(const struct cow_bucket *from, bool wide,
    const struct cow_change *changes, size_t count, struct cow_bucket *to)
{
	size_t old_count = from != NULL ? from->count : 0;
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
	bucket = cow_take(map->space, bucket_size(left, map->wide));
	if (bucket == NULL)
		return -ENOMEM;
	bucket->count = (uint32_t)left;
	merge(from, map->wide, changes, count, bucket);
	*out = bucket;
	return 0;
}

/* --- tables --------------------------------------------------------------- */

/* A table like `*table` that may be changed, put in its place. */
static int
own_table(struct cow_space *space, struct cow_table **table)
{
	struct cow_table *old = *table, *copy;

	if (old != NULL && old->generation == space->generation)
		return 0;
	copy = cow_take(space, sizeof(*copy));
	if (copy == NULL)
		return -ENOMEM;
	if (old != NULL) {
		memcpy(copy, old, sizeof(*copy));
		cow_leave(space, sizeof(*old));
	} else {
		memset(copy, 0, sizeof(*copy));
	}
	copy->generation = space->generation;
	*table = copy;
	return 0;
}

static void
put_below(struct cow_table *table, uint8_t i, void *below)
{
	table->count -= table->below[i] != NULL;
	table->count += below != NULL;
	table->below[i] = below;
}

/* In place of `*table`: nothing, when nothing is left in it. */
static void
drop_if_empty(struct cow_space *space, struct cow_table **table)
{
	if ((*table)->count > 0)
		return;
	cow_leave(space, sizeof(**table));
	*table = NULL;
}

/* --- maps ----------------------------------------------------------------- */

void
cowmap_init(struct cowmap *map, struct cow_space *space, bool wide)
{
	*map = (struct cowmap){ .space = space, .wide = wide };
}

static struct cow_bucket *
copy_bucket(const struct cow_bucket *bucket, bool wide, struct cow_space *to)
{
	size_t size = bucket_size(bucket->count, wide);
	struct cow_bucket *copy = cow_take(to, size);

	return copy != NULL ? memcpy(copy, bucket, size) : NULL;
}

/* `depth` 1: of tables of buckets. */
static struct cow_table *
copy_table(const struct cow_table *table, unsigned depth, bool wide,
    struct cow_space *to)
{
	struct cow_table *copy = cow_take(to, sizeof(*copy));

	if (copy == NULL)
		return NULL;
	memcpy(copy, table, sizeof(*copy));
	copy->generation = to->generation;
	for (unsigned i = 0; i < COW_FANOUT; i++) {
		if (table->below[i] == NULL)
			continue;
		copy->below[i] =
		    depth > 0 ? (void *)copy_table(
				    table->below[i], depth - 1, wide, to)
			      : (void *)copy_bucket(table->below[i], wide, to);
		if (copy->below[i] == NULL)
			return NULL;
	}
	return copy;
}

int
cowmap_copy(
    const struct cowmap *map, struct cow_space *to, struct cow_table **root)
{
	*root = NULL;
	if (map->root == NULL)
		return 0;
	*root = copy_table(map->root, 1, map->wide, to);
	return *root != NULL ? 0 : -ENOMEM;
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
		return -ENOMEM;
	if (own_table(map->space, &table) != 0) {
		drop_if_empty(map->space, &map->root);
		return -ENOMEM;
	}
	*grown = bucket != NULL ? bucket->count : 0;
	*grown -= old != NULL ? old->count : 0;
	put_below(table, lower, bucket);
	if (old != NULL)
		cow_leave(map->space, bucket_size(old->count, map->wide));
	drop_if_empty(map->space, &table);
	put_below(map->root, upper, table);
	drop_if_empty(map->space, &map->root);
	return 0;
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
	count = bucket->count;
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
	count = bucket->count;
	i = rank_wide(bucket->octets, count, low);
	if (i == count || bucket->octets[i] != low)
		return COWMAP_NONE;
	return values_of(bucket, true)[i];
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
	i = rank(lows, bucket->count, number & 0xff00);
	return i < bucket->count && lows[i] >> 8 == (number >> 8 & 0xff);
}
