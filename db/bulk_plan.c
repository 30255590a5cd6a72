#include "db/bulk_plan.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/error.h"

/* More than a step has time for. */
#define STEP_UNITS 8192

/* The clock is asked after so many listings, some 100 us. */
#define STRIDE 256

/* At first; a power of two. */
#define UNITS_MIN 1024

/* What is left of 50 is for a commit that takes longer than the last. */
#define WHOLE_STEP_MS 40

unsigned
bulk_pace(unsigned step_ms, int64_t took_ms)
{
	int64_t next_ms =
	    took_ms > 0 ? WHOLE_STEP_MS * (int64_t)step_ms / took_ms : INT_MAX;

	if (next_ms > 2 * (int64_t)step_ms)
		next_ms = 2 * (int64_t)step_ms;
	return next_ms < BULK_STEP_MS_LEAST  ? BULK_STEP_MS_LEAST
	       : next_ms > BULK_STEP_MS_MOST ? BULK_STEP_MS_MOST
					     : (unsigned)next_ms;
}

void
bulk_plan_init(struct bulk_plan *plan, struct store *store,
    const struct bulk_act *act, bool begun)
{
	*plan = (struct bulk_plan){ .store = store,
		.act = *act,
		.step_ms = BULK_STEP_MS_FIRST,
		.begun = begun };
	/* An address before all of the prefix is as good as its first. */
	if (!act->everywhere)
		plan->place = act->prefix.address;
}

void
bulk_plan_deinit(struct bulk_plan *plan)
{
	if (plan->store != NULL)
		store_unclaim(plan->store, plan->act.number);
	free(plan->units);
	*plan = (struct bulk_plan){ .units = NULL };
}

/* --- searching ------------------------------------------------------------ */

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

	/* IPv4 stands among IPv6 and is none of ::/0, which goes on behind. */
	if (!act->everywhere &&
	    !ipprefix_contains(&act->prefix, &listing->unit) &&
	    (ipprefix_is_ipv4(&act->prefix) || !ipaddr_is_ipv4(&listing->unit)))
		return ERROR_NOT_FOUND;
	if (bulk_act_wants(act, listing))
		code = add(plan, &listing->unit);
	plan->place = listing->unit;
	if (code == 0 && ++plan->looked_at % STRIDE == 0 &&
	    clock_monotonic_ms() >= looking->deadline_ms)
		code = 1;
	return code;
}

int
bulk_plan_search(
    struct store_txn *txn, struct bulk_plan *plan, int64_t deadline_ms)
{
	struct looking looking = { plan, deadline_ms };
	int more = listing_list(txn, &plan->place, look_at, &looking);

	if (more == 1 && !ipaddr_step(&plan->place))
		more = 0;
	return more == ERROR_NOT_FOUND ? 0 : more;
}

/* How many there are in a prefix nobody knows: of all there are. */
unsigned
bulk_plan_percent(struct store_txn *txn, const struct bulk_plan *plan)
{
	uint64_t all = store_count(txn, TABLE_LISTING);

	return plan->looked_at < all ? (unsigned)(plan->looked_at * 100 / all)
				     : 100;
}

/* --- doing it ------------------------------------------------------------- */

/* Is it still to be done, and by us? */
static int
check(struct store_txn *txn, const struct bulk_plan *plan)
{
	struct bulk_act stored;

	if (!store_claim(plan->store, plan->act.number))
		return ERROR_BUSY;
	return plan->begun ? bulk_act_get(txn, plan->act.number, &stored) : 0;
}

/* How many of the units are dealt with; the last step ends the record. */
static int
step(struct store_txn *txn, const struct recorder_rules *rules,
    const struct bulk_plan *plan, struct bulk_act *act, int64_t now)
{
	size_t left = plan->count - plan->next;
	size_t count = left < STEP_UNITS ? left : STEP_UNITS;
	int64_t deadline_ms = clock_monotonic_ms() + plan->step_ms;
	unsigned done = 0;
	int taken = 0, code = check(txn, plan);

	if (code == 0 && !plan->begun)
		code = record_bulk_begin(txn, rules, act, now);
	if (code == 0 && count > 0)
		taken = record_bulk(txn, rules, act, plan->units + plan->next,
		    count, deadline_ms, now, &done);
	if (code != 0 || taken < 0)
		return code != 0 ? code : taken;
	act->done += done;
	code = (size_t)taken == left ? bulk_act_end(txn, act->number)
				     : bulk_act_put(txn, act);
	return code != 0 ? code : taken;
}

/* Once it is committed. */
static void
keep(struct bulk_plan *plan, const struct bulk_act *act, size_t taken)
{
	plan->act = *act;
	plan->begun = true;
	plan->next += taken;
	plan->over = plan->next == plan->count;
}

int
bulk_plan_do(struct bulk_plan *plan, const struct recorder_rules *rules)
{
	struct bulk_act act = plan->act;
	struct store_txn *txn;
	int taken, code = store_begin_write(plan->store, &txn);
	int64_t began_ms = clock_monotonic_ms();

	if (code != 0)
		return code;
	if (!plan->begun)
		act.total = act.done + plan->count;
	taken = step(txn, rules, plan, &act, clock_seconds());
	if (taken >= 0)
		code = store_commit(txn);
	else
		store_abort(txn);
	code = taken < 0 ? taken : code;
	record_log_decisions(rules, code == 0);
	plan->step_ms =
	    bulk_pace(plan->step_ms, clock_monotonic_ms() - began_ms);
	if (code == 0)
		keep(plan, &act, (size_t)taken);
	return code;
}

int
bulk_plan_give_up(struct bulk_plan *plan)
{
	struct store_txn *txn;
	int code;

	/* Another's is not ours to end. */
	if (!plan->begun || plan->over ||
	    !store_claim(plan->store, plan->act.number))
		return 0;
	code = store_begin_write(plan->store, &txn);
	if (code != 0)
		return code;
	code = bulk_act_end(txn, plan->act.number);
	if (code == 0)
		return store_commit(txn);
	store_abort(txn);
	return code == ERROR_NOT_FOUND ? 0 : code;
}
