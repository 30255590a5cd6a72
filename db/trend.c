#include "db/trend.h"

#include <string.h>

#include "common/error.h"
#include "db/stored.h"

#define VERSION 1

#define HOUR 3600

/* What, kind, hour since 1970: one counter's hours stand together. */
#define KEY_LEN 6
#define RECORD_LEN 9

static const char *const names[TREND_WHAT_COUNT] = {
	[TREND_EVIDENCE] = "evidence",
	[TREND_LISTED] = "listed",
	[TREND_EXPIRED] = "expired",
	[TREND_DELISTED] = "delisted",
};

const char *
trend_name(enum trend_what what)
{
	return names[what];
}

static struct octets
make_key(uint8_t key[KEY_LEN], enum trend_what what, enum backscatter_kind kind,
    uint32_t hour)
{
	struct wire_writer to;

	wire_write(&to, key, KEY_LEN);
	wire_write_u8(&to, (uint8_t)what);
	wire_write_u8(&to, (uint8_t)kind);
	wire_write_u32(&to, hour);
	return OCTETS(key, KEY_LEN);
}

int
trend_decode(struct octets key, struct octets value, uint64_t *count)
{
	struct wire_reader from;
	int code = stored_begin(&from, value, VERSION);

	if (key.len != KEY_LEN)
		return ERROR_DAMAGED;
	*count = wire_read_u64(&from);
	return code != 0 ? code : stored_end(&from);
}

/* What is damaged is not worth a listing: passed by. */
static int
change(struct store_txn *txn, enum trend_what what, enum backscatter_kind kind,
    int64_t at, int by)
{
	uint8_t key[KEY_LEN], record[RECORD_LEN];
	struct wire_writer to;
	struct octets value, name;
	uint64_t count = 0;
	int code;

	if (at < 0)
		return ERROR_LIMIT;
	name = make_key(key, what, kind, (uint32_t)(at / HOUR));
	code = store_get(txn, TABLE_TREND, name, &value);
	if (code == 0)
		code = trend_decode(name, value, &count);
	if (stored_pass_by(TABLE_TREND, code) || (by < 0 && count == 0))
		return 0;
	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	count = by > 0 ? count + 1 : count - 1;
	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	wire_write_u64(&to, count);
	return store_put(
	    txn, TABLE_TREND, name, OCTETS(record, sizeof(record)));
}

int
trend_count(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t now)
{
	return change(txn, what, kind, now, 1);
}

int
trend_uncount(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t at)
{
	return change(txn, what, kind, at, -1);
}

/* The first hour that begins at or after the time. */
static uint32_t
hour_from(int64_t time)
{
	if (time <= 0)
		return 0;
	time = (time - 1) / HOUR + 1;
	return time < UINT32_MAX ? (uint32_t)time : UINT32_MAX;
}

int
trend_sum(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t from, int64_t to, uint64_t *sum)
{
	uint8_t start[KEY_LEN], end[KEY_LEN];
	struct store_cursor *cursor;
	struct octets key, value;
	uint64_t count;
	int code = store_cursor_open(txn, TABLE_TREND, &cursor);

	*sum = 0;
	if (code != 0)
		return code;
	make_key(end, what, kind, hour_from(to));
	code = store_seek(
	    cursor, make_key(start, what, kind, hour_from(from)), &key, &value);
	while (code == 0 && key.len == KEY_LEN &&
	       memcmp(key.data, end, KEY_LEN) < 0) {
		code = trend_decode(key, value, &count);
		*sum += count;
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}
