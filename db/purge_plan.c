#include "db/purge_plan.h"

#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/audit.h"
#include "db/bulk_plan.h"
#include "db/campaign.h"
#include "db/purge_private.h"
#include "db/stored.h"

/* Others of the same thread have their turn between two of a search. */
#define SEARCH_MS 20

void
purge_plan_init(struct purge_plan *plan, struct store *store,
    const struct bulk_act *act, const struct purge_act *purge, bool begun)
{
	*plan = (struct purge_plan){ .store = store,
		.act = *act,
		.purge = *purge,
		.step_ms = BULK_STEP_MS_FIRST,
		.begun = begun };
	plan->purge.number = act->number;
	octetset_init(&plan->ids, STORED_KEY_U64);
	corroboration_again_init(&plan->again);
	octetset_init(&plan->units, PURGE_UNIT_LEN);
	octetset_init(&plan->own, PURGE_UNIT_LEN);
	octetset_init(&plan->members, CORROBORATION_BUCKET_LEN);
	octetset_init(&plan->kept, CORROBORATION_BUCKET_LEN);
	/* An id is never less than the time it was seen. */
	plan->next_id = stored_first_id(purge->purge.from);
}

void
purge_plan_init_look(
    struct purge_plan *plan, struct store *store, const struct purge_act *purge)
{
	const struct bulk_act none = { .number = 0 };

	purge_plan_init(plan, store, &none, purge, false);
	plan->only_looks = true;
}

void
purge_plan_deinit(struct purge_plan *plan)
{
	if (plan->store != NULL && !plan->only_looks)
		store_unclaim(plan->store, plan->act.number);
	octetset_deinit(&plan->ids);
	corroboration_again_deinit(&plan->again);
	octetset_deinit(&plan->units);
	octetset_deinit(&plan->own);
	octetset_deinit(&plan->members);
	octetset_deinit(&plan->kept);
	plan->store = NULL;
}

/* --- searching ------------------------------------------------------------ */

/* It is merged into what that was merged into, which is not itself. */
static int
resolve(struct store_txn *txn, struct purge *purge)
{
	int code = purge->into != 0 ? campaign_resolve(txn, &purge->into) : 0;

	return code == 0 && purge->into != 0 && purge->into == purge->which
		   ? ERROR_REFUSED
		   : code;
}

/* Whom it bore out was seen at most a day before the first of it. */
static void
start_near(struct purge_plan *plan)
{
	uint32_t first = corroboration_again_first(&plan->again);
	int64_t hour = (int64_t)first - CORROBORATION_HOURS;

	plan->next_near_id = stored_first_id(hour * 3600);
}

static int
add_units(struct octetset *to, const struct octetset *units)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < units->count; i++)
		code = octetset_add(to, octetset_at(units, i));
	return code;
}

/* Of what is taken the work tells; of a look the first search has told. */
static int
prepare_near(struct store_txn *txn, struct purge_plan *plan)
{
	uint64_t number = plan->purge.number;
	int code = 0;

	if (!plan->only_looks) {
		code = purge_work_hours(txn, number, &plan->again.buckets);
		if (code == 0)
			code = purge_work_units(txn, number, &plan->units);
	} else {
		octetset_sort(&plan->own);
		plan->purge.result.evidence = plan->ids.count;
		plan->purge.result.addresses = plan->own.count;
		code = add_units(&plan->units, &plan->own);
	}
	if (code == 0)
		code = corroboration_again_sort(&plan->again);
	start_near(plan);
	plan->prepared = code == 0;
	return code;
}

/* Behind what is done. */
static size_t
place_after(const struct octetset *set, const uint8_t *last)
{
	size_t place = octetset_seek(set, last);

	return place + (place < set->count && memcmp(octetset_at(set, place),
						  last, set->len) == 0);
}

static int
search_near(struct store_txn *txn, struct purge_plan *plan, int64_t deadline_ms)
{
	int more = plan->prepared ? 0 : prepare_near(txn, plan);

	if (more == 0)
		more = purge_find_near(txn, plan, deadline_ms);
	if (more != 0)
		return more;
	octetset_sort(&plan->units);
	plan->sorted = plan->units.count;
	plan->next_hour = place_after(&plan->again.buckets, plan->purge.place);
	if (plan->purge.result.judged > 0 && !plan->only_looks)
		plan->next_unit =
		    place_after(&plan->units, plan->purge.last.octets);
	return 0;
}

int
purge_plan_search(
    struct store_txn *txn, struct purge_plan *plan, int64_t deadline_ms)
{
	int more = 0;

