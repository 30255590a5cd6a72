#ifndef DB_RECORD_H
#define DB_RECORD_H

#include "db/delisting.h"
#include "db/evidence.h"
#include "db/exemption.h"
#include "db/listing.h"
#include "db/meta.h"
#include "db/policy.h"
#include "db/shared.h"
#include "db/store.h"

/*
 * The only way in: each call makes one whole change inside the caller's write
 * transaction - evidence, corroboration, listing, zone, journal, trend, audit
 * - so that the commit shows all of it or nothing. When a call fails, abort.
 *
 * Rules serve one thread at a time, the one that writes: they hold room to
 * work in, and the log lines of decisions until these are on disk.
 */
struct recorder_rules {
	struct policy policy;
	struct listable *listable;
	struct shared *shared;
	uint8_t networks[META_CHAIN_LEN]; /* what both follow from, hashed */
	long guard_additions;		  /* publish guard (db/guard.h) */
	long guard_seconds;
	long audit_seconds;	   /* how long the audit is kept */
	unsigned records_per_hour; /* what a flood may fill */
	/* Sweeps while another is away, whose numbers judge anew, not ours. */
	bool stands_in;
	const char *who; /* for the audit: "ingest", "bsblctl:root"; borrowed */
	struct record_scratch *scratch;
};
/* 0, -ENOMEM, or what policy (after a log line) or listable refuse. */
int recorder_rules_init(struct recorder_rules *rules,
    const struct settings *settings, const char *who);
void recorder_rules_deinit(struct recorder_rules *rules);

/*
 * After each transaction: writes what it decided to the log, or forgets it
 * when it was not committed. What is never said is said with the next.
 */
void record_log_decisions(const struct recorder_rules *rules, bool committed);

/*
 * Takes one sighting in. Gives it its id (evidence->id is set: later than any
 * before, at least evidence->seen_at); a seen_at of 0 or later than `now`
 * becomes `now`. A digest recorded within the last six days - ever with
 * EVIDENCE_ONCE, a day with EVIDENCE_VAGUE - is not recorded again:
 * ERROR_EXISTS, and nothing has changed. Affected addresses are judged at once
 * up to a bound, the rest by the next sweep. ERROR_FULL: no room for evidence.
 * Of a flood, what policy has no use for is counted and not kept.
 */
int record_evidence(struct store_txn *txn, const struct recorder_rules *rules,
    struct evidence *evidence, int64_t now);

/*
 * Judges the unit of an address anew and publishes what came out. An address
 * that is exempt or can never be listed is off every list then.
 *
 * What policy lists beyond the guard's limit waits as LISTING_PENDING, in no
 * list, until it expires, or six hours later a second trap bears it out. The
 * same is true of callouts, by themselves (callout_pending_at).
 */
int record_judge(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *address, int64_t now);

/*
 * Host names say who shares an address (db/shared.h), and to ask for them takes
 * time: whoever records evidence asks outside of any transaction, and tells.
 *
 * record_wants_name: 1 when the address has a state, and its name is not known
 * or that was long ago; 0, or a negative code.
 *
 * record_name: `name` leads back to the address, "" when there is no such name;
 * the unit is judged anew where that changes something.
 */
int record_wants_name(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *address, int64_t now);
int record_name(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *address, const char *name, int64_t now);

/*
 * A removal request: off every list but the manual one, at once; score zero,
 * history kept. Gives it its id, and `now` as its time.
 * ERROR_NOT_FOUND: not listed. ERROR_REFUSED: listed by hand alone, which the
 * operator ends with record_removal.
 */
int record_delisting(struct store_txn *txn, const struct recorder_rules *rules,
    struct delisting *delisting, int64_t now);

/*
 * Listed by hand: an IPv4 address, a prefix down to a /24 (each address is
 * written out), or an IPv6 /64. `until` must lie ahead, at most 365 days; a
 * reason must be given, at most LISTING_REASON_MAX octets. Once more for a
 * unit changes reason and end. ERROR_REFUSED: something of it is wrong, or an
 * address of it can never be listed; *refusal (may be NULL) says why.
 */
#define RECORD_MANUAL_MAX_SECONDS (INT64_C(365) * 86400)
int record_manual(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipprefix *prefix, const char *reason, int64_t until,
    int64_t now, const char **refusal);
/*
 * Off by the operator's hand: manual, by policy, and what is pending. Prefixes
 * as for record_manual (else ERROR_REFUSED); the reason may be "".
 * ERROR_NOT_FOUND: nothing of it was there. A damaged listing goes, too, and
 * its history with it.
 */
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

/*
 * What the publish guard holds back, decided by the operator: a step of it.
 * Releases units, or rejects them: their score is zero then, as after a
 * removal. Stops when clock_monotonic_ms() has reached `deadline_ms`. Returns
 * how many of `count` it dealt with (at least one), or a negative code. A unit
 * that is not pending (any more) is passed by; *done counts the others.
 */
enum record_guard_act { RECORD_GUARD_RELEASE, RECORD_GUARD_REJECT };
int record_guard(struct store_txn *txn, const struct recorder_rules *rules,
    enum record_guard_act act, const struct ipaddr *units, size_t count,
    const char *reason, int64_t deadline_ms, int64_t now, unsigned *done);

/*
 * Exempts a prefix, and takes off every list what it covers: one that is not
 * wide (db/bulk_act.h), since all of it is one transaction.
 */
int record_exemption(struct store_txn *txn, const struct recorder_rules *rules,
    const struct exemption *exemption, int64_t now);

/*
 * A decision about many listings (db/bulk_act.h). _begin writes it down, and
 * puts an exemption in force. Then a step of it, over units it was found to be
 * about: stops when clock_monotonic_ms() has reached `deadline_ms`, and returns
 * how many of `count` it dealt with (at least one), or a negative code. A unit
 * that it is not about any more is passed by; *done counts the others. How far
 * it is, and that it is over, is the caller's to write, with the step.
 */
struct bulk_act;
int record_bulk_begin(struct store_txn *txn, const struct recorder_rules *rules,
    const struct bulk_act *act, int64_t now);
int record_bulk(struct store_txn *txn, const struct recorder_rules *rules,
    const struct bulk_act *act, const struct ipaddr *units, size_t count,
    int64_t deadline_ms, int64_t now, unsigned *done);

/*
 * Judges what is due up to `now`, what the rules' networks make come out
 * otherwise than others before, and everybody once the policy's numbers are
 * others, makes traps active whose conditioning is over, counts days for the
 * public and makes days of the trends' hours, and drops evidence, journal,
 * requests for removal and audit that are past their time, at most `most` of
 * each and no longer than some 50 ms. Returns the largest of these numbers, so
 * that `most` means "again, soon", 0 that nothing has changed; or a negative
 * code. The sweep's life sign is the caller's.
 */
int record_sweep(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, unsigned most);

#endif
