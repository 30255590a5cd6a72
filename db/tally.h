#ifndef DB_TALLY_H
#define DB_TALLY_H

#include "db/policy.h"

/*
 * The running sum of one address' evidence that counts, in the order of time:
 * a score that decays, capped per trap and campaign, and how much of it is
 * independent. policy.c alone uses it.
 *
 * Bounded: traps and campaigns stand in one of the few places from their own
 * on; who finds all taken takes the place of the first. As keys are hashes,
 * that takes about POLICY_DISTINCT_MAX of them, a flood that is listed many
 * times over by then. Of originals the newest two of a row are kept: of a
 * hundred in between, one in sixty makes a repetition forgotten. A key that
 * comes back then counts as new.
 */
#define TALLY_PLACES 128
#define TALLY_WINDOW 4
#define TALLY_ROWS 512 /* repetitions are looked for further back */
#define TALLY_ROW 2

/* What is known of a trap or a campaign; in one line of the cache. */
struct tally_group {
	_Alignas(32) int64_t since; /* the cap's time began */
	/* Of the cap in that time; and of one that begins anew: all of it. */
	double left[2];
	unsigned proof; /* of what it was counted already */
};

struct tally_groups {
	double cap; /* INFINITY: none */
	/* The one that was looked for last, 0 none. */
	uint64_t last_key;
	struct tally_group *last;
	/* 0 free, and then its group says nothing: to clear them is little. */
	uint64_t keys[TALLY_PLACES + TALLY_WINDOW - 1];
	struct tally_group groups[TALLY_PLACES + TALLY_WINDOW - 1];
};

struct tally_originals {
	/* 0 free; the newest first */
	_Alignas(16) uint64_t keys[TALLY_ROWS][TALLY_ROW];
};

struct tally_sum {
	double score;		   /* at the last_at of the tally */
	int64_t first_at, last_at; /* 0: nothing yet */
};

struct tally_distinct {
	uint32_t traps, campaigns;
};

struct tally {
	const struct policy *policy;
	double decay_per_second; /* score' = -score * this */
	int64_t last_at;	 /* 0: nothing yet */
	/* Of grade A, which alone makes strict, [true]; of the others. */
	struct tally_sum sums[2];
	struct tally_distinct all, strict;
	uint32_t originals; /* different Message-IDs */
	uint32_t kinds;	    /* BACKSCATTER_BIT */
	struct tally_groups traps, campaigns;
	struct tally_originals seen;
};

void tally_init(struct tally *tally, const struct policy *policy);
void tally_clear(struct tally *tally);

/* To add to it: db/tally_add.h. */

/* Of all that was added: at the last one's time; and the first one's, or 0. */
double tally_score(const struct tally *tally);
int64_t tally_first_at(const struct tally *tally);

/* At the time of the last one added: is that enough to list (again)? */
bool tally_lists(const struct tally *tally, bool again);
bool tally_is_strict(const struct tally *tally);

#endif
