#include <string.h>

#include "common/error.h"
#include "common/wire.h"
#include "dnsd/index_private.h"

/*
 * Where the index gets its names: first from the whole table, in steps, so
 * that no transaction lasts; what changes meanwhile, and from then on, from
 * the journal. A step may read a record that is newer than what was read
 * before, but whatever changed since the build began stands in the journal with
 * its last value, and saying that twice does no harm.
 */

/* Records a step reads: a few milliseconds' work. */
#define STEP_RECORDS 8192

/* The number of no change: changes of one serial are counted from 0. */
#define NUMBER_LAST UINT32_MAX

static void
begin_build(struct index *index, const struct zone_version *zone)
{
	index->state = INDEX_BUILDING;
	index->zone = *zone;
	index->last.len = 0;
	index->serial = zone->serial;
	index->number = NUMBER_LAST;
	atomic_fetch_add(&index->shown.builds, 1);
}

/* The record behind the last one read. */
static int
resume(struct index *index, struct octets *key, struct octets *value)
{
	const struct zonekey *last = &index->last;
	struct store_cursor *cursor = index->zone_cursor;
	int error;

	if (last->len == 0)
		return store_move(cursor, STORE_FIRST, key, value);
	error = store_seek(cursor, OCTETS(last->octets, last->len), key, value);
	if (error == 0 && key->len == last->len &&
	    memcmp(key->data, last->octets, last->len) == 0)
		error = store_move(cursor, STORE_NEXT, key, value);
	return error;
}

static int
remember(struct zonekey *last, struct octets key)
{
	if (key.len > ZONEKEY_MAX)
		return ERROR_DAMAGED;
	last->len = key.len;
	memcpy(last->octets, key.data, key.len);
	return 0;
}

/* 1 for more to do. */
static int
build_step(struct index *index)
{
	struct octets key, value;
	int error = resume(index, &key, &value);

	for (unsigned i = 1; error == 0; i++) {
		error = index_table_set(&index->table, key, value);
		if (error != 0)
			return error;
		if (i == STEP_RECORDS) {
			error = remember(&index->last, key);
			return error == 0 ? 1 : error;
		}
		error =
		    store_move(index->zone_cursor, STORE_NEXT, &key, &value);
	}
	if (error != ERROR_NOT_FOUND)
		return error;
	index->state = INDEX_FOLLOWING;
	index->book_count = index->table.book->count;
	return 1;
}

/* --- the journal ---------------------------------------------------------- */

/*
 * Does the journal reach back to the version we have? Its oldest change tells;
 * older ones are dropped in time.
 */
static int
journal_reaches(struct index *index, const struct zone_version *now, bool *does)
{
	struct octets key, value;
	struct zone_change change;
	int error =
	    store_move(index->journal_cursor, STORE_FIRST, &key, &value);

	*does = now->serial == index->zone.serial;
	if (error == ERROR_NOT_FOUND)
		return 0;
	if (error == 0)
		error = zonedata_change_decode(key, value, &change);
	/* Which is the later is as RFC 1982 says. */
	if (error == 0 && (int32_t)(change.serial - index->zone.serial) <= 0)
		*does = true;
	return error;
}

static int
seek_change(struct index *index, struct octets *key, struct octets *value)
{
	struct wire_writer writer;
	uint8_t from[8];

	wire_write(&writer, from, sizeof(from));
	wire_write_u32(&writer, index->serial);
	wire_write_u32(&writer, index->number);
	return store_seek(
	    index->journal_cursor, OCTETS(from, sizeof(from)), key, value);
}

static int
take_change(struct index *index, struct octets key, struct octets value)
{
	struct zone_change change;
	int error = zonedata_change_decode(key, value, &change);

	if (error == 0)
		error =
		    index_table_set(&index->table, change.key, change.after);
	if (error == 0) {
		index->serial = change.serial;
		index->number = change.number + 1;
	}
	return error;
}

/*
 * A name that only the table understands is gone, or numbers for entries have
 * run out over the years: a new build may do better.
 */
static bool
wants_new_build(const struct index *index)
{
	const struct index_table *table = &index->table;

	return table->strange_gone ||
	       (table->book->count == ENTRYBOOK_MAX &&
		   index->book_count < ENTRYBOOK_MAX / 2);
}

/* To the journal's end. 1 for more to do. */
static int
follow_step(struct index *index, const struct zone_version *now)
{
	struct octets key, value;
	bool reaches;
	int error = journal_reaches(index, now, &reaches);

	if (error == 0 && !reaches) {
		index->state = INDEX_LOST;
		return 1;
	}
	if (error == 0)
		error = seek_change(index, &key, &value);
	for (unsigned i = 1; error == 0; i++) {
		error = take_change(index, key, value);
		if (error != 0 || i == STEP_RECORDS ||
		    cow_is_heavy(&index->table.space))
			return error == 0 ? 1 : error;
		error =
		    store_move(index->journal_cursor, STORE_NEXT, &key, &value);
	}
	if (error != ERROR_NOT_FOUND)
		return error;
	if (wants_new_build(index)) {
		index->state = INDEX_LOST;
		return 1;
	}
	return index_table_flush(&index->table);
}

/* --- a step --------------------------------------------------------------- */

static bool
is_published(struct index *index, const struct zone_version *now)
{
	return atomic_load(&index->current) != NULL &&
	       now->serial == index->zone.serial &&
	       now->lineage == index->zone.lineage;
}

/* What is read of the database: the transaction has begun. */
static int
read_step(struct index *index, struct zone_version *now)
{
	int error = meta_zone_version(index->txn, now);

	if (error != 0)
		return error;
	if (index->state != INDEX_LOST && now->lineage != index->zone.lineage)
		index->state = INDEX_LOST;
	if (index->state == INDEX_LOST) {
		error = index_withdraw(index);
		if (error != 0)
			return error;
		begin_build(index, now);
	}
	if (index->state == INDEX_BUILDING)
		return build_step(index);
	return is_published(index, now) ? 0 : follow_step(index, now);
}

static int
begin(struct index *index)
{
	int error = store_renew(index->txn);

	if (error != 0)
		return error;
	error = store_cursor_renew(index->txn, index->zone_cursor);
	if (error == 0)
		error = store_cursor_renew(index->txn, index->journal_cursor);
	if (error != 0)
		store_reset(index->txn);
	return error;
}

int
index_step(struct index *index)
{
	struct zone_version now;
	int result = begin(index);

	if (result != 0)
		return result;
	result = read_step(index, &now);
	/* Readers are waited for without a transaction. */
	store_reset(index->txn);
	if (result == 0 && !is_published(index, &now)) {
		index->zone = now;
		result = index_publish(index, &now);
	} else if (result > 0) {
		index_lighten(index);
	}
	/* What failed may have been half done. */
	if (result < 0)
		index->state = INDEX_LOST;
	return result;
}