	if (plan->purge.stage == PURGE_TAKES && !plan->prepared) {
		more = plan->begun ? 0 : resolve(txn, &plan->purge.purge);
		if (more == 0)
			more = purge_find_evidence(txn, plan, deadline_ms);
	}
	if (more == 0 && (plan->only_looks || plan->purge.stage > PURGE_TAKES))
		more = search_near(txn, plan, deadline_ms);
	plan->searched = more == 0;
	return more;
}

/* --- a step --------------------------------------------------------------- */

/* Of a record that could not be read the next is written whole. */
static int
tell_mended(struct purging *purging, const char *what)
{
	unsigned long long number = purging->plan->act.number;

	record_note(purging->rules, LOG_LEVEL_WARNING,
	    "undertaking_mended number=%llu reason=\"a record of it could not "
	    "be read: %s\" remedy=\"bsblctl verify tells whether more is "
	    "damaged\"",
	    number, what);
	return audit_add(purging->txn, purging->now, purging->rules->who,
	    "undertaking_mended", "", "number=%llu reason=\"%s\"", number,
	    what);
}

static int
look_for_damage(struct purging *purging, const struct purge_act *stored)
{
	bool begins_here = purging->purge.stage == PURGE_TAKES;
	struct bulk_act act;
	int code = bulk_act_get(purging->txn, stored->number, &act);

	if (code == 0 && stored->mended)
		return tell_mended(purging,
		    begins_here ? "who does it goes on by what it knows"
				: "what was taken until then is carried "
				  "through, and no more is");
	return code == 0 && act.mended &&
		       strcmp(purging->plan->act.who, act.who) == 0
		   ? tell_mended(purging, "who began it is not known any more")
		   : code;
}

/* Is it still to be done, and by us? Somebody may have stopped it. */
static int
check(struct purging *purging)
{
	const struct purge_plan *plan = purging->plan;
	struct purge_act stored;
	int code;

	if (!store_claim(plan->store, plan->act.number))
		return ERROR_BUSY;
	if (!plan->begun)
		return 0;
	code = purge_act_get(purging->txn, plan->act.number, &stored);
	if (code != 0)
		return code;
	purging->purge.stopped |= stored.stopped && !stored.mended;
	return look_for_damage(purging, &stored);
}

/* What another takes away would be counted as left. */
static int
begin(struct purging *purging)
{
	struct purge_act other;
	int any = purge_act_any(purging->txn, &other);

	if (any != 0)
		return any < 0 ? any : ERROR_EXISTS;
	return resolve(purging->txn, &purging->purge.purge);
}

/* How far the step came, in what is kept once it is committed. */
struct places {
	size_t id, hour, unit;
};

