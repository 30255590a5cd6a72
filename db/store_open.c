#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "db/store_private.h"

/*
 * A worker of dnsd, a thread of httpapi and a look-up of bsblctl each take a
 * slot; LMDB's own default is 126. One slot is 64 octets of lock.mdb.
 */
#define READERS_MAX 512

/* What `bsblctl upgrade` can read. */
#define FORMAT_OLDEST 1

#define RESTORE "restore a backup"
#define INIT "`bsblctl init` makes a database"

static const char *const table_names[TABLE_COUNT] = {
	[TABLE_META] = "meta",
	[TABLE_EVIDENCE] = "evidence",
	[TABLE_EVIDENCE_OF] = "evidence_of",
	[TABLE_SIGHTING] = "sighting",
	[TABLE_GROUP_NETWORK] = "group_network",
	[TABLE_GROUP_MEMBER] = "group_member",
	[TABLE_DIGEST] = "digest",
	[TABLE_LISTING] = "listing",
	[TABLE_DUE] = "due",
	[TABLE_ZONE] = "zone",
	[TABLE_JOURNAL] = "journal",
	[TABLE_TRAP] = "trap",
	[TABLE_EXEMPTION] = "exemption",
	[TABLE_DELISTING] = "delisting",
	[TABLE_AUDIT] = "audit",
	[TABLE_TREND] = "trend",
	[TABLE_CAMPAIGN] = "campaign",
	[TABLE_ACCOUNT] = "account",
	[TABLE_TOKEN] = "token",
	[TABLE_SESSION] = "session",
	[TABLE_APPEAL] = "appeal",
};

const char *
store_table_name(enum store_table table)
{
	return table_names[table];
}

/* LMDB found its own pages in contradiction and is about to abort(). */
static void
assertion_failed(MDB_env *env, const char *text)
{
	const char *path = "";

	mdb_env_get_path(env, &path);
	log_error("store_damaged path=%s reason=\"%s\" remedy=\"" RESTORE "\"",
	    path, text);
	abort();
}

static int
open_environment(
    struct store *store, const struct settings *settings, enum store_mode mode)
{
	/*
	 * No MDB_WRITEMAP: a stray pointer of ours must not write to the
	 * database. MDB_NOTLS: a read transaction belongs to its worker, not
	 * to the thread's first transaction.
	 */
	unsigned flags = MDB_NOTLS | (mode == STORE_READ ? MDB_RDONLY : 0);
	int rc = mdb_env_create(&store->env);

	if (rc == 0)
		rc = mdb_env_set_assert(store->env, assertion_failed);
	if (rc == 0)
		rc = mdb_env_set_mapsize(
		    store->env, (size_t)settings->database.map_bytes);
	if (rc == 0)
		rc = mdb_env_set_maxreaders(store->env, READERS_MAX);
	if (rc == 0)
		rc = mdb_env_set_maxdbs(store->env, TABLE_COUNT);
	if (rc == 0)
		rc = mdb_env_open(
		    store->env, store->path, flags, STORE_FILE_MODE);
	if (rc == 0)
		return 0;
	if (rc == ENOMEM)
		return store_refuse(store->path, -ENOMEM,
		    "lower database.map_bytes or raise the limit of memory",
		    "no address space for a map of %lld octets",
		    settings->database.map_bytes);
	return store_refuse(store->path, store_translate(rc),
	    rc == MDB_INVALID ? RESTORE : "see to what the reason names",
	    STORE_DATA " does not open: %s", mdb_strerror(rc));
}

/*
 * On a file system mounted read-only LMDB does without lock.mdb and says
 * nothing: writers would then reuse pages under our eyes.
 */
static int
check_counted(struct store *store)
{
	MDB_envinfo info;

	mdb_env_info(store->env, &info);
	if (info.me_numreaders > 0)
		return 0;
	return store_refuse(store->path, ERROR_UNLOCKED,
	    "mount it for writing, and run as a member of its group",
	    "LMDB counts no readers, " STORE_LOCK " cannot be used");
}

