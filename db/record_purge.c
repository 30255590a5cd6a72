#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/audit.h"
#include "db/campaign.h"
#include "db/corroboration.h"
#include "db/digest.h"
#include "db/octetset.h"
#include "db/record_private.h"
#include "db/stored.h"
#include "db/trap.h"
#include "db/trend.h"

#define UNIT_LEN 16

/* --- taking it away ------------------------------------------------------- */

/*
 * How often a trap was hit by it, until another takes its slot. A list rarely
 * has more traps.
 */
#define HITS_SLOTS 64
struct hits {
	uint64_t trap, count;
};

struct purging {
	struct store_txn *txn;
	const struct recorder_rules *rules;
	int64_t now;
	struct purge_plan *plan;
	struct purge_result *result;
	struct octetset units; /* whose evidence it was */
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
unhit(struct purging *purging, uint64_t trap)
{
	struct hits *hits = &purging->hits[trap % HITS_SLOTS];
	int code = 0;

	if (trap == 0)
		return 0;
	if (hits->trap != trap)
		code = write_hits(purging->txn, hits);
	hits->trap = trap;
	hits->count++;
	return code;
}

/* What was summed up on the way. */
static int
write_sums(struct purging *purging)
{
	int code = trend_hour_write(purging->txn, &purging->hour);

	for (size_t i = 0; code == 0 && i < HITS_SLOTS; i++)
		code = write_hits(purging->txn, &purging->hits[i]);
	return code;
}

static int
take_away(struct purging *purging, const struct evidence *evidence,
    const struct ipaddr *unit)
{
	struct store_txn *txn = purging->txn;
	int code = sighting_remove(txn, unit, evidence->id);

	if (code == 0 || code == ERROR_NOT_FOUND) /* it did not count */
		code = digest_drop(txn, evidence);
	if (code == 0)
		code = evidence_remove(txn, evidence);
	if (code == 0)
		code = trend_hour_forget(txn, &purging->hour, evidence);
	return code != 0 ? code : unhit(purging, evidence->trap);
}

static int
join_sighting(struct store_txn *txn, const struct ipaddr *unit, uint64_t id,
    uint64_t into)
{
	struct sighting sighting;
	int code = sighting_get(txn, unit, id, &sighting);

	if (code != 0) /* it did not count */
		return code == ERROR_NOT_FOUND ? 0 : code;
	sighting.event.campaign = into;
	return sighting_put(txn, unit, &sighting);
}

static int
join(struct purging *purging, struct evidence *evidence,
    const struct ipaddr *unit, uint64_t into)
{
	struct store_txn *txn = purging->txn;
	int code = trend_hour_take(txn, &purging->hour, evidence);

	evidence->campaign = into;
	if (code == 0)
		code = evidence_rewrite(txn, evidence);
	if (code == 0)
		code = join_sighting(txn, unit, evidence->id, into);
	return code != 0 ? code : trend_hour_add(txn, &purging->hour, evidence);
}

static int
change_one(struct purging *purging, uint64_t id)
{
	uint64_t into = purging->plan->purge.into;
	struct evidence evidence;
	struct ipaddr unit;
	int code = evidence_get(purging->txn, id, &evidence);

	/* Its time was over meanwhile. */
	if (code != 0)
		return code == ERROR_NOT_FOUND ? 0 : code;
	unit = listing_unit(&evidence.address);
	purging->result->evidence++;
	code = octetset_add(&purging->units, unit.octets);
	if (code != 0)
		return code;
	return into != 0 ? join(purging, &evidence, &unit, into)
			 : take_away(purging, &evidence, &unit);
}

static int
change_all(struct purging *purging)
{
	const struct octetset *ids = &purging->plan->ids;
	int code = record_purge_prepare(purging->txn, purging->plan, INT64_MAX);

	for (size_t i = 0; code == 0 && i < ids->count; i++)
		code =
		    change_one(purging, stored_u64_of_key(octetset_at(ids, i)));
	if (code == 0)
		code = write_sums(purging);
	octetset_sort(&purging->units);
	purging->result->addresses = purging->units.count;
	return code;
}

/* --- whom it bore out ----------------------------------------------------- */

static int
clear_buckets(struct purging *purging)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < purging->plan->buckets.count; i++) {
		struct corroboration_bucket bucket =
		    corroboration_bucket_at(&purging->plan->buckets, i);

		code = corroboration_clear(purging->txn, &bucket);
	}
	return code;
}

