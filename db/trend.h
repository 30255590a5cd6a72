#ifndef DB_TREND_H
#define DB_TREND_H

#include "db/backscatter.h"
#include "db/store.h"

/* Counters by hour, kept for years in little space. */
enum trend_what {
	TREND_EVIDENCE,
	TREND_LISTED,
	TREND_EXPIRED,
	TREND_DELISTED,
	TREND_WHAT_COUNT
};
const char *trend_name(enum trend_what what);
/* One record: `*count` is that of the hour. 0, ERROR_NEWER, ERROR_DAMAGED. */
int trend_decode(struct octets key, struct octets value, uint64_t *count);
int trend_count(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t now);
/* Takes one back from the hour of `at`, where it was counted. */
int trend_uncount(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t at);
/* The sum of the hours that begin in [from, to) (seconds). */
int trend_sum(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t from, int64_t to, uint64_t *sum);

#endif
