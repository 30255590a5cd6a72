#ifndef DB_TREND_DAY_H
#define DB_TREND_DAY_H

#include "db/backscatter.h"
#include "db/store.h"
#include "db/trend.h"

/*
 * How much a day saw that the public may be told of (sighting_may_be_told):
 * not counted as it comes, but for the whole day, once all of it can be known
 * (db/record_days.c), and in one record. A day without one was not counted,
 * which is not to say that nothing was seen; db/trend_roll.c drops it with the
 * others of its age.
 *
 * `number` is of days since 1970 (UTC).
 */
struct trend_day {
	uint64_t seen[BACKSCATTER_KIND_COUNT]; /* BACKSCATTER_NONE: never any */
};

/*
 * A day is counted when it has been over for so long: until then others may
 * bear out what was seen in it (CORROBORATION_HOURS), and nobody is told.
 */
#define TREND_DAY_SETTLES TREND_DAY

int trend_day_put(
    struct store_txn *txn, uint32_t number, const struct trend_day *day);
/* 0, or ERROR_NOT_FOUND, also when it cannot be read. */
int trend_day_get(
    struct store_txn *txn, uint32_t number, struct trend_day *day);
/* It is counted no more; one that was not stays so. */
int trend_day_forget(struct store_txn *txn, uint32_t number);
/* The first that is counted from `from` on, or ERROR_NOT_FOUND. */
int trend_day_next(struct store_txn *txn, uint32_t from, uint32_t *number);

/* How far counting is; in TABLE_META. */
struct trend_day_place {
	uint32_t first;	  /* none before it is counted */
	uint32_t number;  /* this one is being counted, ... */
	uint64_t next_id; /* ... from this evidence on; 0: none is */
	struct trend_day so_far;
};
/* 0, ERROR_NOT_FOUND, ERROR_NEWER or ERROR_DAMAGED. */
int trend_day_place_get(struct store_txn *txn, struct trend_day_place *place);
int trend_day_place_put(
    struct store_txn *txn, const struct trend_day_place *place);

#endif
