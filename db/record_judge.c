#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/audit.h"
#include "db/corroboration.h"
#include "db/guard.h"
#include "db/record_private.h"
#include "db/trend.h"
#include "db/verdict.h"

#define MICROSECONDS 1000000

/* What is pending is let go when a second trap bears it out after so long. */
#define PENDING_SECONDS (6 * 3600)

/* --- its evidence --------------------------------------------------------- */

struct evidence_of_unit {
	unsigned count;
	int64_t whole_since;
};

static int
read_sightings(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, int64_t now, struct evidence_of_unit *known)
{
	struct sighting *sightings = rules->scratch->sightings;
	int64_t since = now - rules->policy.evidence_seconds;
	/* An id is never less than the time it was seen. */
	uint64_t from_id = since > 0 ? (uint64_t)since * MICROSECONDS : 0;
	int count =
	    sighting_read(txn, unit, from_id, sightings, RECORD_SIGHTINGS_MAX);

	if (count < 0)
		return count;
	known->count = (unsigned)count;
	known->whole_since = 0;
	if (count == RECORD_SIGHTINGS_MAX)
		known->whole_since =
		    (int64_t)(sightings[count - 1].id / MICROSECONDS);
	return 0;
}

/* What corroboration_holds looks at, without the texts. */
static int
is_borne_out(struct store_txn *txn, const struct ipaddr *unit,
    const struct policy_event *event, unsigned needed)
{
	struct evidence evidence = { .address = *unit,
		.seen_at = event->seen_at,
		.flags = event->flags,
		.trap = event->trap,
		.campaign = event->campaign };

	return corroboration_holds(txn, &evidence, needed);
}

static bool
same_group_and_hour(const struct policy_event *a, const struct policy_event *b)
{
	return a->trap == b->trap && a->campaign == b->campaign &&
	       a->flags == b->flags && a->seen_at / 3600 == b->seen_at / 3600;
}

/*
 * Looks again at what nobody bore out so far, the newest first. A flood of one
 * trap and hour is one walk.
 */
static int
look_again(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, const struct evidence_of_unit *known)
{
	unsigned needed = rules->policy.corroborating_networks,
		 walks = what->walks;
	const struct sighting *last = NULL;
	int holds = 0, code = 0;

	for (unsigned i = 0; code == 0 && i < known->count; i++) {
		struct sighting *sighting = &rules->scratch->sightings[i];
		const struct policy_event *event = &sighting->event;

		if (sighting->borne_by >= needed)
			continue;
		if (last == NULL || !same_group_and_hour(event, &last->event)) {
			if (walks-- == 0)
				break;
			holds = is_borne_out(txn, what->unit, event, needed);
			last = sighting;
		}
		if (holds < 0)
			return holds;
		if (holds > 0) {
			sighting->borne_by = (uint8_t)needed;
			code = sighting_put(txn, what->unit, sighting);
		}
	}
	return code;
}

static int
compare_events(const void *a, const void *b)
{
	return policy_event_compare(a, b);
}

/* In policy's order; they mostly are, from the newest to the oldest. */
static void
sort_events(const struct recorder_rules *rules, unsigned count)
{
	const struct sighting *sightings = rules->scratch->sightings;
	struct policy_event *events = rules->scratch->events;
	bool sorted = true;

	for (unsigned i = 0; i < count; i++) {
		const struct sighting *sighting = &sightings[count - 1 - i];

		events[i] = sighting->event;
		events[i].corroborated =
		    sighting->borne_by >= rules->policy.corroborating_networks;
		if (i > 0 &&
		    policy_event_compare(&events[i - 1], &events[i]) > 0)
			sorted = false;
	}
	if (!sorted)
		qsort(events, count, sizeof(*events), compare_events);
}

/* --- judging -------------------------------------------------------------- */

