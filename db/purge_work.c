#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/octetset.h"
#include "db/purge_act.h"
#include "db/stored.h"

/*
 * What a purge has still to do, in TABLE_META: a word, its number, and what
 * sort of work it is; then an hour ('H'), a unit that is held ('L'), or one
 * whose evidence was taken ('U'), behind which that unit's places stand.
 */
#define WORD "work of purge"
#define WORD_LEN (sizeof(WORD) - 1)
#define HEAD_LEN (WORD_LEN + STORED_KEY_U64 + 1)
#define UNIT_LEN 16
#define KEY_MAX (HEAD_LEN + UNIT_LEN + CORROBORATION_BUCKET_LEN)

#define WAS_LISTED 1
#define WAS_PENDING 2
#define BEFORE_LEN (1 + 8)

struct work_key {
	uint8_t octets[KEY_MAX];
	size_t len;
};

static void
extend(struct work_key *key, const void *with, size_t len)
{
	memcpy(key->octets + key->len, with, len);
	key->len += len;
}

static struct work_key
head(uint64_t number, char sort)
{
	struct work_key key = { .len = HEAD_LEN };

	memcpy(key.octets, WORD, WORD_LEN);
	stored_key_u64(key.octets + WORD_LEN, number);
	key.octets[HEAD_LEN - 1] = (uint8_t)sort;
	return key;
}

static struct work_key
key_of(uint64_t number, char sort, const struct ipaddr *unit)
{
	struct work_key key = head(number, sort);

	extend(&key, unit->octets, UNIT_LEN);
	return key;
}

static struct work_key
unit_key(uint64_t number, const struct ipaddr *unit)
{
	return key_of(number, 'U', unit);
}

/* --- written down --------------------------------------------------------- */

static int
put(struct store_txn *txn, const struct work_key *key, struct octets value)
{
	struct octets name = OCTETS(key->octets, key->len), there;
	int code = store_get(txn, TABLE_META, name, &there);

	if (code != ERROR_NOT_FOUND)
		return code;
	code = store_put(txn, TABLE_META, name, value);
	return code != 0 ? code : 1;
}

int
purge_work_hour(struct store_txn *txn, uint64_t number,
    const struct corroboration_bucket *bucket)
{
	struct work_key key = head(number, 'H');

	extend(&key, bucket->octets, sizeof(bucket->octets));
	return put(txn, &key, OCTETS("", 0));
}

int
purge_work_unit(struct store_txn *txn, uint64_t number,
    const struct ipaddr *unit, const struct purge_before *before)
{
	struct work_key key = unit_key(number, unit);
	uint8_t record[BEFORE_LEN];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, (uint8_t)((before->listed ? WAS_LISTED : 0) |
				     (before->pending ? WAS_PENDING : 0)));
	stored_write_time(&to, before->until);
	return put(txn, &key, OCTETS(record, sizeof(record)));
}

int
purge_work_member(struct store_txn *txn, uint64_t number,
    const struct ipaddr *unit, const struct corroboration_bucket *bucket)
{
	struct work_key key = unit_key(number, unit);

	extend(&key, bucket->octets, sizeof(bucket->octets));
	return put(txn, &key, OCTETS("", 0));
}

int
purge_work_hold(
    struct store_txn *txn, uint64_t number, const struct ipaddr *unit)
{
	struct work_key key = key_of(number, 'L', unit);

	return put(txn, &key, OCTETS("", 0));
}

int
purge_work_has_hour(struct store_txn *txn, uint64_t number,
    const struct corroboration_bucket *bucket)
{
	struct work_key key = head(number, 'H');
	struct octets value;
	int code;

	extend(&key, bucket->octets, sizeof(bucket->octets));
	code = store_get(txn, TABLE_META, OCTETS(key.octets, key.len), &value);
	return code == ERROR_NOT_FOUND ? 0 : code != 0 ? code : 1;
}

/* --- read ----------------------------------------------------------------- */

