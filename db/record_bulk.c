#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/audit.h"
#include "db/bulk_act.h"
#include "db/record_private.h"

/* The clock is asked after so many units, a few ms. */
#define STRIDE 16

/* Each step is a commit, so each is told: what was done of it, and why. */
static int
tell_removed(struct store_txn *txn, const struct recorder_rules *rules,
    const struct bulk_act *act, unsigned units, int64_t now)
{
	char text[IPPREFIX_TEXT_MAX], why[LOG_TEXT_MAX];

	ipprefix_format(&act->prefix, text);
	log_escape(act->reason, why);
	record_note(rules, LOG_LEVEL_NOTICE,
	    "removed prefix=%s units=%u reason=%s", text, units, why);
	return audit_add(txn, now, rules->who, "removed", text,
	    "units=%u reason=%s", units, why);
}

/* An exemption holds from the first step on: nothing new comes in meanwhile. */
static int
exempt(struct store_txn *txn, const struct recorder_rules *rules,
    const struct bulk_act *act, int64_t now)
{
	struct exemption exemption = {
		.prefix = act->prefix, .until = act->until, .added_at = now
	};
	char text[IPPREFIX_TEXT_MAX], end[CLOCK_TEXT_MAX] = "never";
	char why[LOG_TEXT_MAX];
	int code;

	strcpy(exemption.reason, act->reason);
	code = exemption_put(txn, &exemption);
	if (code != 0)
		return code;
	if (act->until != 0)
		clock_format(act->until, end);
	ipprefix_format(&act->prefix, text);
	log_escape(act->reason, why);
	record_note(rules, LOG_LEVEL_NOTICE,
	    "exempt prefix=%s units=%llu until=%s reason=%s", text,
	    (unsigned long long)act->total, end, why);
	return audit_add(txn, now, rules->who, "exempt", text,
	    "units=%llu until=%s reason=%s", (unsigned long long)act->total,
	    end, why);
}

int
record_bulk_begin(struct store_txn *txn, const struct recorder_rules *rules,
    const struct bulk_act *act, int64_t now)
{
	int code = bulk_act_put(txn, act);

	if (code == 0 && act->kind == BULK_EXEMPT)
		code = exempt(txn, rules, act, now);
	return code;
}

/* 1, or 0 for one that it is not about (any more), or a negative code. */
static int
take_off(struct store_txn *txn, const struct recorder_rules *rules,
    const struct bulk_act *act, const struct ipaddr *unit, int64_t now)
{
	const struct record_case what = {
		.unit = unit, .acts = true, .act = LISTING_EXEMPTED
	};
	struct listing before;
	int code = listing_get(txn, unit, &before);

	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	if (!bulk_act_wants(act, &before))
		return 0;
	if (act->kind == BULK_REMOVE)
		return record_remove_unit(txn, rules, unit, now);
	code = record_judge_case(txn, rules, &what, now);
	return code != 0 ? code : 1;
}

static int
take_off_all(struct store_txn *txn, const struct recorder_rules *rules,
    const struct bulk_act *act, const struct ipaddr *units, size_t count,
    int64_t deadline_ms, int64_t now, unsigned *done)
{
	size_t i = 0;
	int code = 0;

	*done = 0;
	while (i < count) {
		code = take_off(txn, rules, act, &units[i++], now);
		if (code < 0)
			return code;
		*done += (unsigned)code;
		if (i % STRIDE == 0 && clock_monotonic_ms() >= deadline_ms)
			break;
	}
	/* Of an exemption the first step has told. */
	code = *done > 0 && act->kind == BULK_REMOVE
		   ? tell_removed(txn, rules, act, *done, now)
		   : 0;
	return code != 0 ? code : (int)i;
}

int
record_bulk(struct store_txn *txn, const struct recorder_rules *rules,
    const struct bulk_act *act, const struct ipaddr *units, size_t count,
    int64_t deadline_ms, int64_t now, unsigned *done)
{
	if (act->kind == BULK_RELEASE)
		return record_guard(txn, rules, RECORD_GUARD_RELEASE, units,
		    count, act->reason, deadline_ms, now, done);
	if (act->kind == BULK_REJECT)
		return record_guard(txn, rules, RECORD_GUARD_REJECT, units,
		    count, act->reason, deadline_ms, now, done);
	return take_off_all(
	    txn, rules, act, units, count, deadline_ms, now, done);
}
