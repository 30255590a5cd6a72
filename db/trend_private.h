#ifndef DB_TREND_PRIVATE_H
#define DB_TREND_PRIVATE_H

#include "db/trend_day.h"

/*
 * What the files of trend share, and nobody else includes: trend.c (counts),
 * trend_top.c (tops), trend_hour.c (a sighting counts for its hour),
 * trend_day.c (what a day is told with), trend_roll.c (keeping).
 *
 * A key is a series (what and kind; TREND_DAYS; for tops what they are by,
 * above TREND_TOP_BASE) and the hour or day since 1970, a day with its highest
 * bit set: so the hours of a series stand together, its days behind them.
 */
#define TREND_KEY_LEN 6
#define TREND_DAYS 32
#define TREND_TOP_BASE 64
#define TREND_DAY_FLAG (UINT32_C(1) << 31)

struct trend_series {
	uint8_t what, kind;
};

struct octets trend_key(
    uint8_t key[TREND_KEY_LEN], struct trend_series series, uint32_t when);
/* Of a key of that length. */
struct trend_series trend_series_of(const void *key);
uint32_t trend_when_of(const void *key);
bool trend_same_series(struct trend_series a, struct trend_series b);

/* The seconds at which the hour or day begins. */
int64_t trend_begins(uint32_t when);
/* The first record of a series at or behind `first`, or ERROR_NOT_FOUND. */
int trend_first_from(struct store_txn *txn, struct trend_series series,
    uint32_t first, uint32_t *when);
/*
 * Calls `each` for the records of a series that lie in [from, to), hours first,
 * until it returns non-zero; that is returned.
 */
typedef int trend_each(uint32_t when, struct octets value, void *context);
int trend_walk(struct store_txn *txn, struct trend_series series, int64_t from,
    int64_t to, trend_each *each, void *context);

int trend_decode_count(struct octets value, uint64_t *count);
int trend_put_count(struct store_txn *txn, struct octets key, uint64_t count);

int trend_decode_day(struct octets value, struct trend_day *day);

/* Tops as they are stored, in no order; at most `most` are kept of them. */
int trend_decode_tops(struct octets value, struct trend_tops *tops);
int trend_put_tops(
    struct store_txn *txn, struct octets key, const struct trend_tops *tops);
/* NULL: it is not among them. */
struct trend_top *trend_find_top(struct trend_tops *tops, const char *name);
/*
 * Adds tops to others. Where both are full, a name that one lacks may have been
 * in it as often as its least: that much is added, as over.
 */
void trend_merge_tops(struct trend_tops *to, unsigned to_most,
    const struct trend_tops *from, unsigned from_most);

#endif
