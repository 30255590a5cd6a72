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

/* Ids are times: how many of the seconds there are a search has behind it. */
static uint64_t
seconds_done(const struct slot *slot, uint64_t next_id)
{
	uint64_t seconds = next_id / UINT64_C(1000000);
	uint64_t from = (uint64_t)slot->purge.purge.from;

	return seconds > from ? seconds - from : 0;
}

/* Of both searches. */
static unsigned
percent_of(const struct slot *slot)
{
	const struct purge_plan *plan = &slot->purge;
	uint64_t all = 2 * (uint64_t)(clock_seconds() - plan->purge.from) + 1;
	uint64_t done = seconds_done(slot, plan->next_id) +
			seconds_done(slot, plan->next_near_id);

	return done < all ? (unsigned)(done * 100 / all) : 100;
}

static int
step(struct store_txn *txn, void *context, int64_t deadline_ms)
{
	struct slot *slot = context;
	int more = record_purge_prepare(txn, &slot->purge, deadline_ms);

	undertaking_tell_percent(slot, percent_of(slot));
	return more;
}

/* --- trying it, and doing it ---------------------------------------------- */

/* A look is the whole work, thrown away. */
static int
purge(struct slot *slot, const struct recorder_rules *rules, bool keep,
    struct purge_result *result)
{
	struct store_txn *txn;
	int code = store_begin_write(slot->of->service->store, &txn);

	if (code != 0)
		return code;
	code = record_purge(txn, rules, &slot->purge, clock_seconds(), result);
	if (code == 0 && keep)
		code = store_commit(txn);
	else
		store_abort(txn);
	record_log_decisions(rules, code == 0 && keep);
	return code;
}

/* The writer's thread alone may use the rules. */
static void
run(struct writer_job *job, void *context)
{
	struct slot *slot = undertaking_slot(job);
	const struct site *site = atomic_load(&slot->of->service->site);
	struct recorder_rules rules = site->rules;
	struct purge_result result = { .evidence = 0 };
	bool keep = slot->shown.state == UNDERTAKING_DOING;

	(void)context;
	rules.who = keep ? slot->shown.confirmed_by : slot->shown.who;
	slot->code = purge(slot, &rules, keep, &result);
	undertaking_rest(slot, slot->code, &result);
}

static void
done(struct writer_job *job, void *context)
{
	(void)job;
	(void)context;
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
