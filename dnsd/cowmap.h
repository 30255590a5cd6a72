#ifndef DNSD_COWMAP_H
#define DNSD_COWMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnsd/cowspace.h"

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

#define COW_FANOUT 256
struct cow_table {
	uint64_t generation; /* that it was made in */
	uint32_t count;	     /* of those below; never 0 */
	void *below[COW_FANOUT];
};

/*
 * `count` numbers, never none, then as many values: uint16_t, but uint64_t
 * numbers in maps of numbers of 64 bits.
 */
struct cow_bucket {
	uint32_t count;
	uint64_t octets[];
};

/* A map; its `root` is at any time a version, NULL with nothing in it. */
struct cowmap {
	struct cow_space *space;
	struct cow_table *root;
	bool wide; /* numbers of 64 bits, else of 32 */
};
void cowmap_init(struct cowmap *map, struct cow_space *space, bool wide);

/* All of it in another space: its root there. 0 or -ENOMEM. */
int cowmap_copy(
    const struct cowmap *map, struct cow_space *to, struct cow_table **root);

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

/* Does any number begin with the upper `bits` (8, 16 or 24) of this one? */
bool cowmap_has_prefix(
    const struct cow_table *version, uint32_t number, unsigned bits);

#endif
