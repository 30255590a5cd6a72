#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/audit.h"
#include "db/purge_private.h"
#include "db/stored.h"

/*
 * What followed from evidence that was taken away.
 */

bool
purging_is_late(const struct purging *purging)
{
	return clock_monotonic_ms() >= purging->deadline_ms;
}

/* --- hours are counted again ---------------------------------------------- */

/*
 * What came since it was searched is counted first: an hour that is written
 * must have all of its networks.
 */
int
purge_count(struct purging *purging, size_t *next)
{
	struct purge_plan *plan = purging->plan;
	const struct octetset *hours = &plan->again.buckets;
	int code = purge_find_near(purging->txn, plan, purging->deadline_ms);

	while (code == 0 && *next < hours->count) {
		memcpy(purging->purge.place, octetset_at(hours, *next),
		    hours->len);
		code = corroboration_again_write(
		    purging->txn, &plan->again, (*next)++);
		if (code == 0 && *next < hours->count &&
		    purging_is_late(purging))
			code = 1;
	}
	/* Once, before they are judged: there may be a million. */
	if (code == 0 && plan->units.count != plan->sorted) {
		octetset_sort(&plan->units);
		plan->sorted = plan->units.count;
	}
	return code;
}

/* --- one unit ------------------------------------------------------------- */

struct ipaddr
purge_unit_at(const struct purge_plan *plan, size_t place)
{
	struct ipaddr unit;

	memcpy(unit.octets, octetset_at(&plan->units, place), PURGE_UNIT_LEN);
	return unit;
}

struct evidence
purge_evidence_of(const struct ipaddr *unit, const struct policy_event *event)
{
	return (struct evidence){ .address = *unit,
		.seen_at = event->seen_at,
		.kind = event->kind,
		.grade = event->grade,
		.flags = event->flags,
		.trap = event->trap,
		.campaign = event->campaign };
}

struct purge_before
purge_before_of(const struct listing *listing)
{
	return (struct purge_before){
		.listed = listing->state == LISTING_LISTED ||
			  listing->callout_until != 0,
		.pending = listing_waits_since(listing) != 0,
		.until = listing->expires_at > listing->callout_until
			     ? listing->expires_at
			     : listing->callout_until,
	};
}

/* Its time was over, or somebody took it off, since what was taken was. */
static bool
ended_otherwise(const struct purging *purging,
    const struct purge_before *before, const struct listing *after)
{
	const struct purge_plan *plan = purging->plan;

	return (before->listed && purging->now >= before->until) ||
	       (!plan->only_looks && after->delisted_at != 0 &&
		   after->delisted_at >= plan->act.begun_at);
}

void
purge_note_change(struct purging *purging, const struct purge_before *before,
    const struct listing *after)
{
	const struct purge_before now = purge_before_of(after);
	struct purge_result *result = &purging->purge.result;

	if (!now.listed && ended_otherwise(purging, before, after))
		return;
	if (before->listed && !now.listed) {
		if (result->ended < PURGE_SHOWN_MAX)
			result->first_ended[result->ended] = after->unit;
		result->ended++;
	}
	result->unheld += before->pending && !now.pending && !now.listed;
	result->begun += !before->listed && now.listed;
}

/* Is it still borne out? That of which nothing near was lost is not asked. */
static int
look_again(struct purging *purging, const struct ipaddr *unit,
    struct sighting *sighting, const struct evidence *evidence)
{
	unsigned needed = purging->rules->policy.corroborating_networks;
	uint8_t borne_by;
	int holds;

	if (!corroboration_again_is_near(&purging->plan->again, evidence))
		return 0;
	holds = corroboration_holds(purging->txn, evidence, needed);
	if (holds < 0)
		return holds;
	borne_by = (uint8_t)(holds > 0 ? needed : 0);
	if (sighting->borne_by == borne_by)
		return 0;
	sighting->borne_by = borne_by;
	return sighting_put(purging->txn, unit, sighting);
}

static int
look_at(struct purging *purging, const struct ipaddr *unit,
    struct sighting *sighting)
{
	struct purge_plan *plan = purging->plan;
	const struct evidence evidence =
	    purge_evidence_of(unit, &sighting->event);
	struct corroboration_bucket stands;
	int code = look_again(purging, unit, sighting, &evidence);