static int
clean(struct purging *purging)
{
	uint64_t number = purging->purge.number;
	int code = purge_let_go(purging);

	if (code == 0)
		code = purge_work_clean(
		    purging->txn, number, purging->deadline_ms);
	if (code == 0)
		code = purge_act_end(purging->txn, number);
	if (code == 0)
		code = bulk_act_end(purging->txn, number);
	/* Where it was lost, it is as good as ended. */
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* One stage, as far as there is time: 1, or 0 when it is over. */
static int
do_stage(struct purging *purging, struct places *places)
{
	int code;

	switch (purging->purge.stage) {
	case PURGE_TAKES:
		return purge_take(purging, &places->id);
	case PURGE_COUNTS:
		return purge_count(purging, &places->hour);
	case PURGE_JUDGES:
		code = purge_judge(purging);
		return code != 0 ? code : purge_tell(purging);
	default:
		return clean(purging);
	}
}

/* The last stage ends its records. */
static int
do_stages(struct purging *purging, struct places *places, bool *over)
{
	int code;

	*over = false;
	for (;;) {
		code = do_stage(purging, places);
		*over = code == 0 && purging->purge.stage == PURGE_CLEANS;
		if (code != 0 || *over)
			break;
		purging->purge.stage++;
		/* Who is near is searched first. */
		if (purging->purge.stage == PURGE_COUNTS)
			break;
	}
	return code < 0 ? code : 0;
}

static int
step(struct purging *purging, struct places *places, struct bulk_act *act,
    bool *over)
{
	struct purge_plan *plan = purging->plan;
	int code = check(purging);

	if (code == 0 && !plan->begun)
		code = begin(purging);
	if (code == 0)
		code = do_stages(purging, places, over);
	if (code != 0 || *over)
		return code;
	act->done = purging->purge.result.evidence;
	if (act->total < act->done)
		act->total = act->done;
	code = purge_act_put(purging->txn, &purging->purge);
	return code != 0 ? code : bulk_act_put(purging->txn, act);
}

/* Of what was not committed nothing is known to be done. */
static void
go_back(struct purge_plan *plan, const struct places *places)
{
	plan->next_unit = places->unit;
	plan->next_sighting = 0;
}

static void
keep(struct purge_plan *plan, const struct purging *purging,
    const struct places *places, const struct bulk_act *act, bool over)
{
	/* Who is near is another search. */
	if (plan->purge.stage == PURGE_TAKES &&
	    purging->purge.stage == PURGE_COUNTS)
		plan->searched = false;
	plan->act = *act;
	plan->purge = purging->purge;
	plan->begun = true;
	plan->next = places->id;
	plan->next_hour = places->hour;
	plan->over = over;
}

static int
write_step(
    struct purge_plan *plan, const struct recorder_rules *rules, int64_t now)
{
	struct purging purging = {
		.rules = rules, .plan = plan, .purge = plan->purge, .now = now
	};
	struct places places = { plan->next, plan->next_hour, plan->next_unit };
	struct bulk_act act = plan->act;
	bool over = false;
	int code = store_begin_write(plan->store, &purging.txn);
	int64_t began_ms = clock_monotonic_ms();

	if (code != 0)
		return code;
	purging.deadline_ms = began_ms + plan->step_ms;
	purging.purge.stopped |= plan->stop && plan->purge.stage == PURGE_TAKES;
	/* Somebody may have read for long what it would do. */
	if (!plan->begun) {
		act.total = plan->ids.count;
		act.begun_at = now;
	}
	code = step(&purging, &places, &act, &over);
	if (code == 0)
		code = store_commit(purging.txn);
	else
		store_abort(purging.txn);
	record_log_decisions(rules, code == 0);
	if (plan->step_ms > 0)
		plan->step_ms =
		    bulk_pace(plan->step_ms, clock_monotonic_ms() - began_ms);
	if (code == 0)
		keep(plan, &purging, &places, &act, over);
	else
		go_back(plan, &places);
	return code;
}

/* --- without the lock ----------------------------------------------------- */

static int
search_step(struct purge_plan *plan)
{
	struct store_txn *txn;
	int more, code = store_begin_read(plan->store, &txn);

	if (code != 0)
		return code;
	more = purge_plan_search(txn, plan, clock_monotonic_ms() + SEARCH_MS);
	store_abort(txn);
	return more < 0 ? more : 0;
}

static int
look_step(
    struct purge_plan *plan, const struct recorder_rules *rules, int64_t now)
{
	struct purging purging = { .rules = rules,
		.plan = plan,
		.purge = plan->purge,
		.now = now,
		.deadline_ms = clock_monotonic_ms() + SEARCH_MS };
	int code = store_begin_read(plan->store, &purging.txn);

	if (code != 0)
		return code;
	code = purge_look(&purging);
	store_abort(purging.txn);
	plan->purge = purging.purge;
	plan->over = code == 0;
	return code < 0 ? code : 0;
}

int
purge_plan_do(
    struct purge_plan *plan, const struct recorder_rules *rules, int64_t now)
{
	if (!plan->searched)
		return search_step(plan);
	return plan->only_looks ? look_step(plan, rules, now)
				: write_step(plan, rules, now);
}

/* --- how far it is -------------------------------------------------------- */

uint64_t
purge_plan_seconds(const struct purge_plan *plan)
{
	int64_t seconds =
	    stored_id_second(plan->next_id) - plan->purge.purge.from;

	return seconds > 0 ? (uint64_t)seconds : 0;
}

/* A part of 100 that `done` of `all` makes up. */
static unsigned
part(unsigned of, uint64_t done, uint64_t all)
{
	return done < all ? (unsigned)(of * done / all) : of;
}

/*
 * Taking away takes about as long as judging; the searches are short. Of a
 * look that is not over, all but judging is searching.
 */
unsigned
purge_plan_percent(const struct purge_plan *plan, int64_t now)
{
	uint64_t seconds = (uint64_t)(now - plan->purge.purge.from) + 1;

	if (!plan->only_looks && !plan->prepared &&
	    plan->purge.stage > PURGE_TAKES)
		return plan->over ? 100 : 50;
	if (!plan->prepared && (plan->only_looks || !plan->searched))
		return part(plan->only_looks ? 50 : 10,
		    purge_plan_seconds(plan), seconds);
	if (plan->over)
		return 100;
	if (!plan->only_looks && plan->purge.stage == PURGE_TAKES)
		return 10 + part(40, plan->next, plan->ids.count);
	return 50 + part(50, plan->next_unit, plan->units.count);
}
