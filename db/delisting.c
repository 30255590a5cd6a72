#include "db/delisting.h"

#include <string.h>

#include "common/error.h"
#include "db/stored.h"

#define VERSION 1

/*
 * Two sorts of records, told apart by the first octet of the key: a request by
 * its id, and for each unit and step the id of the last one.
 */
#define KEY_REQUEST 1
#define KEY_LAST 2

#define REQUEST_KEY_LEN (1 + STORED_KEY_U64)
#define LAST_KEY_LEN (1 + 16 + 1)

static const char *const step_names[DELISTING_STEP_COUNT] = {
	[DELISTING_ASKED] = "asked",
	[DELISTING_FROM_ADDRESS] = "from_address",
	[DELISTING_BY_DNS] = "by_dns",
	[DELISTING_BY_OPERATOR] = "by_operator",
};

const char *
delisting_step_name(enum delisting_step step)
{
	return step_names[step];
}

int
delisting_encode(
    const struct delisting *delisting, uint8_t *record, size_t size)
{
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	stored_write_time(&to, delisting->at);
	wire_write_octets(&to, delisting->unit.octets, 16);
	wire_write_octets(&to, delisting->requester.octets, 16);
	wire_write_u8(&to, (uint8_t)delisting->step);
	wire_write_text(&to, delisting->note);
	return stored_len(&to);
}

int
delisting_decode(uint64_t id, struct octets record, struct delisting *delisting)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	if (code != 0)
		return code;
	delisting->id = id;
	delisting->at = stored_read_time(&from);
	wire_read_copy(&from, delisting->unit.octets, 16);
	wire_read_copy(&from, delisting->requester.octets, 16);
	delisting->step =
	    (enum delisting_step)stored_read_below(&from, DELISTING_STEP_COUNT);
	wire_read_text(&from, delisting->note, sizeof(delisting->note));
	return stored_end(&from);
}

static struct octets
request_key(uint8_t key[REQUEST_KEY_LEN], uint64_t id)
{
	key[0] = KEY_REQUEST;
	stored_key_u64(key + 1, id);
	return OCTETS(key, REQUEST_KEY_LEN);
}

static struct octets
last_key(uint8_t key[LAST_KEY_LEN], const struct ipaddr *unit,
    enum delisting_step step)
{
	key[0] = KEY_LAST;
	memcpy(key + 1, unit->octets, 16);
	key[17] = (uint8_t)step;
	return OCTETS(key, LAST_KEY_LEN);
}

/* The id of a request's key; 0 (no request has it) for another key. */
static uint64_t
id_of(struct octets key)
{
	const uint8_t *octets = key.data;

	if (key.len != REQUEST_KEY_LEN || octets[0] != KEY_REQUEST)
		return 0;
	return stored_u64_of_key(octets + 1);
}

/* The highest id of a request; 0 when there is none. */
static int
last_id(struct store_txn *txn, uint64_t *id)
{
	static const uint8_t behind = KEY_LAST;
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_DELISTING, &cursor);

	*id = 0;
	if (code != 0)
		return code;
	code = store_seek_before(cursor, OCTETS(&behind, 1), &key, &value);
	if (code == 0)
		*id = id_of(key);
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
delisting_put(struct store_txn *txn, struct delisting *delisting)
{
	uint8_t record[DELISTING_RECORD_MAX], key[REQUEST_KEY_LEN];
	uint8_t last[LAST_KEY_LEN], id[STORED_KEY_U64];
	uint64_t newest;
	int len = delisting_encode(delisting, record, sizeof(record));
	int code = last_id(txn, &newest);

	if (len < 0 || code != 0)
		return len < 0 ? len : code;
	delisting->id = stored_first_id(delisting->at);
	if (delisting->id <= newest)
		delisting->id = newest + 1;
	code = store_put(txn, TABLE_DELISTING, request_key(key, delisting->id),
	    OCTETS(record, (size_t)len));
	if (code != 0)
		return code;
	return store_put(txn, TABLE_DELISTING,
	    last_key(last, &delisting->unit, delisting->step),
	    stored_key_u64(id, delisting->id));
}

int
delisting_get(struct store_txn *txn, uint64_t id, struct delisting *delisting)
{
	uint8_t key[REQUEST_KEY_LEN];
	struct octets value;
	int code =
	    store_get(txn, TABLE_DELISTING, request_key(key, id), &value);

	return code != 0 ? code : delisting_decode(id, value, delisting);
}

int
delisting_last(struct store_txn *txn, const struct ipaddr *unit,
    enum delisting_step step, struct delisting *delisting)
{
	uint8_t key[LAST_KEY_LEN];
	struct octets value;
	int code =
	    store_get(txn, TABLE_DELISTING, last_key(key, unit, step), &value);

