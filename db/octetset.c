#include "db/octetset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 256

void
octetset_init(struct octetset *set, size_t len)
{
	*set = (struct octetset){ .len = len };
}

void
octetset_deinit(struct octetset *set)
{
	free(set->items);
	set->items = NULL;
	set->count = set->size = 0;
}

const uint8_t *
octetset_at(const struct octetset *set, size_t place)
{
	return set->items + place * set->len;
}

int
octetset_add(struct octetset *set, const void *item)
{
	/* What comes in order, as most does, needs no room for repetitions. */
	if (set->count > 0 &&
	    memcmp(octetset_at(set, set->count - 1), item, set->len) == 0)
		return 0;
	if (set->count == set->size) {
		size_t size = set->size > 0 ? 2 * set->size : FIRST_SIZE;
		uint8_t *items = realloc(set->items, size * set->len);

		if (items == NULL)
			return -ENOMEM;
		set->items = items;
		set->size = size;
	}
	memcpy(set->items + set->count++ * set->len, item, set->len);
	return 0;
}

static int
compare(const void *a, const void *b, void *len)
{
	return memcmp(a, b, *(size_t *)len);
}

void
octetset_sort(struct octetset *set)
{
	size_t kept = 0;

	if (set->count == 0)
		return;
	qsort_r(set->items, set->count, set->len, compare, &set->len);
	for (size_t i = 1; i < set->count; i++) {
		const uint8_t *item = octetset_at(set, i);

		if (memcmp(octetset_at(set, kept), item, set->len) != 0)
			memmove(set->items + ++kept * set->len, item, set->len);
	}
	set->count = kept + 1;
}

size_t
octetset_seek(const struct octetset *set, const void *item)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(octetset_at(set, middle), item, set->len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
