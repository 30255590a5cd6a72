#include "db/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/store_private.h"

/*
 * How long a thread that must move the map waits for the transactions of the
 * others: far longer than a batch of queries or a step of a bulk change (50
 * ms), short against anybody's time-out.
 */
#define REMAP_WAIT_MS 1000

/* With less on the disk a short write was a full disk, not a broken one. */
#define SHORT_WRITE_BYTES (4 << 20)

static const struct {
	int lmdb, code;
	const char *remedy; /* NULL: not worth a line */
} codes[] = {
	{ MDB_NOTFOUND, ERROR_NOT_FOUND, NULL },
	{ MDB_KEYEXIST, ERROR_EXISTS, NULL },
	{ MDB_BAD_VALSIZE, ERROR_LIMIT, NULL },
	{ MDB_MAP_FULL, ERROR_FULL, "raise database.map_bytes and restart" },
	{ ENOSPC, ERROR_FULL, "free disk space" },
	{ EDQUOT, ERROR_FULL, "free disk space or raise the quota" },
	{ MDB_TXN_FULL, ERROR_LIMIT, "make the change in smaller steps" },
	{ MDB_READERS_FULL, ERROR_LIMIT, "stop some programs or workers" },
	{ MDB_DBS_FULL, ERROR_LIMIT, "report this" },
	{ MDB_CORRUPTED, ERROR_DAMAGED, "restore a backup" },
	{ MDB_PAGE_NOTFOUND, ERROR_DAMAGED, "restore a backup" },
	{ MDB_INVALID, ERROR_DAMAGED, "restore a backup" },
	{ MDB_INCOMPATIBLE, ERROR_DAMAGED, "restore a backup" },
	{ MDB_BAD_DBI, ERROR_DAMAGED, "restart the program" },
	{ MDB_PANIC, ERROR_DAMAGED, "see to the disk, restart the program" },
	{ MDB_VERSION_MISMATCH, ERROR_NEWER, "use this machine's LMDB" },
	{ MDB_BAD_TXN, -EINVAL, "report this" },
	{ MDB_BAD_RSLOT, -EINVAL, "report this" },
	{ EBUSY, -EBUSY, "raise database.map_bytes and restart" },
};

static size_t
find_code(int rc)
{
	size_t i = 0;

	while (i < sizeof(codes) / sizeof(codes[0]) && codes[i].lmdb != rc)
		i++;
	return i;
}

int
store_translate(int rc)
{
	size_t i = find_code(rc);

	if (i < sizeof(codes) / sizeof(codes[0]))
		return codes[i].code;
	return rc <= 0 ? (rc == 0 ? 0 : ERROR_DAMAGED) : -rc;
}

void
store_complain(const struct store *store, int rc, const char *doing)
{
	static struct log_gate gate = LOG_GATE(5);
	size_t i = find_code(rc);
	const char *remedy = "see to the disk and its file system";
	char where[LOG_TEXT_MAX];

	if (i < sizeof(codes) / sizeof(codes[0]))
		remedy = codes[i].remedy;
	if (remedy == NULL || !log_gate_open(&gate, "store_failed"))
		return;
	log_error("store_failed path=%s doing=%s reason=\"%s\" remedy=\"%s\"",
	    log_escape(store->path, where), doing, mdb_strerror(rc), remedy);
}

/* --- the map, and who looks into it --------------------------------------- */

/*
 * Nearly always one store and one load. Both are sequentially consistent: the
 * mover sees `active`, or we see `remapping` (and wait until it is done).
 */
static void
enter(struct store_txn *txn)
{
	struct store *store = txn->store;

	for (;;) {
		atomic_store(&txn->active, true);
		if (!atomic_load(&store->remapping))
			return;
		atomic_store(&txn->active, false);
		pthread_mutex_lock(&store->map_lock);
		pthread_mutex_unlock(&store->map_lock);
	}
}

static void
leave(struct store_txn *txn)
{
	atomic_store_explicit(&txn->active, false, memory_order_release);
}

static bool
any_active(const struct store *store)
{
	for (struct store_txn *txn = store->txns; txn != NULL;
	     txn = txn->next) {
		if (atomic_load(&txn->active))
			return true;
	}
	return false;
}

/*
 * Another process wrote past the end of our map, having a larger one: take up
 * its size. LMDB maps anew, so nobody may look into the old map meanwhile.
 */
static int
remap(struct store *store)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int64_t give_up = clock_monotonic_ms() + REMAP_WAIT_MS;
	int rc = EBUSY;

	pthread_mutex_lock(&store->map_lock);
	atomic_store(&store->remapping, true);
	while (any_active(store) && clock_monotonic_ms() < give_up)
		nanosleep(&pause, NULL);
	if (!any_active(store))
		rc = mdb_env_set_mapsize(store->env, 0);
	atomic_store(&store->remapping, false);
	pthread_mutex_unlock(&store->map_lock);
	if (rc == 0)
		log_notice("store_map_grown path=%s", store->path);
	return rc;
}

/* --- transactions --------------------------------------------------------- */