	if (code != 0)
		return code;
	if (value.len != STORED_KEY_U64)
		return ERROR_DAMAGED;
	return delisting_get(txn, stored_u64_of_key(value.data), delisting);
}

/* From the request that the cursor stands on; ERROR_NOT_FOUND at the end. */
static int
walk_on(struct store_cursor *cursor, enum store_move move, struct octets key,
    struct octets value, delisting_each *each, void *context)
{
	struct delisting delisting;
	int code = 0;

	while (code == 0 && id_of(key) != 0) {
		code = delisting_decode(id_of(key), value, &delisting);
		if (code == 0)
			code = each(&delisting, context);
		else if (stored_pass_by(TABLE_DELISTING, code))
			code = 0;
		if (code == 0)
			code = store_move(cursor, move, &key, &value);
	}
	return code;
}

static int
walk(struct store_txn *txn, uint64_t from_id, delisting_each *each,
    void *context)
{
	uint8_t start[REQUEST_KEY_LEN];
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_DELISTING, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, request_key(start, from_id), &key, &value);
	if (code == 0)
		code = walk_on(cursor, STORE_NEXT, key, value, each, context);
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
delisting_list(struct store_txn *txn, delisting_each *each, void *context)
{
	return walk(txn, 0, each, context);
}

int
delisting_list_before(struct store_txn *txn, uint64_t before_id,
    delisting_each *each, void *context)
{
	uint8_t end[REQUEST_KEY_LEN];
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_DELISTING, &cursor);

	if (code != 0)
		return code;
	code = store_seek_before(
	    cursor, request_key(end, before_id), &key, &value);
	if (code == 0)
		code = walk_on(cursor, STORE_PREV, key, value, each, context);
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

struct counted {
	int64_t since;
	enum delisting_step step;
	const struct ipprefix *requesters; /* NULL: all */
	unsigned count;
};

static int
count_one(const struct delisting *delisting, void *context)
{
	struct counted *counted = context;

	/* After a clock's step back an id is later than its time. */
	counted->count +=
	    delisting->at >= counted->since &&
	    delisting->step == counted->step &&
	    (counted->requesters == NULL ||
		ipprefix_contains(counted->requesters, &delisting->requester));
	return 0;
}

int
delisting_count_from(struct store_txn *txn, int64_t since,
    enum delisting_step step, const struct ipprefix *prefix, unsigned *count)
{
	struct counted counted = { since, step, prefix, 0 };
	int code = walk(txn, stored_first_id(since), count_one, &counted);

	*count = counted.count;
	return code;
}

int
delisting_count_since(struct store_txn *txn, int64_t since,
    enum delisting_step step, unsigned *count)
{
	return delisting_count_from(txn, since, step, NULL, count);
}

/* --- and goes ------------------------------------------------------------- */

/* The oldest request; ERROR_NOT_FOUND when there is none. */
static int
oldest(struct store_txn *txn, uint64_t *id)
{
	const uint8_t start = KEY_REQUEST;
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_DELISTING, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, OCTETS(&start, 1), &key, &value);
	if (code == 0)
		*id = id_of(key);
	store_cursor_close(cursor);
	return code == 0 && *id == 0 ? ERROR_NOT_FOUND : code;
}

/* The mark of the unit's last such step, where that was this request. */
static int
drop_last(struct store_txn *txn, const struct delisting *delisting)
{
	uint8_t key[LAST_KEY_LEN];
	struct octets name = last_key(key, &delisting->unit, delisting->step);
	struct octets value;
	int code = store_get(txn, TABLE_DELISTING, name, &value);

	if (code == 0 && value.len == STORED_KEY_U64 &&
	    stored_u64_of_key(value.data) == delisting->id)
		code = store_delete(txn, TABLE_DELISTING, name);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

static int
drop(struct store_txn *txn, uint64_t id)
{
	uint8_t key[REQUEST_KEY_LEN];
	struct delisting delisting;
	int code = delisting_get(txn, id, &delisting);

	if (code == 0)
		code = drop_last(txn, &delisting);
	if (code != 0 && !stored_pass_by(TABLE_DELISTING, code))
		return code;
	return store_delete(txn, TABLE_DELISTING, request_key(key, id));
}

int
delisting_trim(struct store_txn *txn, int64_t before, unsigned most)
{
	uint64_t end = stored_first_id(before);
	unsigned dropped = 0;
	uint64_t id = 0;
	int code = 0;

	while (code == 0 && dropped < most) {
		code = oldest(txn, &id);
		if (code == 0 && id >= end)
			code = ERROR_NOT_FOUND;
		if (code == 0)
			code = drop(txn, id);
		dropped += code == 0;
	}
	return code == 0 || code == ERROR_NOT_FOUND ? (int)dropped : code;
}
