#include <stdio.h>

#include "ctl/progress.h"
#include "ctl/verb.h"
#include "db/intake_aside.h"
#include "db/intake_log.h"
#include "db/meta.h"
#include "db/verify.h"

/* More than anybody reads; the rest is counted. */
#define FAULTS_SHOWN 1000

struct looking {
	json_t *list;
	struct progress progress;
};

static void
collect(const char *what, const char *of, void *context)
{
	json_t *list = ((struct looking *)context)->list;

	if (json_array_size(list) < FAULTS_SHOWN)
		json_array_append_new(
		    list, json_pack("{s:s, s:s}", "of", of, "fault", what));
}

static void
show(uint64_t done, uint64_t total, void *context)
{
	struct looking *looking = context;

	looking->progress.total = total;
	progress_show(&looking->progress, done);
}

/* Acknowledged messages that the database does not have, or negative codes. */
struct logged {
	int waiting, aside;
};

static struct logged
count_logged(struct store_txn *txn)
{
	struct logged logged = { intake_log_waiting(txn), 0 };
	struct intake_mark mark;

	logged.aside = meta_intake_mark(txn, &mark);
	if (logged.aside == 0)
		logged.aside =
		    intake_aside_count(store_path(store_of(txn)), mark.log);
	return logged;
}

static int
look(struct ctl *ctl, json_t *list, struct logged *logged)
{
	struct looking looking = { .list = list };
	struct store_txn *txn;
	int found = store_begin_read(ctl->store, &txn);

	if (found != 0)
		return found;
	progress_begin(&looking.progress, "reading records", 0);
	found = verify_store_watched(txn, collect, show, &looking);
	progress_end(&looking.progress);
	*logged = count_logged(txn);
	store_abort(txn);
	return found;
}

static void
print_faults(const json_t *list, int found, const struct logged *logged)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *of, *fault;

		json_unpack(item, "{s:s, s:s}", "of", &of, "fault", &fault);
		printf("%s: %s\n", of, fault);
	}
	if ((size_t)found > i)
		printf("... and %zu more\n", (size_t)found - i);
	if (found == 0)
		puts("the database agrees with itself");
	if (logged->waiting > 0)
		printf("%d acknowledged messages wait in the intake log for "
		       "bsbl-ingest\n",
		    logged->waiting);
	if (logged->aside > 0)
		printf("%d were set aside: see `bsblctl intake list`\n",
		    logged->aside);
}

int
verb_verify(struct ctl *ctl, int count, char *words[])
{
	json_t *list;
	struct logged logged = { 0 };
	int found, status = ctl_open(ctl, STORE_READ);

	(void)count;
	(void)words;
	if (status != CTL_OK)
		return status;
	list = json_array();
	found = look(ctl, list, &logged);
	if (found < 0) {
		json_decref(list);
		return ctl_fail(found, "cannot read the database");
	}
	if (!ctl->json)
		print_faults(list, found, &logged);
	if (logged.waiting < 0 || logged.aside < 0) {
		json_decref(list);
		return ctl_fail(
		    logged.waiting < 0 ? logged.waiting : logged.aside,
		    "cannot read the intake log");
	}
	status = ctl_finish(
	    ctl, json_pack("{s:i, s:i, s:i, s:o}", "faults", found, "waiting",
		     logged.waiting, "aside", logged.aside, "first", list));
	return status == CTL_OK && found > 0 ? CTL_NOT_FOUND : status;
}
