#include "db/zoneview.h"

#include <string.h>

#include "common/error.h"
#include "common/wire.h"
#include "db/journal.h"

/* Changes that a step reads: a few milliseconds' work. */
#define STEP_CHANGES 8192

/* Names that changed while a transfer runs, or since the client's version. */
#define CHANGES_MOST 1000000

/*
 * Within so long after the last look nothing that was committed since can have
 * been trimmed: half of what the journal promises, for clocks that differ.
 */
#define TRUST_MS (JOURNAL_YOUNG_SECONDS * 1000 / 2)

bool
zone_serial_before(uint32_t a, uint32_t b)
{
	uint32_t ahead = b - a;

	return ahead != 0 && ahead < 1u << 31;
}

/* --- the reader ----------------------------------------------------------- */

int
zonereader_init(struct zonereader *reader, struct store *store)
{
	int error;

	memset(reader, 0, sizeof(*reader));
	error = store_begin_read(store, &reader->txn);
	if (error == 0)
		error =
		    store_cursor_open(reader->txn, TABLE_ZONE, &reader->zone);
	if (error == 0)
		error = store_cursor_open(
		    reader->txn, TABLE_JOURNAL, &reader->journal);
	if (error == 0)
		store_reset(reader->txn);
	else
		zonereader_deinit(reader);
	return error;
}

void
zonereader_deinit(struct zonereader *reader)
{
	if (reader->journal != NULL)
		store_cursor_close(reader->journal);
	if (reader->zone != NULL)
		store_cursor_close(reader->zone);
	store_abort(reader->txn);
	memset(reader, 0, sizeof(*reader));
}

int
zonereader_begin(struct zonereader *reader)
{
	int error = store_renew(reader->txn);

	if (error != 0)
		return error;
	error = store_cursor_renew(reader->txn, reader->zone);
	if (error == 0)
		error = store_cursor_renew(reader->txn, reader->journal);
	if (error != 0)
		store_reset(reader->txn);
	return error;
}

void
zonereader_end(struct zonereader *reader)
{
	store_reset(reader->txn);
}

/* --- the journal ---------------------------------------------------------- */

static int
seek_change(struct zonereader *reader, const struct zone_place *place,
    struct octets *key, struct octets *value)
{
	struct wire_writer writer;
	uint8_t from[8];

	wire_write(&writer, from, sizeof(from));
	wire_write_u32(&writer, place->serial);
	wire_write_u32(&writer, place->number);
	return store_seek(
	    reader->journal, OCTETS(from, sizeof(from)), key, value);
}

/*
 * 0 where nothing behind the place is missing: the oldest change is no newer.
 * Just after the last look the oldest may be the very next one.
 */
static int
reaches(struct zonereader *reader, const struct zone_place *place,
    bool looked_just_now)
{
	struct octets key, value;
	struct zone_change change;
	int error = store_move(reader->journal, STORE_FIRST, &key, &value);

	if (error == 0)
		error = zonedata_change_decode(key, value, &change);
	if (error != 0)
		return error;
	if (!zone_serial_before(place->serial, change.serial) ||
	    (looked_just_now && change.number == 0))
		return 0;
	return ERROR_NOT_FOUND;
}

static bool
is_passed(const struct zonekey *passed, struct octets key)
{
	size_t least = key.len < passed->len ? key.len : passed->len;
	int order = memcmp(key.data, passed->octets, least);

	return order < 0 || (order == 0 && key.len <= passed->len);
}

static int
take_change(struct zone_place *place, const struct zone_change *change,
    const struct zonekey *passed, struct changes *changes)
{
	place->serial = change->serial;
	place->number = change->number + 1;
	return is_passed(passed, change->key) ? 0
					      : changes_add(changes, change);
}

/*
 * Adds what stands behind the place and is no newer than `last`, but for names
 * up to `passed`. 1 for more.
 */
static int
read_journal(struct zonereader *reader, struct zone_place *place, uint32_t last,
    const struct zonekey *passed, struct changes *changes)
{
	struct octets key, value;
	struct zone_change change;
	int error = seek_change(reader, place, &key, &value);

	for (unsigned i = 0; error == 0 && i < STEP_CHANGES; i++) {
		error = zonedata_change_decode(key, value, &change);
		if (error == 0 && zone_serial_before(last, change.serial))
			return changes_settle(changes);
		if (error == 0)
			error = take_change(place, &change, passed, changes);
		if (error == 0)
			error = store_move(
			    reader->journal, STORE_NEXT, &key, &value);
	}
	if (error == 0)
		return 1;
	return error == ERROR_NOT_FOUND ? changes_settle(changes) : error;
}

