#include <string.h>

#include "common/error.h"
#include "db/stored.h"
#include "db/trend_private.h"

#define HOURS_KEPT_DAYS 30

#define HOURS_A_DAY 24

/* What a series can be: of each what and kind, of each top, and of days. */
static struct trend_series
series_at(unsigned place)
{
	unsigned counts = TREND_WHAT_COUNT * BACKSCATTER_KIND_COUNT;

	if (place < counts)
		return (struct trend_series){ (uint8_t)(place /
							BACKSCATTER_KIND_COUNT),
			(uint8_t)(place % BACKSCATTER_KIND_COUNT) };
	if (place == counts + TREND_BY_COUNT)
		return (struct trend_series){ TREND_DAYS, 0 };
	return (struct trend_series){
		(uint8_t)(TREND_TOP_BASE + place - counts), 0
	};
}
#define SERIES_COUNT                                                           \
	(TREND_WHAT_COUNT * BACKSCATTER_KIND_COUNT + TREND_BY_COUNT + 1)

/* --- a day of hours ------------------------------------------------------- */

struct day {
	bool of_tops;
	uint64_t count;
	struct trend_tops tops;
};

static int
add_record(struct day *day, uint32_t when, struct octets value)
{
	struct trend_tops tops;
	uint64_t count;
	int code = day->of_tops ? trend_decode_tops(value, &tops)
				: trend_decode_count(value, &count);

	if (stored_pass_by(TABLE_TREND, code))
		return 0;
	if (code != 0)
		return code;
	if (day->of_tops)
		trend_merge_tops(&day->tops, TREND_DAY_TOPS, &tops,
		    (when & TREND_DAY_FLAG) != 0 ? TREND_DAY_TOPS
						 : TREND_HOUR_TOPS);
	else
		day->count += count;
	return 0;
}

static int
take_record(struct store_txn *txn, struct trend_series series, uint32_t when,
    struct day *day)
{
	uint8_t octets[TREND_KEY_LEN];
	struct octets key = trend_key(octets, series, when), value;
	int code = store_get(txn, TABLE_TREND, key, &value);

	if (code == 0)
		code = add_record(day, when, value);
	if (code == 0)
		code = store_delete(txn, TABLE_TREND, key);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* One that came late may find its day there already. */
static int
roll_day(struct store_txn *txn, struct trend_series series, uint32_t number)
{
	struct day day = { .of_tops = series.what >= TREND_TOP_BASE };
	uint32_t when = TREND_DAY_FLAG | number;
	uint8_t octets[TREND_KEY_LEN];
	struct octets key = trend_key(octets, series, when);
	int code = take_record(txn, series, when, &day);

	for (uint32_t i = 0; code == 0 && i < HOURS_A_DAY; i++)
		code = take_record(txn, series, number * HOURS_A_DAY + i, &day);
	if (code != 0)
		return code;
	return day.of_tops ? trend_put_tops(txn, key, &day.tops)
			   : trend_put_count(txn, key, day.count);
}

/* --- a series ------------------------------------------------------------- */

/* 1 when a day's worth was dealt with, 0 when nothing is old, or a code. */
static int
roll_one(struct store_txn *txn, struct trend_series series, int64_t now)
{
	int64_t today = now / TREND_DAY;
	uint8_t key[TREND_KEY_LEN];
	uint32_t when;
	int code = trend_first_from(txn, series, 0, &when);

	if (code == 0 && (when & TREND_DAY_FLAG) == 0) {
		if (when / HOURS_A_DAY < today - HOURS_KEPT_DAYS) {
			code = roll_day(txn, series, when / HOURS_A_DAY);
			return code != 0 ? code : 1;
		}
		code = trend_first_from(txn, series, TREND_DAY_FLAG, &when);
	}
	if (code == 0 && (when & ~TREND_DAY_FLAG) < today - TREND_KEPT_DAYS) {
		code = store_delete(
		    txn, TABLE_TREND, trend_key(key, series, when));
		return code != 0 ? code : 1;
	}
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
trend_roll(struct store_txn *txn, int64_t now, unsigned most)
{
	unsigned rolled = 0;

	for (unsigned i = 0; i < SERIES_COUNT && rolled < most;) {
		int code = roll_one(txn, series_at(i), now);

		if (code < 0)
			return code;
		rolled += (unsigned)code;
		if (code == 0)
			i++;
	}
	return (int)rolled;
}
