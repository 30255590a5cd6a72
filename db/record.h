#ifndef DB_RECORD_H
#define DB_RECORD_H

#include "db/delisting.h"
#include "db/evidence.h"
#include "db/exemption.h"
#include "db/listing.h"
#include "db/policy.h"
#include "db/store.h"

/*
 * The only way in: each call makes one whole change inside the caller's write
 * transaction - evidence, corroboration, listing, zone, journal, trend, audit
 * - so that the commit shows all of it or nothing. The log line of a decision
 * is written by record_log_decisions after the commit.
 */
struct recorder_rules {
	struct policy policy;
	struct listable *listable;
	long guard_additions; /* publish guard, DESIGN section 9 */
	long guard_seconds;
	const char *who; /* for the audit: "ingest", "bsblctl:root" */
};
int recorder_rules_init(struct recorder_rules *rules,
    const struct settings *settings, const char *who);
void recorder_rules_deinit(struct recorder_rules *rules);

/*
 * Takes one sighting in. Gives it its id (evidence->id is set: later than any
 * before, at least evidence->seen_at). A digest seen within the last day is
 * not recorded again: ERROR_EXISTS. Affected addresses are judged at once up
 * to a bound, the rest by the next sweep. ERROR_FULL: no room for evidence.
 */
int record_evidence(struct store_txn *txn, const struct recorder_rules *rules,
    struct evidence *evidence, int64_t now);

/* Judges one unit anew and publishes what came out. */
int record_judge(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, int64_t now);

/* Sets the score to zero, keeps the history. ERROR_NOT_FOUND: not listed. */
int record_delisting(struct store_txn *txn, const struct recorder_rules *rules,
    struct delisting *delisting, int64_t now);

/*
 * Listed by hand: an IPv4 address, a prefix down to a /24 (each address is
 * written out), or an IPv6 /64. `until` must lie ahead, at most 365 days.
 * ERROR_REFUSED: can never be listed; *refusal (may be NULL) says why.
 */
int record_manual(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipprefix *prefix, const char *reason, int64_t until,
    int64_t now, const char **refusal);
/* Off by the operator's hand: manual and by policy. */
int record_removal(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipprefix *prefix, const char *reason, int64_t now);

/*
 * A step of an import: lists units by hand as record_manual does, with one
 * audit line for all of them. Stops when clock_monotonic_ms() has reached
 * `deadline_ms`, so that the write lock is never held long. Returns how many
 * units it dealt with (at least one of `count` >= 1), or a negative code. A
 * unit that can never be listed, or is exempt, is passed to `refused` and
 * left out.
 */
struct record_import {
	const char *reason;
	int64_t until;
	void (*refused)(
	    const struct ipaddr *unit, const char *why, void *context);
	void *context;
};
int record_import(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_import *import, const struct ipaddr *units,
    size_t count, int64_t deadline_ms, int64_t now);

int record_exemption(struct store_txn *txn, const struct recorder_rules *rules,
    const struct exemption *exemption, int64_t now);

/*
 * Judges what is due up to `now`, at most `most` units; returns how many were,
 * or a negative code. Drops evidence and journal past their retention too.
 */
int record_sweep(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, unsigned most);

#endif
