#ifndef DNSD_COWMAP_H
#define DNSD_COWMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A map from numbers to 16-bit values of which every version stays as it is: a
 * change makes anew what leads to it and shares the rest with the version
 * before (copy on write). One thread changes; any thread may read a version.
 *
 * A number's upper sixteen bits lead through two tables to a bucket, in which
 * the lower bits stand sorted and their values behind them. An entry of 32 bits
 * costs four octets, ten million of them some 45 MB; a change copies 4 KiB and
 * a bucket; a look-up touches three or four lines of memory.
 */

/* How every part begins. Parts without anything in them are not kept. */
struct cow_part {
	struct cow_part *next_retired;
	uint64_t generation; /* that it was made in */
	uint32_t count;	     /* entries, or pointers in use */
};

#define COW_FANOUT 256
struct cow_table {
	struct cow_part part;
	void *below[COW_FANOUT];
};

/*
 * `count` numbers, then as many values: uint16_t, but uint64_t numbers in maps
 * of numbers of 64 bits.
 */
struct cow_bucket {
	struct cow_part part;
	uint64_t octets[];
};

/*
 * What several maps that are published together share. A part of the
 * generation is nobody else's yet and may still be changed in place.
 */
struct cow_space {
	uint64_t generation;
	struct cow_part *retired; /* replaced, but may still be looked at */
};
/* Retires anything that begins with a part. */
void cow_retire(struct cow_space *space, struct cow_part *part);
/* From now on everything made so far stays as it is. */
void cow_seal(struct cow_space *space);
/* Frees a list of retired parts. */
void cow_free_all(struct cow_part *parts);

/* A map; its `root` is at any time a version, NULL with nothing in it. */
struct cowmap {
	struct cow_space *space;
	struct cow_table *root;
	bool wide; /* numbers of 64 bits, else of 32 */
};
void cowmap_init(struct cowmap *map, struct cow_space *space, bool wide);
/* Retires all of it. */
void cowmap_clear(struct cowmap *map);

/* A number's bits below the upper sixteen, and what it is to lead to. */
#define COWMAP_REMOVE (-1)
struct cow_change {
	uint64_t low;
	int32_t value; /* 0..65535, or COWMAP_REMOVE */
};
/*
 * Makes changes below one number of sixteen bits. Their `low` rise. *grown is
 * by how many entries there are more then. 0 or -ENOMEM, with nothing changed.
 */
int cowmap_change(struct cowmap *map, uint16_t high,
    const struct cow_change *changes, size_t count, int64_t *grown);

/* --- looking up ----------------------------------------------------------- */

/*
 * In two steps, so that memory can be waited for in between: where the bucket
 * of an upper number would be, NULL for nowhere; and the value of a number in
 * its bucket (NULL: none), or COWMAP_NONE. Of a number of 64 bits the lower 48
 * are looked at.
 */
void *const *cowmap_place(const struct cow_table *version, uint16_t high);
#define COWMAP_NONE (-1)
int32_t cowmap_find_in(const struct cow_bucket *bucket, uint16_t low);
int32_t cowmap_find_wide_in(const struct cow_bucket *bucket, uint64_t number);

/* The value of a number, or COWMAP_NONE. */
int32_t cowmap_find(const struct cow_table *version, uint32_t number);
int32_t cowmap_find_wide(const struct cow_table *version, uint64_t number);

/* Does any number begin with the upper `bits` (8, 16 or 24) of this one? */
bool cowmap_has_prefix(
    const struct cow_table *version, uint32_t number, unsigned bits);

#endif
