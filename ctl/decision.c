#include "ctl/decision.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "ctl/bulk.h"
#include "ctl/progress.h"
#include "ctl/terminal.h"
#include "db/bulk_plan.h"

/* A read transaction pins pages: it is renewed so often. */
#define SEARCH_MS 50

struct deciding {
	struct ctl *ctl;
	const struct decision *decision;
	struct recorder_rules rules;
	struct bulk_plan *plans; /* one for each prefix */
	int count;
	uint64_t found, done; /* listings, of all of them */
};

/* --- what it is about ----------------------------------------------------- */

/* httpapi counts its own in seconds, so that no two have one number. */
static void
init_plans(struct deciding *deciding)
{
	const struct decision *decision = deciding->decision;
	const struct ctl *ctl = deciding->ctl;
	struct bulk_act act = { .kind = decision->kind,
		.everywhere = decision->count == 0,
		.until = ctl->until,
		.begun_at = ctl->now };

	snprintf(act.who, sizeof(act.who), "%s", ctl->who);
	snprintf(act.reason, sizeof(act.reason), "%s",
	    ctl->reason != NULL ? ctl->reason : "");
	for (int i = 0; i < deciding->count; i++) {
		act.number = (uint64_t)clock_microseconds() + (uint64_t)i;
		if (decision->count > 0)
			act.prefix = decision->prefixes[i];
		bulk_plan_init(&deciding->plans[i], ctl->store, &act, false);
	}
}

static int
search(struct store_txn *txn, struct bulk_plan *plan, struct progress *progress,
    uint64_t before)
{
	int more = 1;

	while (more == 1) {
		int code;

		more = bulk_plan_search(
		    txn, plan, clock_monotonic_ms() + SEARCH_MS);
		progress_show(progress, before + plan->looked_at);
		store_reset(txn);
		code = store_renew(txn);
		if (code != 0)
			return code;
	}
	return more;
}

static int
find(struct ctl *ctl, struct store_txn *txn, void *context)
{
	struct deciding *deciding = context;
	struct progress progress;
	uint64_t looked_at = 0;
	int code = 0;

	(void)ctl;
	progress_begin(&progress, "searching", store_count(txn, TABLE_LISTING));
	for (int i = 0; code == 0 && i < deciding->count; i++) {
		struct bulk_plan *plan = &deciding->plans[i];

		code = search(txn, plan, &progress, looked_at);
		looked_at += plan->looked_at;
		deciding->found += plan->count;
	}
	progress_end(&progress);
	return code;
}

/* --- doing it ------------------------------------------------------------- */

static int
do_step(struct deciding *deciding, struct bulk_plan *plan)
{
	int code;

	ctl_hold_signals();
	code = bulk_plan_do(plan, &deciding->rules);
	ctl_let_signals();
	return code;
}

/* An exemption is in force even where it covers nobody yet. */
static bool
is_empty(const struct bulk_plan *plan)
{
	return plan->count == 0 && plan->act.kind != BULK_EXEMPT;
}

static int
do_plan(struct deciding *deciding, struct bulk_plan *plan,
    struct progress *progress, uint64_t before)
{
	int code = 0;

	if (is_empty(plan))
		return 0;
	while (code == 0 && !plan->over && !bulk_is_interrupted()) {
		code = do_step(deciding, plan);
		progress_show(progress, before + plan->next);
		bulk_pause();
	}
	deciding->done += plan->act.done;
	if (code == 0)
		code = bulk_plan_give_up(plan);
	return code;
}

static int
do_all(struct deciding *deciding)
{
	struct ctl *ctl = deciding->ctl;
	struct progress progress;
	uint64_t before = 0;
	int code =
	    recorder_rules_init(&deciding->rules, &ctl->settings, ctl->who);

	if (code != 0)
		return code;
	bulk_catch_signals();
	progress_begin(&progress, deciding->decision->word, deciding->found);
	for (int i = 0; code == 0 && i < deciding->count; i++) {
		struct bulk_plan *plan = &deciding->plans[i];

		code = do_plan(deciding, plan, &progress, before);
		before += plan->count;
	}
	progress_end(&progress);
	recorder_rules_deinit(&deciding->rules);
	return code;
}

/* --- telling -------------------------------------------------------------- */

static int
finish(const struct deciding *deciding, bool interrupted)
{
	const struct decision *decision = deciding->decision;
	char number[TERMINAL_NUMBER_MAX];
	int status;

	if (!deciding->ctl->json)
		printf("%s %s listing%s\n", decision->done_word,
		    terminal_number(deciding->done, number),
		    deciding->done == 1 ? "" : "s");
	if (interrupted)
		ctl_say("interrupted; what was decided until then stays, and "
			"the same command goes on with what is left");
	status =
	    ctl_finish(deciding->ctl, json_pack("{s:I}", decision->done_word,
					  (json_int_t)deciding->done));
	return status == CTL_OK && interrupted ? CTL_REFUSED : status;
}

/* ERROR_NOT_FOUND: `undertaking stop`, or the console, took it away. */
static int
complain(const struct deciding *deciding, int code)
{
	if (code == ERROR_NOT_FOUND) {
		finish(deciding, false);
		ctl_say("stopped by somebody else; what was decided until "
			"then stays");
		return CTL_REFUSED;
	}
	return ctl_fail(code, "stopped after %" PRIu64 " of %" PRIu64,
	    deciding->done, deciding->found);
}

static bool
is_confirmed(const struct deciding *deciding)
{
	char number[TERMINAL_NUMBER_MAX];

	return !deciding->decision->asks ||
	       ctl_confirm(deciding->ctl, "%s %s listing%s?",
		   deciding->decision->word,
		   terminal_number(deciding->found, number),
		   deciding->found == 1 ? "" : "s");
}

static bool
is_whole(const struct deciding *deciding)
{
	for (int i = 0; i < deciding->count; i++) {
		const struct bulk_plan *plan = &deciding->plans[i];

		if (!is_empty(plan) && !plan->over)
			return false;
	}
	return true;
}

static int
run(struct deciding *deciding)
{
	int code = ctl_look(deciding->ctl, find, deciding);

	if (code != 0)
		return ctl_fail(code, "cannot read the listings");
	if (deciding->found == 0 && is_empty(&deciding->plans[0])) {
		ctl_say("%s", deciding->decision->nothing);
		return CTL_NOT_FOUND;
	}
	if (!is_confirmed(deciding))
		return CTL_REFUSED;
	code = do_all(deciding);
	if (code != 0)
		return complain(deciding, code);
	return finish(deciding, !is_whole(deciding));
}

int
decision_run(struct ctl *ctl, const struct decision *decision)
{
	struct deciding deciding = { .ctl = ctl,
		.decision = decision,
		.count = decision->count > 0 ? decision->count : 1 };
	int status;

	if (ctl->reason != NULL && strlen(ctl->reason) > LISTING_REASON_MAX)
		return ctl_fail(ERROR_LIMIT, "the reason");
	deciding.plans =
	    calloc((size_t)deciding.count, sizeof(*deciding.plans));
	if (deciding.plans == NULL)
		return ctl_fail(-ENOMEM, "%s", decision->word);
	init_plans(&deciding);
	status = run(&deciding);
	for (int i = 0; i < deciding.count; i++)
		bulk_plan_deinit(&deciding.plans[i]);
	free(deciding.plans);
	return status;
}
