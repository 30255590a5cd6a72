#ifndef DB_UPGRADE_H
#define DB_UPGRADE_H

#include "db/store.h"

/*
 * Brings a database of an older format up to STORE_FORMAT. Formats so far:
 *
 *	1  the first
 *	2  the audit is a chain; traps and sightings have a weight
 *	3  tables of accounts, tokens, sessions and appeals: no record changes
 *	4  a trap has a reason
 *	5  a session knows its client; a listing, when a callout was seen
 *	6  the guard holds callouts, too, and counts them by themselves;
 *	   policy looks at what weighed nothing when it was seen; the zone
 *	   counts whom its main list has
 *
 * A new format is a row of the table in upgrade.c, which rewrites the records
 * of one table, and a line here. Where something else counts since, everybody
 * is judged anew once bsbl-ingest sweeps. Open with STORE_UPGRADE, which keeps
 * everybody else out and makes tables that are new.
 */

/* Called now and then: so many of about so many records are rewritten. */
typedef void upgrade_progress(uint64_t done, uint64_t total, void *context);

/*
 * All of it in the caller's one transaction: the commit shows the new format,
 * or the old one is untouched. ERROR_DAMAGED: a record cannot be read.
 */
int upgrade_store(struct store_txn *txn, uint32_t from,
    upgrade_progress *progress, void *context);

#endif
