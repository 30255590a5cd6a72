#include <string.h>

#include "common/error.h"
#include "db/stored.h"
#include "db/trend_private.h"

#define VERSION 1
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

/* --- keys ----------------------------------------------------------------- */

struct octets
trend_key(uint8_t key[TREND_KEY_LEN], struct trend_series series, uint32_t when)
{
	struct wire_writer to;

	wire_write(&to, key, TREND_KEY_LEN);
	wire_write_u8(&to, series.what);
	wire_write_u8(&to, series.kind);
	wire_write_u32(&to, when);
	return OCTETS(key, TREND_KEY_LEN);
}

struct trend_series
trend_series_of(const void *key)
{
	const uint8_t *octets = key;

	return (struct trend_series){ octets[0], octets[1] };
}

uint32_t
trend_when_of(const void *key)
{
	struct wire_reader from;

	wire_read(&from, (const uint8_t *)key + 2, 4);
	return wire_read_u32(&from);
}

bool
trend_same_series(struct trend_series a, struct trend_series b)
{
	return a.what == b.what && a.kind == b.kind;
}

int64_t
trend_begins(uint32_t when)
{
	if ((when & TREND_DAY_FLAG) != 0)
		return (int64_t)(when & ~TREND_DAY_FLAG) * TREND_DAY;
	return (int64_t)when * TREND_HOUR;
}

/* The first hour, or day, that begins at or after the time. */
static uint32_t
first_from(int64_t time, int64_t length)
{
	int64_t number = time > 0 ? (time - 1) / length + 1 : 0;

	return number < TREND_DAY_FLAG ? (uint32_t)number : TREND_DAY_FLAG - 1;
}

/* --- walking -------------------------------------------------------------- */

/* Records of the series from `first` to before `end`. */
static int
walk(struct store_txn *txn, struct trend_series series, uint32_t first,
    uint32_t end, trend_each *each, void *context)
{
	uint8_t start[TREND_KEY_LEN];
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_TREND, &cursor);

	if (code != 0)
		return code;
	code =
	    store_seek(cursor, trend_key(start, series, first), &key, &value);
	while (code == 0 && key.len == TREND_KEY_LEN &&
	       trend_same_series(trend_series_of(key.data), series) &&
	       trend_when_of(key.data) < end) {
		code = each(trend_when_of(key.data), value, context);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

static int
take_first(uint32_t when, struct octets value, void *context)
{
	(void)value;
	*(uint32_t *)context = when;
	return 1;
}

int
trend_first_from(struct store_txn *txn, struct trend_series series,
    uint32_t first, uint32_t *when)
{
	int code = walk(txn, series, first, UINT32_MAX, take_first, when);

	return code == 0 ? ERROR_NOT_FOUND : code > 0 ? 0 : code;
}

int
trend_walk(struct store_txn *txn, struct trend_series series, int64_t from,
    int64_t to, trend_each *each, void *context)
{
	/* A day that ends by then began so much before. */
	uint32_t end_day = first_from(to - TREND_DAY + 1, TREND_DAY);
	int code = walk(txn, series, first_from(from, TREND_HOUR),
	    first_from(to, TREND_HOUR), each, context);

	if (code == 0)
		code = walk(txn, series,
		    TREND_DAY_FLAG | first_from(from, TREND_DAY),
		    TREND_DAY_FLAG | end_day, each, context);
	return code;
}

/* --- counts --------------------------------------------------------------- */

int
trend_decode_count(struct octets value, uint64_t *count)
{
	struct wire_reader from;
	int code = stored_begin(&from, value, VERSION);

	*count = wire_read_u64(&from);
	return code != 0 ? code : stored_end(&from);
}

int
trend_put_count(struct store_txn *txn, struct octets key, uint64_t count)
{
	uint8_t record[RECORD_LEN];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	wire_write_u64(&to, count);
	return store_put(txn, TABLE_TREND, key, OCTETS(record, sizeof(record)));
}

/* What is damaged is not worth a listing: passed by. */
static int
change(struct store_txn *txn, enum trend_what what, enum backscatter_kind kind,
    int64_t at, uint64_t more, uint64_t less)
{
	const struct trend_series series = { (uint8_t)what, (uint8_t)kind };
	uint8_t key[TREND_KEY_LEN];
	struct octets value, name;
	uint64_t count = 0;
	int code;

	if (at < 0)
		return ERROR_LIMIT;
	name = trend_key(key, series, (uint32_t)(at / TREND_HOUR));
	code = store_get(txn, TABLE_TREND, name, &value);
	if (code == 0)
		code = trend_decode_count(value, &count);
	if (stored_pass_by(TABLE_TREND, code) || count + more == 0)
		return 0;
	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	count += more;
	return trend_put_count(txn, name, count > less ? count - less : 0);
}

int
trend_count(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t now)
{
	return change(txn, what, kind, now, 1, 0);
}

int
trend_uncount(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t at, uint64_t many)
{
	return change(txn, what, kind, at, 0, many);
}

/* --- sums ----------------------------------------------------------------- */

struct sums {
	int64_t from, step;
	uint64_t *sums;
	size_t count;
};

static int
add(uint32_t when, struct octets value, void *context)
{
	struct sums *sums = context;
	int64_t place = (trend_begins(when) - sums->from) / sums->step;
	uint64_t count;
	int code = trend_decode_count(value, &count);

	if (stored_pass_by(TABLE_TREND, code))
		return 0;
	if (code == 0 && place >= 0 && (uint64_t)place < sums->count)
		sums->sums[place] += count;
	return code;
}

int
trend_series(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t from, int64_t step, uint64_t *sums,
    size_t count)
{
	const struct trend_series series = { (uint8_t)what, (uint8_t)kind };
	struct sums all = { from, step, sums, count };

	memset(sums, 0, count * sizeof(*sums));
	return trend_walk(
	    txn, series, from, from + (int64_t)count * step, add, &all);
}

int
trend_sum(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t from, int64_t to, uint64_t *sum)
{
	const struct trend_series series = { (uint8_t)what, (uint8_t)kind };
	struct sums all = { from, INT64_MAX, sum, 1 };

	*sum = 0;
	return trend_walk(txn, series, from, to, add, &all);
}

int
trend_check(struct octets key, struct octets value)
{
	struct trend_tops tops;
	struct trend_day day;
	uint64_t count;

	if (key.len != TREND_KEY_LEN)
		return ERROR_DAMAGED;
	if (trend_series_of(key.data).what == TREND_DAYS)
		return (trend_when_of(key.data) & TREND_DAY_FLAG) != 0
			   ? trend_decode_day(value, &day)
			   : ERROR_DAMAGED;
	return trend_series_of(key.data).what < TREND_TOP_BASE
		   ? trend_decode_count(value, &count)
		   : trend_decode_tops(value, &tops);
}