	if (code == 0 && plan->members.count > 0 &&
	    corroboration_member_of(&evidence, &stands))
		code = octetset_add(&plan->kept, stands.octets);
	return code;
}

/* Sightings read at once: no more than a step has time for, mostly. */
#define AT_ONCE 256

/* 1 when it is late; 0: all of its sightings are looked at. */
static int
look_at_sightings(struct purging *purging, const struct ipaddr *unit)
{
	struct sighting *sightings = purging->rules->scratch->sightings;
	struct purge_plan *plan = purging->plan;
	int count, code = 0;

	do {
		count = sighting_read_on(purging->txn, unit,
		    plan->next_sighting, sightings, AT_ONCE);
		for (int i = 0; code == 0 && i < count; i++)
			code = look_at(purging, unit, &sightings[i]);
		if (code != 0 || count < AT_ONCE)
			return count < 0 ? count : code;
		plan->next_sighting = sightings[count - 1].id + 1;
	} while (!purging_is_late(purging));
	return 1;
}

/* Where its evidence stood as a member, and none of it stands any more. */
static int
leave_hours(struct purging *purging, const struct ipaddr *unit)
{
	const struct octetset *members = &purging->plan->members;
	struct octetset *kept = &purging->plan->kept;
	int code = 0;

	octetset_sort(kept);
	for (size_t i = 0; code == 0 && i < members->count; i++) {
		struct corroboration_bucket bucket;
		size_t place;

		memcpy(bucket.octets, octetset_at(members, i), members->len);
		place = octetset_seek(kept, bucket.octets);
		if (place == kept->count || memcmp(octetset_at(kept, place),
						bucket.octets, kept->len) != 0)
			code = corroboration_leave(purging->txn, &bucket, unit);
	}
	return code;
}

static int
judge_unit(struct purging *purging, const struct ipaddr *unit)
{
	const struct record_case what = {
		.unit = unit, .walks = RECORD_WALKS_MANY, .takes_back = true
	};
	struct purge_before before;
	struct listing listing;
	int code = purge_work_before(
	    purging->txn, purging->purge.number, unit, &before);
	bool asks = code == ERROR_NOT_FOUND || stored_pass_by(TABLE_META, code);

	if (code != 0 && !asks)
		return code;
	code = listing_get(purging->txn, unit, &listing);
	/* One that cannot be read says nothing. */
	if (stored_pass_by(TABLE_LISTING, code)) {
		listing = (struct listing){ .unit = *unit };
		code = 0;
	}
	if (asks)
		before = purge_before_of(&listing);
	if (code == 0 || code == ERROR_NOT_FOUND)
		code = record_judge_or_withdraw(
		    purging->txn, purging->rules, &what, purging->now);
	if (code == 0)
		code = listing_get(purging->txn, unit, &listing);
	if (code == 0 || code == ERROR_NOT_FOUND) {
		purge_note_change(purging, &before, &listing);
		code = 0;
	}
	purging->purge.result.judged++;
	return stored_pass_by(TABLE_LISTING, code) ? 0 : code;
}

/* Where it is late, it goes on at plan->next_sighting. */
static int
go_on_with(struct purging *purging, const struct ipaddr *unit)
{
	struct purge_plan *plan = purging->plan;
	uint64_t number = purging->purge.number;
	int code = 0;

	if (plan->next_sighting == 0) {
		plan->members.count = plan->kept.count = 0;
		code = purge_work_members(
		    purging->txn, number, unit, &plan->members);
	}
	if (code == 0)
		code = look_at_sightings(purging, unit);
	if (code == 0)
		code = leave_hours(purging, unit);
	if (code == 0)
		code = judge_unit(purging, unit);
	if (code == 0)
		code = purge_work_forget(purging->txn, number, unit);
	if (code == 0)
		plan->next_sighting = 0;
	return code;
}

