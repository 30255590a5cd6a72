#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "ctl/bulk.h"
#include "ctl/progress.h"
#include "ctl/terminal.h"
#include "ctl/verb.h"
#include "db/purge_json.h"
#include "db/purge_plan.h"
#include "db/stored.h"
#include "db/trap.h"

#define CAMPAIGN_FORM                                                          \
	"campaign: 16 hexadecimal figures, as `campaign list` shows them"

/* --- which ---------------------------------------------------------------- */

static int
parse_number(const char *text, int base, uint64_t most, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, base);
	return errno == 0 && end != text && *end == '\0' && *text != '-' &&
		       *number <= most
		   ? 0
		   : ERROR_FORMAT;
}

static int
wrong(const char *text, const char *what)
{
	ctl_say("%s is no %s", text, what);
	return CTL_USAGE;
}

static int
read_trap(struct ctl *ctl, struct purge *purge)
{
	struct store_txn *txn;
	int error = store_begin_read(ctl->store, &txn);

	if (error != 0)
		return ctl_fail(error, "cannot read the database");
	error = trap_id_of(txn, ctl->trap, &purge->which);
	store_abort(txn);
	if (error == ERROR_FORMAT || error == ERROR_REFUSED)
		return wrong(
		    ctl->trap, "trap: one of user@domain, @domain, @.domain");
	return error == 0 ? CTL_OK : ctl_fail(error, "%s", ctl->trap);
}

static int
read_which(struct ctl *ctl, struct purge *purge)
{
	if ((ctl->sensor != NULL) + (ctl->trap != NULL) +
		(ctl->campaign != NULL) !=
	    1) {
		ctl_say("name one of --sensor, --trap, --campaign");
		return CTL_USAGE;
	}
	if (ctl->trap != NULL) {
		purge->by = PURGE_TRAP;
		return read_trap(ctl, purge);
	}
	purge->by = ctl->sensor != NULL ? PURGE_SENSOR : PURGE_CAMPAIGN;
	if (ctl->sensor != NULL &&
	    parse_number(ctl->sensor, 10, UINT32_MAX, &purge->which) != 0)
		return wrong(ctl->sensor, "number of a sensor");
	if (ctl->campaign != NULL &&
	    parse_number(ctl->campaign, 16, UINT64_MAX, &purge->which) != 0)
		return wrong(ctl->campaign, CAMPAIGN_FORM);
	return CTL_OK;
}

/* --- looking for it, without the lock ------------------------------------- */

struct work {
	struct ctl *ctl;
	struct purge_act what;
	struct purge_plan plan;
	struct recorder_rules rules;
};

static void
init_plan(struct work *work)
{
	const struct ctl *ctl = work->ctl;
	/* httpapi counts its own in seconds: no two have one number. */
	struct bulk_act act = { .number = (uint64_t)clock_microseconds(),
		.kind = work->what.purge.into != 0 ? BULK_MERGE : BULK_PURGE,
		.everywhere = true,
		.begun_at = ctl->now };

	snprintf(act.who, sizeof(act.who), "%s", ctl->who);
	snprintf(act.reason, sizeof(act.reason), "%s",
	    ctl->reason != NULL ? ctl->reason : "");
	if (ctl->dry_run)
		purge_plan_init_look(&work->plan, ctl->store, &work->what);
	else
		purge_plan_init(
		    &work->plan, ctl->store, &act, &work->what, false);
}

static int
find(struct work *work)
{
	struct purge_plan *plan = &work->plan;
	struct progress progress;
	int error = 0;

	progress_begin(&progress, "searching",
	    (uint64_t)(work->ctl->now - plan->purge.purge.from));
	while (error == 0 && !plan->searched) {
		error = purge_plan_do(plan, &work->rules, work->ctl->now);
		progress_show(&progress, purge_plan_seconds(plan));
	}
	progress_end(&progress);
	return error;
}

/* --- doing it ------------------------------------------------------------- */

static void
show(struct progress *progress, const struct purge_plan *plan)
{
	bool takes = !plan->only_looks && plan->purge.stage == PURGE_TAKES;

	if (!takes && progress->total != plan->units.count) {
		progress_end(progress);
		progress_begin(progress, "judging", plan->units.count);
	}
	progress_show(progress, takes ? plan->next : plan->next_unit);
}

/* The keyboard stops what is taken; what follows from it is carried through. */
static int
do_all(struct work *work)
{
	struct purge_plan *plan = &work->plan;
	struct progress progress;
	int error = 0;

	bulk_catch_signals();
	/* Nobody goes on with what is only suspended, nor is newly listed. */
	if (!plan->only_looks) {
		signal(SIGTSTP, SIG_IGN);
		signal(SIGTTOU, SIG_IGN);
	}
	progress_begin(&progress,
	    work->what.purge.into != 0 ? "merging" : "taking away",
	    plan->ids.count);
	while (error == 0 && !plan->over &&
	       !(plan->only_looks && bulk_is_interrupted())) {
		plan->stop = bulk_is_interrupted();
		ctl_hold_signals();
		error = purge_plan_do(plan, &work->rules, clock_seconds());
		ctl_let_signals();
		show(&progress, plan);
		bulk_pause();
	}
	progress_end(&progress);
	return error;
}

static void
print_number(uint64_t number, const char *one, const char *many)
{
	char text[TERMINAL_NUMBER_MAX];

	printf("  %10s  %s\n", terminal_number(number, text),
	    number == 1 ? one : many);
}