static int
attempt(struct store_txn *txn)
{
	int rc;

	enter(txn);
	if (txn->txn != NULL)
		rc = mdb_txn_renew(txn->txn);
	else
		rc = mdb_txn_begin(txn->store->env, NULL,
		    txn->writes ? 0 : MDB_RDONLY, &txn->txn);
	if (rc != 0)
		leave(txn);
	return rc;
}

static int
start(struct store_txn *txn)
{
	int rc = attempt(txn);

	txn->failed = 0;
	if (rc == MDB_MAP_RESIZED) {
		rc = remap(txn->store);
		if (rc == 0)
			rc = attempt(txn);
	}
	if (rc == MDB_READERS_FULL && store_reap_readers(txn->store) > 0)
		rc = attempt(txn);
	if (rc == MDB_PANIC)
		atomic_store(&txn->store->failed, true);
	if (rc != 0)
		store_complain(txn->store, rc, "begin");
	else if (txn->writes)
		store_write_ahead(txn->store);
	return store_translate(rc);
}

static void
end(struct store_txn *txn)
{
	struct store *store = txn->store;

	leave(txn);
	pthread_mutex_lock(&store->map_lock);
	if (txn->previous != NULL)
		txn->previous->next = txn->next;
	else
		store->txns = txn->next;
	if (txn->next != NULL)
		txn->next->previous = txn->previous;
	pthread_mutex_unlock(&store->map_lock);
	free(txn);
}

static int
begin(struct store *store, bool writes, struct store_txn **out)
{
	struct store_txn *txn = aligned_alloc(64, sizeof(*txn));
	int code;

	if (txn == NULL)
		return -ENOMEM;
	memset(txn, 0, sizeof(*txn));
	txn->store = store;
	txn->writes = writes;
	pthread_mutex_lock(&store->map_lock);
	txn->next = store->txns;
	if (txn->next != NULL)
		txn->next->previous = txn;
	store->txns = txn;
	pthread_mutex_unlock(&store->map_lock);
	code = start(txn);
	if (code != 0)
		end(txn);
	else
		*out = txn;
	return code;
}

int
store_begin_read(struct store *store, struct store_txn **txn)
{
	return begin(store, false, txn);
}

int
store_begin_write(struct store *store, struct store_txn **txn)
{
	return begin(store, true, txn);
}

void
store_reset(struct store_txn *txn)
{
	mdb_txn_reset(txn->txn);
	leave(txn);
}

int
store_renew(struct store_txn *txn)
{
	return start(txn);
}

/* The number lies in the map, which stays in its place while we are active. */
bool
store_is_newest(const struct store_txn *txn)
{
	MDB_envinfo info;

	if (txn->failed != 0 || atomic_load(&txn->store->remapping))
		return false;
	mdb_env_info(txn->store->env, &info);
	return info.me_last_txnid == mdb_txn_id(txn->txn);
}

/* LMDB frees the cursors of a write transaction itself, so ours go first. */
static void
close_cursors(struct store_txn *txn)
{
	struct store_cursor *next;

	for (struct store_cursor *cursor = txn->cursors; cursor != NULL;
	     cursor = next) {
		next = cursor->next;
		mdb_cursor_close(cursor->cursor);
		*cursor = (struct store_cursor){ 0 };
	}
	txn->cursors = NULL;
	for (int table = 0; table < TABLE_COUNT; table++) {
		if (txn->spare[table] != NULL)
			mdb_cursor_close(txn->spare[table]->cursor);
		free(txn->spare[table]);
		txn->spare[table] = NULL;
	}
}

void
store_abort(struct store_txn *txn)
{
	if (txn == NULL)
		return;
	close_cursors(txn);
	mdb_txn_abort(txn->txn);
	end(txn);
}

/* A write cut short by a full disk is EIO to LMDB. */
static int
commit_reason(const struct store *store, int rc)
{
	struct statvfs disk;

	if (rc == EIO && statvfs(store->path, &disk) == 0 &&
	    disk.f_bavail * disk.f_frsize < SHORT_WRITE_BYTES)
		return ENOSPC;
	return rc;
}

int
store_commit(struct store_txn *txn)
{
	struct store *store = txn->store;
	int code = txn->failed;
	int rc;

	if (code != 0) {
		store_abort(txn);
		return code;
	}
	close_cursors(txn);
	store_at_work = store;
	rc = mdb_txn_commit(txn->txn);
	store_at_work = NULL;
	end(txn);
	if (rc == 0)
		return 0;
	rc = commit_reason(store, rc);
	if (rc == MDB_MAP_FULL)
		store_reap_readers(store);
	store_complain(store, rc, "commit");
	return store_translate(rc);
}

bool
store_has_failed(const struct store *store)
{
	return atomic_load(&store->failed);
}

struct store *
store_of(const struct store_txn *txn)
{
	return txn->store;
}

uint64_t
store_txn_id(const struct store_txn *txn)
{
	return mdb_txn_id(txn->txn);
}

struct store_changes *
store_changes(struct store_txn *txn)
{
	return &txn->changes;
}

uint64_t
store_last_txn_id(struct store *store)
{
	MDB_envinfo info;

	/* The number lies in the map. */
	pthread_mutex_lock(&store->map_lock);
	mdb_env_info(store->env, &info);
	pthread_mutex_unlock(&store->map_lock);
	return info.me_last_txnid;
}
