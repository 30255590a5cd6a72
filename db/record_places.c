#include <string.h>

#include "db/audit.h"
#include "db/guard.h"
#include "db/purge_act.h"
#include "db/record_private.h"

/* What is pending is let go when a second trap bears it out after so long. */
#define PENDING_SECONDS (6 * 3600)

/*
 * What policy gives a unit: a place in the main list, with what stands beside
 * it, or one among the callouts.
 */
struct place {
	enum guard_list list;
	bool was, is;	    /* published before; by policy it is now */
	bool borne_out;	    /* by a second trap */
	int64_t seen_at;    /* the newest that counts */
	int64_t pending_at; /* held since; 0 not */
	bool anew;	    /* because other numbers judged it */
	bool held;	    /* it begins, while evidence is taken back */
};

/*
 * Its time to wait is over, and it need not wait for the operator. A mistake in
 * the numbers is none the less one after six hours: what was held when they
 * changed has to be seen again by then, whatever it had been seen before.
 */
static bool
is_let_go(const struct place *place, int64_t now)
{
	return now >= place->pending_at + PENDING_SECONDS && place->borne_out &&
	       (!place->anew || place->seen_at > place->pending_at);
}

/* What the guard says when it begins to hold things back. */
static int
raise_alarm(struct store_txn *txn, const struct recorder_rules *rules,
    const struct place *place, int64_t now)
{
	const char *name = guard_list_name(place->list);
	const char *judged = place->anew ? "anew" : "as_seen";
	const char *why =
	    place->anew
		? "changed numbers of the policy list more than the guard lets "
		  "pass; what comes now is pending until bsblctl guard release "
		  "or until it is seen again, so correct the number if it is "
		  "wrong"
		: "more is listed than the guard lets pass; what comes now is "
		  "pending: bsblctl guard show";

	record_note(rules, LOG_LEVEL_ERROR,
	    "guard_holds list=%s judged=%s additions=%ld seconds=%ld "
	    "reason=\"%s\"",
	    name, judged, rules->guard_additions, rules->guard_seconds, why);
	return audit_add(txn, now, rules->who, "guard_holds", "",
	    "list=%s judged=%s additions=%ld seconds=%ld", name, judged,
	    rules->guard_additions, rules->guard_seconds);
}

static int
hold(struct store_txn *txn, int64_t now, struct place *place)
{
	int under_way = record_anew_is_under_way(txn);

	place->pending_at = now;
	place->anew = under_way > 0;
	return under_way < 0 ? under_way : 0;
}

static int
admit(struct store_txn *txn, const struct recorder_rules *rules, int64_t now,
    struct place *place)
{
	const struct guard_limit limit = { rules->guard_additions,
		rules->guard_seconds };
	bool alarm;
	int code = guard_admit(txn, place->list, &limit, now, &alarm);

	if (code == 0)
		code = hold(txn, now, place);
	if (code >= 0 && alarm)
		code = raise_alarm(txn, rules, place, now);
	return code < 0 ? code : 0;
}

/* A place that was not there before must pass; one that waits, wait on. */
static int
pass_guard(struct store_txn *txn, const struct recorder_rules *rules,
    bool released, int64_t now, struct place *place)
{
	int64_t pending_at = place->pending_at;
	bool let_go = released || (!place->held && is_let_go(place, now));

	place->pending_at = 0;
	if (place->was && !place->is)
		return guard_leave(txn, place->list, now);
	if (place->was || !place->is)
		return 0;
	if (pending_at == 0)
		return place->held ? 0 : admit(txn, rules, now, place);
	if (let_go)
		return guard_enter(txn, place->list, now);
	place->pending_at = pending_at;
	return 0;
}

/* When it will be looked at whether it may go. */
static void
judge_what_waits(const struct place *place, int64_t now, struct listing *after)
{
	int64_t release_at = place->pending_at + PENDING_SECONDS;

	if (place->pending_at != 0 && release_at > now)
		after->due_at = record_sooner(after->due_at, release_at);
}

/*
 * What a purge is about to take back may list nobody: until it is over, no
 * place begins but by its own judgement, or the operator's. It is judged then.
 */
static int
hold_places(struct store_txn *txn, const struct record_case *what,
    struct place *main, struct place *callouts)
{
	bool begins =
	    (!main->was && main->is) || (!callouts->was && callouts->is);
	uint64_t number;
	int holds = 0;

	if (begins && !what->takes_back && !what->released)
		holds = purge_act_holds(txn, &number);
	if (holds <= 0)
		return holds;
	main->held = !main->was && main->is;
	callouts->held = !callouts->was && callouts->is;
	holds = purge_work_hold(txn, number, what->unit);
	return holds < 0 ? holds : 0;
}

/* It is warned, as it would be without the sighting that lists it. */
static void
begin_later(const struct listing *before, struct listing *after)
{
	after->state = LISTING_WARNED;
	after->strict = false;
	after->listed_at = after->expires_at = 0;
	memcpy(after->episodes, before->episodes, sizeof(after->episodes));
	after->episode_count = before->episode_count;
}

static struct place
main_place(const struct listing *before, const struct listing *after)
{
	return (struct place){ GUARD_MAIN, before->state == LISTING_LISTED,
		after->state == LISTING_LISTED, after->traps >= 2,
		after->last_counted_at, before->pending_at,
		before->pending_anew, false };
}

static struct place
callout_place(const struct listing *before, const struct listing *after,
    uint32_t callout_traps)
{
	return (struct place){ GUARD_CALLOUTS, before->callout_until != 0,
		after->callout_until != 0, callout_traps >= 2,
		after->callout_seen_at, before->callout_pending_at,
		before->callout_pending_anew, false };
}

static void
set_pending(const struct place *main, const struct place *callouts,
    struct listing *after)
{
	after->pending_at = main->pending_at;
	after->pending_anew = main->pending_at != 0 && main->anew;
	after->callout_pending_at = callouts->pending_at;
	after->callout_pending_anew =
	    callouts->pending_at != 0 && callouts->anew;
}

int
record_pass_places(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, const struct listing *before, int64_t now,
    uint32_t callout_traps, struct listing *after)
{
	struct place main = main_place(before, after);
	struct place callouts = callout_place(before, after, callout_traps);
	int code = hold_places(txn, what, &main, &callouts);

	if (code == 0)
		code = pass_guard(txn, rules, what->released, now, &main);
	if (code == 0)
		code = pass_guard(txn, rules, what->released, now, &callouts);
	if (main.pending_at != 0)
		after->state = LISTING_PENDING;
	else if (main.held)
		begin_later(before, after);
	if (callouts.pending_at != 0 || callouts.held)
		after->callout_until = after->callout_seen_at = 0;
	set_pending(&main, &callouts, after);
	judge_what_waits(&main, now, after);
	judge_what_waits(&callouts, now, after);
	return code;
}

void
record_foresee_places(const struct listing *before, int64_t now,
    uint32_t callout_traps, struct listing *after)
{
	struct place main = main_place(before, after);
	struct place callouts = callout_place(before, after, callout_traps);

	if (!main.is || is_let_go(&main, now))
		main.pending_at = 0;
	if (!callouts.is || is_let_go(&callouts, now))
		callouts.pending_at = 0;
	if (main.pending_at != 0)
		after->state = LISTING_PENDING;
	if (callouts.pending_at != 0)
		after->callout_until = 0;
	set_pending(&main, &callouts, after);
}