static void
print_answer(const struct purge_result *result, const json_t *answer, bool done,
    bool into)
{
	json_t *item;
	size_t i;

	puts(into ? (done ? "Merged:" : "It would merge:")
		  : (done ? "Purged:" : "It would take away:"));
	print_number(result->evidence, "sighting", "sightings");
	print_number(result->addresses, "address it came from",
	    "addresses they came from");
	print_number(result->judged, "address judged anew",
	    "addresses judged anew, with those whom it bore out");
	print_number(result->ended, "listing ended", "listings ended");
	if (result->unheld > 0)
		print_number(result->unheld, "was held by the guard",
		    "were held by the guard");
	if (result->begun > 0)
		print_number(result->begun, "listing begun", "listings begun");
	json_array_foreach(json_object_get(answer, "first_ended"), i, item)
	    printf("%s%s%s", i == 0 ? "\nNo longer listed: " : ", ",
		i > 0 && i % 4 == 0 ? "\n  " : "", json_string_value(item));
	if (result->ended > i)
		printf(" and %" PRIu64 " more", result->ended - i);
	if (i > 0)
		putchar('\n');
}

static int
finish(struct work *work)
{
	const struct purge_act *purge = &work->plan.purge;
	const struct purge_result *result = &purge->result;
	bool done = !work->plan.only_looks;
	json_t *answer = purge_result_json(result, done);
	int status;

	if (!work->ctl->json)
		print_answer(result, answer, done, purge->purge.into != 0);
	status = ctl_finish(work->ctl, answer);
	if (purge->stopped) {
		ctl_say("stopped; what was taken until then is carried "
			"through, and the same command goes on with what is "
			"left");
		return CTL_REFUSED;
	}
	return status == CTL_OK && result->evidence == 0 ? CTL_NOT_FOUND
							 : status;
}

static bool
is_confirmed(const struct work *work)
{
	char number[TERMINAL_NUMBER_MAX];
	const char *plural = work->plan.ids.count == 1 ? "" : "s";

	terminal_number(work->plan.ids.count, number);
	if (work->what.purge.into != 0)
		return ctl_confirm(work->ctl,
		    "Make %s sighting%s the other campaign's, for good?",
		    number, plural);
	return ctl_confirm(
	    work->ctl, "Take %s sighting%s away, for good?", number, plural);
}

/* What failed on the way is gone on with, so that none of it is left half. */
static int
complain(const struct work *work, int error)
{
	if (error == ERROR_REFUSED) {
		ctl_say("they are one campaign already");
		return CTL_REFUSED;
	}
	if (error == ERROR_EXISTS) {
		ctl_say("nothing was changed: another purge or merge is under "
			"way; `bsblctl undertaking list` shows it");
		return CTL_REFUSED;
	}
	if (!work->plan.begun)
		return ctl_fail(error, "nothing was changed");
	return ctl_fail(error,
	    "broken off after %" PRIu64 " sightings; "
	    "bsbl-httpapi or bsbl-ingest goes on with it",
	    work->plan.purge.result.evidence);
}

static int
run(struct work *work)
{
	struct ctl *ctl = work->ctl;
	int error = find(work);

	if (error != 0)
		return complain(work, error);
	if (!ctl->dry_run && !is_confirmed(work))
		return CTL_REFUSED;
	error = do_all(work);
	if (error != 0)
		return complain(work, error);
	if (!work->plan.over) {
		ctl_say("interrupted");
		return CTL_REFUSED;
	}
	return finish(work);
}

static int
open_for(struct ctl *ctl)
{
	if (ctl->reason != NULL && strlen(ctl->reason) > LISTING_REASON_MAX)
		return ctl_fail(ERROR_LIMIT, "the reason");
	return ctl_open(ctl, ctl->dry_run ? STORE_READ : STORE_WRITE);
}

static int
run_all(struct work *work, const char *subject)
{
	struct ctl *ctl = work->ctl;
	int status, error;

	stored_copy_text(
	    work->what.subject, sizeof(work->what.subject), subject);
	error = recorder_rules_init(&work->rules, &ctl->settings, ctl->who);
	if (error != 0)
		return ctl_fail(error, "nothing was changed");
	init_plan(work);
	status = run(work);
	purge_plan_deinit(&work->plan);
	recorder_rules_deinit(&work->rules);
	return status;
}

int
verb_purge(struct ctl *ctl, int count, char *words[])
{
	struct work work = { .ctl = ctl };
	struct purge *purge = &work.what.purge;
	int status = open_for(ctl);

	(void)count;
	(void)words;
	if (status == CTL_OK)
		status = read_which(ctl, purge);
	if (status != CTL_OK)
		return status;
	purge->from = ctl->from;
	purge->to = ctl->to != 0 ? ctl->to : ctl->now + 1;
	return run_all(&work, ctl->trap != NULL	    ? ctl->trap
			      : ctl->sensor != NULL ? ctl->sensor
						    : ctl->campaign);
}

/* --- merge ---------------------------------------------------------------- */

int
verb_campaign_merge(struct ctl *ctl, int count, char *words[])
{
	struct work work = { .ctl = ctl, .what.purge.by = PURGE_CAMPAIGN };
	struct purge *purge = &work.what.purge;
	uint64_t *const ids[] = { &purge->which, &purge->into };
	int status = CTL_OK;

	(void)count;
	for (int i = 0; status == CTL_OK && i < 2; i++) {
		if (parse_number(words[i], 16, UINT64_MAX, ids[i]) != 0 ||
		    *ids[i] == 0)
			status = wrong(words[i], CAMPAIGN_FORM);
	}
	if (status == CTL_OK)
		status = open_for(ctl);
	if (status != CTL_OK)
		return status;
	purge->to = ctl->now + 1;
	return run_all(&work, words[0]);
}