/* --- the view ------------------------------------------------------------- */

int
zoneview_init(struct zoneview *view, const struct zonereader *reader)
{
	memset(view, 0, sizeof(*view));
	changes_init(&view->changes, CHANGES_MOST);
	return meta_zone_version(reader->txn, &view->version);
}

void
zoneview_deinit(struct zoneview *view)
{
	changes_deinit(&view->changes);
}

/* The table's record behind the last one taken. */
static int
seek_record(struct zoneview *view, struct zonereader *reader)
{
	const struct zonekey *last = &view->last;
	int error;

	if (last->len == 0)
		error = store_move(
		    reader->zone, STORE_FIRST, &view->key, &view->value);
	else
		error = store_seek(reader->zone,
		    OCTETS(last->octets, last->len), &view->key, &view->value);
	if (error == 0 && last->len == view->key.len &&
	    memcmp(last->octets, view->key.data, last->len) == 0)
		error = store_move(
		    reader->zone, STORE_NEXT, &view->key, &view->value);
	view->at_end = error == ERROR_NOT_FOUND;
	return view->at_end ? 0 : error;
}

/* The first look: all that is older is in the table as it should be. */
static void
begin_place(struct zoneview *view, int64_t now_ms)
{
	view->place = (struct zone_place){ view->version.serial,
		ZONE_NUMBER_LAST, now_ms };
}

int
zoneview_follow(
    struct zoneview *view, struct zonereader *reader, int64_t now_ms)
{
	struct zone_version now;
	int error = meta_zone_version(reader->txn, &now);

	if (error != 0)
		return error;
	if (now.lineage != view->version.lineage)
		return ERROR_NOT_FOUND;
	if (view->place.read_ms == 0)
		begin_place(view, now_ms);
	if (now.serial != view->place.serial)
		error = reaches(reader, &view->place,
		    now_ms - view->place.read_ms < TRUST_MS);
	if (error == 0)
		error = read_journal(reader, &view->place, now.serial,
		    &view->last, &view->changes);
	if (error != 0)
		return error;
	/* A new serial may stand for no record at all. */
	view->place =
	    (struct zone_place){ now.serial, ZONE_NUMBER_LAST, now_ms };
	return seek_record(view, reader);
}

/* The overlay's next name beside the table's: negative, 0, positive. */
static int
compare_next(const struct zoneview *view, struct octets key)
{
	size_t least = key.len < view->key.len ? key.len : view->key.len;
	int order;

	if (view->at_end)
		return -1;
	order = memcmp(key.data, view->key.data, least);
	if (order != 0 || key.len == view->key.len)
		return order;
	return key.len < view->key.len ? -1 : 1;
}

static int
advance(struct zoneview *view, struct zonereader *reader)
{
	int error =
	    store_move(reader->zone, STORE_NEXT, &view->key, &view->value);

	view->at_end = error == ERROR_NOT_FOUND;
	return view->at_end ? 0 : error;
}

int
zoneview_next(struct zoneview *view, struct zonereader *reader,
    struct octets *key, struct octets *value)
{
	while (changes_count(&view->changes) > 0) {
		struct octets after;
		int error = 0;

		changes_get(&view->changes, 0, key, value, &after);
		if (compare_next(view, *key) > 0)
			break;
		if (value->data != NULL)
			return 0;
		/* It came after our version. */
		error = zoneview_take(view, reader);
		if (error != 0)
			return error;
	}
	*key = view->key;
	*value = view->value;
	return view->at_end ? ERROR_NOT_FOUND : 0;
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

int
zoneview_take(struct zoneview *view, struct zonereader *reader)
{
	struct octets key, before, after;
	int order = 1, error;

	if (changes_count(&view->changes) > 0) {
		changes_get(&view->changes, 0, &key, &before, &after);
		order = compare_next(view, key);
	}
	error = remember(&view->last, order > 0 ? view->key : key);
	if (order <= 0)
		changes_drop_first(&view->changes);
	return error == 0 && order >= 0 ? advance(view, reader) : error;
}

int
zoneview_collect(
    struct zoneview *view, struct zonereader *reader, struct zone_place *place)
{
	static const struct zonekey none;
	struct zone_version now;
	int error = meta_zone_version(reader->txn, &now);

	if (error == 0 && now.lineage != view->version.lineage)
		error = ERROR_NOT_FOUND;
	if (error == 0)
		error = reaches(reader, place, false);
	return error == 0 ? read_journal(reader, place, view->version.serial,
				&none, &view->changes)
			  : error;
}
