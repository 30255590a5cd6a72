#include "db/restore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "db/audit.h"

/* The zone's version of what is there; 0 and a lineage of 0 for nothing. */
static int
read_version(const struct settings *settings, struct zone_version *version)
{
	struct store_txn *txn;
	struct store *store;
	int code = store_open(settings, STORE_READ, &store);

	memset(version, 0, sizeof(*version));
	if (code != 0)
		return code;
	code = store_begin_read(store, &txn);
	if (code == 0) {
		code = meta_zone_version(txn, version);
		store_abort(txn);
	}
	store_close(store);
	return code;
}

static struct settings
settings_of(const struct settings *settings, char *path)
{
	struct settings other = *settings;

	other.database.path = path;
	return other;
}

/* Before anything is made where the database shall be. */
static int
look_for_backup(const struct settings *settings, const char *from)
{
	char *path = strdup(from), where[LOG_TEXT_MAX];
	struct settings backup = settings_of(settings, path);
	bool there = path != NULL && store_is_there(&backup);

	free(path);
	if (there)
		return 0;
	log_error("restore_failed path=%s reason=\"no backup there\" "
		  "remedy=\"name a directory that `bsblctl backup` made\"",
	    log_escape(from, where));
	return ERROR_NOT_MADE;
}

/* On the copy. */
static int
begin_lineage(struct store *store, const struct zone_version *replaced,
    const char *from, const char *who, int64_t now,
    struct zone_version *version)
{
	char where[LOG_TEXT_MAX];
	struct store_txn *txn;
	int code = store_begin_write(store, &txn);

	if (code != 0)
		return code;
	if (replaced->lineage != 0)
		code = meta_serial_past(txn, replaced->serial);
	if (code == 0)
		code = meta_new_lineage(txn, now);
	if (code == 0)
		code = meta_drop_intake_mark(txn);
	if (code == 0)
		code = meta_zone_version(txn, version);
	if (code == 0)
		code = audit_add(txn, now, who, "restored", "",
		    "serial=%lu from=%s", (unsigned long)version->serial,
		    log_escape(from, where));
	if (code == 0)
		return store_commit(txn);
	store_abort(txn);
	return code;
}

static int
make_ready(const struct settings *settings, const char *copy,
    const struct zone_version *replaced, const char *from, const char *who,
    int64_t now, struct zone_version *version)
{
	char *path = strdup(copy);
	struct settings own = settings_of(settings, path);
	struct store *store;
	int code = path == NULL ? -ENOMEM : 0;

	if (code == 0)
		code = store_open(&own, STORE_WRITE, &store);
	if (code == 0) {
		code = begin_lineage(store, replaced, from, who, now, version);
		store_close(store);
	}
	free(path);
	return code;
}

static int
copy_backup(const struct settings *settings, const char *from, const char *to)
{
	char *path = strdup(from);
	struct settings backup = settings_of(settings, path);
	struct store *store;
	int code = path == NULL ? -ENOMEM : 0;

	if (code == 0)
		code = store_open(&backup, STORE_READ, &store);
	if (code == 0) {
		code = store_backup(store, to);
		store_close(store);
	}
	free(path);
	return code;
}

int
restore_database(const struct settings *settings, const char *from,
    const char *who, int64_t now, struct zone_version *version)
{
	struct zone_version replaced = { 0 };
	struct store_place *place;
	int code = look_for_backup(settings, from);

	if (code != 0)
		return code;
	/* One that does not open, or is not there, has no serial to pass. */
	if (store_is_there(settings))
		read_version(settings, &replaced);
	code = store_place_take(settings, &place);
	if (code != 0)
		return code;
	code = copy_backup(settings, from, store_place_copy(place));
	if (code == 0)
		code = make_ready(settings, store_place_copy(place), &replaced,
		    from, who, now, version);
	if (code == 0)
		code = store_place_fill(place);
	store_place_leave(place);
	return code;
}
