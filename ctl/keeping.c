#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "ctl/progress.h"
#include "ctl/verb.h"
#include "db/audit.h"
#include "db/bulk_act.h"
#include "db/meta.h"
#include "db/restore.h"
#include "db/upgrade.h"

/*
 * Verbs that deal with the database as a whole: backup, restore, upgrade.
 */

/* --- backup --------------------------------------------------------------- */

static void
show_copied(uint64_t octets, void *context)
{
	progress_show(context, octets);
}

/* As much as is used, at most: a copy leaves free pages out. */
static uint64_t
used_bytes(struct store *store)
{
	struct store_stat stat;

	return store_stat(store, &stat) == 0 ? stat.used_bytes : 0;
}

static int
make_backup(struct store *store, const char *path)
{
	struct progress progress;
	int error;

	progress_begin(&progress, "copying octets", used_bytes(store));
	error = store_backup_watched(store, path, show_copied, &progress);
	progress_end(&progress);
	return error;
}

int
verb_backup(struct ctl *ctl, int count, char *words[])
{
	int error, status = ctl_open(ctl, STORE_READ);

	(void)count;
	if (status != CTL_OK)
		return status;
	error = make_backup(ctl->store, words[0]);
	if (error != 0)
		return error == ERROR_EXISTS ? CTL_REFUSED : CTL_DATABASE;
	if (!ctl->json)
		printf(
		    "copied %s to %s\n", ctl->settings.database.path, words[0]);
	return ctl_finish(ctl, json_pack("{s:s}", "backup", words[0]));
}

/* --- restore -------------------------------------------------------------- */

static int
count_act(const struct bulk_act *act, void *context)
{
	(void)act;
	++*(unsigned *)context;
	return 0;
}

static int
count_acts(struct ctl *ctl, struct store_txn *txn, void *context)
{
	(void)ctl;
	return bulk_act_list(txn, count_act, context);
}

/* What was half done in the backup goes on with the next start. */
static int
tell_acts(struct ctl *ctl, unsigned *acts)
{
	int status = ctl_open(ctl, STORE_READ);

	*acts = 0;
	if (status != CTL_OK)
		return status;
	if (ctl_look(ctl, count_acts, acts) != 0)
		return CTL_DATABASE;
	if (*acts > 0 && !ctl->json)
		printf("In it %u undertaking%s half done: bsbl-ingest or "
		       "bsbl-httpapi goes on with %s.\n"
		       "To stop that, before they start: bsblctl undertaking "
		       "list, undertaking stop\n",
		    *acts, *acts == 1 ? " is" : "s are",
		    *acts == 1 ? "it" : "them");
	return CTL_OK;
}

int
verb_restore(struct ctl *ctl, int count, char *words[])
{
	const char *path = ctl->settings.database.path;
	struct zone_version version;
	unsigned acts;
	int error, status;

	(void)count;
	if (store_is_there(&ctl->settings) &&
	    !ctl_confirm(ctl, "Put %s in the place of %s?", words[0], path))
		return CTL_REFUSED;
	error = restore_database(
	    &ctl->settings, words[0], ctl->who, ctl->now, &version);
	if (error != 0)
		return CTL_DATABASE; /* the log has said why */
	if (!ctl->json)
		printf("restored %s from %s, serial %" PRIu32 "\n"
		       "What was there is kept as %s/data.mdb.replaced.\n"
		       "next: bsblctl verify, then start the programs again\n",
		    path, words[0], version.serial, path);
	status = tell_acts(ctl, &acts);
	if (status != CTL_OK)
		return status;
	return ctl_finish(
	    ctl, json_pack("{s:s, s:I, s:i}", "restored", words[0], "serial",
		     (json_int_t)version.serial, "undertakings", (int)acts));
}

/* --- upgrade -------------------------------------------------------------- */

static void
show_rewritten(uint64_t done, uint64_t total, void *context)
{
	struct progress *progress = context;

	progress->total = total;
	progress_show(progress, done);
}

static int
rewrite(struct ctl *ctl, uint32_t from)
{
	struct progress progress;
	struct store_txn *txn;
	int error = ctl_begin_write(ctl, &txn);

	if (error != 0)
		return error;
	progress_begin(&progress, "rewriting records", 0);
	error = upgrade_store(txn, from, show_rewritten, &progress);
	if (error == 0)
		error = audit_add(txn, ctl->now, ctl->who, "upgraded", "",
		    "format=%" PRIu32 ">%d", from, STORE_FORMAT);
	error = ctl_end_write(txn, error);
	progress_end(&progress);
	return error;
}

/* Beside the database, by the format and the day. */
static char *
usual_backup(const struct ctl *ctl, uint32_t format)
{
	char date[CLOCK_TEXT_MAX], *path;

	clock_format_date(ctl->now, date);
	return asprintf(&path, "%s.format%" PRIu32 ".%s",
		   ctl->settings.database.path, format, date) < 0
		   ? NULL
		   : path;
}

static int
upgrade_to(struct ctl *ctl, uint32_t from, const char *backup)
{
	int error;

	if (!ctl_confirm(ctl,
		"Back up to %s, and upgrade format %" PRIu32 " to %d?", backup,
		from, STORE_FORMAT))
		return CTL_REFUSED;
	error = make_backup(ctl->store, backup);
	if (error != 0)
		return error == ERROR_EXISTS ? CTL_REFUSED : CTL_DATABASE;
	error = rewrite(ctl, from);
	if (error != 0)
		return ctl_fail(error, "the database is as it was");
	if (!ctl->json)
		printf("upgraded format %" PRIu32 " to %d; %s is as it was "
		       "before\n",
		    from, STORE_FORMAT, backup);
	return ctl_finish(
	    ctl, json_pack("{s:I, s:i, s:s}", "from", (json_int_t)from, "to",
		     STORE_FORMAT, "backup", backup));
}

int
verb_upgrade(struct ctl *ctl, int count, char *words[])
{
	char *backup;
	uint32_t from;
	int status = ctl_open(ctl, STORE_UPGRADE);

	if (status != CTL_OK)
		return status;
	from = store_format(ctl->store);
	if (from == STORE_FORMAT) {
		if (!ctl->json)
			printf("format %d is the newest\n", STORE_FORMAT);
		return ctl_finish(ctl, json_pack("{s:i, s:i}", "from",
					   STORE_FORMAT, "to", STORE_FORMAT));
	}
	backup = count > 0 ? strdup(words[0]) : usual_backup(ctl, from);
	status = backup != NULL ? upgrade_to(ctl, from, backup)
				: ctl_fail(-ENOMEM, "upgrade");
	free(backup);
	return status;
}