int64_t
record_sooner(int64_t a, int64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

int
record_refusal(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, int64_t now, const char **refusal)
{
	struct exemption exemption;
	int code;

	*refusal = listable_refusal(rules->listable, unit);
	if (*refusal != NULL)
		return 0;
	code = exemption_find(txn, unit, now, &exemption);
	if (code == 0)
		*refusal = "the operator has exempted it";
	return code == ERROR_NOT_FOUND ? 0 : code;
}

static void
take_result(const struct policy_result *result, struct listing *listing)
{
	listing->state = result->state;
	listing->kinds = result->kinds;
	listing->strict = result->strict;
	listing->score = result->score;
	listing->first_seen_at = result->first_seen_at;
	listing->last_seen_at = result->last_seen_at;
	listing->last_counted_at = result->last_counted_at;
	listing->listed_at = result->listed_at;
	listing->expires_at = result->expires_at;
	listing->callout_until = result->callout_until;
	listing->sightings = result->sightings;
	listing->corroborated = result->corroborated;
	listing->traps = result->traps;
	listing->campaigns = result->campaigns;
	listing->due_at = result->due_at;
	memcpy(listing->episodes, result->episodes, sizeof(result->episodes));
	listing->episode_count = result->episode_count;
}

static void
judge(const struct recorder_rules *rules, const struct record_case *what,
    const struct evidence_of_unit *known, bool exempt, int64_t now,
    struct listing *listing)
{
	struct policy_past past = { .episodes = listing->episodes,
		.episode_count = listing->episode_count,
		.whole_since = known->whole_since,
		.shared = listing->shared,
		.exempt = exempt };
	struct policy_result result;

	if (what->acts && what->act != LISTING_EXEMPTED)
		listing->delisted_at = now;
	past.delisted_at = listing->delisted_at;
	past.delisted_as = what->acts && what->act == LISTING_REMOVED
			       ? LISTING_REMOVED
			       : LISTING_DELISTED;
	policy_judge(&rules->policy, rules->scratch->events, known->count,
	    &past, now, &result);
	take_result(&result, listing);
	if (now - listing->delisted_at >= rules->policy.history_seconds)
		listing->delisted_at = 0;
}

static void
end_manual(struct listing *listing)
{
	listing->manual_at = listing->manual_until = 0;
	listing->manual_reason[0] = '\0';
}

/* --- the publish guard ---------------------------------------------------- */

/* What it says when it begins to hold things back. */
static int
raise_alarm(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now)
{
	record_note(rules, LOG_LEVEL_ERROR,
	    "guard_holds additions=%ld seconds=%ld reason=\"more is listed "
	    "than the guard lets pass; what comes now is pending\"",
	    rules->guard_additions, rules->guard_seconds);
	return audit_add(txn, now, rules->who, "guard_holds", "",
	    "additions=%ld seconds=%ld", rules->guard_additions,
	    rules->guard_seconds);
}

static int
admit(struct store_txn *txn, const struct recorder_rules *rules, int64_t now,
    struct listing *after)
{
	const struct guard_limit limit = { rules->guard_additions,
		rules->guard_seconds };
	bool alarm;
	int code = guard_admit(txn, &limit, now, &alarm);

	if (code == 0) {
		after->state = LISTING_PENDING;
		after->pending_at = now;
	}
	if (code >= 0 && alarm)
		code = raise_alarm(txn, rules, now);
	return code < 0 ? code : 0;
}

/* A listing that was not there before must pass; one that waits, wait on. */
static int
pass_guard(struct store_txn *txn, const struct recorder_rules *rules,
    const struct listing *before, int64_t now, struct listing *after)
{
	int64_t release_at = before->pending_at + PENDING_SECONDS;
	int code = 0;

	after->pending_at = 0;
	if (before->state == LISTING_LISTED && after->state != LISTING_LISTED)
		return guard_leave(txn, now);
	if (before->state == LISTING_LISTED || after->state != LISTING_LISTED)
		return 0;
	if (before->state != LISTING_PENDING) {
		code = admit(txn, rules, now, after);
	} else if (now >= release_at && after->traps >= 2) {
		return guard_enter(txn, now);
	} else {
		after->state = LISTING_PENDING;
		after->pending_at = before->pending_at;
	}
	release_at = after->pending_at + PENDING_SECONDS;
	if (after->state == LISTING_PENDING && release_at > now)
		after->due_at = record_sooner(after->due_at, release_at);
	return code;
}

/* --- what is told --------------------------------------------------------- */

static int
tell_listed(struct store_txn *txn, const struct recorder_rules *rules,
    const struct listing *listing, int64_t now)
{
	const struct policy *policy = &rules->policy;
	const char *event =
	    listing->state == LISTING_PENDING ? "pending" : "listed";
	char address[IPPREFIX_TEXT_MAX], kinds[RECORD_KINDS_MAX];
	char expires[CLOCK_TEXT_MAX];
	int code;

	listing_unit_format(&listing->unit, address);
	record_kinds(listing->kinds, kinds);
	clock_format(listing->expires_at, expires);
	record_note(rules, LOG_LEVEL_NOTICE,
	    "%s address=%s kind=%s score=%.2f traps=%u campaigns=%u "
	    "sightings=%u expires=%s",
	    event, address, kinds, listing->score, listing->traps,
	    listing->campaigns, listing->sightings, expires);
	code = audit_add(txn, now, rules->who, event, address,
	    "kind=%s score=%.2f traps=%u campaigns=%u sightings=%u "
	    "corroborated=%u expires=%s preset=%s list_score=%g "
	    "relist_score=%g networks=%u",
	    kinds, listing->score, listing->traps, listing->campaigns,
	    listing->sightings, listing->corroborated, expires, policy->preset,
	    policy->list_score, policy->relist_score,
	    policy->corroborating_networks);
	if (code != 0 || listing->state != LISTING_LISTED)
		return code;
	return trend_count(
	    txn, TREND_LISTED, record_first_kind(listing->kinds), now);
}

/* How it ended: the last episode says, if it is the one that was. */
static const char *
end_of(const struct listing *before, const struct listing *after)
{
	static const char *const names[] = { [LISTING_EXPIRED] = "expired",
		[LISTING_DELISTED] = "delisted",
		[LISTING_EXEMPTED] = "exempted",
		[LISTING_REMOVED] = "removed" };

	for (unsigned i = after->episode_count; i-- > 0;) {
		if (after->episodes[i].listed_at == before->listed_at)
			return names[after->episodes[i].end];
	}
	return "withdrawn"; /* by evidence that came late, or other rules */
}

static int
tell_ended(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, const struct listing *before,
    const struct listing *after, int64_t now)
{
	const char *event = end_of(before, after);
	char address[IPPREFIX_TEXT_MAX];
	int code;

	/* What a person did is told where it is done. */
	if (what->acts)
		return trend_count(
		    txn, TREND_DELISTED, record_first_kind(before->kinds), now);
	listing_unit_format(&before->unit, address);
	record_note(rules, LOG_LEVEL_NOTICE, "%s address=%s score=%.2f", event,
	    address, after->score);
	code = audit_add(txn, now, rules->who, event, address,
	    "score=%.2f sightings=%u preset=%s", after->score, after->sightings,
	    rules->policy.preset);
	if (code != 0)
		return code;
	return trend_count(
	    txn, TREND_EXPIRED, record_first_kind(before->kinds), now);
}

static int
tell_sideline(struct store_txn *txn, const struct recorder_rules *rules,
    const struct listing *unit, const char *event, int64_t now)
{
	char address[IPPREFIX_TEXT_MAX];

	listing_unit_format(&unit->unit, address);
	record_note(rules, LOG_LEVEL_NOTICE, "%s address=%s", event, address);
	return audit_add(txn, now, rules->who, event, address, "preset=%s",
	    rules->policy.preset);
}

static int
tell_sidelines(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, const struct listing *before,
    const struct listing *after, int64_t now)
{
	const struct {
		bool before, after;
		const char *begins, *ends;
	} lines[] = {
		{ before->strict, after->strict, "strict", "strict_ended" },
		{ before->callout_until != 0, after->callout_until != 0,
		    "callout_listed", "callout_expired" },
		{ before->manual_until != 0, after->manual_until != 0, "manual",
		    "manual_expired" },
		{ before->state == LISTING_PENDING,
		    after->state == LISTING_PENDING ||
			after->state == LISTING_LISTED,
		    NULL, "pending_ended" },
	};
	int code = 0;

	for (size_t i = 0; code == 0 && i < sizeof(lines) / sizeof(lines[0]);
	     i++) {
		const char *event =
		    lines[i].after ? lines[i].begins : lines[i].ends;

		if (lines[i].before != lines[i].after && event != NULL &&
		    !what->acts)
			code = tell_sideline(txn, rules, after, event, now);
	}
	return code;
}

/*
 * Changes of what is published, or waits to be. Warnings are for whoever looks
 * at the address, and would fill the audit with what the evidence says.
 */
static int
tell(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, const struct listing *before,
    const struct listing *after, int64_t now)
{
	bool was = before->state == LISTING_LISTED;
	bool is = after->state == LISTING_LISTED;
	bool pends =
	    after->state == LISTING_PENDING && before->state != LISTING_PENDING;
	/* It expired and began again before anybody looked. */
	bool again = was && is && after->listed_at >= before->expires_at;
	int code = 0;

	if ((was && !is) || again)
		code = tell_ended(txn, rules, what, before, after, now);
	if (code == 0 && ((is && !was) || again || pends))
		code = tell_listed(txn, rules, after, now);
	if (code == 0)
		code = tell_sidelines(txn, rules, what, before, after, now);
	return code;
}

/* --- one unit anew -------------------------------------------------------- */

static bool
same_entries(const struct verdict *a, const struct verdict *b)
{
	for (int list = 0; list < SUBLIST_COUNT; list++) {
		const struct zone_entry *x = &a->entries[list];
		const struct zone_entry *y = &b->entries[list];

		if (x->codes != y->codes || x->kinds != y->kinds ||
		    x->seen_day != y->seen_day || x->flags != y->flags)
			return false;
	}
	return true;
}

int
record_publish(struct store_txn *txn, const struct listing *before,
    const struct listing *after, int64_t now)
{
	struct verdict old, new;

	verdict_of(before, &old);
	verdict_of(after, &new);
	if (same_entries(&old, &new))
		return 0;
	return zonedata_publish(txn, &after->unit, new.entries, now);
}

static int
put_and_publish(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, const struct listing *before,
    const struct listing *after, int64_t now)
{
	int code = listing_put(txn, after);

	if (code == 0)
		code = record_publish(txn, before, after, now);
	return code != 0 ? code : tell(txn, rules, what, before, after, now);
}

int
record_judge_case(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, int64_t now)
{
	struct evidence_of_unit known;
	struct listing before, after;
	const char *refusal;
	int code = listing_get(txn, what->unit, &before);

	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	code = record_refusal(txn, rules, what->unit, now, &refusal);
	if (code == 0)
		code = read_sightings(txn, rules, what->unit, now, &known);
	if (code == 0)
		code = look_again(txn, rules, what, &known);
	if (code != 0)
		return code;
	sort_events(rules, known.count);
	after = before;
	judge(rules, what, &known, refusal != NULL, now, &after);
	if (refusal != NULL || after.manual_until <= now ||
	    (what->acts && what->act == LISTING_REMOVED))
		end_manual(&after);
	code = pass_guard(txn, rules, &before, now, &after);
	if (code != 0)
		return code;
	after.due_at = record_sooner(after.due_at, after.manual_until);
	return put_and_publish(txn, rules, what, &before, &after, now);
}

int
record_judge(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *address, int64_t now)
{
	struct ipaddr unit = listing_unit(address);
	struct record_case what = { .unit = &unit, .walks = RECORD_WALKS_MANY };

	return record_judge_case(txn, rules, &what, now);
}
