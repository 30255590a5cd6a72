#ifndef DB_JOURNAL_H
#define DB_JOURNAL_H

#include <stdint.h>

#include "db/store.h"

/*
 * How long the zone's journal is kept: as long as a difference is better for
 * who has been away than the whole zone, and never shorter than those need it
 * who read one version while others write; see zoneview.h. What led to the
 * version that is in force stays, however quiet the list is.
 */
#define JOURNAL_YOUNG_SECONDS 60

/*
 * Drops at most `most` changes; returns how many, 1 where it has but noted how
 * far the zone is, which is to be committed as well, or a negative code.
 */
int journal_trim(struct store_txn *txn, int64_t now, unsigned most);

#endif
