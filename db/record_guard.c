#include "common/clock.h"
#include "common/error.h"
#include "db/audit.h"
#include "db/record_private.h"

/* The clock is asked after so many units, a few ms. */
#define STRIDE 16

static int
tell_rejected(struct store_txn *txn, const struct recorder_rules *rules,
    const struct listing *before, const char *reason, int64_t now)
{
	char address[IPPREFIX_TEXT_MAX], why[LOG_TEXT_MAX];

	listing_unit_format(&before->unit, address);
	log_escape(reason, why);
	record_note(rules, LOG_LEVEL_NOTICE, "rejected address=%s reason=%s",
	    address, why);
	return audit_add(txn, now, rules->who, "rejected", address,
	    "score=%.2f traps=%u sightings=%u reason=%s", before->score,
	    before->traps, before->sightings, why);
}

/* 1, or 0 for a unit that is not pending, or a negative code. */
static int
decide(struct store_txn *txn, const struct recorder_rules *rules,
    enum record_guard_act act, const struct ipaddr *unit, const char *reason,
    int64_t now)
{
	bool rejects = act == RECORD_GUARD_REJECT;
	const struct record_case what = { .unit = unit,
		.acts = rejects,
		.act = LISTING_REMOVED,
		.score_only = rejects,
		.released = !rejects };
	struct listing before;
	int code = listing_get(txn, unit, &before);

	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	if (listing_waits_since(&before) == 0)
		return 0;
	code = record_judge_case(txn, rules, &what, now);
	if (code == 0 && rejects)
		code = tell_rejected(txn, rules, &before, reason, now);
	return code != 0 ? code : 1;
}

int
record_guard(struct store_txn *txn, const struct recorder_rules *rules,
    enum record_guard_act act, const struct ipaddr *units, size_t count,
    const char *reason, int64_t deadline_ms, int64_t now, unsigned *done)
{
	const char *event =
	    act == RECORD_GUARD_REJECT ? "guard_rejected" : "guard_released";
	char why[LOG_TEXT_MAX];
	size_t i = 0;
	int code;

	*done = 0;
	while (i < count) {
		code = decide(txn, rules, act, &units[i++], reason, now);
		if (code < 0)
			return code;
		*done += (unsigned)code;
		if (i % STRIDE == 0 && clock_monotonic_ms() >= deadline_ms)
			break;
	}
	if (*done == 0)
		return (int)i;
	log_escape(reason, why);
	record_note(rules, LOG_LEVEL_NOTICE, "%s units=%u reason=%s", event,
	    *done, why);
	code = audit_add(
	    txn, now, rules->who, event, "", "units=%u reason=%s", *done, why);
	return code != 0 ? code : (int)i;
}
