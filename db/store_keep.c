#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/store_private.h"

#define ROOM_ASK_MS 1000

/* LMDB keeps the list of free pages as its database number 0. */
#define FREE_DBI 0

static void
environment(struct store *store, MDB_envinfo *info, uint64_t *page_bytes)
{
	MDB_stat stat;

	pthread_mutex_lock(&store->map_lock);
	mdb_env_info(store->env, info);
	mdb_env_stat(store->env, &stat);
	pthread_mutex_unlock(&store->map_lock);
	*page_bytes = stat.ms_psize;
}

/* Pages that were used and wait to be used again; each record counts its. */
static uint64_t
free_pages(struct store *store)
{
	struct store_txn *txn;
	MDB_cursor *cursor;
	MDB_val key, value;
	uint64_t pages = 0;
	size_t count;

	if (store_begin_read(store, &txn) != 0)
		return 0;
	if (mdb_cursor_open(txn->txn, FREE_DBI, &cursor) == 0) {
		while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
			memcpy(&count, value.mv_data, sizeof(count));
			pages += count;
		}
		mdb_cursor_close(cursor);
	}
	store_abort(txn);
	return pages;
}

static uint64_t
reserve_of(const struct store *store, uint64_t whole)
{
	uint64_t part = whole / 100 * (uint64_t)store->reserve_percent;
	uint64_t least = (uint64_t)store->reserve_bytes;

	return part > least ? part : least;
}

static bool
enough(const struct store *store, uint64_t left, uint64_t whole)
{
	return left >= reserve_of(store, whole);
}

/*
 * Pages within the file that are free serve the map and the disk alike; they
 * are counted only when the look without them finds too little.
 */
static bool
look_for_room(struct store *store)
{
	uint64_t page_bytes, map, map_left, disk, disk_left, again;
	MDB_envinfo info;
	struct statvfs vfs;

	environment(store, &info, &page_bytes);
	if (statvfs(store->path, &vfs) != 0)
		return false;
	map = info.me_mapsize;
	map_left = map - (info.me_last_pgno + 1) * page_bytes;
	disk = (uint64_t)vfs.f_blocks * vfs.f_frsize;
	disk_left = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	if (enough(store, map_left, map) && enough(store, disk_left, disk))
		return true;
	again = free_pages(store) * page_bytes;
	return enough(store, map_left + again, map) &&
	       enough(store, disk_left + again, disk);
}

bool
store_has_room(struct store *store)
{
	int64_t now = clock_monotonic_ms();
	char where[LOG_TEXT_MAX];
	bool room, had;

	pthread_mutex_lock(&store->room_lock);
	had = store->room || store->room_asked_ms == 0;
	if (store->room_asked_ms == 0 ||
	    now - store->room_asked_ms >= ROOM_ASK_MS) {
		store->room = look_for_room(store);
		store->room_asked_ms = now;
	}
	room = store->room;
	pthread_mutex_unlock(&store->room_lock);
	if (had && !room)
		log_error("store_short_of_room path=%s reason=\"map or disk is "
			  "below its reserve, no new evidence is taken\" "
			  "remedy=\"free disk space, or raise "
			  "database.map_bytes and restart\"",
		    log_escape(store->path, where));
	else if (!had && room)
		log_notice(
		    "store_has_room path=%s", log_escape(store->path, where));
	return room;
}

int
store_reap_readers(struct store *store)
{
	int dead = 0;
	int rc = mdb_reader_check(store->env, &dead);

	if (rc != 0)
		return store_translate(rc);
	if (dead > 0)
		log_notice("store_readers_reaped count=%d", dead);
	return dead;
}

/* --- figures -------------------------------------------------------------- */

/*
 * "      4711 7f3c5a2e1700 42": process, thread, transaction; "-" for a slot
 * that is reset. The line above them ends in no number either.
 */
static int
read_reader(const char *line, void *context)
{
	struct store_stat *stat = context;
	const char *word = line + strcspn(line, "\n");
	unsigned long long id;
	char *end;

	while (word > line && word[-1] != ' ')
		word--;
	id = strtoull(word, &end, 10);
	if (end != word && *end == '\n' && id < stat->oldest_reader_txn_id)
		stat->oldest_reader_txn_id = id;
	return 0;
}

static int
count_records(struct store *store, struct store_stat *stat)
{
	struct store_txn *txn;
	int code = store_begin_read(store, &txn);

	if (code != 0)
		return code;
	for (int table = 0; table < TABLE_COUNT; table++)
		stat->records[table] =
		    store_count(txn, (enum store_table)table);
	code = txn->failed;
	store_abort(txn);
	return code;
}

static void
fill_disk(const struct store *store, const struct statvfs *vfs,
    struct store_stat *stat)
{
	uint64_t disk = (uint64_t)vfs->f_blocks * vfs->f_frsize;
	uint64_t reserve = reserve_of(store, disk);

