#ifndef CTL_RANGESET_H
#define CTL_RANGESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A set of numbers kept as ranges, so that a million addresses take 16 MB and
 * a /8 takes one range. For IPv4 a number is the address, for IPv6 the first
 * 64 bits of it.
 */
struct range {
	uint64_t first, last; /* inclusive */
};

struct rangeset {
	struct range *ranges;
	size_t count, size;
};

/* All zero is the empty set. */
void rangeset_deinit(struct rangeset *set);

/* In any order, overlapping or not; 0 or -ENOMEM. */
int rangeset_add(struct rangeset *set, uint64_t first, uint64_t last);

/* Sorts, and joins what overlaps or touches. */
void rangeset_normalise(struct rangeset *set);

/* Takes `without` out of the set; both are normalised. 0 or -ENOMEM. */
int rangeset_subtract(struct rangeset *set, const struct rangeset *without);

/* How many numbers it holds; at most UINT64_MAX. */
uint64_t rangeset_total(const struct rangeset *set);

/* Steps through the numbers of a normalised set, rising. Start with { 0 }. */
struct rangeset_place {
	size_t range;
	uint64_t offset;
};
bool rangeset_next(
    const struct rangeset *set, struct rangeset_place *place, uint64_t *number);

#endif
