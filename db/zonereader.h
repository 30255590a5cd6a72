#ifndef DB_ZONEREADER_H
#define DB_ZONEREADER_H

#include <stdbool.h>
#include <stdint.h>

#include "db/store.h"
#include "db/zonedata.h"

/*
 * The zone's table and its journal, read in steps of a transaction each, so
 * that none lasts: who goes through all names, or follows what changes, goes on
 * in the next step where he was in the last.
 */

/* What a thread reads with: one transaction, renewed for each step. */
struct zonereader {
	struct store_txn *txn;
	struct store_cursor *zone, *journal;
};

/* 0 or a negative code, and there is nothing to undo. */
int zonereader_init(struct zonereader *reader, struct store *store);
/* Of one that is all zero: does nothing. */
void zonereader_deinit(struct zonereader *reader);

int zonereader_begin(struct zonereader *reader); /* 0 or a negative code */
void zonereader_end(struct zonereader *reader);

/*
 * All that follows belongs within a step. What is read is valid until its end;
 * ERROR_NOT_FOUND stands behind the last of it.
 */

/* The record behind the name `last`; where that is of no length, the first. */
int zonereader_record(struct zonereader *reader, const struct zonekey *last,
    struct octets *key, struct octets *value);
/* The one behind what was read last. */
int zonereader_next_record(
    struct zonereader *reader, struct octets *key, struct octets *value);

/* How far the journal was read: all of `serial` up to before `number`. */
struct zone_place {
	uint32_t serial, number;
};
struct zone_place zone_place_all(uint32_t serial); /* all of it */
bool zone_place_is_all(const struct zone_place *place, uint32_t serial);
struct zone_place zone_place_behind(const struct zone_change *change);

/*
 * 0 where nothing behind the place is missing: the journal's oldest change is
 * no newer, or it has all since a lineage began. ERROR_NOT_FOUND where
 * something may be. Just after the last look (journal.h) the oldest may be the
 * very next one.
 */
int zonereader_reaches(struct zonereader *reader,
    const struct zone_place *place, bool looked_just_now);

/* The first change that was not read. */
int zonereader_change(struct zonereader *reader, const struct zone_place *place,
    struct zone_change *change);
/* The one behind what was read last. */
int zonereader_next_change(
    struct zonereader *reader, struct zone_change *change);

/* Is a before b? (RFC 1982 section 3.2; neither where that is not defined) */
bool zone_serial_before(uint32_t a, uint32_t b);

#endif
