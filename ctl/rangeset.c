#include "ctl/rangeset.h"

#include <errno.h>
#include <stdlib.h>

void
rangeset_deinit(struct rangeset *set)
{
	free(set->ranges);
	*set = (struct rangeset){ NULL, 0, 0 };
}

int
rangeset_add(struct rangeset *set, uint64_t first, uint64_t last)
{
	if (set->count == set->size) {
		size_t size = set->size > 0 ? set->size * 2 : 1024;
		struct range *ranges =
		    reallocarray(set->ranges, size, sizeof(*ranges));

		if (ranges == NULL)
			return -ENOMEM;
		set->ranges = ranges;
		set->size = size;
	}
	set->ranges[set->count++] = (struct range){ first, last };
	return 0;
}

static int
by_first(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

void
rangeset_normalise(struct rangeset *set)
{
	size_t kept = 0;

	if (set->count == 0)
		return;
	qsort(set->ranges, set->count, sizeof(*set->ranges), by_first);
	for (size_t i = 1; i < set->count; i++) {
		struct range *last = &set->ranges[kept];
		const struct range *next = &set->ranges[i];

		/* The second test first would overflow behind the end. */
		if (next->first <= last->last ||
		    next->first == last->last + 1) {
			if (next->last > last->last)
				last->last = next->last;
		} else {
			set->ranges[++kept] = *next;
		}
	}
	set->count = kept + 1;
}

/*
 * What `without` leaves of one range, into `left`. `*from` is the first of
 * `without` that can still touch it; ranges come in rising order.
 */
static int
cut(const struct range *range, const struct rangeset *without, size_t *from,
    struct rangeset *left)
{
	uint64_t first = range->first;
	int error = 0;

	while (*from < without->count &&
	       without->ranges[*from].last < range->first)
		++*from;
	for (size_t i = *from; error == 0 && i < without->count; i++) {
		const struct range *hole = &without->ranges[i];

		if (hole->first > range->last)
			break;
		if (hole->first > first)
			error = rangeset_add(left, first, hole->first - 1);
		if (hole->last >= range->last)
			return error;
		first = hole->last + 1;
	}
	return error == 0 ? rangeset_add(left, first, range->last) : error;
}

int
rangeset_subtract(struct rangeset *set, const struct rangeset *without)
{
	struct rangeset left = { NULL, 0, 0 };
	size_t from = 0;
	int error = 0;

	if (without->count == 0)
		return 0;
	for (size_t i = 0; i < set->count && error == 0; i++)
		error = cut(&set->ranges[i], without, &from, &left);
	if (error != 0) {
		rangeset_deinit(&left);
		return error;
	}
	rangeset_deinit(set);
	*set = left;
	return 0;
}

uint64_t
rangeset_total(const struct rangeset *set)
{
	uint64_t total = 0;

	for (size_t i = 0; i < set->count; i++) {
		uint64_t span = set->ranges[i].last - set->ranges[i].first;

		if (span >= UINT64_MAX - total)
			return UINT64_MAX;
		total += span + 1;
	}
	return total;
}

bool
rangeset_next(
    const struct rangeset *set, struct rangeset_place *place, uint64_t *number)
{
	const struct range *range;

	if (place->range == set->count)
		return false;
	range = &set->ranges[place->range];
	*number = range->first + place->offset;
	if (*number == range->last) {
		place->range++;
		place->offset = 0;
	} else {
		place->offset++;
	}
	return true;
}