/* Before any page but the two meta pages is touched. */
static int
check_whole(struct store *store)
{
	uint64_t file_bytes, wanted_bytes;
	int fd, code;

	mdb_env_get_fd(store->env, &fd);
	code = store_whole(fd, &file_bytes, &wanted_bytes);
	if (code == ERROR_DAMAGED)
		return store_refuse(store->path, code, RESTORE,
		    STORE_DATA " is cut short: %llu octets of %llu",
		    (unsigned long long)file_bytes,
		    (unsigned long long)wanted_bytes);
	if (code != 0)
		return store_refuse(store->path, code,
		    "see to the disk and its file system",
		    STORE_DATA " cannot be read: %s", error_text(code));
	return 0;
}

/* ERROR_NOT_FOUND, without a line, when there is none. */
static int
read_format(struct store *store, MDB_txn *txn, uint32_t *format)
{
	static char name[] = STORE_FORMAT_KEY;
	MDB_val key = { sizeof(name) - 1, name };
	MDB_val value;
	int rc = mdb_dbi_open(
	    txn, table_names[TABLE_META], 0, &store->tables[TABLE_META]);
	const uint8_t *octets;

	if (rc == 0)
		rc = mdb_get(txn, store->tables[TABLE_META], &key, &value);
	if (rc == MDB_NOTFOUND)
		return ERROR_NOT_FOUND;
	if (rc == 0 && value.mv_size != 4)
		rc = MDB_CORRUPTED;
	if (rc != 0)
		return store_refuse(store->path, store_translate(rc), RESTORE,
		    "the format cannot be read: %s", mdb_strerror(rc));
	octets = value.mv_data;
	*format = (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
		  (uint32_t)octets[2] << 8 | octets[3];
	return 0;
}

/*
 * Without a format: is it what a creation leaves that was cut off? Tables are
 * made in one transaction, the format is written in the next. Handles of
 * tables begin at 2; 0 is a table that is not there.
 */
static bool
is_unfinished(const struct store *store)
{
	MDB_stat stat = { 0 };

	mdb_env_stat(store->env, &stat);
	return stat.ms_entries == 0 || store->tables[TABLE_META] != 0;
}

static int
check_format(struct store *store, MDB_txn *txn, bool upgrades)
{
	uint32_t format = 0;
	int code = read_format(store, txn, &format);

	if (code == ERROR_NOT_FOUND && is_unfinished(store))
		return store_refuse(store->path, ERROR_NOT_MADE, INIT,
		    "its making was cut off");
	if (code == ERROR_NOT_FOUND)
		return store_refuse(store->path, ERROR_DAMAGED, RESTORE,
		    "it has no format, or is no database of bsbl");
	store->format = format;
	if (code != 0 || format == STORE_FORMAT ||
	    (upgrades && format >= FORMAT_OLDEST && format < STORE_FORMAT))
		return code;
	if (format < STORE_FORMAT)
		return store_refuse(store->path, ERROR_OLDER,
		    "run `bsblctl upgrade`",
		    "format %u found, this program knows %u", format,
		    STORE_FORMAT);
	return store_refuse(store->path, ERROR_NEWER, "install a newer bsbl",
	    "format %u found, this program knows up to %u", format,
	    STORE_FORMAT);
}

static int
open_tables(struct store *store, MDB_txn *txn, unsigned flags)
{
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		int rc =
		    mdb_dbi_open(txn, table_names[i], flags, &store->tables[i]);

		if (rc == 0)
			rc = mdb_set_compare(
			    txn, store->tables[i], store_compare_keys);
		if (rc != 0)
			return store_refuse(store->path,
			    rc == MDB_NOTFOUND ? ERROR_DAMAGED
					       : store_translate(rc),
			    RESTORE, "table %s: %s", table_names[i],
			    mdb_strerror(rc));
	}
	return 0;
}

/* Nothing there, or what a creation that was cut off has left. */
static int
check_new(struct store *store, MDB_txn *txn)
{
	uint32_t format;
	int code = read_format(store, txn, &format);

	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	if (code == ERROR_NOT_FOUND && is_unfinished(store))
		return 0;
	return store_refuse(store->path, ERROR_EXISTS,
	    "use it, or name another directory", "there is a database already");
}

