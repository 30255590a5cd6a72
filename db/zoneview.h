#ifndef DB_ZONEVIEW_H
#define DB_ZONEVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "db/changes.h"
#include "db/meta.h"
#include "db/store.h"
#include "db/zonedata.h"

/*
 * The zone at one version, read in steps of a transaction each, so that none
 * lasts, while writers go on: what changes ahead of the place that was reached
 * is undone by the journal's old values.
 */

/* What a thread reads with: one transaction, renewed for each step. */
struct zonereader {
	struct store_txn *txn;
	struct store_cursor *zone, *journal;
};
int zonereader_init(struct zonereader *reader, struct store *store);
void zonereader_deinit(struct zonereader *reader);
int zonereader_begin(struct zonereader *reader); /* 0 or a negative code */
void zonereader_end(struct zonereader *reader);

/* How far the journal was read: all of `serial` up to before `number`. */
struct zone_place {
	uint32_t serial, number;
	int64_t read_ms; /* when; monotonic */
};

struct zoneview {
	struct zone_version version; /* that it shows */
	struct zone_place place;
	struct changes changes;
	struct zonekey last; /* that was taken; of no length: none */

	/* Of the step: the table's next record. */
	struct octets key, value;
	bool at_end;
};

/* All within a step of the reader, but for _deinit. */

/* Of the version that the reader sees. 0 or a negative code. */
int zoneview_init(struct zoneview *view, const struct zonereader *reader);
void zoneview_deinit(struct zoneview *view);

/*
 * Catches up with what was committed since the last step; to be called in
 * every step, and each half minute at least (journal.h). 1: there is more, in
 * the next step. 0: records may be read. ERROR_NOT_FOUND: the way back is gone;
 * begin anew.
 */
int zoneview_follow(
    struct zoneview *view, struct zonereader *reader, int64_t now_ms);

/*
 * The next record: 0, ERROR_NOT_FOUND behind the last, or a negative code.
 * Valid until it is taken or the step ends.
 */
int zoneview_next(struct zoneview *view, struct zonereader *reader,
    struct octets *key, struct octets *value);
int zoneview_take(struct zoneview *view, struct zonereader *reader);

/*
 * Instead of records: collects in view->changes what led from the version
 * `since` to that of the view; *place begins as { since, NUMBER_LAST }. 1: more
 * in the next step. 0: all. ERROR_NOT_FOUND: the journal does not reach back.
 * ERROR_LIMIT: more changes than are worth it.
 */
#define ZONE_NUMBER_LAST UINT32_MAX /* no change has it */
int zoneview_collect(
    struct zoneview *view, struct zonereader *reader, struct zone_place *place);

/* Is a before b? (RFC 1982 section 3.2; neither where that is not defined) */
bool zone_serial_before(uint32_t a, uint32_t b);

#endif
