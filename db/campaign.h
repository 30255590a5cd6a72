#ifndef DB_CAMPAIGN_H
#define DB_CAMPAIGN_H

#include "db/evidence.h"
#include "db/octetset.h"
#include "db/store.h"

/*
 * Campaigns: forged runs, told apart by the fingerprint of what they sent (the
 * sender's domain and the subject, and where that is short some of the text;
 * evidence->campaign where EVIDENCE_FINGERPRINTED). What is known of one is in
 * its evidence, and is read from there: so it is as exact as that, and reaches
 * back as far.
 *
 * Two that a person finds to be one are merged: a purge with `into`
 * rewrites the evidence, and what comes later is recorded as the other at once
 * (campaign_resolve).
 */
struct campaign {
	uint64_t id;
	int64_t first_at, last_at;
	uint64_t sightings;
	uint64_t servers;   /* addresses and /64s that answered */
	uint64_t networks;  /* /24s and /48s that they are in */
	uint32_t kinds;	    /* BACKSCATTER_BIT(kind) */
	char language[3];   /* of the first reply whose signs tell; or "" */
	uint64_t sample_id; /* the newest piece of evidence */
};

/*
 * An id tells the subject, too: its first half is a hash of that alone. So a
 * person sees which campaigns have theirs in common. (Not of what other
 * sensors named: they have names of their own.)
 */
uint64_t campaign_of(uint64_t subject_hash, uint64_t hash);
uint32_t campaign_subject(uint64_t id);

/* --- many: a list of what was seen in [from, to) -------------------------- */

/* More than anybody reads; what comes later is counted as `left_out`. */
#define CAMPAIGNS_MAX 65536
struct campaigns {
	int64_t from, to;
	struct campaign *list; /* in no order before _finish */
	size_t count, size;
	uint32_t *places;	 /* a hash table: place in `list`, and one */
	struct octetset servers; /* campaign and unit */
	uint64_t left_out;	 /* sightings */
	uint64_t next_id;
};
void campaigns_init(struct campaigns *campaigns, int64_t from, int64_t to);
void campaigns_deinit(struct campaigns *campaigns);
/*
 * Reads evidence until the clock reaches `deadline_ms`: 1, there is more: renew
 * the transaction and go on; 0, that was all; or a negative code.
 */
int campaigns_read(
    struct store_txn *txn, struct campaigns *campaigns, int64_t deadline_ms);
/* Once all is read: counts servers and networks; the most servers first. */
void campaigns_finish(struct campaigns *campaigns);

/* --- merged ones ---------------------------------------------------------- */

/* The campaign that this one was merged into, or itself. */
int campaign_resolve(struct store_txn *txn, uint64_t *id);
/*
 * From now on, and with all that was merged into `id` before. ERROR_REFUSED:
 * into itself.
 */
int campaign_merge(
    struct store_txn *txn, uint64_t id, uint64_t into, int64_t now);
/* One record, for whoever checks. */
int campaign_check(struct octets key, struct octets value);

/*
 * Outside text as others may see it: whatever has an @ in it is "...@...".
 * Returns `to`.
 */
char *campaign_redact(const char *from, char *to, size_t size);

#endif
