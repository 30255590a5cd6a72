#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "httpapi/site.h"
#include "httpapi/undertaking_private.h"

/* Others wait for the lock meanwhile. */
#define STEP_MS 40
/* More than a step has time for. */
#define STEP_UNITS 8192

/* The clock is asked after so many listings, some 100 us. */
#define STRIDE 256

/* At first; a power of two. */
#define UNITS_MIN 1024

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
	struct bulk_plan *plan = &slot->bulk;
	struct bulk_act *act = &plan->act;

	*plan = (struct bulk_plan){ .begun = shown->done > 0 || plan->begun };
	act->number = shown->number;
	act->kind = kind_of(shown->sort);
	act->everywhere = shown->everywhere;
	act->prefix = shown->prefix;
	act->until = shown->until;
	act->begun_at = shown->begun_at;
	strcpy(act->who, shown->confirmed_by);
	strcpy(act->reason, shown->reason);
	act->total = shown->total;
	act->done = shown->done;
	/* An address before all of the prefix is as good as its first. */
	if (!shown->everywhere)
		plan->place = shown->prefix.address;
}

static int
add(struct bulk_plan *plan, const struct ipaddr *unit)
{
	if (plan->count == plan->size) {
		size_t size = plan->size != 0 ? plan->size * 2 : UNITS_MIN;
		void *units = realloc(plan->units, size * sizeof(*unit));

		if (units == NULL)
			return -ENOMEM;
		plan->units = units;
		plan->size = size;
	}
	plan->units[plan->count++] = *unit;
	return 0;
}

struct looking {
	struct bulk_plan *plan;
	int64_t deadline_ms;
};

/* 1: the time is up; ERROR_NOT_FOUND: it is past the prefix. */
static int
look_at(const struct listing *listing, void *context)
{
	struct looking *looking = context;
	struct bulk_plan *plan = looking->plan;
	const struct bulk_act *act = &plan->act;
	int code = 0;

	if (!act->everywhere &&
	    !ipprefix_contains(&act->prefix, &listing->unit))
		return ERROR_NOT_FOUND;
	if (bulk_act_wants(act, listing))
		code = add(plan, &listing->unit);
	plan->place = listing->unit;
	if (code == 0 && ++plan->looked_at % STRIDE == 0 &&
	    clock_monotonic_ms() >= looking->deadline_ms)
		code = 1;
	return code;
}

/* How many there are in a prefix nobody knows: of all there are. */
static unsigned
percent_of(struct store_txn *txn, const struct bulk_plan *plan)
{
	uint64_t all = store_count(txn, TABLE_LISTING);

	return plan->looked_at < all ? (unsigned)(plan->looked_at * 100 / all)
				     : 100;
}

