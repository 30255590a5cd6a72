#ifndef DB_RECORD_PRIVATE_H
#define DB_RECORD_PRIVATE_H

#include "common/log.h"
#include "db/record.h"
#include "db/sighting.h"

/*
 * What the files of record share: record.c (evidence comes in), record_judge.c
 * (one unit anew), record_known.c (by what is known of it), record_places.c
 * (what of it passes the publish guard), record_guard.c (what becomes of what
 * that held back), record_acts.c (what people decide), record_bulk.c (what they
 * decide about many), record_purge.c and its kin (evidence is taken back;
 * purge_private.h), record_sweep.c (what has run out), record_traps.c (whose
 * conditioning is over), record_cap.c (what a flood may fill), record_policy.c
 * (changed rules are told), record_anew.c (and judge what was seen before),
 * record_networks.c (who may never be listed), record_days.c (what the public
 * is told of a day), record_tell.c (audit and trend), record_log.c. Of others
 * replay.c, upgrade.c, shutdown.c and purge_private.h alone include it.
 */

/*
 * Of one unit, policy looks at the newest so many; at half as many that nobody
 * bears out, for a flood of these must not hide what holds a listing up. No
 * further back than so many others are passed by, which takes milliseconds.
 */
#define RECORD_SIGHTINGS_MAX 4096
#define RECORD_UNBORNE_MAX (RECORD_SIGHTINGS_MAX / 2)
#define RECORD_LOOKED_AT_MAX (16 * RECORD_SIGHTINGS_MAX)
/* Who has so many is judged by the sweep, once for all that came meanwhile. */
#define RECORD_SIGHTINGS_MANY 256
/* Decisions of one transaction that are logged; the others are counted. */
#define RECORD_LINES_MAX 64
#define RECORD_LINE_MAX 256
/* Units that a sighting's network bears out are judged with it, so many. */
#define RECORD_FLIPPED_MAX 32

struct record_line {
	enum log_level level;
	char text[RECORD_LINE_MAX];
};

/* Room to work in, of the one thread that writes with these rules. */
struct record_scratch {
	struct sighting sightings[RECORD_SIGHTINGS_MAX];
	struct policy_event events[RECORD_SIGHTINGS_MAX];
	struct ipaddr flipped[RECORD_FLIPPED_MAX];
	unsigned flipped_count;
	struct record_line lines[RECORD_LINES_MAX];
	unsigned line_count, lines_lost;
};

