#include "common/clock.h"
#include "common/error.h"
#include "httpapi/site.h"
#include "httpapi/undertaking_private.h"

/* --- searching ------------------------------------------------------------ */

static void
prepare(struct slot *slot)
{
	struct undertaking *shown = &slot->shown;

	if (shown->until_now)
		shown->purge.to = clock_seconds() + 1;
	purge_plan_init(&slot->purge, &shown->purge);
	slot->purge.purge.reason = shown->reason;
}

/* Of both searches. */
static unsigned
percent_of(const struct purge_plan *plan)
{
	uint64_t all = 2 * (uint64_t)(clock_seconds() - plan->purge.from) + 1;
	uint64_t done = purge_plan_seconds(plan);

	return done < all ? (unsigned)(done * 100 / all) : 100;
}

static int
step(struct store_txn *txn, void *context, int64_t deadline_ms)
{
	struct slot *slot = context;
	int more = record_purge_prepare(txn, &slot->purge, deadline_ms);

	undertaking_tell_percent(slot, percent_of(&slot->purge));
	return more;
}

/* --- trying it, and doing it ---------------------------------------------- */

/* The writer's thread alone may use the rules. */
static void
run(struct writer_job *job, void *context)
{
	struct slot *slot = undertaking_slot(job);
	const struct site *site = atomic_load(&slot->of->service->site);
	struct recorder_rules rules = site->rules;
	bool keep = slot->shown.state == UNDERTAKING_DOING;

	(void)context;
	rules.who = keep ? slot->shown.confirmed_by : slot->shown.who;
	slot->code = record_purge_do(slot->of->service->store, &rules,
	    &slot->purge, keep, clock_seconds(), &slot->result);
}

static void
done(struct writer_job *job, void *context)
{
	struct slot *slot = undertaking_slot(job);

	(void)context;
	undertaking_rest(slot, slot->code, &slot->result);
}

static void
clear(struct slot *slot)
{
	purge_plan_deinit(&slot->purge);
}

const struct undertaking_way undertaking_purging = {
	.prepare = prepare,
	.search = step,
	.run = run,
	.done = done,
	.clear = clear,
};
