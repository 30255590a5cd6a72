#include "common/error.h"
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

static void
begin_build(struct index *index, const struct zone_version *zone)
{
	index->state = INDEX_BUILDING;
	index->zone = *zone;
	index->last.len = 0;
	index->place = zone_place_all(zone->serial);
	atomic_fetch_add(&index->shown.builds, 1);
}

/* 1 for more to do. */
static int
build_step(struct index *index)
{
	struct octets key, value;
	int error =
	    zonereader_record(&index->reader, &index->last, &key, &value);

	for (unsigned i = 1; error == 0; i++) {
		error = index_table_set(&index->table, key, value);
		if (error != 0)
			return error;
		if (i == STEP_RECORDS) {
			error = zonekey_copy(key.data, key.len, &index->last);
			return error == 0 ? 1 : error;
		}
		error = zonereader_next_record(&index->reader, &key, &value);
	}
	if (error != ERROR_NOT_FOUND)
		return error;
	index->state = INDEX_FOLLOWING;
	index->book_count = index->table.book->count;
	return 1;
}

/* --- the journal ---------------------------------------------------------- */

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

static int
take_change(struct index *index, const struct zone_change *change)
{
	int error = index_table_set(&index->table, change->key, change->after);

	if (error == 0)
		index->place = zone_place_behind(change);
	return error;
}

/* To the journal's end. 1 for more to do. */
static int
read_journal(struct index *index)
{
	struct zonereader *reader = &index->reader;
	struct zone_change change;
	int error = zonereader_change(reader, &index->place, &change);

	for (unsigned i = 1; error == 0; i++) {
		error = take_change(index, &change);
		if (error == 0 &&
		    (i == STEP_RECORDS || cow_is_heavy(&index->table.space)))
			return 1;
		if (error == 0)
			error = zonereader_next_change(reader, &change);
	}
	return error == ERROR_NOT_FOUND ? 0 : error;
}

/* 1 for more to do. */
static int
follow_step(struct index *index, const struct zone_version *now)
{
	int result = 0;

	if (!zone_place_is_all(&index->place, now->serial))
		result =
		    zonereader_reaches(&index->reader, &index->place, false);
	if (result == 0)
		result = read_journal(index);
	if (result == ERROR_NOT_FOUND ||
	    (result == 0 && wants_new_build(index))) {
		index->state = INDEX_LOST;
		return 1;
	}
	if (result != 0)
		return result;
	/* A new serial may stand for no record at all. */
	index->place = zone_place_all(now->serial);
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
	int error = meta_zone_version(index->reader.txn, now);

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

int
index_step(struct index *index)
{
	struct zone_version now;
	int result = zonereader_begin(&index->reader);

	if (result != 0)
		return result;
	result = read_step(index, &now);
	/* Readers are waited for without a transaction. */
	zonereader_end(&index->reader);
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
