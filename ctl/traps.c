#include <stdio.h>

#include "common/error.h"
#include "common/log.h"
#include "ctl/terminal.h"
#include "ctl/verb.h"
#include "db/audit.h"
#include "db/told.h"
#include "db/trap.h"

/* What to do with one pattern inside the transaction. */
typedef int change(struct ctl *ctl, struct store_txn *txn, const char *pattern);

static int
set(struct ctl *ctl, struct store_txn *txn, const char *pattern,
    const char *what)
{
	const struct trap_change changed = {
		.state = ctl->state != NULL ? trap_state_parse(ctl->state)
					    : TRAP_KEEP,
		.weight = ctl->weight,
		.reason = ctl->reason,
	};
	char text[TRAP_TEXT_MAX], why[LOG_TEXT_MAX];
	struct trap trap;
	int error = trap_set(txn, pattern, &changed, ctl->now, &trap);

	if (error != 0)
		return error;
	return audit_add(txn, ctl->now, ctl->who, what, "",
	    "trap=%s state=%s weight=%u reason=%s", trap_format(&trap, text),
	    trap_state_name(trap.state), trap.weight,
	    log_escape(trap.reason, why));
}

static int
add(struct ctl *ctl, struct store_txn *txn, const char *pattern)
{
	struct trap trap;
	int error = trap_add(txn, pattern, ctl->now, &trap);

	return error != 0 ? error : set(ctl, txn, pattern, "trap_added");
}

static int
set_one(struct ctl *ctl, struct store_txn *txn, const char *pattern)
{
	return set(ctl, txn, pattern, "trap_set");
}

static int
remove_one(struct ctl *ctl, struct store_txn *txn, const char *pattern)
{
	const char *reason = ctl->reason != NULL ? ctl->reason : "";
	struct trap_pattern parts;
	char why[LOG_TEXT_MAX];
	int error = trap_pattern_parse(pattern, &parts);

	if (error == 0)
		error = trap_remove(txn, pattern);
	if (error != 0)
		return error;
	/* The log of decisions knows no local part either. */
	return audit_add(txn, ctl->now, ctl->who, "trap_removed", "",
	    "domain=%s whole=%d reason=%s", parts.domain,
	    parts.local[0] == '\0', log_escape(reason, why));
}

static int
complain(int error, const char *pattern)
{
	static const struct ctl_complaint complaints[] = {
		{ ERROR_FORMAT, CTL_USAGE,
		    "is none of user@domain, @domain, @.domain" },
		{ ERROR_EXISTS, CTL_REFUSED, "is a trap already" },
		{ ERROR_NOT_FOUND, CTL_NOT_FOUND, "is no trap" },
		{ ERROR_REFUSED, CTL_REFUSED,
		    "cannot be a trap: every domain must have it" },
		{ 0 },
	};

	return ctl_complain(complaints, error, pattern);
}

/* All patterns in one transaction, or none. */
static int
change_all(
    struct ctl *ctl, int count, char *words[], change *one, const char *done)
{
	struct store_txn *txn;
	int status = ctl_open(ctl, STORE_WRITE);
	int error, i = 0;

	if (status != CTL_OK)
		return status;
	error = ctl_begin_write(ctl, &txn);
	if (error != 0)
		return ctl_fail(error, "cannot write");
	while (i < count && (error = one(ctl, txn, words[i])) == 0)
		i++;
	error = ctl_end_write(txn, error);
	if (error != 0)
		return complain(error, words[i < count ? i : count - 1]);
	if (!ctl->json)
		printf(
		    "%d %s %s\n", count, count == 1 ? "trap" : "traps", done);
	return ctl_finish(ctl, json_pack("{s:i}", done, count));
}

static int
check_state(const struct ctl *ctl)
{
	if (ctl->state == NULL || trap_state_parse(ctl->state) >= 0)
		return CTL_OK;
	ctl_say("%s is no state: active, conditioning or retired", ctl->state);
	return CTL_USAGE;
}

int
verb_trap_add(struct ctl *ctl, int count, char *words[])
{
	int status = check_state(ctl);

	return status != CTL_OK ? status
				: change_all(ctl, count, words, add, "added");
}

int
verb_trap_set(struct ctl *ctl, int count, char *words[])
{
	int status = check_state(ctl);

	if (ctl->state == NULL && ctl->weight < 0 && ctl->reason == NULL) {
		ctl_say("trap set needs --state, --weight or --reason");
		return CTL_USAGE;
	}
	return status != CTL_OK ? status
				: change_all(ctl, count, words, set_one, "set");
}

int
verb_trap_remove(struct ctl *ctl, int count, char *words[])
{
	return change_all(ctl, count, words, remove_one, "removed");
}

static int
collect(const struct trap *trap, void *context)
{
	char text[TRAP_TEXT_MAX];
	json_t *list = context;

	return json_array_append_new(list,
	    json_pack("{s:s, s:s, s:i, s:I, s:o, s:o, s:o}", "trap",
		trap_format(trap, text), "state", trap_state_name(trap->state),
		"weight", (int)trap->weight, "hits", (json_int_t)trap->hits,
		"last_hit_at", told_time(trap->last_hit_at), "added_at",
		told_time(trap->added_at), "reason", told_text(trap->reason)));
}

static void
print_traps(const json_t *list)
{
	char number[TERMINAL_NUMBER_MAX];
	json_t *trap;
	size_t i;

	json_array_foreach(list, i, trap)
	{
		const char *text, *state, *reason, *hit = NULL;
		json_int_t hits;
		int weight;

		json_unpack(trap, "{s:s, s:s, s:i, s:I, s:s, s?:s}", "trap",
		    &text, "state", &state, "weight", &weight, "hits", &hits,
		    "reason", &reason, "last_hit_at", &hit);
		printf("%-40s  %-12s  %3d %%  %10s hits  %s%s", text, state,
		    weight, terminal_number((uint64_t)hits, number),
		    hit != NULL ? "last " : "never", hit != NULL ? hit : "");
		printf("%s%s\n", *reason != '\0' ? "  " : "", reason);
	}
}

static int
read_traps(struct ctl *ctl, struct store_txn *txn, void *list)
{
	(void)ctl;
	return trap_list(txn, collect, list);
}

int
verb_trap_list(struct ctl *ctl, int count, char *words[])
{
	(void)count;
	(void)words;
	return ctl_show(
	    ctl, json_array(), read_traps, print_traps, "the traps");
}