/* Puts it back where it was emptied; and whether it holds is asked again. */
static int
restore_sighting(struct purging *purging, const struct ipaddr *unit,
    struct sighting *sighting)
{
	const struct policy_event *event = &sighting->event;
	const struct evidence evidence = { .address = *unit,
		.seen_at = event->seen_at,
		.kind = event->kind,
		.grade = event->grade,
		.flags = event->flags,
		.trap = event->trap,
		.campaign = event->campaign };
	struct corroboration_bucket buckets[2];
	unsigned count = corroboration_buckets(&evidence, buckets);
	bool emptied = false, doubted = false;
	int code = 0;

	for (unsigned i = 0; i < count; i++) {
		emptied |=
		    corroboration_near(&purging->plan->buckets, &buckets[i], 0);
		doubted |= corroboration_near(
		    &purging->plan->buckets, &buckets[i], CORROBORATION_HOURS);
	}
	if (emptied)
		code =
		    corroboration_add(purging->txn, &evidence, 0, NULL, NULL);
	if (code != 0 || !doubted || sighting->borne_by == 0)
		return code;
	sighting->borne_by = 0;
	return sighting_put(purging->txn, unit, sighting);
}

static int
restore_unit(struct purging *purging, const struct ipaddr *unit)
{
	struct sighting *sightings = purging->rules->scratch->sightings;
	uint64_t from_id = 0;
	int count, code = 0;

	do {
		count = sighting_read_on(purging->txn, unit, from_id, sightings,
		    RECORD_SIGHTINGS_MAX);
		for (int i = 0; code == 0 && i < count; i++)
			code = restore_sighting(purging, unit, &sightings[i]);
		if (count > 0)
			from_id = sightings[count - 1].id + 1;
	} while (code == 0 && count == RECORD_SIGHTINGS_MAX);
	return count < 0 ? count : code;
}

static int
restore_near(struct purging *purging)
{
	const struct octetset *near = &purging->plan->near;
	int code = clear_buckets(purging);

	for (size_t i = 0; code == 0 && i < near->count; i++) {
		struct ipaddr unit;

		memcpy(unit.octets, octetset_at(near, i), UNIT_LEN);
		code = restore_unit(purging, &unit);
	}
	return code;
}

/* --- what followed -------------------------------------------------------- */

static bool
is_listed(const struct listing *listing)
{
	return listing->state == LISTING_LISTED || listing->callout_until != 0;
}

static void
note_change(struct purge_result *result, const struct listing *before,
    const struct listing *after)
{
	if (is_listed(before) && !is_listed(after)) {
		if (result->ended < PURGE_SHOWN_MAX)
			result->first_ended[result->ended] = before->unit;
		result->ended++;
	}
	result->unheld += listing_waits_since(before) != 0 &&
			  listing_waits_since(after) == 0 && !is_listed(after);
	result->begun += !is_listed(before) && is_listed(after);
}

static int
judge_unit(struct purging *purging, const struct ipaddr *unit)
{
	const struct record_case what = { .unit = unit, .walks = UINT_MAX };
	struct listing before, after;
	int code = listing_get(purging->txn, unit, &before);

	/* One that cannot be read says nothing. */
	if (stored_pass_by(TABLE_LISTING, code)) {
		before = (struct listing){ .unit = *unit };
		code = 0;
	}
	if (code == 0 || code == ERROR_NOT_FOUND)
		code = record_judge_or_withdraw(
		    purging->txn, purging->rules, &what, purging->now);
	if (code == 0)
		code = listing_get(purging->txn, unit, &after);
	if (code == 0 || code == ERROR_NOT_FOUND) {
		note_change(purging->result, &before, &after);
		code = 0;
	}
	purging->result->judged++;
	return stored_pass_by(TABLE_LISTING, code) ? 0 : code;
}

static int
judge_all(struct purging *purging)
{
	struct octetset *all = &purging->plan->near;
	int code = 0;

	for (size_t i = 0; code == 0 && i < purging->units.count; i++)
		code = octetset_add(all, octetset_at(&purging->units, i));
	octetset_sort(all);
	for (size_t i = 0; code == 0 && i < all->count; i++) {
		struct ipaddr unit;

		memcpy(unit.octets, octetset_at(all, i), UNIT_LEN);
		code = judge_unit(purging, &unit);
	}
	return code;
}

