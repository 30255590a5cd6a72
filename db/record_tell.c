#include "common/clock.h"
#include "db/audit.h"
#include "db/record_private.h"
#include "db/trend.h"

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
end_of(const struct listing *before, const struct listing *after, int64_t now)
{
	for (unsigned i = after->episode_count; i-- > 0;) {
		if (after->episodes[i].listed_at == before->listed_at)
			return listing_end_name(after->episodes[i].end);
	}
	/* Where the clock jumped, its end may be history no more. */
	if (before->expires_at <= now)
		return listing_end_name(LISTING_EXPIRED);
	return "withdrawn"; /* by evidence that came late, or other rules */
}

static int
tell_ended(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, const struct listing *before,
    const struct listing *after, int64_t now)
{
	const char *event = end_of(before, after, now);
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
		{ before->callout_pending_at != 0,
		    after->callout_pending_at != 0, "callout_pending", NULL },
		{ before->callout_pending_at != 0,
		    after->callout_pending_at != 0 || after->callout_until != 0,
		    NULL, "callout_pending_ended" },
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

int
record_tell(struct store_txn *txn, const struct recorder_rules *rules,
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
