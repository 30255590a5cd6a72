#ifndef DB_CHANGES_H
#define DB_CHANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "db/zonedata.h"

/*
 * What the journal says of each name over a span of serials: its value before
 * the first change and after the last, by name in the zone's order. That is an
 * incremental transfer, condensed; and it is the way back from a newer zone to
 * an older one.
 */
struct changes_item {
	struct changes_copy *first, *last; /* the same for one change */
	size_t order;
};
struct changes {
	struct changes_item *sorted, *fresh;
	size_t count, at; /* of the sorted; those before `at` are gone */
	size_t fresh_count, fresh_size;
	size_t most;
};

/* `most` names at a time, and as many changes not yet sorted. */
void changes_init(struct changes *changes, size_t most);
void changes_deinit(struct changes *changes);

/* In the journal's order. 0, ERROR_LIMIT or -ENOMEM. */
int changes_add(struct changes *changes, const struct zone_change *change);

/* Sorts in what was added since. 0, ERROR_LIMIT or -ENOMEM. */
int changes_settle(struct changes *changes);

/* --- once settled --------------------------------------------------------- */

size_t changes_count(const struct changes *changes);
/* The i-th name that is left; valid until the next settling or drop. */
void changes_get(const struct changes *changes, size_t i, struct octets *key,
    struct octets *before, struct octets *after);
void changes_drop_first(struct changes *changes);
void changes_drop_all(struct changes *changes);

#endif