/* --- all of it ------------------------------------------------------------ */

/* " reason=...", or nothing. */
#define WHY_MAX (8 + LOG_TEXT_MAX)
static const char *
why_of(const struct purge *purge, char why[WHY_MAX])
{
	char escaped[LOG_TEXT_MAX];

	why[0] = '\0';
	if (purge->reason != NULL && purge->reason[0] != '\0')
		snprintf(why, WHY_MAX, " reason=%s",
		    log_escape(purge->reason, escaped));
	return why;
}

static int
tell_merged(struct purging *purging, const struct purge *purge)
{
	char why[WHY_MAX];

	record_note(purging->rules, LOG_LEVEL_NOTICE,
	    "campaign_merged campaign=%016llx into=%016llx evidence=%llu",
	    (unsigned long long)purge->which, (unsigned long long)purge->into,
	    (unsigned long long)purging->result->evidence);
	return audit_add(purging->txn, purging->now, purging->rules->who,
	    "campaign_merged", "",
	    "campaign=%016llx into=%016llx evidence=%llu ended=%llu "
	    "begun=%llu%s",
	    (unsigned long long)purge->which, (unsigned long long)purge->into,
	    (unsigned long long)purging->result->evidence,
	    (unsigned long long)purging->result->ended,
	    (unsigned long long)purging->result->begun, why_of(purge, why));
}

static int
tell(struct purging *purging, const struct purge *purge)
{
	static const char *const names[] = { [PURGE_SENSOR] = "sensor",
		[PURGE_TRAP] = "trap",
		[PURGE_CAMPAIGN] = "campaign" };
	const struct purge_result *result = purging->result;
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX], why[WHY_MAX];

	if (purge->into != 0)
		return tell_merged(purging, purge);
	clock_format(purge->from, from);
	clock_format(purge->to, to);
	record_note(purging->rules, LOG_LEVEL_NOTICE,
	    "purged by=%s which=%llx evidence=%llu addresses=%llu ended=%llu",
	    names[purge->by], (unsigned long long)purge->which,
	    (unsigned long long)result->evidence,
	    (unsigned long long)result->addresses,
	    (unsigned long long)result->ended);
	return audit_add(purging->txn, purging->now, purging->rules->who,
	    "purged", "",
	    "by=%s which=%llx from=%s to=%s evidence=%llu addresses=%llu "
	    "judged=%llu ended=%llu%s",
	    names[purge->by], (unsigned long long)purge->which, from, to,
	    (unsigned long long)result->evidence,
	    (unsigned long long)result->addresses,
	    (unsigned long long)result->judged,
	    (unsigned long long)result->ended, why_of(purge, why));
}

int
record_purge(struct store_txn *txn, const struct recorder_rules *rules,
    struct purge_plan *plan, int64_t now, struct purge_result *result)
{
	struct purging purging = { .txn = txn,
		.rules = rules,
		.now = now,
		.plan = plan,
		.result = result };
	int code;

	memset(result, 0, sizeof(*result));
	octetset_init(&purging.units, UNIT_LEN);
	trend_hour_init(&purging.hour);
	code = change_all(&purging);
	if (code == 0)
		code = restore_near(&purging);
	if (code == 0)
		code = judge_all(&purging);
	if (code == 0 && plan->purge.into != 0)
		code = campaign_merge(
		    txn, plan->purge.which, plan->purge.into, now);
	if (code == 0 && result->evidence > 0)
		code = tell(&purging, &plan->purge);
	octetset_deinit(&purging.units);
	return code;
}

int
record_purge_do(struct store *store, const struct recorder_rules *rules,
    struct purge_plan *plan, bool keep, int64_t now,
    struct purge_result *result)
{
	struct store_txn *txn;
	int code = store_begin_write(store, &txn);

	if (code != 0)
		return code;
	code = record_purge(txn, rules, plan, now, result);
	/* A look is the whole work, thrown away. */
	if (code == 0 && keep)
		code = store_commit(txn);
	else
		store_abort(txn);
	record_log_decisions(rules, code == 0 && keep);
	return code;
}