static int
make_tables(struct store *store, bool new)
{
	MDB_txn *txn = NULL;
	int rc = mdb_txn_begin(store->env, NULL, 0, &txn);
	int code;

	if (rc != 0)
		return store_refuse(store->path, store_translate(rc),
		    "see to what the reason names",
		    "no transaction can begin: %s", mdb_strerror(rc));
	code = check_whole(store);
	if (code == 0 && new)
		code = check_new(store, txn);
	if (code == 0)
		code = open_tables(store, txn, MDB_CREATE);
	if (code != 0) {
		mdb_txn_abort(txn);
		return code;
	}
	rc = mdb_txn_commit(txn);
	if (rc == 0)
		return 0;
	return store_refuse(store->path, store_translate(rc),
	    "see to what the reason names", "tables cannot be made: %s",
	    mdb_strerror(rc));
}

/* An older format may lack some, which are made when it is brought up. */
static int
find_tables(struct store *store, bool upgrades)
{
	MDB_txn *txn = NULL;
	int code;
	int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);

	if (rc != 0)
		return store_refuse(store->path, store_translate(rc),
		    "see to what the reason names",
		    "no transaction can begin: %s", mdb_strerror(rc));
	code = check_counted(store);
	if (code == 0)
		code = check_whole(store);
	if (code == 0)
		code = check_format(store, txn, upgrades);
	if (code == 0 && !upgrades)
		code = open_tables(store, txn, 0);
	/* Only a commit makes the tables' handles known to all. */
	if (code == 0)
		rc = mdb_txn_commit(txn);
	else
		mdb_txn_abort(txn);
	return code != 0 ? code : store_translate(rc);
}

static struct store *
new_store(const struct settings *settings)
{
	struct store *store = calloc(1, sizeof(*store));

	if (store == NULL)
		return NULL;
	store->hold_fd = -1;
	store->reserve_percent = settings->database.reserve_percent;
	store->reserve_bytes = settings->database.reserve_bytes;
	pthread_mutex_init(&store->map_lock, NULL);
	pthread_mutex_init(&store->room_lock, NULL);
	store->path = strdup(settings->database.path);
	if (store->path == NULL) {
		store_close(store);
		return NULL;
	}
	return store;
}

static int
open_database(
    struct store *store, const struct settings *settings, enum store_mode mode)
{
	int code;

	store_watch(store);
	store->watched = true;
	store_at_work = store;
	code = open_environment(store, settings, mode);
	if (code == 0)
		code = mode == STORE_CREATE
			   ? make_tables(store, true)
			   : find_tables(store, mode == STORE_UPGRADE);
	if (code == 0 && mode == STORE_UPGRADE)
		code = make_tables(store, false);
	store_at_work = NULL;
	return code;
}

int
store_open(
    const struct settings *settings, enum store_mode mode, struct store **out)
{
	struct store *store = new_store(settings);
	int code = 0;

	if (store == NULL)
		return -ENOMEM;
	if (mode == STORE_CREATE)
		code = store_files_make(store->path, settings->database.group);
	if (code == 0)
		code = store_files_check(store->path, mode);
	if (code == 0)
		code =
		    mode == STORE_UPGRADE
			? store_files_hold_alone(store->path, &store->hold_fd)
			: store_files_hold(store->path, &store->hold_fd);
	if (code == 0)
		code = open_database(store, settings, mode);
	if (code != 0) {
		store_close(store);
		return code;
	}
	store_reap_readers(store);
	*out = store;
	return 0;
}

const char *
store_path(const struct store *store)
{
	return store->path;
}

uint32_t
store_format(const struct store *store)
{
	return store->format;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	if (store->env != NULL)
		mdb_env_close(store->env);
	if (store->watched)
		store_unwatch();
	if (store->hold_fd >= 0)
		close(store->hold_fd);
	pthread_mutex_destroy(&store->room_lock);
	pthread_mutex_destroy(&store->map_lock);
	free(store->path);
	free(store);
}
