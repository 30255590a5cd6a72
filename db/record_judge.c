#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "db/record_private.h"
#include "db/shutdown_stage.h"
#include "db/stored.h"
#include "db/verdict.h"

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
	struct shutdown shutdown;
	int code;

	*refusal = listable_refusal(rules->listable, unit);
	if (*refusal != NULL)
		return 0;
	code = shutdown_get(txn, &shutdown);
	if (code == 0 && shutdown.stage >= SHUTDOWN_CLOSED)
		*refusal = "the list is closed";
	if (code != 0 || *refusal != NULL)
		return code;
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
	listing->callout_seen_at = result->callout_seen_at;
	listing->sightings = result->sightings;
	listing->corroborated = result->corroborated;
	listing->traps = result->traps;
	listing->campaigns = result->campaigns;
	listing->due_at = result->due_at;
	memcpy(listing->episodes, result->episodes, sizeof(result->episodes));
	listing->episode_count = result->episode_count;
}

/* How many traps its callouts that count have met. */
static uint32_t
judge(const struct recorder_rules *rules, const struct record_case *what,
    const struct record_known *known, bool exempt, int64_t now,
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
	return result.callout_traps;
}

static void
end_manual(struct listing *listing)
{
	listing->manual_at = listing->manual_until = 0;
	listing->manual_reason[0] = '\0';
}

/* --- one unit anew -------------------------------------------------------- */

static bool
same_entries(const struct verdict *a, const struct verdict *b)
{
	for (int list = 0; list < SUBLIST_COUNT; list++) {
		if (!zone_entry_equal(&a->entries[list], &b->entries[list]))
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

int
record_withdraw(struct store_txn *txn, const struct ipaddr *unit, int64_t now)
{
	static const struct zone_entry none[SUBLIST_COUNT];
	int code = zonedata_publish(txn, unit, none, now);

	/* Where only test entries can be, there is nothing to withdraw. */
	return code == ERROR_REFUSED ? 0 : code;
}

static int
put_and_publish(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, const struct listing *before,
    const struct listing *after, int64_t now)
{
	int code = listing_put(txn, after);

	if (code == 0)
		code = record_publish(txn, before, after, now);
	return code != 0 ? code
			 : record_tell(txn, rules, what, before, after, now);
}

/* Of the sightings in the scratch, before anything holds it back. */
static int
conclude(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, const struct record_known *known,
    int64_t now, uint32_t *callout_traps, struct listing *after)
{
	const char *refusal;
	int code = record_refusal(txn, rules, what->unit, now, &refusal);

	if (code != 0)
		return code;
	record_sort_events(rules, known->count);
	after->shared = after->named_shared ||
			shared_by_network(rules->shared, what->unit) != NULL;
	*callout_traps = judge(rules, what, known, refusal != NULL, now, after);
	if (refusal != NULL || after->manual_until <= now ||
	    (what->acts && what->act == LISTING_REMOVED && !what->score_only))
		end_manual(after);
	return 0;
}

static int
judge_anew(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, const struct listing *before, int64_t now)
{
	struct record_known known;
	struct listing after = *before;
	uint32_t callout_traps;
	int code = record_read_sightings(txn, rules, what->unit, now, &known);

	if (code == 0)
		code = record_look_again(
		    txn, rules, what->unit, what->walks, &known, sighting_put);
	if (code == 0)
		code = conclude(
		    txn, rules, what, &known, now, &callout_traps, &after);
	if (code == 0)
		code = record_pass_places(
		    txn, rules, what, before, now, callout_traps, &after);
	if (code != 0)
		return code;
	after.due_at = record_sooner(after.due_at, after.manual_until);
	return put_and_publish(txn, rules, what, before, &after, now);
}

int
record_foresee(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, const struct record_known *known,
    const struct listing *before, int64_t now, struct listing *after)
{
	const struct record_case what = { .unit = unit };
	uint32_t callout_traps;
	int code;

	*after = *before;
	code = conclude(txn, rules, &what, known, now, &callout_traps, after);
	if (code == 0)
		record_foresee_places(before, now, callout_traps, after);
	return code;
}

int
record_judge_case(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, int64_t now)
{
	struct listing before;
	int code = listing_get(txn, what->unit, &before);

	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	return judge_anew(txn, rules, what, &before, now);
}

int
record_judge_or_withdraw(struct store_txn *txn,
    const struct recorder_rules *rules, const struct record_case *what,
    int64_t now)
{
	struct listing before;
	int code = listing_get(txn, what->unit, &before);

	if (stored_pass_by(TABLE_LISTING, code))
		return record_withdraw(txn, what->unit, now);
	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	return judge_anew(txn, rules, what, &before, now);
}

int
record_judge(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *address, int64_t now)
{
	struct ipaddr unit = listing_unit(address);
	struct record_case what = { .unit = &unit, .walks = RECORD_WALKS_MANY };

	return record_judge_case(txn, rules, &what, now);
}

/* --- its name ------------------------------------------------------------- */

/* Names move seldom; a week is the time that a sighting warns. */
#define NAME_SECONDS (7 * INT64_C(86400))

int
record_wants_name(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *address, int64_t now)
{
	struct ipaddr unit = listing_unit(address);
	struct listing listing;
	int code = listing_get(txn, &unit, &listing);

	if (code == ERROR_NOT_FOUND || stored_pass_by(TABLE_LISTING, code))
		return 0;
	if (code != 0)
		return code;
	return llabs(now - listing.named_at) >= NAME_SECONDS &&
	       shared_by_network(rules->shared, &unit) == NULL;
}

int
record_name(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *address, const char *name, int64_t now)
{
	struct ipaddr unit = listing_unit(address);
	struct listing listing;
	int code = listing_get(txn, &unit, &listing);
	bool was;

	if (code == ERROR_NOT_FOUND || stored_pass_by(TABLE_LISTING, code))
		return 0;
	if (code != 0)
		return code;
	was = listing.named_shared;
	listing.named_shared = shared_by_name(rules->shared, name) != NULL;
	listing.named_at = now;
	code = listing_put(txn, &listing);
	if (code != 0 || was == listing.named_shared)
		return code;
	return record_judge(txn, rules, &unit, now);
}
