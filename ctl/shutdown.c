#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "ctl/bulk.h"
#include "ctl/verb.h"
#include "db/octetset.h"
#include "db/shutdown.h"
#include "db/told.h"

#define UNIT_LEN 16

/* --- showing -------------------------------------------------------------- */

/* What to do next, at each stage. */
static const char *const next[SHUTDOWN_STAGE_COUNT] = {
	[SHUTDOWN_NONE] =
	    "To end the list, say so first, a month ahead or more:\n"
	    "  bsblctl shutdown announce --until 60d --reason TEXT\n"
	    "and on the web site, the mailing lists, wherever it is used.\n",
	[SHUTDOWN_ANNOUNCED] =
	    "The list works as ever. When its time is over:\n"
	    "  bsblctl shutdown close\n",
	[SHUTDOWN_CLOSED] =
	    "Nothing is listed any more; the test entries still answer. Some "
	    "weeks later:\n"
	    "  bsblctl shutdown end\n",
	[SHUTDOWN_ENDED] =
	    "The zone answers for nothing. Keep the name registered, and the "
	    "name servers\nanswering: whoever gets the name next could list "
	    "the world.\n",
};

static json_t *
answer_of(const struct shutdown *shutdown)
{
	return json_pack("{s:s, s:o, s:o, s:s}", "stage",
	    shutdown_stage_name(shutdown->stage), "since",
	    told_time(shutdown->since), "ends_at", told_time(shutdown->ends_at),
	    "reason", shutdown->reason);
}

static int
read_shutdown(struct ctl *ctl, struct store_txn *txn, void *shutdown)
{
	(void)ctl;
	return shutdown_get(txn, shutdown);
}

static int
show(struct ctl *ctl)
{
	char since[CLOCK_TEXT_MAX], end[CLOCK_TEXT_MAX];
	struct shutdown shutdown;
	int error = ctl_look(ctl, read_shutdown, &shutdown);

	if (error != 0)
		return ctl_fail(error, "cannot read the database");
	if (!ctl->json && shutdown.stage == SHUTDOWN_NONE)
		puts("No shutdown is under way.");
	else if (!ctl->json)
		printf("Shutdown: %s since %s, announced for %s: %s\n",
		    shutdown_stage_name(shutdown.stage),
		    clock_format(shutdown.since, since),
		    clock_format(shutdown.ends_at, end), shutdown.reason);
	if (!ctl->json)
		printf("\n%s", next[shutdown.stage]);
	return ctl_finish(ctl, answer_of(&shutdown));
}

int
verb_shutdown_show(struct ctl *ctl, int count, char *words[])
{
	int status = ctl_open(ctl, STORE_READ);

	(void)count;
	(void)words;
	return status != CTL_OK ? status : show(ctl);
}

/* --- one transaction ------------------------------------------------------ */

/* `refusal` says why, where the rules forbid it. */
static int
change_stage(struct ctl *ctl, ctl_change *change, const char *refusal)
{
	int error = ctl_record(ctl, change, NULL);

	if (error == ERROR_REFUSED) {
		ctl_say("%s", refusal);
		return CTL_REFUSED;
	}
	return error == 0 ? CTL_OK : ctl_fail(error, "nothing was changed");
}

static int
announce(struct ctl *ctl, struct store_txn *txn,
    const struct recorder_rules *rules, void *nothing)
{
	(void)nothing;
	return shutdown_announce(txn, rules, ctl->until, ctl->reason, ctl->now);
}

int
verb_shutdown_announce(struct ctl *ctl, int count, char *words[])
{
	int status = ctl_open(ctl, STORE_WRITE);

	(void)count;
	(void)words;
	if (status == CTL_OK)
		status = change_stage(ctl, announce,
		    "its end must lie 30 days ahead, or more; and the list "
		    "must not be closed already");
	return status != CTL_OK ? status : show(ctl);
}

/* --- closing -------------------------------------------------------------- */

