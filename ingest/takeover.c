#include "ingest/takeover.h"

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/stored.h"

/* Mail that came meanwhile waits for its 250. */
#define SEARCH_MS 20

/* A full disk seldom has room a second later, and what failed begins anew. */
#define PAUSE_MS 30000

struct looking {
	struct takeover *takeover;
	struct store *store;
	struct store_txn *txn;
};

/* With its claim. */
static int
begin(const struct looking *looking, const struct bulk_act *act)
{
	struct takeover *takeover = looking->takeover;
	struct purge_act purge;
	int code = 0;

	takeover->purges = bulk_kind_is_purge(act->kind);
	takeover->searched = false;
	if (!takeover->purges)
		bulk_plan_init(&takeover->plan, looking->store, act, true);
	else
		code = purge_act_get(looking->txn, act->number, &purge);
	if (takeover->purges && code == 0)
		purge_plan_init(
		    &takeover->purge, looking->store, act, &purge, true);
	return code;
}

/* 1: it is taken, and there is no need to look at others. */
static int
take(const struct bulk_act *act, void *context)
{
	const struct looking *looking = context;
	int code;

	if (store_is_claimed(looking->store, act->number) ||
	    !store_claim(looking->store, act->number))
		return 0;
	code = begin(looking, act);
	/* What cannot be read is not gone on with, nor holds up another. */
	if (code != 0) {
		store_unclaim(looking->store, act->number);
		return code == ERROR_NOT_FOUND ||
			       stored_pass_by(TABLE_META, code)
			   ? 0
			   : code;
	}
	looking->takeover->busy = true;
	log_notice("undertaking_resumed number=%llu done=%llu total=%llu",
	    (unsigned long long)act->number, (unsigned long long)act->done,
	    (unsigned long long)act->total);
	return 1;
}

static int
look_for_work(struct takeover *takeover, struct store *store)
{
	struct looking looking = { takeover, store, NULL };
	int code;

	if (store_life(store, STORE_HTTPAPI).runs ||
	    clock_monotonic_ms() < takeover->again_ms)
		return 0;
	code = store_begin_read(store, &looking.txn);
	if (code != 0)
		return code;
	code = bulk_act_list(looking.txn, take, &looking);
	store_abort(looking.txn);
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

	rules.who =
	    takeover->purges ? takeover->purge.act.who : takeover->plan.act.who;
	return takeover->purges
		   ? purge_plan_do(&takeover->purge, &rules, clock_seconds())
		   : bulk_plan_do(&takeover->plan, &rules);
}

/* A purge searches by itself. */
static int
go_on(struct takeover *takeover, const struct writing *writing)
{
	return takeover->searched || takeover->purges
		   ? do_step(takeover, writing)
		   : search(takeover, writing->store);
}

static bool
is_over(const struct takeover *takeover)
{
	return takeover->purges ? takeover->purge.over : takeover->plan.over;
}

/* Where it failed it is tried again, later; somebody may have stopped it. */
bool
takeover_step(struct takeover *takeover, struct writing *writing)
{
	int code = takeover->busy ? go_on(takeover, writing)
				  : look_for_work(takeover, writing->store);

	if (takeover->busy && (code != 0 || is_over(takeover)))
		takeover_deinit(takeover);
	if (code != 0 && code != ERROR_NOT_FOUND) {
		writing_complain("undertaking", code);
		takeover->again_ms = clock_monotonic_ms() + PAUSE_MS;
	}
	return takeover->busy;
}

void
takeover_deinit(struct takeover *takeover)
{
	if (takeover->busy && takeover->purges)
		purge_plan_deinit(&takeover->purge);
	else if (takeover->busy)
		bulk_plan_deinit(&takeover->plan);
	takeover->busy = false;
}
