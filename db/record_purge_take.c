#include "common/error.h"
#include "db/campaign.h"
#include "db/digest.h"
#include "db/purge_private.h"
#include "db/stored.h"
#include "db/trap.h"
#include "db/trend.h"

/*
 * Evidence is taken away, or becomes another campaign's.
 */

/*
 * How often a trap was hit by it, until another takes its slot. A list rarely
 * has more traps.
 */
#define HITS_SLOTS 64
struct hits {
	uint64_t trap, count;
};

/* What is summed up on the way. */
struct sums {
	int64_t day; /* since 1970, whose count is forgotten */
	struct trend_hour hour;
	struct hits hits[HITS_SLOTS];
};

static int
write_hits(struct store_txn *txn, struct hits *hits)
{
	int code =
	    hits->count > 0 ? trap_unhit(txn, hits->trap, hits->count) : 0;

	hits->count = 0;
	return code == ERROR_NOT_FOUND || stored_pass_by(TABLE_TRAP, code)
		   ? 0
		   : code;
}

static int
unhit(struct store_txn *txn, struct sums *sums, uint64_t trap)
{
	struct hits *hits = &sums->hits[trap % HITS_SLOTS];
	int code = 0;

	if (trap == 0)
		return 0;
	if (hits->trap != trap)
		code = write_hits(txn, hits);
	hits->trap = trap;
	hits->count++;
	return code;
}

static int
write_sums(struct store_txn *txn, struct sums *sums)
{
	int code = trend_hour_write(txn, &sums->hour);

	for (size_t i = 0; code == 0 && i < HITS_SLOTS; i++)
		code = write_hits(txn, &sums->hits[i]);
	return code;
}

/* The public is told nothing of its day until that is counted again. */
static int
forget_day(
    struct store_txn *txn, struct sums *sums, const struct evidence *evidence)
{
	int64_t day = evidence->seen_at / TREND_DAY;

	if (evidence->kind == BACKSCATTER_NONE || sums->day == day)
		return 0;
	sums->day = day;
	return record_days_forget(txn, evidence->seen_at);
}

/* --- what is left to do --------------------------------------------------- */

static int
note_hours(struct purging *purging, const struct evidence *evidence)
{
	struct corroboration_bucket buckets[2];
	unsigned count = corroboration_buckets(evidence, buckets);
	int code = 0;

	for (unsigned i = 0; code >= 0 && i < count; i++)
		code = purge_work_hour(
		    purging->txn, purging->purge.number, &buckets[i]);
	return code < 0 ? code : 0;
}

static int
note_unit(struct purging *purging, const struct ipaddr *unit)
{
	struct purge_before before;
	struct listing listing;
	int code = listing_get(purging->txn, unit, &listing);

	/* One that cannot be read says nothing. */
	if (stored_pass_by(TABLE_LISTING, code))
		listing = (struct listing){ .unit = *unit };
	else if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	before = purge_before_of(&listing);
	code =
	    purge_work_unit(purging->txn, purging->purge.number, unit, &before);
	if (code > 0)
		purging->purge.result.addresses++;
	return code < 0 ? code : 0;
}

/* Before it goes: what it leaves to be counted, and judged, again. */
static int
note(struct purging *purging, const struct evidence *evidence,
    const struct ipaddr *unit)
{
	struct corroboration_bucket bucket;
	int code = note_unit(purging, unit);

	if (code == 0)
		code = note_hours(purging, evidence);
	if (code == 0 && corroboration_member_of(evidence, &bucket))
		code = purge_work_member(
		    purging->txn, purging->purge.number, unit, &bucket);
	return code < 0 ? code : 0;
}

/* --- one piece of it ------------------------------------------------------ */

static int
take_away(struct purging *purging, struct sums *sums,
    const struct evidence *evidence, const struct ipaddr *unit)
{
	struct store_txn *txn = purging->txn;
	int code = sighting_remove(txn, unit, evidence->id);

	if (code == 0 || code == ERROR_NOT_FOUND) /* it did not count */
		code = digest_drop(txn, evidence);
	if (code == 0)
		code = evidence_remove(txn, evidence);
	if (code == 0)
		code = trend_hour_forget(txn, &sums->hour, evidence);
	return code != 0 ? code : unhit(txn, sums, evidence->trap);
}