static int
search(struct store_txn *txn, void *context, int64_t deadline_ms)
{
	struct slot *slot = context;
	struct looking looking = { &slot->bulk, deadline_ms };
	int more = listing_list(txn, &slot->bulk.place, look_at, &looking);

	undertaking_tell_percent(slot, percent_of(txn, &slot->bulk));
	if (more == 1 && !ipaddr_step(&slot->bulk.place))
		more = 0;
	return more == ERROR_NOT_FOUND ? 0 : more;
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

static int
begin(struct store_txn *txn, const struct recorder_rules *rules,
    struct bulk_plan *plan, int64_t now)
{
	plan->act.total = plan->act.done + plan->count;
	return record_bulk_begin(txn, rules, &plan->act, now);
}

/* How many of the units are dealt with; the last step ends the record. */
static int
step(struct store_txn *txn, const struct recorder_rules *rules,
    struct bulk_plan *plan, int64_t now)
{
	size_t left = plan->count - plan->next;
	size_t count = left < STEP_UNITS ? left : STEP_UNITS;
	unsigned done = 0;
	int taken = 0, code = 0;

	if (!plan->begun)
		code = begin(txn, rules, plan, now);
	if (code == 0 && count > 0)
		taken = record_bulk(txn, rules, &plan->act,
		    plan->units + plan->next, count,
		    clock_monotonic_ms() + STEP_MS, now, &done);
	if (code != 0 || taken < 0)
		return code != 0 ? code : taken;
	plan->act.done += done;
	code = (size_t)taken == left ? bulk_act_end(txn, plan->act.number)
				     : bulk_act_put(txn, &plan->act);
	return code != 0 ? code : taken;
}

static int
write_step(struct slot *slot, const struct recorder_rules *rules)
{
	struct bulk_plan *plan = &slot->bulk;
	const struct bulk_act before = plan->act;
	struct store_txn *txn;
	int taken = store_begin_write(slot->of->service->store, &txn), code;

	if (taken != 0)
		return taken;
	taken = step(txn, rules, plan, clock_seconds());
	if (taken >= 0) {
		code = store_commit(txn);
		taken = code != 0 ? code : taken;
	} else {
		store_abort(txn);
	}
	record_log_decisions(rules, taken >= 0);
	if (taken >= 0)
		plan->begun = true;
	else
		plan->act = before;
	return taken;
}

static void
tell(struct slot *slot)
{
	const struct bulk_plan *plan = &slot->bulk;

	pthread_mutex_lock(&slot->of->lock);
	slot->shown.done = plan->act.done;
	slot->shown.total = plan->act.total;
	if (plan->next < plan->count)
		slot->shown.next = plan->units[plan->next];
	pthread_mutex_unlock(&slot->of->lock);
}

static void
run(struct writer_job *job, void *context)
{
	struct slot *slot = undertaking_slot(job);
	const struct site *site = atomic_load(&slot->of->service->site);
	struct recorder_rules rules = site->rules;
	int taken;

	(void)context;
	rules.who = slot->bulk.act.who;
	taken = write_step(slot, &rules);
	slot->code = taken < 0 ? taken : 0;
	if (taken > 0)
		slot->bulk.next += (size_t)taken;
	tell(slot);
}

/* Nobody goes on with it: it was stopped, or failed. */
static int
forget(struct slot *slot)
{
	struct store_txn *txn;
	int code = store_begin_write(slot->of->service->store, &txn);

	if (code != 0)
		return code;
	code = bulk_act_end(txn, slot->bulk.act.number);
	if (code == 0)
		return store_commit(txn);
	store_abort(txn);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* What is left is gone on with by a new start, but not where it ended so. */
static void
end(struct slot *slot, int code)
{
	if (code != -ECANCELED && slot->bulk.next < slot->bulk.count) {
		int error = forget(slot);

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
	if (slot->code != 0 || slot->bulk.next == slot->bulk.count ||
	    undertaking_is_stopped(slot))
		end(slot, slot->code);
	else if (atomic_load(&service->stopping))
		end(slot, -ECANCELED);
	else
		writer_again(service->writer, job);
}

static void
clear(struct slot *slot)
{
	free(slot->bulk.units);
	slot->bulk = (struct bulk_plan){ .units = NULL };
}

const struct undertaking_way undertaking_in_bulk = {
	.prepare = prepare,
	.search = search,
	.show = show,
	.run = run,
	.done = done,
	.clear = clear,
};

/* --- after a new start ---------------------------------------------------- */

static enum undertaking_sort
sort_of(enum bulk_kind kind)
{
	enum undertaking_sort sort = UNDERTAKING_RELEASE;

	while (kind_of(sort) != kind)
		sort++;
	return sort;
}

static int
take(const struct bulk_act *act, void *context)
{
	struct undertakings *all = context;
	struct slot *slot = undertaking_find_room(all);
	struct undertaking *shown;
	char text[IPPREFIX_TEXT_MAX];

	if (slot == NULL || !writer_reserve(all->service->searcher))
		return 0; /* the next start has it again */
	shown = &slot->shown;
	memset(shown, 0, sizeof(*shown));
	shown->number = act->number;
	shown->sort = sort_of(act->kind);
	shown->everywhere = act->everywhere;
	shown->prefix = act->prefix;
	shown->until = act->until;
	shown->begun_at = act->begun_at;
	shown->total = act->total;
	shown->done = act->done;
	if (!act->everywhere)
		strcpy(shown->subject, ipprefix_format(&act->prefix, text));
	strcpy(shown->who, act->who);
	strcpy(shown->confirmed_by, act->who);
	strcpy(shown->reason, act->reason);
	slot->bulk.begun = true;
	if (all->last_number < act->number)
		all->last_number = act->number;
	log_notice("undertaking_resumed number=%llu done=%llu total=%llu",
	    (unsigned long long)act->number, (unsigned long long)act->done,
	    (unsigned long long)act->total);
	undertaking_start(slot, UNDERTAKING_DOING);
	return 0;
}

int
undertaking_read_bulk(struct undertakings *all)
{
	struct store_txn *txn;
	int code = store_begin_read(all->service->store, &txn);

	if (code != 0)
		return code;
	code = bulk_act_list(txn, take, all);
	store_abort(txn);
	return code;
}
