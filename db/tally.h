#ifndef DB_TALLY_H
#define DB_TALLY_H

#include "db/policy.h"

/*
 * The running sum of one address' evidence that counts, in the order of time:
 * a score that decays, capped per trap and campaign, and how much of it is
 * independent. policy.c alone uses it.
 *
 * Bounded: traps and campaigns stand in one of the few places from their own
 * on, originals in a row of four; who finds all taken takes the place of the
 * first. As keys are hashes, that takes about POLICY_DISTINCT_MAX of them, a
 * flood that is listed many times over by then; a key that comes back counts as
 * new.
 */
#define TALLY_PLACES 128
#define TALLY_WINDOW 4
#define TALLY_ROW 4
#define TALLY_ROWS 64 /* repetitions are looked for further back */

/* What is known of a trap or a campaign. */
struct tally_group {
	int64_t since; /* the cap's time began */
	/* Of the cap in that time; and of one that begins anew: all of it. */
	double left[2];
	unsigned proof; /* of what it was counted already */
};

struct tally_groups {
	double cap; /* INFINITY: none */
	/* 0 free, and then its group says nothing: to clear them is little. */
	uint64_t keys[TALLY_PLACES + TALLY_WINDOW - 1];
	struct tally_group groups[TALLY_PLACES + TALLY_WINDOW - 1];
};

struct tally_originals {
	/* 0 free; a row within one line of the processor's cache */
	_Alignas(32) uint64_t keys[TALLY_ROWS][TALLY_ROW];
	uint8_t next[TALLY_ROWS]; /* place in the row, modulo its length */
};

/* Evidence of grade A alone is summed once more, for the strict list. */
struct tally_sum {
	double score;		   /* at the last_at of all */
	int64_t first_at, last_at; /* 0: nothing yet */
	uint32_t traps, campaigns;
};

struct tally {
	const struct policy *policy;
	double halvings_per_second;
	struct tally_sum all, strict;
	uint32_t originals; /* different Message-IDs */
	uint32_t kinds;	    /* BACKSCATTER_BIT */
	struct tally_groups traps, campaigns;
	struct tally_originals seen;
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
