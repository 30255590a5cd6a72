#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "httpapi/site.h"
#include "httpapi/undertaking_private.h"

/* --- searching ------------------------------------------------------------ */

static enum bulk_kind
kind_of(enum undertaking_sort sort)
{
	static const enum bulk_kind kinds[UNDERTAKING_SORTS] = {
		[UNDERTAKING_RELEASE] = BULK_RELEASE,
		[UNDERTAKING_REJECT] = BULK_REJECT,
		[UNDERTAKING_REMOVE] = BULK_REMOVE,
		[UNDERTAKING_EXEMPT] = BULK_EXEMPT,
	};

	return kinds[sort];
}

/* One that goes on has its record, and what it has done, already. */
static void
prepare(struct slot *slot)
{
	const struct undertaking *shown = &slot->shown;
	struct bulk_act act = { .number = shown->number,
		.kind = kind_of(shown->sort),
		.everywhere = shown->everywhere,
		.prefix = shown->prefix,
		.until = shown->until,
		.begun_at = shown->begun_at,
		.total = shown->total,
		.done = shown->done };

	strcpy(act.who, shown->confirmed_by);
	strcpy(act.reason, shown->reason);
	bulk_plan_init(
	    &slot->bulk, slot->of->service->store, &act, slot->bulk.begun);
}

static int
search(struct store_txn *txn, void *context, int64_t deadline_ms)
{
	struct slot *slot = context;
	int more = bulk_plan_search(txn, &slot->bulk, deadline_ms);

	undertaking_tell_percent(slot, bulk_plan_percent(txn, &slot->bulk));
	return more;
}

/* With the lock held: what it would do. One that goes on has told. */
static void
show(struct slot *slot)
{
	const struct bulk_plan *plan = &slot->bulk;
	size_t count =
	    plan->count < PURGE_SHOWN_MAX ? plan->count : PURGE_SHOWN_MAX;

	if (plan->begun)
		return;
	slot->shown.total = plan->count;
	if (count > 0)
		memcpy(slot->shown.first, plan->units,
		    count * sizeof(*plan->units));
}

/* --- doing it ------------------------------------------------------------- */

static void
tell(struct slot *slot)
{
	const struct bulk_plan *plan = &slot->bulk;

	pthread_mutex_lock(&slot->of->lock);
	slot->shown.done = plan->act.done;
	/* Before its first step, that is what was found. */
	if (plan->begun)
		slot->shown.total = plan->act.total;
	if (plan->next < plan->count)
		slot->shown.next = plan->units[plan->next];
	pthread_mutex_unlock(&slot->of->lock);
}

/* One that was stopped before it began has no record, nor gets one. */
static int
do_step(struct slot *slot, const struct recorder_rules *rules)
{
	int code;

	if (!slot->bulk.begun && undertaking_is_stopped(slot))
		return 0;
	code = bulk_plan_do(&slot->bulk, rules);
	if (code != ERROR_NOT_FOUND)
		return code;
	/* Whoever takes its record away has stopped it. */
	undertaking_stop(slot->of, slot->shown.number);
	return 0;
}

static void
run(struct writer_job *job, void *context)
{
	struct slot *slot = undertaking_slot(job);
	const struct site *site = atomic_load(&slot->of->service->site);
	struct recorder_rules rules = site->rules;

	(void)context;
	rules.who = slot->bulk.act.who;
	slot->code = do_step(slot, &rules);
	tell(slot);
}

/* What is left is gone on with by a new start, but not where it ended so. */
static void
end(struct slot *slot, int code)
{
	if (code != -ECANCELED) {
		int error = bulk_plan_give_up(&slot->bulk);

		code = code != 0 ? code : error;
	}
	undertaking_rest(slot, code, NULL);
}

/* Behind what others have waiting. */
static void
done(struct writer_job *job, void *context)
{
	struct slot *slot = undertaking_slot(job);
	struct service *service = slot->of->service;

	(void)context;
	if (slot->code != 0 || slot->bulk.over || undertaking_is_stopped(slot))
		end(slot, slot->code);
	else if (atomic_load(&service->stopping))
		end(slot, -ECANCELED);
	else
		writer_again(service->writer, job);
}

static void
clear(struct slot *slot)
{
	bulk_plan_deinit(&slot->bulk);
}

const struct undertaking_way undertaking_in_bulk = {
	.prepare = prepare,
	.search = search,
	.show = show,
	.run = run,
	.done = done,
	.clear = clear,
};