static int
close_list(struct ctl *ctl, struct store_txn *txn,
    const struct recorder_rules *rules, void *nothing)
{
	(void)nothing;
	return shutdown_close(txn, rules, ctl->now);
}

struct emptying {
	const struct ctl *ctl;
	struct octetset units;
	size_t next;
};

static int
note_unit(const struct listing *listing, void *context)
{
	struct emptying *emptying = context;

	if (listing->state != LISTING_LISTED &&
	    listing_waits_since(listing) == 0 && listing->callout_until == 0 &&
	    listing->manual_until == 0)
		return 0;
	return octetset_add(&emptying->units, listing->unit.octets);
}

static int
find_units(struct ctl *ctl, struct store_txn *txn, void *emptying)
{
	const struct ipaddr first = { { 0 } };

	(void)ctl;
	return listing_list(txn, &first, note_unit, emptying);
}

static size_t
fill(void *context, struct ipaddr *units, size_t room)
{
	struct emptying *emptying = context;
	size_t count = 0;

	while (count < room && emptying->next < emptying->units.count)
		memcpy(units[count++].octets,
		    octetset_at(&emptying->units, emptying->next++), UNIT_LEN);
	return count;
}

static int
step(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *units, size_t count, int64_t deadline_ms,
    void *context)
{
	const struct emptying *emptying = context;

	return shutdown_empty(
	    txn, rules, units, count, deadline_ms, emptying->ctl->now);
}

static int
empty(struct ctl *ctl)
{
	struct emptying emptying = { .ctl = ctl };
	struct bulk bulk = { .doing = "taking off",
		.context = &emptying,
		.fill = fill,
		.step = step };
	int error;

	octetset_init(&emptying.units, UNIT_LEN);
	error = ctl_look(ctl, find_units, &emptying);
	bulk.total = emptying.units.count;
	if (error == 0)
		error = bulk_run(ctl, &bulk);
	octetset_deinit(&emptying.units);
	if (error != 0)
		return ctl_fail(error, "not all is off the list; once more");
	if (!bulk.interrupted)
		return CTL_OK;
	ctl_say("interrupted: not all is off the list; once more");
	return CTL_REFUSED;
}

int
verb_shutdown_close(struct ctl *ctl, int count, char *words[])
{
	int status = ctl_open(ctl, STORE_WRITE);

	(void)count;
	(void)words;
	if (status == CTL_OK &&
	    !ctl_confirm(ctl, "Take everything off the list?"))
		return CTL_REFUSED;
	if (status == CTL_OK)
		status = change_stage(ctl, close_list,
		    "it must be announced first, and the time that was "
		    "announced must be over");
	if (status == CTL_OK)
		status = empty(ctl);
	return status != CTL_OK ? status : show(ctl);
}

/* --- the end, and back ---------------------------------------------------- */

static int
end(struct ctl *ctl, struct store_txn *txn, const struct recorder_rules *rules,
    void *nothing)
{
	(void)nothing;
	return shutdown_end(txn, rules, ctl->now);
}

int
verb_shutdown_end(struct ctl *ctl, int count, char *words[])
{
	int status = ctl_open(ctl, STORE_WRITE);

	(void)count;
	(void)words;
	if (status == CTL_OK &&
	    !ctl_confirm(ctl, "Take the test entries away, so that the list is "
			      "seen to be dead?"))
		return CTL_REFUSED;
	if (status == CTL_OK)
		status = change_stage(
		    ctl, end, "it must be closed first, and nothing be listed");
	return status != CTL_OK ? status : show(ctl);
}

static int
cancel(struct ctl *ctl, struct store_txn *txn,
    const struct recorder_rules *rules, void *nothing)
{
	(void)nothing;
	return shutdown_cancel(txn, rules, ctl->now);
}

int
verb_shutdown_cancel(struct ctl *ctl, int count, char *words[])
{
	int status = ctl_open(ctl, STORE_WRITE);

	(void)count;
	(void)words;
	if (status == CTL_OK)
		status = change_stage(ctl, cancel, "no shutdown is under way");
	return status != CTL_OK ? status : show(ctl);
}
