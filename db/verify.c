#include "db/verify.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "db/evidence.h"
#include "db/guard.h"
#include "db/listing.h"
#include "db/sighting.h"
#include "db/stored.h"
#include "db/verdict.h"

#define UNIT_LEN 16
#define OF_MAX 600 /* a zone key in hexadecimal, and more */

struct check {
	struct store_txn *txn;
	struct policy policy; /* any: all have the same weights */
	verify_found *found;
	void *context;
	int faults;
	uint32_t listed;
};

static void
fault(struct check *check, const char *what, const char *of)
{
	if (check->faults < INT_MAX)
		check->faults++;
	check->found(what, of, check->context);
}

static void
fault_of_unit(struct check *check, const char *what, const struct ipaddr *unit)
{
	char text[IPPREFIX_TEXT_MAX];

	fault(check, what, listing_unit_format(unit, text));
}

static void
fault_of_id(struct check *check, const char *what, uint64_t id)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, id);
	fault(check, what, text);
}

/* Octets that should mean something and do not. */
static void
fault_of_key(struct check *check, const char *what, struct octets key)
{
	const uint8_t *octets = key.data;
	char text[OF_MAX];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < key.len && len + 3 < sizeof(text); i++)
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "%02x", octets[i]);
	fault(check, what, text);
}

/* Each record of a table, to its end. */
typedef int check_record(
    struct check *check, struct octets key, struct octets value);

static int
check_table(
    struct check *check, enum store_table table, check_record *check_one)
{
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(check->txn, table, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0) {
		code = check_one(check, key, value);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* A look-up whose miss is a fault and no failure. */
static int
look_up(struct check *check, enum store_table table, struct octets key,
    struct octets *value, bool *there)
{
	int code = store_get(check->txn, table, key, value);

	*there = code == 0;
	return code == ERROR_NOT_FOUND ? 0 : code;
}

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
	if (there != (expected->codes != 0))
		fault_of_unit(check,
		    there ? "in the zone, yet not listed"
			  : "listed, yet not in the zone",
		    unit);
	else if (there && (!zonedata_decode_entry(value, &entry) ||
			      entry.codes != expected->codes ||
			      entry.kinds != expected->kinds ||
			      entry.seen_day != expected->seen_day ||
			      entry.flags != expected->flags))
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

static int
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
	check->listed += listing.state == LISTING_LISTED;
	verdict_of(&listing, &verdict);
	code = check_due(check, &listing);
	for (int list = 0; code == 0 && list < SUBLIST_COUNT; list++)
		code = check_entry(
		    check, &unit, (enum sublist)list, &verdict.entries[list]);
	return code;
}

static int
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
	return code == ERROR_NOT_FOUND || code == ERROR_DAMAGED ? 0 : code;
}

/* --- the zone ------------------------------------------------------------- */

/* Whether a listing's entries are right, check_listing saw. */
static int
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
	if (!node.is_entry || (node.entry.flags & ZONE_ENTRY_TEST) != 0)
		return 0;
	if (!zonekey_unit(key.data, key.len, &list, &unit)) {
		fault_of_key(check, "an entry of no unit", key);
		return 0;
	}
	code = look_up(check, TABLE_LISTING, OCTETS(unit.octets, UNIT_LEN),
	    &value, &there);
	if (code == 0 && !there)
		fault_of_unit(
		    check, "in the zone, yet there is no listing", &unit);
	return code;
}

/* --- evidence ------------------------------------------------------------- */

/* Beside the index, what has a weight is where policy looks. */
static int
check_sighting(
    struct check *check, const struct evidence *evidence, struct octets place)
{
	struct sighting sighting;
	struct policy_event event;
	struct octets value;
	bool there;
	int code = look_up(check, TABLE_SIGHTING, place, &value, &there);

	if (code != 0)
		return code;
	policy_event_from(evidence, false, &event);
	if (there != policy_counts(&check->policy, &event))
		fault_of_id(check,
		    there ? "policy looks at what does not count"
			  : "policy does not look at the evidence",
		    evidence->id);
	else if (there &&
		 (sighting_decode(evidence->id, value, &sighting) != 0 ||
		     policy_event_compare(&sighting.event, &event) != 0))
		fault_of_id(check, "policy looks at other than the evidence",
		    evidence->id);
	return 0;
}

static int
check_places(struct check *check, const struct evidence *evidence)
{
	struct ipaddr unit = listing_unit(&evidence->address);
	uint8_t key[UNIT_LEN + STORED_KEY_U64];
	struct octets place = OCTETS(key, sizeof(key)), value;
	bool there;
	int code;

	memcpy(key, unit.octets, UNIT_LEN);
	stored_key_u64(key + UNIT_LEN, evidence->id);
	code = look_up(check, TABLE_EVIDENCE_OF, place, &value, &there);
	if (code != 0)
		return code;
	if (!there)
		fault_of_id(
		    check, "evidence not in its address' index", evidence->id);
	return check_sighting(check, evidence, place);
}

static int
check_evidence(struct check *check, struct octets key, struct octets value)
{
	struct evidence evidence;
	uint64_t id;

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
	return check_places(check, &evidence);
}

static int
check_index(struct check *check, struct octets key, struct octets value)
{
	struct evidence evidence;
	struct ipaddr unit;
	uint64_t id;
	int code;

	(void)value;
	if (key.len != UNIT_LEN + STORED_KEY_U64) {
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
	return code == ERROR_NOT_FOUND || code == ERROR_DAMAGED ? 0 : code;
}

static int
check_digest(struct check *check, struct octets key, struct octets value)
{
	struct wire_reader from;
	struct octets record;
	uint64_t id;
	uint8_t place[STORED_KEY_U64];
	bool there;
	int code;

	wire_read(&from, value.data, value.len);
	id = wire_read_u64(&from);
	if (from.failed) {
		fault_of_key(check, "a damaged digest", key);
		return 0;
	}
	code = look_up(
	    check, TABLE_EVIDENCE, stored_key_u64(place, id), &record, &there);
	if (code == 0 && !there)
		fault_of_id(check, "a digest of no evidence", id);
	return code;
}

/* --- the guard ------------------------------------------------------------ */

static int
check_guard(struct check *check)
{
	uint32_t listed;
	char text[32];
	int code = guard_listed(check->txn, &listed);

	if (code != 0)
		return code;
	if (listed != check->listed) {
		snprintf(text, sizeof(text), "%" PRIu32, check->listed);
		fault(
		    check, "the guard counts other than what is listed", text);
	}
	return 0;
}

int
verify_store(struct store_txn *txn, verify_found *found, void *context)
{
	static const struct {
		enum store_table table;
		check_record *check;
	} tables[] = {
		{ TABLE_LISTING, check_listing },
		{ TABLE_DUE, check_due_key },
		{ TABLE_ZONE, check_zone },
		{ TABLE_EVIDENCE, check_evidence },
		{ TABLE_EVIDENCE_OF, check_index },
		{ TABLE_SIGHTING, check_index },
		{ TABLE_DIGEST, check_digest },
	};
	struct check check = { .txn = txn, .found = found, .context = context };
	int code = policy_preset("small", &check.policy);

	for (size_t i = 0; code == 0 && i < sizeof(tables) / sizeof(tables[0]);
	     i++)
		code = check_table(&check, tables[i].table, tables[i].check);
	if (code == 0)
		code = check_guard(&check);
	return code != 0 ? code : check.faults;
}
