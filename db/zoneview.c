#include "db/zoneview.h"

#include <string.h>

#include "common/error.h"
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

/* --- the journal ---------------------------------------------------------- */

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
	*place = zone_place_behind(change);
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
	struct zone_change change;
	int error = zonereader_change(reader, place, &change);

	for (unsigned i = 0; error == 0 && i < STEP_CHANGES; i++) {
		if (zone_serial_before(last, change.serial))
			return changes_settle(changes);
		error = take_change(place, &change, passed, changes);
		if (error == 0)
			error = zonereader_next_change(reader, &change);
	}
	if (error == 0)
		return 1;
	return error == ERROR_NOT_FOUND ? changes_settle(changes) : error;
}

/* --- the view ------------------------------------------------------------- */

int
zoneview_init(struct zoneview *view, const struct zonereader *reader)
{
	int error;

	memset(view, 0, sizeof(*view));
	changes_init(&view->changes, CHANGES_MOST);
	error = meta_zone_version(reader->txn, &view->version);
	/* All that is older is in the table as it should be. */
	view->place = zone_place_all(view->version.serial);
	return error;
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
	int error =
	    zonereader_record(reader, &view->last, &view->key, &view->value);

	view->at_end = error == ERROR_NOT_FOUND;
	return view->at_end ? 0 : error;
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
	/* The version was read a moment ago. */
	if (view->read_ms == 0)
		view->read_ms = now_ms;
	if (!zone_place_is_all(&view->place, now.serial))
		error = zonereader_reaches(
		    reader, &view->place, now_ms - view->read_ms < TRUST_MS);
	if (error == 0)
		error = read_journal(reader, &view->place, now.serial,
		    &view->last, &view->changes);
	if (error != 0)
		return error;
	/* A new serial may stand for no record at all. */
	view->place = zone_place_all(now.serial);
	view->read_ms = now_ms;
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
	int error = zonereader_next_record(reader, &view->key, &view->value);

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

int
zoneview_take(struct zoneview *view, struct zonereader *reader)
{
	struct octets key, before, after;
	int order = 1, error;

	if (changes_count(&view->changes) > 0) {
		changes_get(&view->changes, 0, &key, &before, &after);
		order = compare_next(view, key);
	}
	if (order > 0)
		key = view->key;
	error = zonekey_copy(key.data, key.len, &view->last);
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
		error = zonereader_reaches(reader, place, false);
	return error == 0 ? read_journal(reader, place, view->version.serial,
				&none, &view->changes)
			  : error;
}
