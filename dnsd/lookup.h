#ifndef DNSD_LOOKUP_H
#define DNSD_LOOKUP_H

#include "db/store.h"
#include "db/zonekey.h"

/*
 * What the zone holds at a name, by RFC 1034 section 4.3.2 and RFC 4592: the
 * name itself, something below it, the wildcard of its closest encloser, or
 * nothing. Each worker has one, with a read transaction of its own.
 *
 * Between lookup_begin and lookup_end answers are of one version of the zone,
 * and what they point to stays. End before any wait: a transaction left open
 * pins pages that writers could use again.
 */
struct lookup {
	struct store_txn *txn;
	struct store_cursor *cursor;
};

/* 0 or a negative code. Leaves the look-up ended. */
int lookup_init(struct lookup *lookup, struct store *store);
void lookup_deinit(struct lookup *lookup);

int lookup_begin(struct lookup *lookup);
void lookup_end(struct lookup *lookup);

enum lookup_outcome {
	LOOKUP_FOUND,	 /* the name has records of its own */
	LOOKUP_WILDCARD, /* it has not, a wildcard covers it */
	LOOKUP_EMPTY,	 /* it exists, without records */
	LOOKUP_NOTHING,	 /* no such name, and nothing below it */
	LOOKUP_FAILED	 /* the database does not say */
};

/*
 * *value is set where there are records, and *source then says under which key
 * they stand: `key`, or the wildcard's.
 */
enum lookup_outcome lookup_find(struct lookup *lookup,
    const struct zonekey *key, struct octets *value, struct zonekey *source);

#endif
