#ifndef DB_POLICY_H
#define DB_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/settings.h"
#include "db/evidence.h"
#include "db/listing.h"

/*
 * Evidence -> listing, as a pure function: the same evidence, whatever order
 * it arrived in, gives the same state. Every number is in struct policy;
 * presets fill it, settings override it. Times are Unix seconds.
 *
 * The rules, where docs/listing-policy.md leaves room:
 *
 * - Evidence is walked from the oldest of the last 30 days to the newest. Only
 *   a sighting can begin an episode (a time on the list), so an address is
 *   listed as of the sighting that bore it out, even when the corroboration
 *   or the sighting itself came in later.
 * - What counts is corroborated, has a weight, is no repetition, is newer than
 *   the last act (delisting, removal, exemption) and is no bounce of an
 *   original that came before that act. It makes up score, span and kinds; it
 *   lists and extends. The caps bound the score alone.
 * - Traps, campaigns and sightings are counted of proof alone: of grade A or
 *   with a fingerprint, and not submitted by an own user. So whoever knows a
 *   trap, and has a server answer his own mail to it, never brings it onto the
 *   list, whatever forged runs hit the trap meanwhile; nor does a stolen
 *   password. What is no proof adds to the score, and extends.
 * - What a trap weighs less than others is taken off the weight.
 * - What a new sensor saw counts a part, and bears nobody else out.
 * - A repetition has the same original Message-ID as what counted before, or
 *   neither Message-ID nor fingerprint and the same trap and hour. It adds its
 *   kind, nothing else.
 * - The 24 hours of a trap's cap begin with the first sighting that counts
 *   and, when they are over, with the next.
 * - "Only automatic replies": nothing that counts is of another kind.
 * - Listing again asks a lower score, yet span and breadth as before.
 * - An episode that ended, or ends, within 90 days before another begins makes
 *   that one graver, however it ended.
 * - strict is judged at each sighting that counts while listed and then lasts
 *   as long as the episode, as far as evidence of 30 days bears it out.
 * - Callouts (and all of grade D) have a score, traps, span and breadth of
 *   their own, the same thresholds, the first expiry always, and no history.
 *   They warn like the rest.
 * - An address in shared space is judged like any other: verdict_of puts it
 *   where it belongs. It is never strict.
 * - An exempted address is in no state at all, and what is seen of it
 *   meanwhile never counts, not even when what weighs nothing now has a weight
 *   later: the exemption acts until it ends.
 */
struct policy {
	const char *preset;
	double weight[GRADE_COUNT];
	double submission_weight; /* factor for own abused users, scripts */
	double quarantine_weight; /* factor for a new sensor's */
	int64_t quarantine_seconds;
	int64_t half_life_seconds;
	double per_trap_cap;	 /* per trap in 24 h; 0 none */
	double per_campaign_cap; /* per campaign in 30 d; 0 none */

	double list_score, relist_score;
	double auto_score, auto_relist_score; /* only automatic replies */
	int64_t span_seconds;		      /* first to last, at least */
	/* Any one of these three suffices; 0: not by this one; all 0: none
	 * is asked for. */
	unsigned least_traps;
	unsigned least_campaigns; /* fingerprinted ones */
	unsigned least_sightings; /* different original Message-IDs */
	unsigned auto_least; /* traps or campaigns, only automatic replies */
	unsigned corroborating_networks; /* others; 0: none needed */
	bool immediate; /* eager: the first that has a weight lists */

	double strict_score;
	unsigned strict_least; /* traps or campaigns */
	int64_t strict_span_seconds;

	int64_t evidence_seconds; /* how far back evidence is looked at */
	/*
	 * How long a listing makes the next graver, and a delisting is known:
	 * at least evidence_seconds and drain_seconds together.
	 */
	int64_t history_seconds;
	int64_t warning_seconds;
	/* First; doubled up to. Less than evidence_seconds, so that what holds
	 * a listing up is always looked at. */
	int64_t expiry_seconds, expiry_max_seconds;
	int64_t drain_seconds; /* how old an original is believed to be */
	/* How long a trap waits before it counts, when it is conditioned. */
	int64_t conditioning_seconds;
};

/* Distinct traps, campaigns, are told apart up to this number. */
#define POLICY_DISTINCT_MAX 32

/* 0, or ERROR_NOT_FOUND for no such preset. */
int policy_preset(const char *name, struct policy *policy);
/*
 * The preset the settings name with their numbers over it. ERROR_NOT_FOUND as
 * above; ERROR_LIMIT: asks for more than POLICY_DISTINCT_MAX, or for more
 * networks than corroboration keeps, or numbers do not fit each other. One log
 * line then says which.
 */
int policy_from_settings(
    const struct settings *settings, struct policy *policy);

/* What policy looks at of one sighting. */
struct policy_event {
	int64_t seen_at;
	int64_t original_at;
	uint64_t trap, campaign, original;
	uint32_t flags; /* enum evidence_flag */
	uint32_t more;	/* others like it, that a flood's bound let go */
	enum backscatter_kind kind;
	enum proof_grade grade;
	uint8_t discount; /* percent of its weight that do not count */
	bool corroborated;
};
void policy_event_from(const struct evidence *evidence, bool corroborated,
    struct policy_event *event);
/*
 * By time, then by content (`more` is none of it): a total order, in which
 * policy_judge takes them.
 */
int policy_event_compare(
    const struct policy_event *a, const struct policy_event *b);

/*
 * What is known beside the evidence. An episode is a fact once evidence it
 * rested on is gone: it is taken as given. One that rests on evidence which is
 * all there is derived anew, so that what arrives late finds its place. Acts
 * that ended episodes are always given. Leave out the episodes to forget
 * decisions made under other rules.
 */
struct policy_past {
	const struct listing_episode *episodes; /* oldest first */
	unsigned episode_count;
	int64_t delisted_at; /* may be newer than `episodes`; 0 never */
	enum listing_end delisted_as; /* LISTING_DELISTED or _REMOVED */
	int64_t whole_since; /* older evidence is missing; 0: nothing is */
	bool shared, exempt;
};

/*
 * All of it speaks of evidence since the last act. Numbers of traps and
 * campaigns are of what counts and no callout.
 */
struct policy_result {
	enum listing_state state; /* NONE, WARNED or LISTED */
	uint32_t kinds;		  /* in the main zone (no callouts) */
	bool strict;
	double score;			     /* at last_counted_at */
	int64_t first_seen_at, last_seen_at; /* corroborated or not */
	int64_t last_counted_at;
	int64_t listed_at, expires_at; /* 0 when not listed */
	int64_t callout_until;	       /* listed in callout.; 0 not */
	int64_t callout_seen_at;       /* the last that made it so; 0 none */
	uint32_t callout_traps;
	int64_t due_at; /* the state changes by itself then; 0 never */
	uint32_t sightings, corroborated, traps, campaigns;
	struct listing_episode episodes[LISTING_EPISODES_MAX];
	unsigned episode_count; /* the running one is the last */
};

/*
 * `events` is sorted by policy_event_compare and holds at least
 * evidence_seconds before `now`; what lies outside is passed over. Allocates
 * nothing; cost is linear in `count`.
 */
void policy_judge(const struct policy *policy,
    const struct policy_event *events, size_t count,
    const struct policy_past *past, int64_t now, struct policy_result *result);

/* Can a sighting have a weight in any list, by any policy's numbers? */
bool policy_can_count(const struct policy_event *event);
/* Has it one by these, corroborated or not? */
bool policy_counts(
    const struct policy *policy, const struct policy_event *event);

#endif
