#include "dnsd/index.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "dnsd/index_private.h"
#include "dnsd/indexname.h"

/* A batch ends within some hundred microseconds. */
#define READERS_PAUSE_NS 50000

/* --- versions ------------------------------------------------------------- */

static bool
same_zone(const struct zone_version *a, const struct zone_version *b)
{
	return a->serial == b->serial && a->lineage == b->lineage;
}

/*
 * A reader writes the epoch, then reads `current`; we write `current`, raise
 * the epoch and read what readers wrote, all in one order (sequentially
 * consistent). So a reader that shows nothing, or a later epoch, has seen the
 * new version or will, and all others are waited for.
 */
static void
await_readers(struct index *index, uint64_t epoch)
{
	const struct timespec pause = { .tv_nsec = READERS_PAUSE_NS };

	pthread_mutex_lock(&index->lock);
	for (struct index_reader *reader = index->readers; reader != NULL;
	     reader = reader->next) {
		uint64_t since = atomic_load(&reader->since);

		while (since != 0 && since <= epoch) {
			nanosleep(&pause, NULL);
			since = atomic_load(&reader->since);
		}
	}
	pthread_mutex_unlock(&index->lock);
}

/* No reader has the version before once this has returned. */
static void
replace_version(struct index *index, const struct index_version *version)
{
	uint64_t epoch;

	atomic_store(&index->current, version);
	epoch = atomic_fetch_add(&index->epoch, 1);
	await_readers(index, epoch);
}

/*
 * What was in force before is in the same space and stays until it is tidied.
 */
static void
put_version(struct index *index, const struct index_version *version)
{
	if (atomic_load(&index->current) != NULL)
		cow_leave(&index->table.space, sizeof(*version));
	atomic_store(&index->current, version);
	atomic_fetch_add(&index->epoch, 1);
}

static struct index_version *
make_version(struct index_table *table, const struct zone_version *zone)
{
	struct index_version *version =
	    cow_take(&table->space, sizeof(*version));

	if (version == NULL)
		return NULL;
	version->zone = *zone;
	version->strange = table->strange;
	version->book = table->book;
	for (int i = 0; i < SUBLIST_COUNT; i++) {
		const struct index_table_list *list = &table->lists[i];

		version->lists[i] = (struct index_list){ list->ipv4.root,
			list->units.root, list->beginnings };
	}
	cow_seal(&table->space);
	return version;
}

static void
show(struct index *index, const struct zone_version *zone)
{
	const struct index_table *table = &index->table;

	atomic_store(&index->shown.ready, !table->strange);
	atomic_store(&index->shown.serial, zone->serial);
	atomic_store(&index->shown.addresses, table->addresses);
	atomic_store(&index->shown.units, table->units);
	atomic_store(&index->shown.memory_bytes, table->space.used);
	atomic_fetch_add(&index->shown.versions, 1);
}

int
index_publish(struct index *index, const struct zone_version *zone)
{
	struct cow_space old = { .pieces = NULL };
	const struct index_version *version;
	bool tidied = false;

	/* Without memory for it, it is put off. */
	if (cow_is_littered(&index->table.space))
		tidied = index_table_tidy(&index->table, &old) == 0;
	version = make_version(&index->table, zone);
	if (version == NULL && tidied)
		replace_version(index, NULL);
	else if (version != NULL && tidied)
		replace_version(index, version);
	else if (version != NULL)
		put_version(index, version);
	cow_free(&old);
	if (version == NULL)
		return -ENOMEM;
	show(index, zone);
	atomic_fetch_add(&index->shown.tidied, tidied);
	return 0;
}

void
index_lighten(struct index *index)
{
	struct cow_space old;

	if (!cow_is_heavy(&index->table.space) ||
	    index_table_tidy(&index->table, &old) != 0)
		return;
	atomic_store(&index->shown.ready, false);
	replace_version(index, NULL);
	cow_free(&old);
	atomic_fetch_add(&index->shown.tidied, 1);
}

