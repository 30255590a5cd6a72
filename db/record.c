#include "db/record_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "db/campaign.h"
#include "db/corroboration.h"
#include "db/digest.h"
#include "db/sensor.h"
#include "db/stored.h"
#include "db/trap.h"
#include "db/trend.h"

/*
 * As long as a client that never got our answer tries: five days are usual (RFC
 * 5321 section 4.5.4.1), and a day more for the last attempt. Digests are kept
 * with their evidence anyway.
 */
#define REPEATED_SECONDS (6 * 86400)
/* What may well happen again, and a sensor tells us at once or hardly. */
#define REPEATED_VAGUE_SECONDS 86400

/* --- rules ---------------------------------------------------------------- */

int
recorder_rules_init(struct recorder_rules *rules,
    const struct settings *settings, const char *who)
{
	int code;

	memset(rules, 0, sizeof(*rules));
	rules->who = who;
	rules->guard_additions = settings->safety.guard_additions;
	rules->guard_seconds = settings->safety.guard_seconds;
	rules->audit_seconds = settings->safety.audit_seconds;
	rules->records_per_hour = (unsigned)settings->safety.records_per_hour;
	record_networks_of(settings, rules->networks);
	code = policy_from_settings(settings, &rules->policy);
	if (code == 0)
		code = listable_new(settings, &rules->listable);
	if (code == 0)
		code = shared_new(settings, &rules->shared);
	if (code != 0) {
		recorder_rules_deinit(rules);
		return code;
	}
	rules->scratch = calloc(1, sizeof(*rules->scratch));
	if (rules->scratch == NULL) {
		recorder_rules_deinit(rules);
		return -ENOMEM;
	}
	return 0;
}

void
recorder_rules_deinit(struct recorder_rules *rules)
{
	listable_free(rules->listable);
	shared_free(rules->shared);
	free(rules->scratch);
	rules->listable = NULL;
	rules->shared = NULL;
	rules->scratch = NULL;
}

/* --- repetitions ---------------------------------------------------------- */

/*
 * Was this very message recorded lately, or ever where it bears a mark of its
 * own? 1, 0 or a negative code.
 */
static int
is_repeated(struct store_txn *txn, const struct evidence *evidence, int64_t now)
{
	int64_t seconds = (evidence->flags & EVIDENCE_VAGUE) != 0
			      ? REPEATED_VAGUE_SECONDS
			      : REPEATED_SECONDS;
	struct digest digest;
	int code = digest_get(txn, evidence->digest, &digest);

	if (code == ERROR_NOT_FOUND || stored_pass_by(TABLE_DIGEST, code))
		return 0;
	if (code != 0 || (evidence->flags & EVIDENCE_ONCE) != 0)
		return code != 0 ? code : 1;
	/* A clock that was far ahead once must not shut it out for long. */
	return llabs(now - digest.recorded_at) < seconds;
}

/* --- corroboration -------------------------------------------------------- */

struct flips {
	struct store_txn *txn;
	struct record_scratch *scratch;
	int64_t now;
};

/* The next sweep's. */
static int
judge_later(struct store_txn *txn, struct listing *listing, int64_t now)
{
	if (listing->due_at != 0 && listing->due_at <= now)
		return 0;
	listing->due_at = now;
	return listing_put(txn, listing);
}

static int
judge_flipped_later(const struct flips *flips, const struct ipaddr *unit)
{
	struct listing listing;
	int code = listing_get(flips->txn, unit, &listing);

	if (stored_pass_by(TABLE_LISTING, code))
		return 0;
	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	return judge_later(flips->txn, &listing, flips->now);
}

static int
note_flipped(const struct ipaddr *unit, void *context)
{
	const struct flips *flips = context;
	struct record_scratch *scratch = flips->scratch;

	for (unsigned i = 0; i < scratch->flipped_count; i++) {
		if (ipaddr_equal(&scratch->flipped[i], unit))
			return 0;
	}
	if (scratch->flipped_count == RECORD_FLIPPED_MAX)
		return judge_flipped_later(flips, unit);
	scratch->flipped[scratch->flipped_count++] = *unit;
	return 0;
}

/* Does it bear others out, and do others bear it out? */
static int
corroborate(struct store_txn *txn, const struct recorder_rules *rules,
    const struct evidence *evidence, int64_t now, struct sighting *sighting)
{
	struct flips flips = { txn, rules->scratch, now };
	unsigned needed = rules->policy.corroborating_networks;
	int code =
	    corroboration_add(txn, evidence, needed, note_flipped, &flips);

	if (code == 0)
		code = corroboration_holds(txn, evidence, needed);
	if (code < 0)
		return code;
	sighting->borne_by = (uint8_t)(code > 0 ? needed : 0);
	return 0;
}

/* --- evidence ------------------------------------------------------------- */

