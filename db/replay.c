#include "db/replay.h"

#include <limits.h>
#include <string.h>

#include "common/error.h"
#include "db/record_private.h"
#include "db/stored.h"

/* --- one unit ------------------------------------------------------------- */

/* The acts alone. */
static unsigned
take_acts(const struct listing *listing,
    struct listing_episode acts[LISTING_EPISODES_MAX])
{
	unsigned count = 0;

	for (unsigned i = 0; i < listing->episode_count; i++) {
		const struct listing_episode *episode = &listing->episodes[i];

		if (episode->end == LISTING_EXPIRED)
			continue;
		acts[count++] = (struct listing_episode){
			.listed_at = episode->ended_at,
			.ended_at = episode->ended_at,
			.end = episode->end,
		};
	}
	return count;
}

static void
note_trap(struct replay *replay, uint64_t trap)
{
	unsigned known = replay->trap_count < REPLAY_TRAPS_MAX
			     ? replay->trap_count
			     : REPLAY_TRAPS_MAX;

	for (unsigned i = 0; i < known; i++) {
		if (replay->traps[i] == trap)
			return;
	}
	if (known < REPLAY_TRAPS_MAX)
		replay->traps[known] = trap;
	replay->trap_count++;
}

static void
note_traps(
    const struct recorder_rules *rules, unsigned count, struct replay *replay)
{
	const struct policy_event *events = rules->scratch->events;

	if (replay->result.state != LISTING_LISTED)
		return;
	for (unsigned i = 0; i < count && replay->trap_count < REPLAY_TRAPS_MAX;
	     i++) {
		const struct policy_event *event = &events[i];

		if (event->corroborated && event->trap != 0 &&
		    event->seen_at >= replay->result.first_seen_at &&
		    policy_counts(&rules->policy, event))
			note_trap(replay, event->trap);
	}
}

static int
judge(struct store_txn *txn, const struct recorder_rules *rules, int64_t now,
    const struct ipaddr *unit, struct replay *replay)
{
	struct listing_episode acts[LISTING_EPISODES_MAX];
	struct record_known known;
	const char *refusal;
	int code = record_refusal(txn, rules, unit, now, &refusal);

	if (code == 0)
		code = record_read_sightings(txn, rules, unit, now, &known);
	if (code == 0)
		code =
		    record_look_again(txn, rules, unit, UINT_MAX, &known, NULL);
	if (code != 0)
		return code;
	record_sort_events(rules, known.count);
	replay->shared = replay->listing.named_shared ||
			 shared_by_network(rules->shared, unit) != NULL;
	policy_judge(&rules->policy, rules->scratch->events, known.count,
	    &(struct policy_past){ .episodes = acts,
		.episode_count = take_acts(&replay->listing, acts),
		.delisted_at = replay->listing.delisted_at,
		.delisted_as = LISTING_DELISTED,
		.whole_since = known.whole_since,
		.shared = replay->shared,
		.exempt = refusal != NULL },
	    now, &replay->result);
	note_traps(rules, known.count, replay);
	return 0;
}

int
replay_next(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, struct ipaddr *from, struct replay *replay)
{
	struct ipaddr unit;
	int code = record_next_unit(txn, from, &unit);

	if (code != 0)
		return code;
	memset(replay, 0, sizeof(*replay));
	code = listing_get(txn, &unit, &replay->listing);
	if (stored_pass_by(TABLE_LISTING, code)) {
		memset(&replay->listing, 0, sizeof(replay->listing));
		replay->listing.unit = unit;
		code = 0;
	}
	if (code == 0 || code == ERROR_NOT_FOUND)
		code = judge(txn, rules, now, &unit, replay);
	*from = unit;
	/* No unit is the last of all: of IPv6 they end with 64 zeros. */
	ipaddr_step(from);
	return code;
}
