#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/error.h"
#include "ctl/progress.h"
#include "ctl/terminal.h"
#include "ctl/verb.h"
#include "db/purge_json.h"
#include "db/record.h"
#include "db/trap.h"

/* A read transaction pins pages: it is renewed so often. */
#define STEP_MS 50

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
complain(const char *text, const char *what)
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
		return complain(
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
		return complain(ctl->sensor, "number of a sensor");
	if (ctl->campaign != NULL &&
	    parse_number(ctl->campaign, 16, UINT64_MAX, &purge->which) != 0)
		return complain(ctl->campaign, CAMPAIGN_FORM);
	return CTL_OK;
}

/* --- preparing, without the lock ------------------------------------------ */

struct work {
	struct ctl *ctl;
	struct purge purge;
	struct purge_plan plan;
};

static int
find(struct work *work)
{
	struct ctl *ctl = work->ctl;
	struct progress progress;
	struct store_txn *txn;
	int more = 1, error = store_begin_read(ctl->store, &txn);

	if (error != 0)
		return error;
	/* Both searches. */
	progress_begin(&progress, "searching",
	    2 * (uint64_t)(ctl->now - work->purge.from));
	while (error == 0 && more == 1) {
		more = record_purge_prepare(
		    txn, &work->plan, clock_monotonic_ms() + STEP_MS);
		store_reset(txn);
		progress_show(&progress, purge_plan_seconds(&work->plan));
		error = more < 0 ? more : store_renew(txn);
	}
	progress_end(&progress);
	store_abort(txn);
	return error;
}

/* --- doing it ------------------------------------------------------------- */

static int
purge_all(struct work *work, bool keep, struct purge_result *result)
{
	struct ctl *ctl = work->ctl;
	struct recorder_rules rules;
	int error = recorder_rules_init(&rules, &ctl->settings, ctl->who);

	if (error != 0)
		return error;
	ctl_hold_signals();
	error = record_purge_do(
	    ctl->store, &rules, &work->plan, keep, ctl->now, result);
	ctl_let_signals();
	recorder_rules_deinit(&rules);
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
finish(struct work *work, const struct purge_result *result, bool done)
{
	json_t *answer = purge_result_json(result, done);
	int status;

	if (!work->ctl->json)
		print_answer(result, answer, done, work->purge.into != 0);
	status = ctl_finish(work->ctl, answer);
	return status == CTL_OK && result->evidence == 0 ? CTL_NOT_FOUND
							 : status;
}

static bool
is_confirmed(const struct work *work)
{
	char number[TERMINAL_NUMBER_MAX];
	const char *plural = work->plan.ids.count == 1 ? "" : "s";

	terminal_number(work->plan.ids.count, number);
	if (work->purge.into != 0)
		return ctl_confirm(work->ctl,
		    "Make %s sighting%s the other campaign's, for good?",
		    number, plural);
	return ctl_confirm(
	    work->ctl, "Take %s sighting%s away, for good?", number, plural);
}

static int
run(struct work *work)
{
	struct ctl *ctl = work->ctl;
	struct purge_result result = { .evidence = 0 };
	int error = find(work);

	if (error != 0)
		return ctl_fail(error, "cannot read the evidence");
	if (!ctl->dry_run && !is_confirmed(work))
		return CTL_REFUSED;
	error = purge_all(work, !ctl->dry_run, &result);
	if (error == ERROR_REFUSED && work->purge.into != 0) {
		ctl_say("they are one campaign already");
		return CTL_REFUSED;
	}
	if (error != 0)
		return ctl_fail(error, "nothing was changed");
	return finish(work, &result, !ctl->dry_run);
}

int
verb_purge(struct ctl *ctl, int count, char *words[])
{
	struct work work = { .ctl = ctl };
	int status = ctl_open(ctl, STORE_WRITE);

	(void)count;
	(void)words;
	if (status == CTL_OK)
		status = read_which(ctl, &work.purge);
	if (status != CTL_OK)
		return status;
	work.purge.from = ctl->from;
	work.purge.to = ctl->to != 0 ? ctl->to : ctl->now + 1;
	work.purge.reason = ctl->reason;
	purge_plan_init(&work.plan, &work.purge);
	status = run(&work);
	purge_plan_deinit(&work.plan);
	return status;
}

/* --- merge ---------------------------------------------------------------- */

int
verb_campaign_merge(struct ctl *ctl, int count, char *words[])
{
	struct work work = { .ctl = ctl, .purge.by = PURGE_CAMPAIGN };
	uint64_t *const ids[] = { &work.purge.which, &work.purge.into };
	int status = CTL_OK;

	(void)count;
	for (int i = 0; status == CTL_OK && i < 2; i++) {
		if (parse_number(words[i], 16, UINT64_MAX, ids[i]) != 0 ||
		    *ids[i] == 0)
			status = complain(words[i], CAMPAIGN_FORM);
	}
	if (status == CTL_OK)
		status = ctl_open(ctl, STORE_WRITE);
	if (status != CTL_OK)
		return status;
	work.purge.to = ctl->now + 1;
	work.purge.reason = ctl->reason;
	purge_plan_init(&work.plan, &work.purge);
	status = run(&work);
	purge_plan_deinit(&work.plan);
	return status;
}