static int
count_evidence(struct store_txn *txn, const struct evidence *evidence)
{
	/* By when it was seen, so that a purge finds where it was counted. */
	int code =
	    trend_count(txn, TREND_EVIDENCE, evidence->kind, evidence->seen_at);

	if (code == 0)
		code = trend_count_tops(txn, evidence);
	if (code != 0 || evidence->trap == 0)
		return code;
	code = trap_hit(txn, evidence->trap, evidence->seen_at);
	/* It may have been removed meanwhile. */
	return code == ERROR_NOT_FOUND || stored_pass_by(TABLE_TRAP, code)
		   ? 0
		   : code;
}

static int
quarantine(struct store_txn *txn, const struct recorder_rules *rules,
    struct evidence *evidence, int64_t now)
{
	int code = sensor_quarantined(
	    txn, evidence->sensor, now, rules->policy.quarantine_seconds);

	if (code > 0)
		evidence->flags |= EVIDENCE_QUARANTINED;
	return code < 0 ? code : 0;
}

static int
put_evidence(struct store_txn *txn, struct evidence *evidence, int64_t now)
{
	int code = evidence_next_id(txn, evidence->seen_at, &evidence->id);

	if (code == 0)
		code = evidence_put(txn, evidence);
	if (code == 0)
		code = digest_put(txn, evidence, now);
	return code != 0 ? code : count_evidence(txn, evidence);
}

static int
judge_own(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, int64_t now)
{
	const struct record_case what = { .unit = unit,
		.walks = RECORD_WALKS_FEW };
	struct listing listing;

	if (listing_get(txn, unit, &listing) == 0 &&
	    listing.sightings >= RECORD_SIGHTINGS_MANY)
		return judge_later(txn, &listing, now);
	return record_judge_or_withdraw(txn, rules, &what, now);
}

static int
judge_affected(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, int64_t now)
{
	const struct record_scratch *scratch = rules->scratch;
	int code = judge_own(txn, rules, unit, now);

	for (unsigned i = 0; code == 0 && i < scratch->flipped_count; i++) {
		const struct record_case what = { .unit = &scratch->flipped[i],
			.walks = RECORD_WALKS_MANY };

		code = record_judge_or_withdraw(txn, rules, &what, now);
	}
	return code;
}

static int
resolve_campaign(struct store_txn *txn, struct evidence *evidence)
{
	if ((evidence->flags & EVIDENCE_FINGERPRINTED) == 0)
		return 0;
	return campaign_resolve(txn, &evidence->campaign);
}

/* What its trap weighs now. One that was removed meanwhile weighs all. */
static int
discount(struct store_txn *txn, const struct evidence *evidence,
    struct policy_event *event)
{
	struct trap trap;
	int code = ERROR_NOT_FOUND;

	if (evidence->trap != 0)
		code = trap_get(txn, evidence->trap, &trap);
	if (code == 0)
		event->discount = (uint8_t)(100 - trap.weight);
	return code == ERROR_NOT_FOUND || stored_pass_by(TABLE_TRAP, code)
		   ? 0
		   : code;
}

/* `event` where it can count, else NULL. */
static int
make_room(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, const struct evidence *evidence,
    struct policy_event *event)
{
	return event != NULL
		   ? record_cap(txn, rules, unit, evidence->sensor, event)
		   : record_cap_uncounted(txn, rules, unit, evidence);
}

int
record_evidence(struct store_txn *txn, const struct recorder_rules *rules,
    struct evidence *evidence, int64_t now)
{
	struct ipaddr unit = listing_unit(&evidence->address);
	struct sighting sighting = { .borne_by = 0 };
	int code = is_repeated(txn, evidence, now);
	bool can_count;

	if (code != 0)
		return code < 0 ? code : ERROR_EXISTS;
	if (!store_has_room(store_of(txn)))
		return ERROR_FULL;
	if (evidence->seen_at <= 0 || evidence->seen_at > now)
		evidence->seen_at = now;
	code = resolve_campaign(txn, evidence);
	if (code == 0)
		code = quarantine(txn, rules, evidence, now);
	policy_event_from(evidence, false, &sighting.event);
	if (code == 0)
		code = discount(txn, evidence, &sighting.event);
	can_count = policy_can_count(&sighting.event);
	if (code == 0)
		code = make_room(txn, rules, &unit, evidence,
		    can_count ? &sighting.event : NULL);
	if (code == 0)
		code = put_evidence(txn, evidence, now);
	if (code != 0 || !can_count)
		return code;
	sighting.id = evidence->id;
	rules->scratch->flipped_count = 0;
	code = corroborate(txn, rules, evidence, now, &sighting);
	if (code == 0)
		code = sighting_put(txn, &unit, &sighting);
	return code != 0 ? code : judge_affected(txn, rules, &unit, now);
}