int
purge_judge(struct purging *purging)
{
	struct purge_plan *plan = purging->plan;
	int code = 0;

	while (code == 0 && plan->next_unit < plan->units.count) {
		struct ipaddr unit = purge_unit_at(plan, plan->next_unit);

		code = go_on_with(purging, &unit);
		if (code != 0)
			break;
		purging->purge.last = unit;
		if (++plan->next_unit < plan->units.count &&
		    purging_is_late(purging))
			code = 1;
	}
	return code;
}

/* --- who was held is so no longer ----------------------------------------- */

/* Whoever sweeps judges it. */
static int
make_due(struct purging *purging, const struct ipaddr *unit)
{
	struct listing listing;
	int code = listing_get(purging->txn, unit, &listing);

	/* One that cannot be read stands in no list. */
	if (code == ERROR_NOT_FOUND || stored_pass_by(TABLE_LISTING, code))
		return 0;
	if (code != 0)
		return code;
	listing.due_at = record_sooner(listing.due_at, purging->now);
	return listing_put(purging->txn, &listing);
}

int
purge_let_go(struct purging *purging)
{
	uint64_t number = purging->purge.number;
	struct ipaddr unit;
	int code;

	while ((code = purge_work_held(purging->txn, number, &unit)) == 0) {
		code = make_due(purging, &unit);
		if (code == 0)
			code = purge_work_let_go(purging->txn, number, &unit);
		if (code == 0 && purging_is_late(purging))
			code = 1;
		if (code != 0)
			return code;
	}
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* --- it is told ----------------------------------------------------------- */

/* " reason=...", or nothing; and that it was stopped. */
#define WHY_MAX (32 + LOG_TEXT_MAX)
static const char *
why_of(const struct purging *purging, char why[WHY_MAX])
{
	const char *reason = purging->plan->act.reason;
	char escaped[LOG_TEXT_MAX];

	snprintf(why, WHY_MAX, "%s%s%s",
	    purging->purge.stopped ? " stopped=yes" : "",
	    reason[0] != '\0' ? " reason=" : "",
	    reason[0] != '\0' ? log_escape(reason, escaped) : "");
	return why;
}

static int
tell_merged(struct purging *purging)
{
	const struct purge *purge = &purging->purge.purge;
	const struct purge_result *result = &purging->purge.result;
	char why[WHY_MAX];

	record_note(purging->rules, LOG_LEVEL_NOTICE,
	    "campaign_merged campaign=%016llx into=%016llx evidence=%llu%s",
	    (unsigned long long)purge->which, (unsigned long long)purge->into,
	    (unsigned long long)result->evidence,
	    purging->purge.stopped ? " stopped=yes" : "");
	return audit_add(purging->txn, purging->now, purging->rules->who,
	    "campaign_merged", "",
	    "campaign=%016llx into=%016llx evidence=%llu ended=%llu "
	    "begun=%llu%s",
	    (unsigned long long)purge->which, (unsigned long long)purge->into,
	    (unsigned long long)result->evidence,
	    (unsigned long long)result->ended,
	    (unsigned long long)result->begun, why_of(purging, why));
}

int
purge_tell(struct purging *purging)
{
	const struct purge *purge = &purging->purge.purge;
	const struct purge_result *result = &purging->purge.result;
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX], why[WHY_MAX];

	if (result->evidence == 0)
		return 0;
	if (purge->into != 0)
		return tell_merged(purging);
	clock_format(purge->from, from);
	clock_format(purge->to, to);
	record_note(purging->rules, LOG_LEVEL_NOTICE,
	    "purged by=%s which=%llx evidence=%llu addresses=%llu "
	    "ended=%llu%s",
	    purge_by_name(purge->by), (unsigned long long)purge->which,
	    (unsigned long long)result->evidence,
	    (unsigned long long)result->addresses,
	    (unsigned long long)result->ended,
	    purging->purge.stopped ? " stopped=yes" : "");
	return audit_add(purging->txn, purging->now, purging->rules->who,
	    "purged", "",
	    "by=%s which=%llx from=%s to=%s evidence=%llu addresses=%llu "
	    "judged=%llu ended=%llu%s",
	    purge_by_name(purge->by), (unsigned long long)purge->which, from,
	    to, (unsigned long long)result->evidence,
	    (unsigned long long)result->addresses,
	    (unsigned long long)result->judged,
	    (unsigned long long)result->ended, why_of(purging, why));
}