/* It bears out, and may be borne out, there from now on. */
static int
join_sighting(struct store_txn *txn, const struct ipaddr *unit,
    const struct evidence *evidence)
{
	struct sighting sighting;
	int code = sighting_get(txn, unit, evidence->id, &sighting);

	if (code == ERROR_NOT_FOUND || stored_pass_by(TABLE_SIGHTING, code))
		return 0; /* it did not count */
	if (code != 0)
		return code;
	sighting.event.campaign = evidence->campaign;
	code = sighting_put(txn, unit, &sighting);
	return code != 0 ? code
			 : corroboration_add(txn, evidence, 0, NULL, NULL);
}

static int
join(struct purging *purging, struct sums *sums, struct evidence *evidence,
    const struct ipaddr *unit)
{
	struct store_txn *txn = purging->txn;
	int code = trend_hour_take(txn, &sums->hour, evidence);

	evidence->campaign = purging->purge.purge.into;
	if (code == 0)
		code = note_hours(purging, evidence);
	if (code == 0)
		code = evidence_rewrite(txn, evidence);
	if (code == 0)
		code = join_sighting(txn, unit, evidence);
	return code != 0 ? code : trend_hour_add(txn, &sums->hour, evidence);
}

static int
take_one(struct purging *purging, struct sums *sums, uint64_t id)
{
	struct evidence evidence;
	struct ipaddr unit;
	int code = evidence_get(purging->txn, id, &evidence);

	/* Its time was over meanwhile; or it is the other's already. */
	if (code == ERROR_NOT_FOUND)
		return 0;
	if (code != 0 || !purge_means(&purging->purge.purge, &evidence))
		return code;
	unit = listing_unit(&evidence.address);
	purging->purge.result.evidence++;
	code = note(purging, &evidence, &unit);
	if (code == 0)
		code = forget_day(purging->txn, sums, &evidence);
	if (code != 0)
		return code;
	return purging->purge.purge.into != 0
		   ? join(purging, sums, &evidence, &unit)
		   : take_away(purging, sums, &evidence, &unit);
}

/* --- all of it ------------------------------------------------------------ */

/* The next, and then what came since it was searched. */
static int
take_some(struct purging *purging, struct sums *sums, size_t *next)
{
	struct purge_plan *plan = purging->plan;
	int code = 0;

	while (code == 0 && !purging->purge.stopped) {
		if (*next == plan->ids.count)
			code = purge_find_evidence(
			    purging->txn, plan, purging->deadline_ms);
		if (code < 0 || *next == plan->ids.count)
			return code;
		code = take_one(purging, sums,
		    stored_u64_of_key(octetset_at(&plan->ids, (*next)++)));
		if (code == 0 && purging_is_late(purging))
			code = 1;
	}
	return code;
}

/*
 * Where the newest went, what comes may have an id that was looked at: even
 * the last of the set, which then must not be taken for a repetition.
 */
static int
look_back(struct purging *purging)
{
	static const uint8_t none[STORED_KEY_U64];
	struct purge_plan *plan = purging->plan;
	uint64_t next_id;
	int code = evidence_next_id(purging->txn, 0, &next_id);

	if (code != 0 || next_id >= plan->next_id)
		return code;
	plan->next_id = next_id;
	return octetset_add(&plan->ids, none);
}

int
purge_take(struct purging *purging, size_t *next)
{
	const struct purge *purge = &purging->purge.purge;
	struct sums sums = { .day = -1 };
	int late, code;

	trend_hour_init(&sums.hour);
	late = take_some(purging, &sums, next);
	code = late < 0 ? late : write_sums(purging->txn, &sums);
	if (code == 0)
		code = look_back(purging);
	/* From here on what comes is the other's. */
	if (code == 0 && late == 0 && purge->into != 0 &&
	    !purging->purge.stopped)
		code = campaign_merge(
		    purging->txn, purge->which, purge->into, purging->now);
	return code != 0 ? code : late;
}
