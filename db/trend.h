#ifndef DB_TREND_H
#define DB_TREND_H

#include "db/backscatter.h"
#include "db/evidence.h"
#include "db/store.h"

/*
 * How much there was of what, for years in little space: by the hour for 30
 * days, then by the day for ten years (trend_roll, TREND_KEPT_DAYS). Two sorts
 * of records:
 *
 * - counts, exact: what happened, by kind;
 * - tops: of things that are too many to count each (campaigns, networks,
 *   addresses) the most frequent, by the Space-Saving algorithm (Metwally,
 *   Agrawal, El Abbadi 2005): so many counters an hour, and a name that is new
 *   takes over the least. A count is then too high by `over` at most; and what
 *   makes up more than one in TREND_HOUR_TOPS of an hour is there.
 *
 * What the public is told of a day is a count of its own (db/trend_day.h).
 *
 * An hour of everything takes some 5 KiB, a day 10 KiB: 4 MB for the hours, 37
 * MB for ten years of days, however many come.
 *
 * Times are Unix seconds; evidence counts in the hour when it was seen.
 */
enum trend_what {
	TREND_EVIDENCE,
	TREND_LISTED,
	TREND_EXPIRED,
	TREND_DELISTED,
	TREND_WHAT_COUNT
};
const char *trend_name(enum trend_what what);

int trend_count(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t now);
/* Takes so many back from the hour of `at`, as far as they were counted. */
int trend_uncount(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t at, uint64_t many);
/*
 * The sum of the hours that begin in [from, to), and of days that lie wholly in
 * it.
 */
int trend_sum(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t from, int64_t to, uint64_t *sum);
/*
 * `count` sums of `step` seconds each (whole hours; whole days where it is
 * older than 30), the first from `from` on.
 */
#define TREND_HOUR 3600
#define TREND_DAY 86400
int trend_series(struct store_txn *txn, enum trend_what what,
    enum backscatter_kind kind, int64_t from, int64_t step, uint64_t *sums,
    size_t count);

/* --- tops (trend_top.c) --------------------------------------------------- */

enum trend_by {
	TREND_BY_TRAP,	   /* its domain; never for the public */
	TREND_BY_CAMPAIGN, /* 16 hexadecimal figures; of fingerprinted ones */
	TREND_BY_LANGUAGE, /* of the reply, ISO 639-1, as its signs say */
	TREND_BY_SOFTWARE,
	TREND_BY_NETWORK, /* /24 or /48 */
	TREND_BY_SOURCE,  /* an address, or a /64 */
	TREND_BY_COUNT
};
const char *trend_by_name(enum trend_by by);

#define TREND_HOUR_TOPS 24
#define TREND_DAY_TOPS 48
#define TREND_NAME_MAX 63
struct trend_top {
	char name[TREND_NAME_MAX + 1];
	uint64_t count;
	uint64_t over; /* it may be so much less */
};
struct trend_tops {
	struct trend_top list[TREND_DAY_TOPS];
	unsigned count;
};

/* One sighting of backscatter counts for each of these. */
int trend_count_tops(struct store_txn *txn, const struct evidence *evidence);
/* What signs say of a reply's language: ISO 639-1, or "". */
void trend_language(const char *signs, char language[3]);
/*
 * The most frequent in [from, to), by the rules of trend_sum: by how often they
 * were there for sure, count less over; only those that were.
 */
int trend_top(struct store_txn *txn, enum trend_by by, int64_t from, int64_t to,
    struct trend_tops *tops);

/* --- many sightings (trend_hour.c) ---------------------------------------- */

/*
 * The tops of one hour, held from sighting to sighting and written when one of
 * another hour comes: in order of time, many cost a change of the database an
 * hour. Between trend_hour_init and trend_hour_write nobody else may count in
 * that transaction.
 */
struct trend_hour {
	int64_t hour;		/* since 1970; -1: none is held */
	unsigned held, changed; /* a bit for each trend_by */
	struct trend_tops tops[TREND_BY_COUNT];
	uint64_t uncounted[BACKSCATTER_KIND_COUNT];
};
void trend_hour_init(struct trend_hour *hour);
/* It counts, as by trend_count_tops; or does so no more. */
int trend_hour_add(struct store_txn *txn, struct trend_hour *hour,
    const struct evidence *evidence);
int trend_hour_take(struct store_txn *txn, struct trend_hour *hour,
    const struct evidence *evidence);
/* The last, and TREND_EVIDENCE loses it, too. */
int trend_hour_forget(struct store_txn *txn, struct trend_hour *hour,
    const struct evidence *evidence);
/* Nothing is held afterwards. */
int trend_hour_write(struct store_txn *txn, struct trend_hour *hour);

/* --- keeping -------------------------------------------------------------- */

/* Long enough to compare years, and a bound. */
#define TREND_KEPT_DAYS 3650

/*
 * Puts hours that are older than 30 days together to their day, and drops days
 * of more than ten years ago; at most `most` days' worth. How many.
 */
int trend_roll(struct store_txn *txn, int64_t now, unsigned most);

/* One record, for whoever checks: 0, ERROR_NEWER, ERROR_DAMAGED. */
int trend_check(struct octets key, struct octets value);

#endif
