#ifndef DB_ZONEVIEW_H
#define DB_ZONEVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "db/changes.h"
#include "db/meta.h"
#include "db/zonereader.h"

/*
 * The zone at one version, read in steps of a transaction each, so that none
 * lasts, while writers go on: what changes ahead of the place that was reached
 * is undone by the journal's old values.
 */

struct zoneview {
	struct zone_version version; /* that it shows */
	struct zone_place place;
	int64_t read_ms; /* the last look at the journal; monotonic, 0 none */
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
 * `since` to that of the view; *place begins as zone_place_all(since). 1: more
 * in the next step. 0: all. ERROR_NOT_FOUND: the journal does not reach back.
 * ERROR_LIMIT: more changes than are worth it.
 */
int zoneview_collect(
    struct zoneview *view, struct zonereader *reader, struct zone_place *place);

#endif
