#include "db/zonereader.h"

#include <string.h>

#include "common/error.h"
#include "common/wire.h"

bool
zone_serial_before(uint32_t a, uint32_t b)
{
	uint32_t ahead = b - a;

	return ahead != 0 && ahead < 1u << 31;
}

/* --- steps ---------------------------------------------------------------- */

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

/* --- the table ------------------------------------------------------------ */

int
zonereader_record(struct zonereader *reader, const struct zonekey *last,
    struct octets *key, struct octets *value)
{
	int error;

	if (last->len == 0)
		return store_move(reader->zone, STORE_FIRST, key, value);
	error = store_seek(
	    reader->zone, OCTETS(last->octets, last->len), key, value);
	if (error == 0 && key->len == last->len &&
	    memcmp(key->data, last->octets, last->len) == 0)
		error = zonereader_next_record(reader, key, value);
	return error;
}

int
zonereader_next_record(
    struct zonereader *reader, struct octets *key, struct octets *value)
{
	return store_move(reader->zone, STORE_NEXT, key, value);
}

/* --- the journal ---------------------------------------------------------- */

#define NUMBER_LAST UINT32_MAX /* no change has it */

struct zone_place
zone_place_all(uint32_t serial)
{
	return (struct zone_place){ serial, NUMBER_LAST };
}

bool
zone_place_is_all(const struct zone_place *place, uint32_t serial)
{
	return place->serial == serial && place->number == NUMBER_LAST;
}

struct zone_place
zone_place_behind(const struct zone_change *change)
{
	return (struct zone_place){ change->serial, change->number + 1 };
}

static bool
is_behind(const struct zone_place *place, const struct zone_change *change)
{
	if (change->serial == place->serial)
		return change->number > place->number;
	return zone_serial_before(place->serial, change->serial);
}

/* Is it in a lineage of which no change is gone? */
static bool
is_since_begin(struct store_txn *txn, const struct zone_place *place)
{
	uint32_t begin;

	return meta_begin(txn, &begin) == 0 &&
	       !zone_serial_before(place->serial, begin);
}

int
zonereader_reaches(struct zonereader *reader, const struct zone_place *place,
    bool looked_just_now)
{
	struct octets key, value;
	struct zone_change oldest;
	int error = store_move(reader->journal, STORE_FIRST, &key, &value);

	if (is_since_begin(reader->txn, place))
		return 0;
	if (error == 0)
		error = zonedata_change_decode(key, value, &oldest);
	if (error != 0)
		return error;
	if (!is_behind(place, &oldest) ||
	    (looked_just_now && oldest.number == 0))
		return 0;
	return ERROR_NOT_FOUND;
}

int
zonereader_change(struct zonereader *reader, const struct zone_place *place,
    struct zone_change *change)
{
	struct octets key, value;
	struct wire_writer writer;
	uint8_t from[8];
	int error;

	wire_write(&writer, from, sizeof(from));
	wire_write_u32(&writer, place->serial);
	wire_write_u32(&writer, place->number);
	error = store_seek(
	    reader->journal, OCTETS(from, sizeof(from)), &key, &value);
	return error == 0 ? zonedata_change_decode(key, value, change) : error;
}

int
zonereader_next_change(struct zonereader *reader, struct zone_change *change)
{
	struct octets key, value;
	int error = store_move(reader->journal, STORE_NEXT, &key, &value);

	return error == 0 ? zonedata_change_decode(key, value, change) : error;
}
