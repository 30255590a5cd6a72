#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/error.h"
#include "ctl/verb.h"
#include "db/bulk_act.h"
#include "db/purge_act.h"
#include "db/told.h"

/* --- list ----------------------------------------------------------------- */

struct collection {
	const struct ctl *ctl;
	struct store_txn *txn;
	json_t *list;
};

/* Which sensor, trap or campaign; NULL where it is none of a purge. */
static json_t *
subject_of(struct store_txn *txn, const struct bulk_act *act)
{
	struct purge_act purge;

	return bulk_kind_is_purge(act->kind) &&
		       purge_act_get(txn, act->number, &purge) == 0
		   ? told_text(purge.subject)
		   : NULL;
}

static int
collect(const struct bulk_act *act, void *context)
{
	const struct collection *collection = context;
	char prefix[IPPREFIX_TEXT_MAX];

	return json_array_append_new(collection->list,
	    json_pack("{s:I, s:s, s:s?, s:o*, s:s, s:o, s:o, s:I, s:I, s:b}",
		"number", (json_int_t)act->number, "sort",
		bulk_kind_name(act->kind), "prefix",
		act->everywhere ? NULL : ipprefix_format(&act->prefix, prefix),
		"subject", subject_of(collection->txn, act), "who", act->who,
		"reason", told_text(act->reason), "begun_at",
		told_time(act->begun_at), "done", (json_int_t)act->done,
		"total", (json_int_t)act->total, "is_done_by_somebody",
		store_is_claimed(collection->ctl->store, act->number)));
}

static int
read_acts(struct ctl *ctl, struct store_txn *txn, void *list)
{
	struct collection collection = { ctl, txn, list };

	return bulk_act_list(txn, collect, &collection);
}

/* Of a purge its subject, else the prefix, where there is one. */
static const char *
what_of(const json_t *act)
{
	const char *subject =
	    json_string_value(json_object_get(act, "subject"));
	const char *prefix = json_string_value(json_object_get(act, "prefix"));

	return subject != NULL	? subject
	       : prefix != NULL ? prefix
				: "everything";
}

static void
print_acts(const json_t *list)
{
	json_t *act;
	size_t i;

	json_array_foreach(list, i, act)
	{
		json_int_t number, done, total;
		const char *sort, *who;
		int claimed;

		json_unpack(act, "{s:I, s:s, s:s, s:I, s:I, s:b}", "number",
		    &number, "sort", &sort, "who", &who, "done", &done, "total",
		    &total, "is_done_by_somebody", &claimed);
		printf("%" JSON_INTEGER_FORMAT
		       "  %-7s  %-24s  %s  %" JSON_INTEGER_FORMAT
		       " of %" JSON_INTEGER_FORMAT "%s\n",
		    number, sort, what_of(act), who, done, total,
		    claimed ? "" : "  waits for a program to go on");
	}
}

int
verb_undertaking_list(struct ctl *ctl, int count, char *words[])
{
	(void)count;
	(void)words;
	return ctl_show(
	    ctl, json_array(), read_acts, print_acts, "what is being done");
}

/* --- stop ----------------------------------------------------------------- */

static int
stop(struct ctl *ctl, struct store_txn *txn, const struct recorder_rules *rules,
    void *context)
{
	(void)ctl;
	(void)rules;
	return bulk_act_stop(txn, *(const uint64_t *)context);
}

int
verb_undertaking_stop(struct ctl *ctl, int count, char *words[])
{
	uint64_t number;
	char *end;
	int error, status;

	(void)count;
	errno = 0;
	number = strtoull(words[0], &end, 10);
	if (errno != 0 || *end != '\0' || words[0][0] == '-' || number == 0) {
		ctl_say("%s is no number, as `undertaking list` shows them",
		    words[0]);
		return CTL_USAGE;
	}
	status = ctl_open(ctl, STORE_WRITE);
	if (status != CTL_OK)
		return status;
	error = ctl_record(ctl, stop, &number);
	if (error == ERROR_REFUSED) {
		ctl_say("all its evidence is taken; what follows from it is "
			"carried through");
		return CTL_REFUSED;
	}
	if (error == ERROR_NOT_FOUND) {
		ctl_say("%s is not under way", words[0]);
		return CTL_NOT_FOUND;
	}
	if (error != 0)
		return ctl_fail(error, "%s", words[0]);
	if (!ctl->json)
		printf("stopped %s\n", words[0]);
	return ctl_finish(
	    ctl, json_pack("{s:I}", "stopped", (json_int_t)number));
}