/* Keeps a line for record_log_decisions. */
void record_note(const struct recorder_rules *rules, enum log_level level,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* --- floods --------------------------------------------------------------- */

/*
 * Makes room for one more sighting of the unit, that counts, where the hour
 * has as many of its kind as it may (safety.records_per_hour): half of them
 * are the first, half the last, and one between goes. What comes stands for
 * those that went (event->more). To policy these say nothing: its caps are
 * reached by the first, or by the last where their time began anew between;
 * how long a listing lasts is told by the last. So the score is the same to a
 * hundredth, which is an hour's decay; what weighs less than a sixteenth may
 * end up with less.
 */
int record_cap(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, uint32_t sensor, struct policy_event *event);
/* The same for what never counts, of which nobody asks how many there were. */
int record_cap_uncounted(struct store_txn *txn,
    const struct recorder_rules *rules, const struct ipaddr *unit,
    const struct evidence *evidence);

/* --- judging -------------------------------------------------------------- */

/* A unit's sightings that policy looks at, newest first, in the scratch. */
struct record_known {
	unsigned count;
	int64_t whole_since; /* as in struct policy_past */
};
int record_read_sightings(struct store_txn *txn,
    const struct recorder_rules *rules, const struct ipaddr *unit, int64_t now,
    struct record_known *known);
/*
 * Looks again at those that nobody bore out so far, the newest first, with
 * `walks` walks over corroboration's tables at most. `keep` writes down what
 * is found; it may be NULL.
 */
typedef int record_keep(struct store_txn *txn, const struct ipaddr *unit,
    const struct sighting *sighting);
int record_look_again(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, unsigned walks, const struct record_known *known,
    record_keep *keep);
/* Makes them events, in policy's order. */
void record_sort_events(const struct recorder_rules *rules, unsigned count);

struct record_case {
	const struct ipaddr *unit;
	/*
	 * How many of its sightings that nobody bore out so far are looked at
	 * again, with a walk over corroboration's tables each.
	 */
	unsigned walks;
	/* What a person does at `now`; the audit has it already. */
	bool acts;
	enum listing_end act;
	bool released;	 /* the operator lets it past the guard */
	bool score_only; /* what is listed by hand stays */
	bool takes_back; /* it is a purge's own judgement (db/purge_plan.h) */
};
#define RECORD_WALKS_FEW 16   /* something of its own was seen */
#define RECORD_WALKS_MANY 512 /* others may bear it out now, or it is due */
int record_judge_case(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, int64_t now);
/*
 * What would come of the sightings in the scratch, were they all; the guard is
 * not asked. `before` is its listing.
 */
int record_foresee(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, const struct record_known *known,
    const struct listing *before, int64_t now, struct listing *after);
/*
 * What policy gives a unit, it has once the publish guard lets it pass: what
 * waits says nothing in `after` that would be published. Or what would come of
 * it: what waits, waits on, but for what is let go. The callouts that count
 * have met so many traps.
 */
int record_pass_places(struct store_txn *txn,
    const struct recorder_rules *rules, const struct record_case *what,
    const struct listing *before, int64_t now, uint32_t callout_traps,
    struct listing *after);
void record_foresee_places(const struct listing *before, int64_t now,
    uint32_t callout_traps, struct listing *after);
/*
 * The same where nobody waits for the answer: a unit whose listing cannot be
 * read is passed by, and stands in no list any more.
 */
int record_judge_or_withdraw(struct store_txn *txn,
    const struct recorder_rules *rules, const struct record_case *what,
    int64_t now);

/*
 * Audit, trend and log line of what changed: of what is published, or waits to
 * be. Warnings are for whoever looks at the address, and would fill the audit
 * with what the evidence says.
 */
int record_tell(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_case *what, const struct listing *before,
    const struct listing *after, int64_t now);

/* Makes the zone say of the unit what `after` says, and it did `before`. */
int record_publish(struct store_txn *txn, const struct listing *before,
    const struct listing *after, int64_t now);

/* Takes it out of every list, whatever its listing says. */
int record_withdraw(
    struct store_txn *txn, const struct ipaddr *unit, int64_t now);

/*
 * Tells the audit when other numbers decide than before, and has record_anew
 * begin where they are the policy's. 1 when it did, 0, or a negative code.
 */
int record_policy(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now);

/*
 * Judges every unit that has sightings or a listing anew, once it was told to
 * begin: what it can until clock_monotonic_ms() has reached `end_ms`, one at
 * least. `most` for "again, soon", 0 that there was nothing to judge; or a
 * negative code.
 */
int record_anew_begin(struct store_txn *txn);
/* Is that not over yet? 1, 0, or a negative code. */
int record_anew_is_under_way(struct store_txn *txn);
int record_anew(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, unsigned most, int64_t end_ms);
/* The first of them at or behind `from`, or ERROR_NOT_FOUND. */
int record_next_unit(
    struct store_txn *txn, const struct ipaddr *from, struct ipaddr *unit);

/* Own, reserved and shared networks as the settings have them, hashed. */
void record_networks_of(
    const struct settings *settings, uint8_t networks[META_CHAIN_LEN]);
/*
 * Makes listings due that the rules' networks make come out otherwise: looks at
 * what it can until clock_monotonic_ms() has reached `end_ms`, at one at least,
 * when the networks are others than before. `most` for "again, soon", 0 that
 * there was nothing to look at; or a negative code.
 */
int record_networks(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, unsigned most, int64_t end_ms);

/*
 * Counts for the public (db/trend_day.h), one after the other, the days that
 * are over for TREND_DAY_SETTLES and have no count: what it can until
 * clock_monotonic_ms() has reached `end_ms`, one sighting at least. `most` for
 * "again, soon", 1 that something else has changed, 0 that there was nothing to
 * do; or a negative code. While a purge is under way it waits.
 */
int record_days(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, unsigned most, int64_t end_ms);
/*
 * A sighting of that time is taken away, or becomes another campaign's: its
 * day, and those beside it, where it may have borne others out, have no count
 * until they are counted again.
 */
int record_days_forget(struct store_txn *txn, int64_t seen_at);

/*
 * Makes traps active whose conditioning is over, once an hour. 1 when it looked
 * for them, 0, or a negative code.
 */
int record_traps(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now);

/*
 * Off by the operator's hand. 1 when there was something, 0 when not, or a
 * negative code.
 */
int record_remove_unit(struct store_txn *txn,
    const struct recorder_rules *rules, const struct ipaddr *unit, int64_t now);

/* Why a unit can never be listed, in words for people, or NULL. */
int record_refusal(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, int64_t now, const char **refusal);

/* "dsn,auto" */
#define RECORD_KINDS_MAX 64
char *record_kinds(uint32_t kinds, char text[RECORD_KINDS_MAX]);
enum backscatter_kind record_first_kind(uint32_t kinds);

/* The nearer of two times of which 0 is none. */
int64_t record_sooner(int64_t a, int64_t b);

#endif
