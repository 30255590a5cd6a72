#include <string.h>

#include "common/error.h"
#include "db/listing.h"
#include "db/shutdown_stage.h"
#include "db/stored.h"
#include "db/verdict.h"
#include "db/verify_private.h"

/* --- listings ------------------------------------------------------------- */

static int
check_entry(struct check *check, const struct ipaddr *unit, enum sublist list,
    const struct zone_entry *expected)
{
	struct zone_entry entry;
	struct octets value;
	struct zonekey key;
	bool there;
	int code;

	zonekey_of_unit(list, unit, &key);
	code = look_up(
	    check, TABLE_ZONE, OCTETS(key.octets, key.len), &value, &there);
	if (code != 0)
		return code;
	/* Evidence of 127.0.0.2 does not make its test entry a listing. */
	if (there && zonedata_decode_entry(value, &entry) &&
	    (entry.flags & ZONE_ENTRY_TEST) != 0)
		there = false;
	if (there != (expected->codes != 0))
		fault_of_unit(check,
		    there ? "in the zone, yet not listed"
			  : "listed, yet not in the zone",
		    unit);
	else if (there && (!zonedata_decode_entry(value, &entry) ||
			      !zone_entry_equal(&entry, expected)))
		fault_of_unit(
		    check, "the zone says other than the listing", unit);
	return 0;
}

static int
check_due(struct check *check, const struct listing *listing)
{
	uint8_t key[STORED_KEY_U64 + UNIT_LEN];
	struct octets value;
	bool there;
	int code;

	if (listing->due_at == 0)
		return 0;
	stored_key_u64(key, (uint64_t)listing->due_at);
	memcpy(key + STORED_KEY_U64, listing->unit.octets, UNIT_LEN);
	code =
	    look_up(check, TABLE_DUE, OCTETS(key, sizeof(key)), &value, &there);
	if (code == 0 && !there)
		fault_of_unit(
		    check, "due, yet nobody will look", &listing->unit);
	return code;
}

/* Whatever is published somebody will judge before its time is over. */
static void
check_end(struct check *check, const struct listing *listing, bool published,
    int64_t until)
{
	if (published &&
	    (until == 0 || listing->due_at == 0 || listing->due_at > until))
		fault_of_unit(
		    check, "published, and nothing ends it", &listing->unit);
}

static void
check_ends(struct check *check, const struct listing *listing)
{
	bool waits = listing->state == LISTING_PENDING;

	check_end(check, listing, listing->state == LISTING_LISTED || waits,
	    listing->expires_at);
	check_end(check, listing, listing->callout_until != 0,
	    listing->callout_until);
	check_end(
	    check, listing, listing->manual_until != 0, listing->manual_until);
	if (waits != (listing->pending_at != 0))
		fault_of_unit(check, "pending, or not", &listing->unit);
	if (listing->callout_pending_at != 0 &&
	    (listing->callout_until != 0 || listing->due_at == 0))
		fault_of_unit(
		    check, "callouts pending, or not", &listing->unit);
	if ((listing->manual_at != 0) != (listing->manual_until != 0) ||
	    (listing->manual_at != 0) != (listing->manual_reason[0] != '\0'))
		fault_of_unit(
		    check, "by hand without end or reason", &listing->unit);
}

int
check_listing(struct check *check, struct octets key, struct octets value)
{
	struct listing listing;
	struct verdict verdict;
	struct ipaddr unit, canonical;
	int code;

	if (key.len != UNIT_LEN) {
		fault_of_key(check, "no address of a listing", key);
		return 0;
	}
	memcpy(unit.octets, key.data, UNIT_LEN);
	canonical = listing_unit(&unit);
	if (!ipaddr_equal(&unit, &canonical))
		fault_of_unit(check, "a listing of no unit", &unit);
	if (listing_decode(&unit, value, &listing) != 0) {
		fault_of_unit(check, "a damaged listing", &unit);
		return 0;
	}
	check->listed[GUARD_MAIN] += listing.state == LISTING_LISTED;
	check->listed[GUARD_CALLOUTS] += listing.callout_until != 0;
	check_ends(check, &listing);
	verdict_of(&listing, &verdict);
	code = check_due(check, &listing);
	for (int list = 0; code == 0 && list < SUBLIST_COUNT; list++)
		code = check_entry(
		    check, &unit, (enum sublist)list, &verdict.entries[list]);
	return code;
}

