#include "dnsd/entrybook.h"

#include <stdbool.h>
#include <stdlib.h>

struct entrybook *
entrybook_new(void)
{
	return calloc(1, sizeof(struct entrybook));
}

static bool
same(const struct zone_entry *a, const struct zone_entry *b)
{
	return a->seen_day == b->seen_day && a->codes == b->codes &&
	       a->kinds == b->kinds && a->flags == b->flags;
}

static uint32_t
slot_of(const struct zone_entry *entry)
{
	uint64_t all = (uint64_t)entry->seen_day << 32 |
		       (uint64_t)entry->kinds << 16 | entry->codes;

	/* Fibonacci hashing: the upper bits depend on all others. */
	all = (all ^ (uint64_t)entry->flags << 56) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(all >> 40) % ENTRYBOOK_SLOTS;
}

uint16_t
entrybook_number(struct entrybook *book, const struct zone_entry *entry)
{
	uint32_t slot = slot_of(entry);
	uint32_t count = book->count;

	for (; book->slots[slot] != 0; slot = (slot + 1) % ENTRYBOOK_SLOTS) {
		uint16_t number = (uint16_t)(book->slots[slot] - 1);

		if (same(&book->entries[number], entry))
			return number;
	}
	if (count == ENTRYBOOK_MAX)
		return ENTRYBOOK_MAX;
	book->entries[count] = *entry;
	book->slots[slot] = (uint16_t)(count + 1);
	book->count = count + 1;
	return (uint16_t)count;
}