static bool
begins_so(struct octets key, const struct work_key *begins)
{
	return key.len >= begins->len &&
	       memcmp(key.data, begins->octets, begins->len) == 0;
}

/*
 * Adds the end of each key that begins so to a set: of those keys that are as
 * long as its items ask for.
 */
static int
collect(
    struct store_txn *txn, const struct work_key *begins, struct octetset *set)
{
	struct octets key = OCTETS(begins->octets, begins->len), value;
	struct store_cursor *cursor;
	int code = store_cursor_open(txn, TABLE_META, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, key, &key, &value);
	while (code == 0 && begins_so(key, begins)) {
		if (key.len == begins->len + set->len)
			code = octetset_add(
			    set, (const uint8_t *)key.data + begins->len);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
purge_work_hours(
    struct store_txn *txn, uint64_t number, struct octetset *buckets)
{
	struct work_key begins = head(number, 'H');

	return collect(txn, &begins, buckets);
}

int
purge_work_units(struct store_txn *txn, uint64_t number, struct octetset *units)
{
	struct work_key begins = head(number, 'U');

	return collect(txn, &begins, units);
}

int
purge_work_members(struct store_txn *txn, uint64_t number,
    const struct ipaddr *unit, struct octetset *buckets)
{
	struct work_key begins = unit_key(number, unit);

	return collect(txn, &begins, buckets);
}

int
purge_work_before(struct store_txn *txn, uint64_t number,
    const struct ipaddr *unit, struct purge_before *before)
{
	struct work_key key = unit_key(number, unit);
	struct octets value;
	int code =
	    store_get(txn, TABLE_META, OCTETS(key.octets, key.len), &value);
	struct wire_reader from;
	uint8_t was;

	if (code != 0)
		return code;
	wire_read(&from, value.data, value.len);
	was = wire_read_u8(&from);
	*before = (struct purge_before){ (was & WAS_LISTED) != 0,
		(was & WAS_PENDING) != 0, stored_read_time(&from) };
	return stored_end(&from);
}

/* --- who is held ---------------------------------------------------------- */

int
purge_work_held(struct store_txn *txn, uint64_t number, struct ipaddr *unit)
{
	struct work_key begins = head(number, 'L');
	struct octets key = OCTETS(begins.octets, begins.len), value;
	struct store_cursor *cursor;
	int code = store_cursor_open(txn, TABLE_META, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, key, &key, &value);
	if (code == 0 &&
	    (!begins_so(key, &begins) || key.len != begins.len + UNIT_LEN))
		code = ERROR_NOT_FOUND;
	if (code == 0)
		memcpy(unit->octets, (const uint8_t *)key.data + begins.len,
		    UNIT_LEN);
	store_cursor_close(cursor);
	return code;
}

int
purge_work_let_go(
    struct store_txn *txn, uint64_t number, const struct ipaddr *unit)
{
	struct work_key key = key_of(number, 'L', unit);

	return store_delete(txn, TABLE_META, OCTETS(key.octets, key.len));
}

/* --- done ----------------------------------------------------------------- */

/* Deletes what begins so: 1 when the clock has reached `deadline_ms`. */
static int
forget(
    struct store_txn *txn, const struct work_key *begins, int64_t deadline_ms)
{
	struct octets key = OCTETS(begins->octets, begins->len), value;
	struct store_cursor *cursor;
	int code = store_cursor_open(txn, TABLE_META, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, key, &key, &value);
	while (code == 0 && begins_so(key, begins)) {
		code = store_cursor_delete(cursor);
		if (code == 0 && clock_monotonic_ms() >= deadline_ms)
			code = 1;
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
purge_work_forget(
    struct store_txn *txn, uint64_t number, const struct ipaddr *unit)
{
	struct work_key begins = unit_key(number, unit);

	return forget(txn, &begins, INT64_MAX);
}

int
purge_work_clean(struct store_txn *txn, uint64_t number, int64_t deadline_ms)
{
	struct work_key begins = head(number, 'H');

	return forget(txn, &begins, deadline_ms);
}
