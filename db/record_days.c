#include "common/clock.h"
#include "common/error.h"
#include "db/corroboration.h"
#include "db/purge_act.h"
#include "db/record_private.h"
#include "db/stored.h"
#include "db/trend_day.h"

/*
 * What the public is told of a day is counted once, when the day has settled,
 * and by the numbers of the policy that are then in force: of the evidence that
 * came until it had, as far as the order tells in which it came. So it is the
 * same number whether it is counted at once or weeks later, and what comes in
 * later changes nothing that was told.
 *
 * The first day is that of the oldest evidence, or the first on which there was
 * anybody to count. A day of which something may have been dropped for its age
 * is never begun, nor ended: it has no count. Nor has one that a purge touched,
 * until it is counted again: what it had may be what should not have been told,
 * and what is left of it nobody knows yet.
 */

/* As of now. */
struct counting {
	struct store_txn *txn;
	const struct recorder_rules *rules;
	int64_t now, end_ms;
	uint32_t first_whole; /* none before it has all of its evidence */
	uint32_t last;	      /* that has settled */
	struct trend_day_place place;
};

/* --- a sighting ----------------------------------------------------------- */

/*
 * 1, 0, or a code. That nobody bore it out may have been found before the last
 * of them came, and nobody has looked again since.
 */
static int
may_be_told(const struct counting *counting, const struct evidence *evidence,
    struct sighting *sighting)
{
	const struct policy *policy = &counting->rules->policy;
	unsigned needed = policy->corroborating_networks;
	int holds = 0;

	if (sighting->borne_by < needed)
		holds = corroboration_holds(counting->txn, evidence, needed);
	if (holds < 0)
		return holds;
	if (holds > 0)
		sighting->borne_by = (uint8_t)needed;
	return sighting_may_be_told(policy, sighting);
}

/* It stands for those that a flood's bound let go, too. */
static int
count_one(struct counting *counting, const struct evidence *evidence)
{
	struct ipaddr unit = listing_unit(&evidence->address);
	struct sighting sighting;
	int code = sighting_get(counting->txn, &unit, evidence->id, &sighting);

	if (code == ERROR_NOT_FOUND || stored_pass_by(TABLE_SIGHTING, code))
		return 0; /* it did not count */
	if (code == 0)
		code = may_be_told(counting, evidence, &sighting);
	if (code > 0)
		counting->place.so_far.seen[evidence->kind] +=
		    1 + (uint64_t)sighting.event.more;
	return code < 0 ? code : 0;
}

/* --- a day ---------------------------------------------------------------- */

/* Why a walk ends before there is no more evidence. */
enum { THROUGH = 1, LATE };

/* What was seen in the future, by a clock that was ahead, ends no walk. */
static int
look_at(const struct evidence *evidence, void *context)
{
	struct counting *counting = context;
	int64_t begins = (int64_t)counting->place.number * TREND_DAY;
	int64_t ends = begins + TREND_DAY, seen_at = evidence->seen_at;
	int code = 0;

	if (seen_at >= ends + TREND_DAY_SETTLES && seen_at <= counting->now)
		return THROUGH;
	counting->place.next_id = evidence->id + 1;
	if (seen_at >= begins && seen_at < ends)
		code = count_one(counting, evidence);
	if (code != 0)
		return code;
	return clock_monotonic_ms() >= counting->end_ms ? LATE : 0;
}

static void
begin_day(struct counting *counting, uint32_t number)
{
	counting->place = (struct trend_day_place){
		.first = counting->place.first,
		.number = number,
		.next_id = stored_first_id((int64_t)number * TREND_DAY),
	};
}

static int
count_day(struct counting *counting, uint32_t number)
{
	struct trend_day_place *place = &counting->place;
	int code;

	if (place->next_id == 0 || place->number != number)
		begin_day(counting, number);
	code = evidence_list(counting->txn, place->next_id, look_at, counting);
	if (code == 0 || code == THROUGH) {
		code = trend_day_put(counting->txn, number, &place->so_far);
		place->next_id = 0;
	}
	return code < 0 ? code : trend_day_place_put(counting->txn, place);
}

/* --- which day ------------------------------------------------------------ */

static int
find_uncounted(const struct counting *counting, uint32_t *number)
{
	uint32_t first = counting->place.first;
	struct trend_day day;
	int code = 0;

	if (first < counting->first_whole)
		first = counting->first_whole;
	for (*number = first; *number <= counting->last; ++*number) {
		code = trend_day_get(counting->txn, *number, &day);
		if (code != 0)
			return code == ERROR_NOT_FOUND ? 0 : code;
	}
	return ERROR_NOT_FOUND;
}

