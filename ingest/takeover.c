#include "ingest/takeover.h"

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"

/* Mail that came meanwhile waits for its 250. */
#define SEARCH_MS 20

/* 1: it is taken, and there is no need to look at others. */
static int
take(const struct bulk_act *act, void *context)
{
	struct takeover *takeover = context;
	struct store *store = takeover->plan.store;

	if (store_is_claimed(store, act->number) ||
	    !store_claim(store, act->number))
		return 0;
	bulk_plan_init(&takeover->plan, store, act, true);
	takeover->busy = true;
	takeover->searched = false;
	log_notice("undertaking_resumed number=%llu done=%llu total=%llu",
	    (unsigned long long)act->number, (unsigned long long)act->done,
	    (unsigned long long)act->total);
	return 1;
}

static int
look_for_work(struct takeover *takeover, struct store *store)
{
	struct store_txn *txn;
	int code;

	if (store_life(store, STORE_HTTPAPI).runs)
		return 0;
	code = store_begin_read(store, &txn);
	if (code != 0)
		return code;
	takeover->plan.store = store;
	code = bulk_act_list(txn, take, takeover);
	store_abort(txn);
	return code < 0 ? code : 0;
}

static int
search(struct takeover *takeover, struct store *store)
{
	struct store_txn *txn;
	int more, code = store_begin_read(store, &txn);

	if (code != 0)
		return code;
	more = bulk_plan_search(
	    txn, &takeover->plan, clock_monotonic_ms() + SEARCH_MS);
	store_abort(txn);
	takeover->searched = more == 0;
	return more < 0 ? more : 0;
}

static int
do_step(struct takeover *takeover, const struct writing *writing)
{
	struct recorder_rules rules = *writing->rules;

	rules.who = takeover->plan.act.who;
	return bulk_plan_do(&takeover->plan, &rules);
}

static int
go_on(struct takeover *takeover, const struct writing *writing)
{
	return takeover->searched ? do_step(takeover, writing)
				  : search(takeover, writing->store);
}

/* It is tried again where it failed; somebody may have stopped it. */
bool
takeover_step(struct takeover *takeover, struct writing *writing)
{
	int code = takeover->busy ? go_on(takeover, writing)
				  : look_for_work(takeover, writing->store);

	if (takeover->busy && (code != 0 || takeover->plan.over))
		takeover_deinit(takeover);
	if (code != 0 && code != ERROR_NOT_FOUND)
		writing_complain("undertaking", code);
	return takeover->busy;
}

void
takeover_deinit(struct takeover *takeover)
{
	if (takeover->busy)
		bulk_plan_deinit(&takeover->plan);
	takeover->busy = false;
}