int
check_due_key(struct check *check, struct octets key, struct octets value)
{
	struct listing listing;
	struct ipaddr unit;
	int code;

	(void)value;
	if (key.len != STORED_KEY_U64 + UNIT_LEN) {
		fault_of_key(check, "no time and unit", key);
		return 0;
	}
	memcpy(
	    unit.octets, (const uint8_t *)key.data + STORED_KEY_U64, UNIT_LEN);
	code = listing_get(check->txn, &unit, &listing);
	if (code == ERROR_NOT_FOUND ||
	    (code == 0 &&
		(uint64_t)listing.due_at != stored_u64_of_key(key.data)))
		fault_of_unit(check, "due at another time", &unit);
	/* What cannot be read, check_listing has told. */
	return fails(code);
}

/* --- the zone ------------------------------------------------------------- */

static void
check_records(struct check *check, struct octets key)
{
	struct zone_settings zone;
	struct zonekey name;

	if (zone_settings_get(check->txn, &zone) != 0 || key.len > ZONEKEY_MAX)
		return;
	name.len = key.len;
	memcpy(name.octets, key.data, key.len);
	if (!zone_settings_name(&zone, &name))
		fault_of_key(check, "records of no server and no apex", key);
}

/* Whether a listing's entries are right, check_listing saw. */
int
check_zone(struct check *check, struct octets key, struct octets value)
{
	struct zone_node node;
	struct ipaddr unit;
	enum sublist list;
	bool there;
	int code;

	if (zonedata_decode(value, &node) != 0) {
		fault_of_key(check, "a damaged name of the zone", key);
		return 0;
	}
	if (!node.is_entry)
		check_records(check, key);
	else if ((node.entry.flags & ZONE_ENTRY_TEST) != 0)
		check->tests++;
	if (!node.is_entry || (node.entry.flags & ZONE_ENTRY_TEST) != 0)
		return 0;
	if (!zonekey_unit(key.data, key.len, &list, &unit)) {
		fault_of_key(check, "an entry of no unit", key);
		return 0;
	}
	check->units += list == SUBLIST_MAIN;
	code = look_up(check, TABLE_LISTING, OCTETS(unit.octets, UNIT_LEN),
	    &value, &there);
	if (code == 0 && !there)
		fault_of_unit(
		    check, "in the zone, yet there is no listing", &unit);
	return code;
}

static int
check_test(
    const struct zonekey *key, const struct zone_entry *entry, void *context)
{
	struct octets name = OCTETS(key->octets, key->len), value;
	uint8_t expected[ZONE_ENTRY_RECORD_LEN];
	struct check *check = context;
	bool there;
	int code = look_up(check, TABLE_ZONE, name, &value, &there);

	zonedata_encode_entry(entry, expected);
	if (code == 0 && (!there || value.len != sizeof(expected) ||
			     memcmp(value.data, expected, value.len) != 0))
		fault_of_key(check, "a test entry is missing or wrong", name);
	check->tests--;
	return code;
}

int
check_apex_and_tests(struct check *check)
{
	struct shutdown shutdown;
	struct octets value;
	struct zonekey apex;
	bool there;
	int code;

	zonekey_apex(&apex);
	code = look_up(
	    check, TABLE_ZONE, OCTETS(apex.octets, apex.len), &value, &there);
	if (code == 0 && !there)
		fault(check, "the zone has no apex", "zone");
	if (code == 0)
		code = shutdown_get(check->txn, &shutdown);
	if (code == 0 && shutdown.stage != SHUTDOWN_ENDED)
		code = zone_test_entries(check_test, check);
	if (code == 0 && check->tests != 0)
		fault(check, "test entries where none should be", "zone");
	return code;
}