	stat->disk_free_bytes = (uint64_t)vfs->f_bavail * vfs->f_frsize;
	if (stat->disk_free_bytes > reserve)
		stat->disk_spare_bytes = stat->disk_free_bytes - reserve;
}

int
store_stat(struct store *store, struct store_stat *out)
{
	struct store_stat stat = { 0 };
	MDB_envinfo info;
	struct statvfs vfs;
	struct stat st;
	uint64_t page_bytes;
	int fd, code = count_records(store, &stat);

	if (code != 0)
		return code;
	environment(store, &info, &page_bytes);
	if (mdb_env_get_fd(store->env, &fd) != 0 || fstat(fd, &st) != 0 ||
	    fstatvfs(fd, &vfs) != 0)
		return -errno;
	stat.map_bytes = info.me_mapsize;
	stat.used_bytes = (info.me_last_pgno + 1) * page_bytes;
	stat.file_bytes = (uint64_t)st.st_size;
	fill_disk(store, &vfs, &stat);
	stat.last_txn_id = info.me_last_txnid;
	stat.oldest_reader_txn_id = info.me_last_txnid;
	stat.readers = info.me_numreaders;
	stat.max_readers = info.me_maxreaders;
	mdb_reader_list(store->env, read_reader, &stat);
	*out = stat;
	return 0;
}

/* --- backup --------------------------------------------------------------- */

static int
complain(const char *path, int code, const char *doing)
{
	char where[LOG_TEXT_MAX];

	log_error("backup_failed path=%s doing=%s reason=\"%s\" "
		  "remedy=\"name a new directory in one that exists, on a "
		  "disk with room\"",
	    log_escape(path, where), doing,
	    code == ERROR_EXISTS ? "there is something already"
				 : error_text(code));
	return code;
}

/* Who looks at the copy while it grows: LMDB tells nothing of it. */
#define WATCH_MS 200

struct watch {
	int fd;
	store_copied *copied;
	void *context;
	atomic_bool ended;
	pthread_t thread;
};

static void *
watch_copy(void *context)
{
	struct watch *watch = context;
	struct stat st;

	while (!watch->ended) {
		usleep(WATCH_MS * 1000);
		if (fstat(watch->fd, &st) == 0)
			watch->copied((uint64_t)st.st_size, watch->context);
	}
	return NULL;
}

/* The copy's own read transaction must hold the map where it is. */
static int
copy(struct store *store, struct watch *watch)
{
	struct store_txn *guard;
	int code = store_begin_read(store, &guard);
	bool watched = false;
	int rc;

	if (code != 0)
		return code;
	if (watch->copied != NULL)
		watched = pthread_create(
			      &watch->thread, NULL, watch_copy, watch) == 0;
	rc = mdb_env_copyfd2(store->env, watch->fd, MDB_CP_COMPACT);
	watch->ended = true;
	if (watched)
		pthread_join(watch->thread, NULL);
	store_abort(guard);
	return store_translate(rc);
}

static int
make_copy(struct store *store, int directory, struct watch *watch)
{
	int fd = openat(directory, STORE_DATA,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, STORE_FILE_MODE);
	int hold, code;

	if (fd < 0)
		return -errno;
	watch->fd = fd;
	code = fchmod(fd, STORE_FILE_MODE) == 0 ? copy(store, watch) : -errno;
	if (code == 0 && fsync(fd) != 0)
		code = -errno;
	if (close(fd) != 0 && code == 0)
		code = -errno;
	if (code != 0)
		return code;
	hold = openat(directory, STORE_HOLD,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, STORE_FILE_MODE);
	if (hold < 0)
		return -errno;
	code = fchmod(hold, STORE_FILE_MODE) == 0 ? 0 : -errno;
	close(hold);
	if (code == 0 && fsync(directory) != 0)
		code = -errno;
	return code;
}

/* A directory that exists must hold nothing: rmdir() knows. */
static int
make_directory(const char *path)
{
	if (rmdir(path) != 0 && errno != ENOENT)
		return errno == ENOTEMPTY || errno == ENOTDIR || errno == EEXIST
			   ? ERROR_EXISTS
			   : -errno;
	if (mkdir(path, 0770) != 0)
		return -errno;
	return chmod(path, 0770) == 0 ? 0 : -errno;
}

int
store_backup(struct store *store, const char *path)
{
	return store_backup_watched(store, path, NULL, NULL);
}

int
store_backup_watched(
    struct store *store, const char *path, store_copied *copied, void *context)
{
	struct watch watch = { .copied = copied, .context = context };
	int code = make_directory(path);
	int directory;

	if (code != 0)
		return complain(path, code, "mkdir");
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	code = directory >= 0 ? make_copy(store, directory, &watch) : -errno;
	if (code == 0)
		code = store_sync_parent(path);
	if (code != 0) {
		unlinkat(directory, STORE_DATA, 0);
		unlinkat(directory, STORE_HOLD, 0);
		rmdir(path);
		complain(path, code, "copy");
	}
	if (directory >= 0)
		close(directory);
	return code;
}
