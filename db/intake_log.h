#ifndef DB_INTAKE_LOG_H
#define DB_INTAKE_LOG_H

#include "db/evidence.h"
#include "db/meta.h"

/*
 * Where evidence is on disk before the database has it: a file beside
 * data.mdb to which one append and one sync are enough, where a commit writes
 * pages at many places. Who has written to it may promise that nothing is lost;
 * the database follows soon, with many sightings a transaction.
 *
 * What must always hold:
 *
 *	Sightings have numbers that only rise; a message's are one entry, with
 *	the number of the last. The database knows the number up to which it has
 *	them all (struct intake_mark), and learns it in the transaction that
 *	records them: so what lies behind the mark is all that must be recorded
 *	after a crash, and nothing of it has been.
 *	Entries are written in groups, each whole or not there: BLAKE2b over
 *	all of it tells. The next is written when the last is on disk, and
 *	each begins a page of its own, so that no octet which was promised is
 *	written again before the database has it.
 *	The file never grows: zeros when it is made, then its halves are filled
 *	in turn. A half is begun anew once the mark is past all that is in it.
 *	What is found there of older rounds lies before the mark.
 *	A group bears the mark's random number of the database. One that was
 *	restored has none, and gets another: what was promised for the one
 *	before is never recorded in it. Nobody outside knows the number, so
 *	no text in a message can pass for a group.
 *	One program at a time writes: an exclusive flock on the directory.
 *
 * A group that could not be written, or synced, may be there all the same. Its
 * entries were promised to nobody, but their numbers are used up.
 */
struct intake_log;

#define INTAKE_LOG_FILE "intake.log"
/* What another database's becomes, should somebody miss what it holds. */
#define INTAKE_LOG_REPLACED "intake.log.replaced"

/*
 * Opens the file for writing. 0, ERROR_NOT_FOUND when there is none and none is
 * to be made, ERROR_BUSY when another program writes to it, or -errno.
 */
int intake_log_open(const char *directory, bool make, struct intake_log **log);
void intake_log_close(struct intake_log *log); /* NULL does nothing */

/*
 * What lies behind the mark: calls `each` for every entry, by rising numbers,
 * until it returns non-zero; that is returned, else 0, ERROR_EXISTS when the
 * file holds another database's alone, ERROR_NEWER when a newer program wrote
 * it, or another negative code. No file is an empty one. The list is `each`'s,
 * to be freed with free().
 */
typedef int intake_log_each(
    uint64_t number, struct evidence *list, unsigned count, void *context);
int intake_log_read(const char *directory, const struct intake_mark *mark,
    intake_log_each *each, void *context);

/*
 * How many entries the database of a read transaction has yet to learn of: what
 * a program is about to give it, or what one that was killed has left.
 */
int intake_log_waiting(struct store_txn *txn);

/* Puts another database's out of the way, and makes a new one. 0 or -errno. */
int intake_log_replace(struct intake_log *log);

/*
 * From here on groups are of that database, with numbers behind the mark's and
 * behind any in the file. Once all that was read is in the database.
 */
int intake_log_start(struct intake_log *log, const struct intake_mark *mark);
/* The last number that was given. */
uint64_t intake_log_last(const struct intake_log *log);
/*
 * How long the file is, and how many octets were written since it was opened.
 */
uint64_t intake_log_bytes(const struct intake_log *log);
uint64_t intake_log_written(const struct intake_log *log);

/*
 * One group: begin, add, and write it. _add gives the entry its number, or says
 * ERROR_LIMIT when it does not fit any more. _write returns 0 when it is on
 * disk, ERROR_LIMIT when there is no place for it until the database has more
 * than up to `settled`, or -errno. A group of none is none.
 */
void intake_log_begin(struct intake_log *log);
int intake_log_add(struct intake_log *log, const struct evidence *list,
    unsigned count, uint64_t *number);
int intake_log_write(struct intake_log *log, uint64_t settled);

#endif
