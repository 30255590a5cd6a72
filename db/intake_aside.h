#ifndef DB_INTAKE_ASIDE_H
#define DB_INTAKE_ASIDE_H

#include "db/evidence.h"

/*
 * Entries of the intake log (db/intake_log.h) that were promised, and that the
 * database takes from nobody: a record that each of them needs is damaged, say.
 * They are kept in a file beside it, so that those behind them can be recorded,
 * until somebody has mended what is wrong and tries again.
 *
 * Groups as in the log, of one entry each, that begin at pages; what was torn
 * is no group. One of another database's log counts as not there, as in the
 * log itself.
 */
#define INTAKE_ASIDE_FILE "intake.aside"

/*
 * More is no matter of single entries; then they wait in the intake log. So
 * that whoever counts has read it in some milliseconds.
 */
#define INTAKE_ASIDE_MAX (4 << 20)

/*
 * 0 when it is on disk, ERROR_LIMIT beyond INTAKE_ASIDE_MAX, ERROR_BUSY while
 * somebody visits, or -errno. `number` is the entry's in the log.
 */
int intake_aside_add(const char *directory, uint64_t log, uint64_t number,
    const struct evidence *list, unsigned count);

/* How many there are, or a negative code. */
int intake_aside_count(const char *directory, uint64_t log);

/*
 * Calls `each` for every entry, by rising numbers. What it returns: 0, the
 * entry stays; 1, it is recorded, and goes; a negative code ends the visit.
 * Returns how many are left, or a negative code. The list is borrowed.
 */
typedef int intake_aside_each(
    uint64_t number, struct evidence *list, unsigned count, void *context);
int intake_aside_visit(const char *directory, uint64_t log,
    intake_aside_each *each, void *context);

#endif
