#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dnsd/index_private.h"
#include "dnsd/indexname.h"

int
index_table_init(struct index_table *table)
{
	memset(table, 0, sizeof(*table));
	for (int i = 0; i < SUBLIST_COUNT; i++) {
		struct index_table_list *list = &table->lists[i];

		cowmap_init(&list->ipv4, &table->space, false);
		cowmap_init(&list->units, &table->space, true);
		list->unit_counts =
		    calloc(BEGINNINGS, sizeof(*list->unit_counts));
		if (list->unit_counts == NULL)
			return -ENOMEM;
	}
	table->book = entrybook_new();
	return table->book != NULL ? 0 : -ENOMEM;
}

static void
forget_list(struct index_table_list *list)
{
	/* Without units all counts are zero. */
	if (list->units.root != NULL)
		memset(list->unit_counts, 0,
		    BEGINNINGS * sizeof(*list->unit_counts));
	list->ipv4.root = list->units.root = NULL;
	list->beginnings = NULL;
	list->mapped = 0;
	list->run.count = 0;
}

int
index_table_clear(struct index_table *table)
{
	struct entrybook *book = entrybook_new();

	if (book == NULL)
		return -ENOMEM;
	free(table->book);
	table->book = book;
	for (int i = 0; i < SUBLIST_COUNT; i++)
		forget_list(&table->lists[i]);
	cow_free(&table->space);
	table->addresses = table->units = 0;
	table->strange = table->strange_gone = false;
	return 0;
}

void
index_table_deinit(struct index_table *table)
{
	cow_free(&table->space);
	free(table->book);
	for (int i = 0; i < SUBLIST_COUNT; i++)
		free(table->lists[i].unit_counts);
}

/* --- tidying -------------------------------------------------------------- */

/* What a list has in a space. */
struct copied_list {
	struct cow_table *ipv4, *units;
	struct beginnings *beginnings;
};

static struct beginnings *
copy_beginnings(const struct beginnings *from, struct cow_space *to)
{
	struct beginnings *copy = cow_take(to, sizeof(*copy));

	if (copy == NULL)
		return NULL;
	if (from != NULL)
		memcpy(copy, from, sizeof(*copy));
	else
		memset(copy, 0, sizeof(*copy));
	copy->generation = to->generation;
	return copy;
}

static int
copy_list(const struct index_table_list *list, struct cow_space *to,
    struct copied_list *copied)
{
	copied->beginnings = NULL;
	if (cowmap_copy(&list->ipv4, to, &copied->ipv4) != 0 ||
	    cowmap_copy(&list->units, to, &copied->units) != 0)
		return -ENOMEM;
	if (list->beginnings == NULL)
		return 0;
	copied->beginnings = copy_beginnings(list->beginnings, to);
	return copied->beginnings != NULL ? 0 : -ENOMEM;
}

int
index_table_tidy(struct index_table *table, struct cow_space *old)
{
	struct cow_space fresh = { .generation = table->space.generation };
	struct copied_list copied[SUBLIST_COUNT];

	for (int i = 0; i < SUBLIST_COUNT; i++) {
		if (copy_list(&table->lists[i], &fresh, &copied[i]) != 0) {
			cow_free(&fresh);
			return -ENOMEM;
		}
	}
	for (int i = 0; i < SUBLIST_COUNT; i++) {
		struct index_table_list *list = &table->lists[i];

		list->ipv4.root = copied[i].ipv4;
		list->units.root = copied[i].units;
		list->beginnings = copied[i].beginnings;
	}
	*old = table->space;
	table->space = fresh;
	return 0;
}

/* --- addresses ------------------------------------------------------------ */

static int
flush_list(struct index_table *table, struct index_table_list *list)
{
	struct index_run *run = &list->run;
	int64_t grown;
	int error;

	if (run->count == 0)
		return 0;
	error = cowmap_change(
	    &list->ipv4, run->high, run->changes, run->count, &grown);
	table->addresses += (uint64_t)grown;
	run->count = 0;
	return error;
}

int
index_table_flush(struct index_table *table)
{
	int error = 0;

	for (int i = 0; error == 0 && i < SUBLIST_COUNT; i++)
		error = flush_list(table, &table->lists[i]);
	return error;
}

