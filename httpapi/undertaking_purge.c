#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "httpapi/site.h"
#include "httpapi/undertaking_private.h"

/* --- searching ------------------------------------------------------------ */

/* One that goes on has its record, and what it has done, already. */
static void
prepare(struct slot *slot)
{
	struct undertaking *shown = &slot->shown;
	struct store *store = slot->of->service->store;
	struct purge_act purge = { .purge = shown->purge };
	struct bulk_act act = { .number = shown->number,
		.kind =
		    shown->sort == UNDERTAKING_MERGE ? BULK_MERGE : BULK_PURGE,
		.everywhere = true,
		.begun_at = shown->begun_at,
		.total = shown->total,
		.done = shown->done };

	if (shown->until_now)
		purge.purge.to = clock_seconds() + 1;
	strcpy(purge.subject, shown->subject);
	strcpy(act.who, shown->confirmed_by);
	strcpy(act.reason, shown->reason);
	if (shown->state == UNDERTAKING_LOOKING)
		purge_plan_init_look(&slot->purge, store, &purge);
	else
		purge_plan_init(&slot->purge, store, &act,
		    slot->resumes ? &slot->resumed : &purge, slot->resumes);
	slot->resumes = false;
}

static int
search(struct store_txn *txn, void *context, int64_t deadline_ms)
{
	struct slot *slot = context;
	int more = purge_plan_search(txn, &slot->purge, deadline_ms);

	undertaking_tell_percent(
	    slot, purge_plan_percent(&slot->purge, clock_seconds()));
	return more;
}

/* --- looking, or doing it ------------------------------------------------- */

static void
tell(struct slot *slot)
{
	const struct purge_plan *plan = &slot->purge;
	struct undertaking *shown = &slot->shown;

	pthread_mutex_lock(&slot->of->lock);
	shown->percent = purge_plan_percent(plan, clock_seconds());
	if (shown->state == UNDERTAKING_DOING) {
		shown->done = plan->act.done;
		shown->total = plan->act.total;
		shown->taken = plan->purge.stage != PURGE_TAKES;
		slot->stop |= plan->purge.stopped;
	}
	pthread_mutex_unlock(&slot->of->lock);
}

/* The writer's thread alone may use the rules. */
static void
run(struct writer_job *job, void *context)
{
	struct slot *slot = undertaking_slot(job);
	const struct site *site = atomic_load(&slot->of->service->site);
	struct recorder_rules rules = site->rules;

	(void)context;
	rules.who = slot->shown.state == UNDERTAKING_DOING
			? slot->shown.confirmed_by
			: slot->shown.who;
	slot->purge.stop = undertaking_is_stopped(slot);
	slot->code = purge_plan_do(&slot->purge, &rules, clock_seconds());
	tell(slot);
}

/*
 * Behind what others have waiting. One that is stopped goes on, too: what it
 * has taken is carried through.
 */
static void
done(struct writer_job *job, void *context)
{
	struct slot *slot = undertaking_slot(job);
	struct service *service = slot->of->service;
	struct purge_result result = slot->purge.purge.result;

	(void)context;
	if (slot->code != 0 || slot->purge.over)
		undertaking_rest(slot, slot->code, &result);
	else if (atomic_load(&service->stopping))
		undertaking_rest(slot, -ECANCELED, &result);
	else
		writer_again(service->writer, job);
}

static void
clear(struct slot *slot)
{
	purge_plan_deinit(&slot->purge);
}

const struct undertaking_way undertaking_purging = {
	.prepare = prepare,
	.search = search,
	.run = run,
	.done = done,
	.clear = clear,
};
