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
 */
struct policy {
	const char *preset;
	double weight[GRADE_COUNT];
	double submission_weight; /* factor for own abused users, scripts */
	int64_t half_life_seconds;
	double per_trap_cap;	 /* per trap in 24 h; 0 none */
	double per_campaign_cap; /* per campaign; 0 none */

	double list_score, relist_score;
	double auto_score, auto_relist_score; /* only automatic replies */
	int64_t span_seconds;		      /* first to last, at least */
	unsigned least_traps;	  /* any one of these three suffices ... */
	unsigned least_campaigns; /* fingerprinted ones */
	unsigned least_sightings; /* different original Message-IDs; 0 never */
	unsigned auto_least; /* traps or campaigns, only automatic replies */
	unsigned corroborating_networks; /* others; 0: none needed */
	bool immediate; /* eager: the first counted event lists */

	double strict_score;
	unsigned strict_least; /* traps or campaigns */
	int64_t strict_span_seconds;

	int64_t evidence_seconds; /* how far back evidence is looked at */
	int64_t history_seconds;  /* how long a listing makes the next graver */
	int64_t warning_seconds;
	int64_t expiry_seconds, expiry_max_seconds; /* first; doubled up to */
	int64_t drain_seconds; /* originals of before a delisting */
};

/* 0, or ERROR_NOT_FOUND for no such preset. */
int policy_preset(const char *name, struct policy *policy);
/* The preset the settings name with their numbers over it. */
int policy_from_settings(
    const struct settings *settings, struct policy *policy);

/* What policy looks at of one sighting. */
struct policy_event {
	int64_t seen_at;
	int64_t original_at;
	uint64_t trap, campaign, original;
	uint32_t flags; /* enum evidence_flag */
	enum backscatter_kind kind;
	enum proof_grade grade;
	bool corroborated;
};
void policy_event_from(const struct evidence *evidence, bool corroborated,
    struct policy_event *event);

/* What is known beside the evidence. */
struct policy_past {
	const struct listing_episode *episodes; /* oldest first */
	unsigned episode_count;
	int64_t delisted_at; /* 0 never */
	bool shared, exempt;
};

struct policy_result {
	enum listing_state state; /* NONE, WARNED or LISTED */
	uint32_t kinds;		  /* in the main zone (no callouts) */
	bool callout;		  /* listed in callout. */
	bool strict;
	double score; /* at last_counted_at */
	int64_t first_seen_at, last_seen_at, last_counted_at;
	int64_t listed_at, expires_at;
	int64_t due_at; /* the state changes by itself then; 0 never */
	uint32_t sightings, corroborated, traps, campaigns;
	struct listing_episode episodes[LISTING_EPISODES_MAX];
	unsigned episode_count; /* the running one is the last */
};

/*
 * `events` is sorted by seen_at and holds at least evidence_seconds before
 * `now`. Allocates nothing; cost is linear in `count`.
 */
void policy_judge(const struct policy *policy,
    const struct policy_event *events, size_t count,
    const struct policy_past *past, int64_t now, struct policy_result *result);

/* Does a sighting count at all, corroborated or not? */
bool policy_counts(
    const struct policy *policy, const struct policy_event *event);

#endif