/* Where in the run a number stands, or would. */
static size_t
run_place(const struct index_run *run, uint64_t low)
{
	size_t from = 0, to = run->count;

	/* Mostly they come in order. */
	if (to > 0 && run->changes[to - 1].low < low)
		return to;
	while (from < to) {
		size_t middle = (from + to) / 2;

		if (run->changes[middle].low < low)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static int
set_address(
    struct index_table *table, const struct indexname *name, int32_t value)
{
	struct index_table_list *list = &table->lists[name->list];
	struct index_run *run = &list->run;
	uint16_t high = (uint16_t)(name->ipv4 >> 16);
	uint64_t low = name->ipv4 & 0xffff;
	int error = 0;
	size_t place;

	if (run->count == RUN_MAX || run->high != high)
		error = flush_list(table, list);
	if (error != 0)
		return error;
	run->high = high;
	place = run_place(run, low);
	if (place == run->count || run->changes[place].low != low) {
		memmove(&run->changes[place + 1], &run->changes[place],
		    (run->count - place) * sizeof(run->changes[0]));
		run->count++;
	}
	run->changes[place] = (struct cow_change){ low, value };
	return 0;
}

/* --- units ---------------------------------------------------------------- */

/* One's own to change in place, like the tables of a map. */
static int
own_beginnings(struct index_table *table, struct beginnings **beginnings)
{
	struct beginnings *old = *beginnings, *copy;

	if (old != NULL && old->generation == table->space.generation)
		return 0;
	copy = copy_beginnings(old, &table->space);
	if (copy == NULL)
		return -ENOMEM;
	if (old != NULL)
		cow_leave(&table->space, sizeof(*old));
	*beginnings = copy;
	return 0;
}

static int
note_beginning(
    struct index_table *table, struct index_table_list *list, unsigned i)
{
	if (own_beginnings(table, &list->beginnings) != 0)
		return -ENOMEM;
	list->beginnings->bits[i / 64] ^= UINT64_C(1) << i % 64;
	return 0;
}

static int
set_unit(
    struct index_table *table, enum sublist which, uint64_t unit, int32_t value)
{
	struct index_table_list *list = &table->lists[which];
	uint64_t mixed = index_mix(unit);
	const struct cow_change change = { mixed & (UINT64_MAX >> 16), value };
	uint32_t *count = &list->unit_counts[unit >> 48];
	int64_t grown;
	int error;

	error = cowmap_change(
	    &list->units, (uint16_t)(mixed >> 48), &change, 1, &grown);
	if (error != 0 || grown == 0)
		return error;
	table->units += (uint64_t)grown;
	*count += (uint32_t)grown;
	if (*count == (grown > 0 ? 1 : 0))
		return note_beginning(table, list, (unsigned)(unit >> 48));
	return 0;
}

/*
 * Test entries have names of thirty-two nibbles. They stand in for ::/64,
 * where nothing is ever listed: whoever asks for one asks the table.
 */
static int
set_mapped(struct index_table *table, const struct indexname *name, bool there)
{
	uint16_t *mapped = &table->lists[name->list].mapped;
	uint16_t bit = (uint16_t)(1u << name->mapped);

	*mapped = there ? *mapped | bit : *mapped & (uint16_t)~bit;
	return set_unit(
	    table, name->list, 0, *mapped != 0 ? ASK_TABLE : COWMAP_REMOVE);
}

/* --- any name ------------------------------------------------------------- */

static int32_t
number_of(struct index_table *table, struct octets value)
{
	struct zone_entry entry;

	if (value.data == NULL)
		return COWMAP_REMOVE;
	if (!zonedata_decode_entry(value, &entry))
		return ASK_TABLE;
	return entrybook_number(table->book, &entry);
}

int
index_table_set(
    struct index_table *table, struct octets key, struct octets value)
{
	bool there = value.data != NULL;
	struct indexname name;

	switch (indexname_of_key(key.data, key.len, &name)) {
	case INDEXNAME_IPV4:
		return set_address(table, &name, number_of(table, value));
	case INDEXNAME_UNIT:
		return set_unit(
		    table, name.list, name.unit, number_of(table, value));
	case INDEXNAME_MAPPED:
		return set_mapped(table, &name, there);
	case INDEXNAME_ASIDE:
		break;
	case INDEXNAME_STRANGE:
		table->strange = table->strange || there;
		table->strange_gone = table->strange_gone || !there;
		break;
	}
	return 0;
}
