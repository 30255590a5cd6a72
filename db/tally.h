#ifndef DB_TALLY_H
#define DB_TALLY_H

#include "db/policy.h"

/*
 * The running sum of one address' evidence that counts, in the order of time:
 * a score that decays, capped per trap and campaign, and how much of it is
 * independent. policy.c alone uses it.
 *
 * Bounded: sets are rows of four keys, and a fifth in its row takes the place
 * of the first. As keys are hashes, that takes about POLICY_DISTINCT_MAX of
 * them, a flood that is listed many times over by then; a key that comes back
 * counts as new.
 */
#define TALLY_ROW 4
#define TALLY_ROWS 32
#define TALLY_ORIGINAL_ROWS 64 /* repetitions are looked for further back */

struct tally_row {
	_Alignas(32) uint64_t keys[TALLY_ROW]; /* 0 free */
};

/* What is known of a trap or a campaign. */
struct tally_grant {
	int64_t since;	/* the cap's time began */
	double granted; /* since then */
	uint8_t proof;	/* of what it was counted already */
};

struct tally_groups {
	struct tally_row rows[TALLY_ROWS];
	uint8_t next[TALLY_ROWS]; /* place in the row, modulo its length */
	struct tally_grant grants[TALLY_ROWS * TALLY_ROW];
	/* The one of the last sighting: a run's come together. 0: none. */
	uint64_t last_key;
	struct tally_grant *last_grant;
};

/* Evidence of grade A alone is summed once more, for the strict list. */
struct tally_sum {
	double score;		   /* at the tally's last_at */
	int64_t first_at, last_at; /* 0: nothing yet */
	uint32_t traps, campaigns;
};

struct tally {
	const struct policy *policy;
	double halvings_per_second;
	double per_trap_cap, per_campaign_cap; /* INFINITY: none */
	struct tally_sum all, strict;
	int64_t last_at;
	uint32_t originals; /* different Message-IDs */
	uint32_t kinds;	    /* BACKSCATTER_BIT */
	struct tally_groups traps, campaigns;
	struct tally_row original_rows[TALLY_ORIGINAL_ROWS];
	uint8_t original_next[TALLY_ORIGINAL_ROWS];
};

void tally_init(struct tally *tally, const struct policy *policy);
void tally_clear(struct tally *tally);

/*
 * Adds a sighting, not older than the last. False when it repeats what counted
 * before.
 */
bool tally_add(struct tally *tally, const struct policy_event *event);

/* At the time of the last one added: is that enough to list (again)? */
bool tally_lists(const struct tally *tally, bool again);
bool tally_is_strict(const struct tally *tally);

#endif
