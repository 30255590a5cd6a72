#include "db/sighting.h"

#include "common/error.h"
#include "db/stored.h"

#define VERSION 2
#define LEN_ALONE 49 /* of one that stands for no other */

bool
sighting_may_be_told(
    const struct policy *policy, const struct sighting *sighting)
{
	if (!policy_counts(policy, &sighting->event))
		return false;
	return policy->immediate ||
	       sighting->borne_by >= policy->corroborating_networks;
}

int
sighting_encode(const struct sighting *sighting, uint8_t *record, size_t size)
{
	const struct policy_event *event = &sighting->event;
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	stored_write_time(&to, event->seen_at);
	stored_write_time(&to, event->original_at);
	wire_write_u64(&to, event->trap);
	wire_write_u64(&to, event->campaign);
	wire_write_u64(&to, event->original);
	wire_write_u32(&to, event->flags);
	wire_write_u8(&to, (uint8_t)event->kind);
	wire_write_u8(&to, (uint8_t)event->grade);
	wire_write_u8(&to, sighting->borne_by);
	wire_write_u8(&to, event->discount);
	if (event->more != 0) /* few stand for others */
		wire_write_u32(&to, event->more);
	return stored_len(&to);
}

int
sighting_decode(uint64_t id, struct octets record, struct sighting *sighting)
{
	struct policy_event *event = &sighting->event;
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	if (code != 0)
		return code;
	sighting->id = id;
	event->seen_at = stored_read_time(&from);
	event->original_at = stored_read_time(&from);
	event->trap = wire_read_u64(&from);
	event->campaign = wire_read_u64(&from);
	event->original = wire_read_u64(&from);
	event->flags = wire_read_u32(&from);
	event->kind = (enum backscatter_kind)stored_read_below(
	    &from, BACKSCATTER_KIND_COUNT);
	event->grade = (enum proof_grade)stored_read_below(&from, GRADE_COUNT);
	event->corroborated = false;
	sighting->borne_by = wire_read_u8(&from);
	event->discount = stored_read_below(&from, 100);
	event->more = record.len > LEN_ALONE ? wire_read_u32(&from) : 0;
	if (event->more == 0 && record.len > LEN_ALONE)
		return ERROR_DAMAGED;
	return stored_end(&from);
}

int
sighting_put(struct store_txn *txn, const struct ipaddr *unit,
    const struct sighting *sighting)
{
	uint8_t key[STORED_KEY_OF_UNIT], record[SIGHTING_RECORD_MAX];
	int len = sighting_encode(sighting, record, sizeof(record));

	if (len < 0)
		return len;
	return store_put(txn, TABLE_SIGHTING,
	    stored_key_of_unit(key, unit, sighting->id),
	    OCTETS(record, (size_t)len));
}

int
sighting_get(struct store_txn *txn, const struct ipaddr *unit, uint64_t id,
    struct sighting *sighting)
{
	uint8_t key[STORED_KEY_OF_UNIT];
	struct octets value;
	int code = store_get(
	    txn, TABLE_SIGHTING, stored_key_of_unit(key, unit, id), &value);

	return code != 0 ? code : sighting_decode(id, value, sighting);
}

int
sighting_remove(struct store_txn *txn, const struct ipaddr *unit, uint64_t id)
{
	uint8_t key[STORED_KEY_OF_UNIT];

	return store_delete(
	    txn, TABLE_SIGHTING, stored_key_of_unit(key, unit, id));
}

static int
take(struct octets key, struct octets value, const struct ipaddr *unit,
    uint64_t from_id, struct sighting *sighting)
{
	uint64_t id;
	int code = stored_id_of_unit(key, unit, &id);

	if (code == 0 && id < from_id)
		code = ERROR_NOT_FOUND;
	return code == 0 ? sighting_decode(id, value, sighting) : code;
}

/* The newest first, or from `from_id` on: which way `move` goes. */
static int
read_some(struct store_txn *txn, const struct ipaddr *unit, uint64_t from_id,
    enum store_move move, struct sighting *sightings, unsigned most)
{
	uint8_t place[STORED_KEY_OF_UNIT];
	struct store_cursor *cursor;
	struct octets key, value;
	unsigned count = 0;
	int code = store_cursor_open(txn, TABLE_SIGHTING, &cursor);

	if (code != 0)
		return code;
	/* No evidence has the highest id. */
	code =
	    move == STORE_PREV
		? store_seek_before(cursor,
		      stored_key_of_unit(place, unit, UINT64_MAX), &key, &value)
		: store_seek(cursor, stored_key_of_unit(place, unit, from_id),
		      &key, &value);
	while (code == 0 && count < most) {
		code = take(key, value, unit, from_id, &sightings[count]);
		if (code == 0)
			count++;
		else if (!stored_pass_by(TABLE_SIGHTING, code))
			break;
		code = store_move(cursor, move, &key, &value);
	}
	store_cursor_close(cursor);
	return code == 0 || code == ERROR_NOT_FOUND ? (int)count : code;
}

int
sighting_read(struct store_txn *txn, const struct ipaddr *unit,
    uint64_t from_id, struct sighting *sightings, unsigned most)
{
	return read_some(txn, unit, from_id, STORE_PREV, sightings, most);
}

int
sighting_read_on(struct store_txn *txn, const struct ipaddr *unit,
    uint64_t from_id, struct sighting *sightings, unsigned most)
{
	return read_some(txn, unit, from_id, STORE_NEXT, sightings, most);
}

int
sighting_of_before(struct store_txn *txn, const struct ipaddr *unit,
    uint64_t before_id, sighting_each *each, void *context)
{
	uint8_t place[STORED_KEY_OF_UNIT];
	struct sighting sighting;
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_SIGHTING, &cursor);

	if (code != 0)
		return code;
	code = store_seek_before(
	    cursor, stored_key_of_unit(place, unit, before_id), &key, &value);
	while (code == 0) {
		code = take(key, value, unit, 0, &sighting);
		if (code == 0)
			code = each(&sighting, context);
		else if (stored_pass_by(TABLE_SIGHTING, code))
			code = 0;
		if (code == 0)
			code = store_move(cursor, STORE_PREV, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}
