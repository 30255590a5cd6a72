#ifndef DB_RESTORE_H
#define DB_RESTORE_H

#include "db/meta.h"

/*
 * Puts a backup in the place of the database, while nobody else has it open.
 * The list has then been cut: a new lineage, and a serial well past that of
 * the backup and of what was there, so that every secondary takes it anew; and
 * what waits in the intake log of the old database is not for this one.
 *
 * The backup is copied beside the database and made ready there; the database
 * is replaced by one rename. What was there stays as data.mdb.replaced. After a
 * failure, of which the log has a line, the old database is as it was.
 */
int restore_database(const struct settings *settings, const char *from,
    const char *who, int64_t now, struct zone_version *version);

#endif
