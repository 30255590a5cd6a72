#include <inttypes.h>
#include <stdio.h>

#include "common/error.h"
#include "ctl/verb.h"
#include "db/intake_aside.h"
#include "db/meta.h"
#include "db/record.h"
#include "db/told.h"

/*
 * What was acknowledged and the database refused: to be seen, and tried again.
 */
struct looking {
	struct ctl *ctl;
	struct recorder_rules rules; /* of `retry` alone */
	uint64_t log;
	json_t *list;
	unsigned recorded;
};

static int
read_mark(struct ctl *ctl, struct store_txn *txn, void *log)
{
	struct intake_mark mark;
	int error = meta_intake_mark(txn, &mark);

	(void)ctl;
	*(uint64_t *)log = mark.log;
	return error;
}

/* How many are left, or a negative code. */
static int
visit(struct looking *looking, intake_aside_each *each)
{
	struct ctl *ctl = looking->ctl;
	int error = ctl_look(ctl, read_mark, &looking->log);

	return error != 0 ? error
			  : intake_aside_visit(store_path(ctl->store),
				looking->log, each, looking);
}

static json_t *
entry_json(uint64_t number, const struct evidence *list, unsigned count,
    const char *failure)
{
	char address[IPADDR_TEXT_MAX];

	return json_pack("{s:I, s:s, s:o, s:s, s:i, s:s?}", "number",
	    (json_int_t)number, "address",
	    ipaddr_format(&list->address, address), "seen_at",
	    told_time(list->seen_at), "kind", backscatter_name(list->kind),
	    "sightings", (int)count, "failure", failure);
}

static void
print_entries(const json_t *list)
{
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		const char *address, *seen_at, *kind, *failure = NULL;
		json_int_t number;

		json_unpack(entry, "{s:I, s:s, s:s, s:s, s:s?}", "number",
		    &number, "address", &address, "seen_at", &seen_at, "kind",
		    &kind, "failure", &failure);
		printf("%10" JSON_INTEGER_FORMAT "  %s  %-9s %s%s%s\n", number,
		    seen_at, kind, address, failure != NULL ? "  " : "",
		    failure != NULL ? failure : "");
	}
}

/* --- list ----------------------------------------------------------------- */

static int
show(uint64_t number, struct evidence *list, unsigned count, void *context)
{
	struct looking *looking = context;

	json_array_append_new(
	    looking->list, entry_json(number, list, count, NULL));
	return 0;
}

int
verb_intake_list(struct ctl *ctl, int count, char *words[])
{
	struct looking looking = { .ctl = ctl, .list = json_array() };
	int left, status = ctl_open(ctl, STORE_READ);

	(void)count;
	(void)words;
	left = status == CTL_OK ? visit(&looking, show) : 0;
	if (status != CTL_OK || left < 0) {
		json_decref(looking.list);
		return status != CTL_OK
			   ? status
			   : ctl_fail(left, "cannot read what was set aside");
	}
	if (!ctl->json && left == 0)
		puts("nothing was set aside");
	if (!ctl->json)
		print_entries(looking.list);
	return ctl_finish(ctl, looking.list);
}

/* --- retry ---------------------------------------------------------------- */

static int
record_all(struct looking *looking, struct evidence *list, unsigned count)
{
	struct store_txn *txn;
	int error = ctl_begin_write(looking->ctl, &txn);

	if (error != 0)
		return error;
	for (unsigned i = 0; error == 0 && i < count; i++) {
		error = record_evidence(
		    txn, &looking->rules, &list[i], looking->ctl->now);
		/* A program that was killed here had recorded it. */
		if (error == ERROR_EXISTS)
			error = 0;
	}
	error = ctl_end_write(txn, error);
	record_log_decisions(&looking->rules, error == 0);
	return error;
}

/* The others are tried all the same. */
static int
try_again(uint64_t number, struct evidence *list, unsigned count, void *context)
{
	struct looking *looking = context;
	int error = record_all(looking, list, count);

	if (error == 0) {
		looking->recorded++;
		return 1;
	}
	json_array_append_new(
	    looking->list, entry_json(number, list, count, error_text(error)));
	return 0;
}

static int
finish_retry(struct looking *looking, int left)
{
	struct ctl *ctl = looking->ctl;
	int status;

	if (!ctl->json) {
		printf("recorded %u, left %d\n", looking->recorded, left);
		print_entries(looking->list);
	}
	status = ctl_finish(ctl,
	    json_pack("{s:i, s:i, s:O}", "recorded", (int)looking->recorded,
		"left", left, "failed", looking->list));
	return status == CTL_OK && left > 0 ? CTL_NOT_FOUND : status;
}

int
verb_intake_retry(struct ctl *ctl, int count, char *words[])
{
	struct looking looking = { .ctl = ctl, .list = json_array() };
	int left, status = ctl_open(ctl, STORE_WRITE);

	(void)count;
	(void)words;
	if (status == CTL_OK) {
		left = recorder_rules_init(
		    &looking.rules, &ctl->settings, ctl->who);
		if (left == 0)
			left = visit(&looking, try_again);
		recorder_rules_deinit(&looking.rules);
		status = left >= 0 ? finish_retry(&looking, left)
				   : ctl_fail(left, "cannot go through it");
	}
	json_decref(looking.list);
	return status;
}
