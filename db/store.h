#ifndef DB_STORE_H
#define DB_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/settings.h"

/*
 * The one LMDB environment in which the four programs meet, and the only
 * module that sees lmdb.h. Tables hold octets under octet keys in byte order.
 *
 * Any number of readers, one writer at a time over all programs. A reader
 * sees the database as it was when its transaction began and never waits.
 * What a transaction hands out (struct octets) points into the map: it is
 * valid until that transaction ends, in a write transaction only until its
 * next change.
 *
 * Durable: when store_commit has returned 0 the change is on disk.
 *
 * Fork before store_open; one environment a process. A write transaction
 * belongs to the thread that began it; write on a thread of its own, never on
 * an event loop.
 */
struct store;
struct store_txn;
struct store_cursor;

/* Of every file in the directory, whose group shares them. */
#define STORE_FILE_MODE 0660

struct octets {
	const void *data;
	size_t len;
};
#define OCTETS(p, n) ((struct octets){ (p), (n) })

enum store_table {
	TABLE_META,	     /* names -> small values; see meta.h */
	TABLE_EVIDENCE,	     /* evidence id -> evidence */
	TABLE_EVIDENCE_OF,   /* unit, evidence id -> nothing */
	TABLE_SIGHTING,	     /* unit, evidence id -> what policy looks at */
	TABLE_GROUP_NETWORK, /* trap or campaign, hour -> networks seen */
	TABLE_GROUP_MEMBER,  /* trap or campaign, hour, unit -> nothing */
	TABLE_DIGEST,	     /* message digest -> evidence id, when recorded */
	TABLE_LISTING,	     /* address -> listing */
	TABLE_DUE,	     /* second, address -> nothing: judge it then */
	TABLE_ZONE,	     /* zone key -> records, in DNSSEC order */
	TABLE_JOURNAL,	     /* serial, number -> one change of TABLE_ZONE */
	TABLE_TRAP,	     /* trap -> its record */
	TABLE_EXEMPTION,     /* prefix -> exemption */
	TABLE_DELISTING,     /* delisting id -> delisting */
	TABLE_AUDIT,	     /* number -> audit entry */
	TABLE_TREND,	     /* what, when -> count */
	TABLE_CAMPAIGN,	     /* campaign -> the one it was merged into */
	TABLE_ACCOUNT,	     /* name -> who may sign in */
	TABLE_TOKEN,	     /* hash of a token -> what it may */
	TABLE_SESSION,	     /* hash of a session's secret -> whose it is */
	TABLE_APPEAL,	     /* unit -> request that waits for the operator */
	TABLE_COUNT
};

enum store_mode {
	STORE_READ, /* never writes, yet needs lock.mdb writable */
	STORE_WRITE,
	/*
	 * Makes directory, files and empty tables, then is like STORE_WRITE.
	 * The database counts as not made, and may be created again, until
	 * meta_create() has committed. ERROR_EXISTS when there is one.
	 */
	STORE_CREATE,
	/*
	 * Like STORE_WRITE, but alone: ERROR_BUSY names who else has it open.
	 * Takes older formats, too, and makes the tables that they lacked.
	 */
	STORE_UPGRADE
};

/* The form of tables and records; meta_create() writes it, opening asks. */
#define STORE_FORMAT 6
#define STORE_FORMAT_KEY "format" /* in TABLE_META; a u32 */

/*
 * Opens the environment in settings->database.path. Refuses, with a code and
 * one log line that says why and what to do:
 *   ERROR_NOT_MADE   nothing there (`bsblctl init` makes it)
 *   ERROR_NEWER, ERROR_OLDER   another format version
 *   ERROR_DAMAGED    no LMDB file, cut short, or meta pages that lie
 *   ERROR_UNLOCKED   lock.mdb cannot be written, or LMDB counts no readers
 *   ERROR_BUSY       restore, compaction or upgrade holds bsbl.lock (names it)
 *   -EACCES, -EROFS, ... as the system says
 * Holds a shared flock on bsbl.lock until store_close.
 */
int store_open(const struct settings *settings, enum store_mode mode,
    struct store **store);
void store_close(struct store *store); /* NULL does nothing */
/* Its directory, where others keep what belongs to it. */
const char *store_path(const struct store *store);
/* The format that was found when it was opened. */
uint32_t store_format(const struct store *store);

/* --- transactions --------------------------------------------------------- */

/*
 * A read transaction may be renewed for ever: store_reset before any wait, so
 * that no page stays pinned, then store_renew. Both are cheap and allocate
 * nothing. store_abort ends any transaction; NULL does nothing.
 */
int store_begin_read(struct store *store, struct store_txn **txn);
void store_reset(struct store_txn *txn);
int store_renew(struct store_txn *txn);
/*
 * May one that is not reset go on? False when something was committed since,
 * when it has failed, and when the map has to move.
 */
bool store_is_newest(const struct store_txn *txn);

/*
 * One writer at a time: waits for its turn. ERROR_FULL from store_commit or
 * store_put: nothing of the transaction is kept; abort it.
 */
int store_begin_write(struct store *store, struct store_txn **txn);
int store_commit(struct store_txn *txn); /* ends it, failed or not */
void store_abort(struct store_txn *txn);

/*
 * A commit could not write its last page, which tells that the others are
 * good: from then on every transaction of this process fails, and only a new
 * one can tell what is on disk. Noticed when the next begins.
 */
bool store_has_failed(const struct store *store);

