#include "common/clock.h"
#include "common/error.h"
#include "db/audit.h"
#include "db/corroboration.h"
#include "db/delisting.h"
#include "db/digest.h"
#include "db/journal.h"
#include "db/record_private.h"
#include "db/stored.h"
#include "db/trend.h"
#include "db/zonedata.h"

/* Others wait for their turn to write. */
#define SWEEP_MS 40
/* Nobody waits for a day's count. */
#define DAYS_MS 10

static bool
time_is_up(int64_t end_ms)
{
	return clock_monotonic_ms() >= end_ms;
}

/* --- units ---------------------------------------------------------------- */

static int
judge_first_due(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now)
{
	struct ipaddr unit;
	const struct record_case what = { .unit = &unit,
		.walks = RECORD_WALKS_MANY };
	int64_t due_at;
	int code = listing_next_due(txn, now, &unit, &due_at);

	if (code == 0)
		code = record_judge_or_withdraw(txn, rules, &what, now);
	return code != 0 ? code : listing_end_due(txn, &unit, due_at);
}

static int
judge_due(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, unsigned most, int64_t end_ms)
{
	unsigned judged = 0;

	while (judged < most) {
		int code = judge_first_due(txn, rules, now);

		if (code != 0)
			return code == ERROR_NOT_FOUND ? (int)judged : code;
		judged++;
		/* As good as `most`: more may be due. */
		if (time_is_up(end_ms))
			return (int)most;
	}
	return (int)judged;
}

/* --- evidence ------------------------------------------------------------- */

static int
drop_evidence(struct store_txn *txn, const struct evidence *evidence)
{
	struct ipaddr unit = listing_unit(&evidence->address);
	int code = digest_drop(txn, evidence);

	if (code == 0)
		code = corroboration_drop(txn, evidence);
	if (code == 0)
		code = sighting_remove(txn, &unit, evidence->id);
	if (code == ERROR_NOT_FOUND) /* it did not count */
		code = 0;
	return code != 0 ? code : evidence_remove(txn, evidence);
}

/*
 * How old evidence is, as far as it can tell: none can be of the future, when
 * the clock was ahead; nor when it cannot be read, but never seen after its
 * id's time.
 */
enum age { AGE_OLD, AGE_YOUNG, AGE_UNKNOWN };

static int
age_of(uint64_t id, struct octets value, int64_t before, int64_t now)
{
	struct evidence evidence;
	int code = evidence_decode(id, value, &evidence);
	int64_t seen_at = evidence.seen_at;

	if (stored_pass_by(TABLE_EVIDENCE, code))
		seen_at = stored_id_second(id);
	else if (code != 0)
		return code;
	if (seen_at > now)
		return AGE_UNKNOWN;
	return seen_at <= before ? AGE_OLD : AGE_YOUNG;
}

/*
 * How many there are before the first that is not old. What cannot tell is as
 * old as what came after it.
 */
static int
count_old(struct store_txn *txn, int64_t before, int64_t now, unsigned most,
    int64_t end_ms)
{
	unsigned count = 0, passed = 0;
	struct store_cursor *cursor;
	struct octets key, value;
	int age, code = store_cursor_open(txn, TABLE_EVIDENCE, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0 && count < most && !time_is_up(end_ms)) {
		age = age_of(stored_u64_of_key(key.data), value, before, now);
		if (age < 0 || age == AGE_YOUNG) {
			code = age < 0 ? age : ERROR_NOT_FOUND;
			break;
		}
		passed++;
		if (age == AGE_OLD)
			count = passed;
		code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == 0 || code == ERROR_NOT_FOUND ? (int)count : code;
}

static int
drop_oldest(struct store_txn *txn)
{
	struct evidence evidence;
	int code = evidence_oldest(txn, &evidence);

	if (stored_pass_by(TABLE_EVIDENCE, code))
		return evidence_forget(txn, evidence.id);
	return code != 0 ? code : drop_evidence(txn, &evidence);
}

static int
drop_old_evidence(struct store_txn *txn, int64_t before, int64_t now,
    unsigned most, int64_t end_ms)
{
	int old = count_old(txn, before, now, most, end_ms);
	int dropped = 0, code = 0;

	if (old < 0)
		return old;
	while (code == 0 && dropped < old && (unsigned)dropped < most &&
	       !time_is_up(end_ms)) {
		code = drop_oldest(txn);
		dropped++;
	}
	return code == 0 ? dropped : code;
}

/* --- all of it ------------------------------------------------------------ */

/* A failure, or the larger of two numbers of what was done. */
static int
larger(int done, int also)
{
	return also < 0 || also > done ? also : done;
}

/* Other rules are told before what comes of them. */
static int
follow_rules(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, unsigned most, int64_t end_ms)
{
	int done = record_policy(txn, rules, now);

	if (done >= 0)
		done = larger(
		    done, record_networks(txn, rules, now, most, end_ms));
	if (done >= 0 && !rules->stands_in)
		done = larger(done, record_anew(txn, rules, now, most, end_ms));
	return done;
}

int
record_sweep(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, unsigned most)
{
	int64_t end_ms = clock_monotonic_ms() + SWEEP_MS;
	int64_t before = now - rules->policy.evidence_seconds;
	int64_t history = rules->policy.history_seconds;
	/* Half of the time is left for what is due. */
	int done = follow_rules(txn, rules, now, most, end_ms - SWEEP_MS / 2);

	if (done >= 0)
		done = larger(done, judge_due(txn, rules, now, most, end_ms));
	if (done >= 0)
		done = larger(
		    done, drop_old_evidence(txn, before, now, most, end_ms));
	if (done >= 0 && !rules->stands_in)
		done = larger(done, record_days(txn, rules, now, most,
					clock_monotonic_ms() + DAYS_MS));
	if (done >= 0)
		done = larger(done, journal_trim(txn, now, most));
	if (done >= 0)
		done = larger(
		    done, audit_trim(txn, now - rules->audit_seconds, most));
	if (done >= 0)
		done = larger(done, record_traps(txn, rules, now));
	/* Who asked for removal is kept no longer than what came of it. */
	if (done >= 0)
		done = larger(done, delisting_trim(txn, now - history, most));
	if (done >= 0)
		done = larger(done, trend_roll(txn, now, most));
	return done;
}