int
index_withdraw(struct index *index)
{
	atomic_store(&index->shown.ready, false);
	replace_version(index, NULL);
	return index_table_clear(&index->table);
}

/* --- calls ---------------------------------------------------------------- */

/* One call of the system for a version, however many batches meet it. */
void
index_call(struct index *index)
{
	if (atomic_load_explicit(&index->called, memory_order_relaxed) ||
	    atomic_exchange(&index->called, true))
		return;
	sem_post(&index->calls);
}

void
index_await_call(struct index *index, unsigned milliseconds)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += milliseconds / 1000;
	until.tv_nsec += milliseconds % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	sem_clockwait(&index->calls, CLOCK_MONOTONIC, &until);
	atomic_store(&index->called, false);
}

/* --- readers -------------------------------------------------------------- */

void
index_reader_init(struct index_reader *reader, struct index *index)
{
	atomic_init(&reader->since, 0);
	reader->index = index;
	pthread_mutex_lock(&index->lock);
	reader->next = index->readers;
	index->readers = reader;
	pthread_mutex_unlock(&index->lock);
}

void
index_reader_deinit(struct index_reader *reader)
{
	struct index *index = reader->index;
	struct index_reader **link = &index->readers;

	pthread_mutex_lock(&index->lock);
	while (*link != reader)
		link = &(*link)->next;
	*link = reader->next;
	pthread_mutex_unlock(&index->lock);
}

const struct index_version *
index_begin(struct index_reader *reader, const struct zone_version *zone)
{
	struct index *index = reader->index;
	const struct index_version *version;

	atomic_store(&reader->since, atomic_load(&index->epoch));
	version = atomic_load(&index->current);
	if (version != NULL && same_zone(&version->zone, zone))
		return version;
	index_end(reader);
	index_call(index);
	return NULL;
}

void
index_end(struct index_reader *reader)
{
	atomic_store_explicit(&reader->since, 0, memory_order_release);
}

/* --- looking up ----------------------------------------------------------- */

static enum index_outcome
found_at(const struct index_version *version, int32_t number,
    struct index_entry *found)
{
	if (number == ASK_TABLE)
		return INDEX_SILENT;
	found->entry = &version->book->entries[number];
	return INDEX_FOUND;
}

/* Is any of `count` bits set, which are few or whole words? */
static bool
any_bit(const uint64_t *bits, uint32_t first, uint32_t count)
{
	if (count < 64)
		return (bits[first / 64] >> first % 64 &
			   ((UINT64_C(1) << count) - 1)) != 0;
	for (uint32_t word = first / 64; word < (first + count) / 64; word++) {
		if (bits[word] != 0)
			return true;
	}
	return false;
}

/* Does some unit begin with these numbers, each a nibble of its own? */
static bool
begins_a_unit(
    const struct beginnings *beginnings, uint32_t ipv4, unsigned octets)
{
	uint32_t first = 0;

	if (beginnings == NULL)
		return false;
	for (int shift = 24; shift >= 0; shift -= 8) {
		uint32_t octet = ipv4 >> shift & 0xff;

		if (octet > 9)
			return false;
		first = first << 4 | octet;
	}
	return any_bit(beginnings->bits, first, 1u << 4 * (4 - octets));
}

/* The bucket that index_ask has looked for. */
static const struct cow_bucket *
bucket_at(const struct index_question *question)
{
	return question->place != NULL ? *question->place : NULL;
}

static enum index_outcome
find_address(const struct index_version *version,
    const struct index_question *question, struct index_entry *found)
{
	const struct indexname *name = &question->name;
	const struct index_list *list = &version->lists[name->list];
	bool exists = false;

	if (name->octets == 4) {
		int32_t number =
		    cowmap_find_in(bucket_at(question), (uint16_t)name->ipv4);

		found->is_unit = false;
		found->number = name->ipv4;
		if (number != COWMAP_NONE)
			return found_at(version, number, found);
	} else {
		exists =
		    cowmap_has_prefix(list->ipv4, name->ipv4, 8 * name->octets);
	}
	exists =
	    exists || begins_a_unit(list->beginnings, name->ipv4, name->octets);
	return exists ? INDEX_EMPTY : INDEX_NOTHING;
}