struct store *store_of(const struct store_txn *txn);
/* Rises by one with each commit, over all processes. */
uint64_t store_txn_id(const struct store_txn *txn);
/*
 * Changes of the zone that this transaction has made so far; meta.c counts
 * them. Not in the database: a copy counts its transactions anew.
 */
struct store_changes {
	bool numbered; /* they have a serial */
	uint32_t count;
};
struct store_changes *store_changes(struct store_txn *txn);
/* The last committed transaction, without opening one. */
uint64_t store_last_txn_id(struct store *store);

/* --- records -------------------------------------------------------------- */

/* 0 or ERROR_NOT_FOUND. */
int store_get(struct store_txn *txn, enum store_table table, struct octets key,
    struct octets *value);
int store_put(struct store_txn *txn, enum store_table table, struct octets key,
    struct octets value);
/* For keys that only grow: appends; ERROR_EXISTS when `key` is not last. */
int store_append(struct store_txn *txn, enum store_table table,
    struct octets key, struct octets value);
/* 0 or ERROR_NOT_FOUND. */
int store_delete(
    struct store_txn *txn, enum store_table table, struct octets key);
/* Removes every record of the table, quickly whatever their number. */
int store_clear(struct store_txn *txn, enum store_table table);
/* Records in the table; cheap. */
uint64_t store_count(struct store_txn *txn, enum store_table table);

/*
 * A cursor stands on one record. Its moves return 0, or ERROR_NOT_FOUND when
 * there is none (the cursor then stands nowhere useful). In a read transaction
 * a cursor outlives store_reset: store_cursor_renew binds it again.
 */
int store_cursor_open(struct store_txn *txn, enum store_table table,
    struct store_cursor **cursor);
int store_cursor_renew(struct store_txn *txn, struct store_cursor *cursor);
void store_cursor_close(struct store_cursor *cursor);

enum store_move { STORE_FIRST, STORE_LAST, STORE_NEXT, STORE_PREV };
int store_move(struct store_cursor *cursor, enum store_move move,
    struct octets *key, struct octets *value);
/* The first record whose key is not less than `from`. */
int store_seek(struct store_cursor *cursor, struct octets from,
    struct octets *key, struct octets *value);
/* The last whose key is less. */
int store_seek_before(struct store_cursor *cursor, struct octets than,
    struct octets *key, struct octets *value);
/* Removes the record the cursor stands on; it then stands before the next. */
int store_cursor_delete(struct store_cursor *cursor);

/* --- keeping -------------------------------------------------------------- */

/*
 * Is there room for new evidence? False below the reserve of map or disk
 * (settings reserve_percent, reserve_bytes): taking back must still commit.
 * Asks the system at most once a second.
 */
bool store_has_room(struct store *store);

/* Frees the slots of readers that died; returns how many. */
int store_reap_readers(struct store *store);

struct store_stat {
	uint64_t map_bytes, used_bytes, file_bytes, disk_free_bytes;
	uint64_t disk_spare_bytes; /* of them above the reserve */
	uint64_t last_txn_id, oldest_reader_txn_id; /* equal: no lag */
	unsigned readers, max_readers;
	uint64_t records[TABLE_COUNT];
};
int store_stat(struct store *store, struct store_stat *stat);
const char *store_table_name(enum store_table table);

/*
 * A whole, compact copy of the environment as it is now, on disk in the new
 * directory `path` when this returns 0; writers go on meanwhile. ERROR_EXISTS
 * when there is something at `path` that is no empty directory. A failure
 * leaves nothing behind and has its log line.
 */
int store_backup(struct store *store, const char *path);
/* The same; `copied` is told now and then, on another thread, how far it is. */
typedef void store_copied(uint64_t octets, void *context);
int store_backup_watched(
    struct store *store, const char *path, store_copied *copied, void *context);

/* --- who lives (store_life.c) --------------------------------------------- */

/*
 * Programs that run for long say each second that they live, with no write:
 * they hold a lock of bsbl.lock that is as long as they have lived. The kernel
 * lets go of it when they end, however they end.
 */
enum store_program { STORE_INGEST, STORE_DNSD, STORE_HTTPAPI, STORE_PROGRAMS };
const char *store_program_name(enum store_program which); /* "bsbl-dnsd" */

/* A process is one program, on one thread. Seconds, as all of these. */
void store_live(struct store *store, enum store_program which, int64_t now);

/* Of several processes of one program any. */
struct store_life {
	bool runs;
	int64_t since, last; /* start, and sign of life; 0 where it does not */
};
struct store_life store_life(
    const struct store *store, enum store_program which);

/*
 * Work that has a number, and that one process at a time does. False: another
 * has claimed it, and lives. Who has it already may claim it again.
 */
bool store_claim(struct store *store, uint64_t number);
void store_unclaim(struct store *store, uint64_t number);
/* Has another process claimed it? */
bool store_is_claimed(const struct store *store, uint64_t number);

/* --- replacing (store_place.c) -------------------------------------------- */

/* Is there a database, whole or not? */
bool store_is_there(const struct settings *settings);

/*
 * The place of a database, held alone by who puts another there. Make that one
 * in the directory store_place_copy, which does not exist yet; then
 * store_place_fill renames its data.mdb into the place, and keeps the old one
 * as data.mdb.replaced. store_place_leave lets go of it, and removes the copy.
 */
struct store_place;
int store_place_take(
    const struct settings *settings, struct store_place **place);
const char *store_place_copy(const struct store_place *place);
int store_place_fill(struct store_place *place);
void store_place_leave(struct store_place *place); /* NULL does nothing */

#endif
