#ifndef DB_VERIFY_H
#define DB_VERIFY_H

#include "db/store.h"

/*
 * Does the database agree with itself? What one table says of another:
 *
 *	every listing is published as verdict_of says, and nothing else is
 *	TABLE_DUE has each listing's due_at, and nothing else; what is
 *	published is due before its time is over
 *	the zone has its apex and test entries, and the journal, read back
 *	from the zone as it is, tells each change of it
 *	each piece of evidence has its place in its address' index, and what
 *	can have a weight where policy and corroboration look; nothing else has
 *	digests lead to evidence, and evidence to its digest
 *	the publish guard counts as many of each list as there are, and the zone
 *	as many as its main list has
 *	domains count their traps; the last delisting of a unit is one of it
 *	the audit is one chain, from its checkpoint to its head
 *	every record can be read
 *
 * It looks at one snapshot and takes its time: give it a read transaction of
 * its own.
 */

/* What is wrong, in words, and of what: an address, a number, a name. */
typedef void verify_found(const char *what, const char *of, void *context);

/* Returns how many faults it found, or a negative code. */
int verify_store(struct store_txn *txn, verify_found *found, void *context);
/* The same; `progress` is told now and then how many records are read. */
typedef void verify_progress(uint64_t done, uint64_t total, void *context);
int verify_store_watched(struct store_txn *txn, verify_found *found,
    verify_progress *progress, void *context);

#endif