/* Of the oldest evidence; today where there is none. */
static int
find_first(struct counting *counting, uint32_t *first)
{
	struct evidence oldest = { .seen_at = counting->now };
	int code = evidence_oldest(counting->txn, &oldest);

	if (stored_pass_by(TABLE_EVIDENCE, code))
		oldest.seen_at = stored_id_second(oldest.id);
	else if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	if (oldest.seen_at > counting->now)
		oldest.seen_at = counting->now;
	*first = (uint32_t)(oldest.seen_at / TREND_DAY);
	return 0;
}

/*
 * What comes in of days before the first, as of an import, is not all that they
 * had; nor is what is left of days that were not whole once, should evidence be
 * kept for longer from now on.
 */
static int
leave_behind(struct counting *counting)
{
	struct trend_day_place *place = &counting->place;
	int code;

	if (place->first >= counting->first_whole)
		return 0;
	place->first = counting->first_whole;
	code = trend_day_place_put(counting->txn, place);
	return code != 0 ? code : 1;
}

/* 1 when it is another than before, 0, or a code. */
static int
read_place(struct counting *counting)
{
	struct trend_day_place *place = &counting->place;
	uint32_t first;
	int code = trend_day_place_get(counting->txn, place);

	/* What cannot be read begins anew. */
	if (code == ERROR_NOT_FOUND || stored_pass_by(TABLE_META, code))
		*place = (struct trend_day_place){ .first = UINT32_MAX };
	else if (code != 0)
		return code;
	if (place->first <= counting->now / TREND_DAY)
		return leave_behind(counting);
	code = find_first(counting, &first);
	if (code != 0)
		return code;
	place->first = first;
	code = trend_day_place_put(counting->txn, place);
	return code != 0 ? code : 1;
}

/*
 * A clock that was ahead has counted days that are not over: 1 when there was
 * one, 0, or a code. Days further on than evidence is kept stay: it is now that
 * the clock is wrong, and nobody could count them again.
 */
static int
forget_unsettled(const struct counting *counting)
{
	uint32_t kept_days =
	    (uint32_t)(counting->rules->policy.evidence_seconds / TREND_DAY);
	uint32_t number;
	int found = 0, code;

	while ((code = trend_day_next(
		    counting->txn, counting->last + 1, &number)) == 0 &&
	       number - counting->last <= kept_days) {
		code = trend_day_forget(counting->txn, number);
		if (code != 0)
			return code;
		found = 1;
	}
	return code == 0 || code == ERROR_NOT_FOUND ? found : code;
}

/* --- all of it ------------------------------------------------------------ */

/* The first that has all of its evidence: no later than that is it dropped. */
static uint32_t
first_whole(const struct recorder_rules *rules, int64_t now)
{
	int64_t since = now - rules->policy.evidence_seconds;

	return since < 0 ? 0 : (uint32_t)(since / TREND_DAY + 1);
}

int
record_days(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, unsigned most, int64_t end_ms)
{
	struct counting counting = { txn, rules, now, end_ms,
		.first_whole = first_whole(rules, now) };
	int64_t settled = now - TREND_DAY_SETTLES;
	uint64_t purge;
	uint32_t number;
	int changed, also, code = purge_act_holds(txn, &purge);

	if (code != 0 || settled < TREND_DAY)
		return code < 0 ? code : 0;
	counting.last = (uint32_t)(settled / TREND_DAY - 1);
	changed = read_place(&counting);
	also = changed < 0 ? changed : forget_unsettled(&counting);
	if (also < 0)
		return also;
	code = find_uncounted(&counting, &number);
	if (code == ERROR_NOT_FOUND)
		return changed + also > 0;
	if (code == 0)
		code = count_day(&counting, number);
	return code != 0 ? code : (int)most;
}

/* --- it is to be counted again -------------------------------------------- */

static int
forget(struct store_txn *txn, uint32_t number)
{
	struct trend_day_place place;
	int code = trend_day_forget(txn, number);

	if (code == 0)
		code = trend_day_place_get(txn, &place);
	if (code == ERROR_NOT_FOUND || stored_pass_by(TABLE_META, code))
		return 0;
	if (code != 0 || place.number != number || place.next_id == 0)
		return code;
	place.next_id = 0;
	return trend_day_place_put(txn, &place);
}

int
record_days_forget(struct store_txn *txn, int64_t seen_at)
{
	int64_t day = seen_at / TREND_DAY;
	int code = 0;

	for (int64_t near = day > 0 ? day - 1 : 0; code == 0 && near <= day + 1;
	     near++)
		code = forget(txn, (uint32_t)near);
	return code;
}
