#ifndef DB_STORE_PRIVATE_H
#define DB_STORE_PRIVATE_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

#include "db/store.h"

/*
 * What the files of the store share, and nobody else includes: store.c
 * (transactions), store_records.c (records, cursors), store_open.c (opening and
 * its refusals), store_files.c (directory, files, bsbl.lock), store_whole.c (is
 * the file cut short?), store_ahead.c (its length), store_fault.c (last words),
 * store_keep.c (room, readers, figures, backup), store_life.c (who runs),
 * store_place.c (another database in its place), store_order.c (of keys).
 */

#define STORE_DATA "data.mdb" /* these two are LMDB's own names */
#define STORE_LOCK "lock.mdb"
#define STORE_HOLD "bsbl.lock"

#define STORE_DIRECTORY_MODE 02770 /* files take the directory's group */

struct store {
	MDB_env *env;
	MDB_dbi tables[TABLE_COUNT];
	char *path;
	int hold_fd; /* bsbl.lock, a flock; -1 none */
	uint32_t format;
	bool watched;

	/*
	 * The map may move only while no transaction of this process looks
	 * into it. `map_lock` guards `txns` and the map as such; `remapping`
	 * is up while it moves, see enter() in store.c.
	 */
	pthread_mutex_t map_lock;
	atomic_bool remapping;
	struct store_txn *txns;

	long reserve_percent;
	long long reserve_bytes;
	/* LMDB takes no more transactions of this process. */
	atomic_bool failed;
	pthread_mutex_t room_lock; /* guards the next two */
	int64_t room_asked_ms;
	bool room;

	enum store_program program; /* this process is, once it is alive */
	_Atomic int64_t alive_since, alive_at; /* seconds; 0 not yet */
};

struct store_txn {
	/* First, and alone on its cache line: each renewal writes it. */
	_Alignas(64) atomic_bool active;
	_Alignas(64) MDB_txn *txn;
	struct store *store;
	struct store_cursor *cursors;
	/* A reader's closed cursors, one a table, to be opened again. */
	struct store_cursor *spare[TABLE_COUNT];
	struct store_txn *previous, *next;
	struct store_changes changes;
	bool writes;
	int failed; /* the first failure that spoilt it, 0 none */
};

struct store_cursor {
	MDB_cursor *cursor;
	struct store_txn *txn; /* NULL once that has ended */
	enum store_table table;
	struct store_cursor *previous, *next;
};

/*
 * store_fault.c: between store_watch and store_unwatch, a signal that a page
 * has caused is explained in one line. `store_at_work` is set while LMDB reads
 * pages on this thread.
 */
extern _Thread_local const struct store *store_at_work;
void store_watch(const struct store *store);
void store_unwatch(void);

/*
 * LMDB's own order of keys: by their octets, and of two that begin alike the
 * shorter one first. Faster, since it knows that keys are short.
 */
int store_compare_keys(const MDB_val *a, const MDB_val *b);

/* LMDB's codes and positive errno to ours. */
int store_translate(int rc);

/*
 * One line for a failure that an operator must hear of. At most a few a minute
 * pass: strangers' mail can make a full disk fail again and again.
 */
void store_complain(const struct store *store, int rc, const char *doing);

/* One line that says why the store does not open; returns `code`. */
int store_refuse(const char *path, int code, const char *remedy,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* "PATH/NAME", to be freed; NULL without memory. */
char *store_file(const char *path, const char *name);

/* 0, or -errno: the names in it, or beside it, outlive a power failure. */
int store_sync_directory(const char *path);
int store_sync_parent(const char *path);
/* STORE_CREATE: directory and files as far as missing, empty ones. */
int store_files_make(const char *path, const char *group);
/* Are the files there, and can this process write what it must? */
int store_files_check(const char *path, enum store_mode mode);
/*
 * 0 when every page in use lies within the file, ERROR_DAMAGED when it was cut
 * short, -errno. In a read transaction, so that no page changes meanwhile.
 */
int store_whole(int fd, uint64_t *file_bytes, uint64_t *wanted_bytes);
/*
 * Makes the file longer than what is used of it, when that is nearly all, and
 * there is room. In a write transaction, before its first page: nobody else
 * writes to the file then.
 */
void store_write_ahead(struct store *store);
/* Takes the shared flock, or the exclusive one; *fd is the caller's to close.
 */
int store_files_hold(const char *path, int *fd);
int store_files_hold_alone(const char *path, int *fd);

#endif
