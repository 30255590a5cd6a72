#include <string.h>

#include "common/error.h"
#include "db/corroboration.h"
#include "db/digest.h"
#include "db/listing.h"
#include "db/purge_act.h"
#include "db/sighting.h"
#include "db/stored.h"
#include "db/verify_private.h"

/* --- evidence ------------------------------------------------------------- */

/* What was taken off its weight then, nobody knows now. */
static bool
same_event(uint64_t id, struct octets value, struct policy_event *event)
{
	struct sighting sighting;

	if (sighting_decode(id, value, &sighting) != 0)
		return false;
	event->discount = sighting.event.discount;
	return policy_event_compare(&sighting.event, event) == 0;
}

/* Beside the index, what can have a weight is where policy looks. */
static int
check_sighting(
    struct check *check, const struct evidence *evidence, struct octets place)
{
	struct policy_event event;
	struct octets value;
	bool there;
	int code = look_up(check, TABLE_SIGHTING, place, &value, &there);

	if (code != 0)
		return code;
	policy_event_from(evidence, false, &event);
	if (there != policy_can_count(&event))
		fault_of_id(check,
		    there ? "policy looks at what does not count"
			  : "policy does not look at the evidence",
		    evidence->id);
	else if (there && !same_event(evidence->id, value, &event))
		fault_of_id(check, "policy looks at other than the evidence",
		    evidence->id);
	return 0;
}

static int
check_places(struct check *check, const struct evidence *evidence)
{
	struct ipaddr unit = listing_unit(&evidence->address);
	uint8_t key[STORED_KEY_OF_UNIT];
	struct octets place = stored_key_of_unit(key, &unit, evidence->id);
	struct octets value;
	bool there;
	int code = look_up(check, TABLE_EVIDENCE_OF, place, &value, &there);
	if (code != 0)
		return code;
	if (!there)
		fault_of_id(
		    check, "evidence not in its address' index", evidence->id);
	return check_sighting(check, evidence, place);
}

/*
 * Where others look for who bears them out. An hour is forgotten with the first
 * of its evidence that goes.
 */
static int
check_groups(struct check *check, const struct evidence *evidence)
{
	uint32_t hour = (uint32_t)(evidence->seen_at / 3600);
	struct policy_event event;
	int code;

	policy_event_from(evidence, false, &event);
	if (hour <= check->first_hour || !policy_can_count(&event))
		return 0;
	code = corroboration_has(check->txn, evidence);
	if (code == 0)
		fault_of_id(
		    check, "evidence that bears nobody out", evidence->id);
	return code < 0 ? fails(code) : 0;
}

static int
check_its_digest(struct check *check, const struct evidence *evidence)
{
	struct digest digest;
	int code = digest_get(check->txn, evidence->digest, &digest);

	if (evidence->digest == 0)
		return 0;
	if (code == ERROR_NOT_FOUND || digest.evidence < evidence->id)
		fault_of_id(check, "evidence without its digest", evidence->id);
	return fails(code);
}

static void
note_hour(struct check *check, const struct evidence *evidence)
{
	uint32_t hour = (uint32_t)(evidence->seen_at / 3600);

	if (check->earliest_hour == UINT32_MAX)
		check->first_hour = hour;
	if (hour < check->earliest_hour)
		check->earliest_hour = hour;
}

int
check_evidence(struct check *check, struct octets key, struct octets value)
{
	struct evidence evidence;
	uint64_t id;
	int code;

	if (key.len != STORED_KEY_U64) {
		fault_of_key(check, "no id of evidence", key);
		return 0;
	}
	id = stored_u64_of_key(key.data);
	if (evidence_decode(id, value, &evidence) != 0) {
		fault_of_id(check, "damaged evidence", id);
		return 0;
	}
	if (evidence.seen_at > (int64_t)(id / 1000000))
		fault_of_id(check, "evidence seen after its id", id);
	note_hour(check, &evidence);
	code = check_places(check, &evidence);
	if (code == 0)
		code = check_groups(check, &evidence);
	return code == 0 ? check_its_digest(check, &evidence) : code;
}

int
check_index(struct check *check, struct octets key, struct octets value)
{
	struct evidence evidence;
	struct ipaddr unit;
	uint64_t id;
	int code;

	(void)value;
	if (key.len != STORED_KEY_OF_UNIT) {
		fault_of_key(check, "no unit and id", key);
		return 0;
	}
	id = stored_u64_of_key((const uint8_t *)key.data + UNIT_LEN);
	code = evidence_get(check->txn, id, &evidence);
	if (code == 0)
		unit = listing_unit(&evidence.address);
	if (code == ERROR_NOT_FOUND ||
	    (code == 0 && memcmp(key.data, unit.octets, UNIT_LEN) != 0))
		fault_of_id(check, "an address' index leads nowhere", id);
	/* What cannot be read, check_evidence has told. */
	return fails(code);
}

int
check_digest(struct check *check, struct octets key, struct octets value)
{
	struct digest digest;
	struct octets record;
	uint8_t place[STORED_KEY_U64];
	bool there;
	int code;

	if (digest_decode(value, &digest) != 0) {
		fault_of_key(check, "a damaged digest", key);
		return 0;
	}
	code = look_up(check, TABLE_EVIDENCE,
	    stored_key_u64(place, digest.evidence), &record, &there);
	if (code == 0 && !there)
		fault_of_id(check, "a digest of no evidence", digest.evidence);
	return code;
}

/* --- corroboration -------------------------------------------------------- */

/* A purge that is under way has taken its evidence, and comes to it later. */
static bool
is_purged(struct check *check, struct octets key)
{
	struct corroboration_bucket bucket;
	struct purge_act purge;

	if (key.len < sizeof(bucket.octets) ||
	    purge_act_any(check->txn, &purge) <= 0)
		return false;
	memcpy(bucket.octets, key.data, sizeof(bucket.octets));
	return purge_work_has_hour(check->txn, purge.number, &bucket) > 0;
}

static int
check_hour(struct check *check, enum store_table table, struct octets key,
    struct octets value)
{
	uint32_t hour;

	if (corroboration_hour(table, key, value, &hour) != 0)
		fault_of_key(
		    check, "a damaged hour of a trap or campaign", key);
	else if (hour < check->earliest_hour && !is_purged(check, key))
		fault_of_key(
		    check, "an hour of which there is no evidence", key);
	return 0;
}

int
check_member(struct check *check, struct octets key, struct octets value)
{
	return check_hour(check, TABLE_GROUP_MEMBER, key, value);
}

int
check_networks(struct check *check, struct octets key, struct octets value)
{
	return check_hour(check, TABLE_GROUP_NETWORK, key, value);
}