/*
 * With seventeen nibbles and more a name is below its unit, and nothing else
 * is there: either the unit's wildcard covers it or there is no such name.
 */
static enum index_outcome
find_unit(const struct index_version *version,
    const struct index_question *question, struct index_entry *found)
{
	int32_t number =
	    cowmap_find_wide_in(bucket_at(question), question->name.mixed);

	found->is_unit = true;
	found->number = question->name.unit;
	if (number == COWMAP_NONE)
		return INDEX_NOTHING;
	return found_at(version, number, found);
}

void
index_ask(const struct index_version *version, const uint8_t *name,
    const uint8_t *labels, unsigned count, struct index_question *question)
{
	struct indexname *asked = &question->name;
	const struct index_list *list;

	question->place = NULL;
	question->kind = INDEXNAME_STRANGE;
	if (version->strange)
		return;
	question->kind = indexname_of_question(name, labels, count, asked);
	list = &version->lists[asked->list];
	if (question->kind == INDEXNAME_IPV4) {
		question->place = cowmap_place(list->ipv4, asked->ipv4 >> 16);
	} else if (question->kind == INDEXNAME_UNIT) {
		asked->mixed = index_mix(asked->unit);
		question->place = cowmap_place(list->units, asked->mixed >> 48);
	}
	__builtin_prefetch(question->place);
}

void
index_fetch(const struct index_question *question)
{
	if (question->place != NULL)
		__builtin_prefetch(*question->place);
}

enum index_outcome
index_find(const struct index_version *version,
    const struct index_question *question, struct index_entry *found)
{
	found->list = question->name.list;
	switch (question->kind) {
	case INDEXNAME_IPV4:
		return find_address(version, question, found);
	case INDEXNAME_UNIT:
		return find_unit(version, question, found);
	default:
		return INDEX_SILENT;
	}
}

struct ipaddr
index_unit(const struct index_entry *found)
{
	struct ipaddr unit = { { 0 } };

	if (!found->is_unit)
		return ipaddr_from_ipv4((uint32_t)found->number);
	for (unsigned i = 0; i < 8; i++)
		unit.octets[i] = (uint8_t)(found->number >> (56 - 8 * i));
	return unit;
}

/* --- the whole ------------------------------------------------------------ */

int
index_new(struct store *store, struct index **out)
{
	struct index *index = calloc(1, sizeof(*index));
	int error;

	if (index == NULL)
		return -ENOMEM;
	atomic_init(&index->epoch, 1);
	pthread_mutex_init(&index->lock, NULL);
	sem_init(&index->calls, 0, 0);
	error = index_table_init(&index->table);
	if (error == 0)
		error = zonereader_init(&index->reader, store);
	if (error != 0) {
		index_free(index);
		return error;
	}
	*out = index;
	return 0;
}

void
index_free(struct index *index)
{
	if (index == NULL)
		return;
	zonereader_deinit(&index->reader);
	index_table_deinit(&index->table);
	sem_destroy(&index->calls);
	pthread_mutex_destroy(&index->lock);
	free(index);
}

void
index_figures(struct index *index, struct index_figures *figures)
{
	figures->ready = atomic_load(&index->shown.ready);
	figures->serial = atomic_load(&index->shown.serial);
	figures->addresses = atomic_load(&index->shown.addresses);
	figures->units = atomic_load(&index->shown.units);
	figures->memory_bytes = atomic_load(&index->shown.memory_bytes);
	figures->tidied = atomic_load(&index->shown.tidied);
	figures->versions = atomic_load(&index->shown.versions);
	figures->builds = atomic_load(&index->shown.builds);
}
