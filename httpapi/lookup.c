#include "httpapi/lookup.h"

#include <string.h>

#include "common/error.h"
#include "db/sighting.h"
#include "db/stored.h"
#include "db/verdict.h"
#include "db/zonedata.h"
#include "httpapi/showable.h"

/* Of a listed address: enough for a cause, and for those shown. */
#define LISTED_SIGHTINGS 8

/* 0 with codes == 0 where the list does not hold the unit. */
static int
read_entry(struct store_txn *txn, enum sublist list, const struct ipaddr *unit,
    struct zone_entry *entry)
{
	struct zonekey key;
	struct octets value;
	int code;

	zonekey_of_unit(list, unit, &key);
	code = store_get(txn, TABLE_ZONE, OCTETS(key.octets, key.len), &value);
	if (code == 0 && !zonedata_decode_entry(value, entry))
		return ERROR_DAMAGED;
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
lookup_apart(struct store_txn *txn, unsigned *apart)
{
	return zonedata_held(txn, LOOKUP_APART, apart);
}

/* Where test entries stand (RFC 5782 section 5). */
static bool
is_loopback(const struct ipaddr *unit)
{
	return ipaddr_is_ipv4(unit) && ipaddr_to_ipv4(unit) >> 24 == 127;
}

/*
 * Lists of one kind, strict and manual hold nothing that the main list has not,
 * under a code that stands there as well (db/verdict.h); but each has its test
 * entries.
 */
static bool
may_hold(enum sublist list, unsigned apart, const struct zone_entry *main)
{
	if ((LOOKUP_APART & 1u << list) != 0)
		return (apart & 1u << list) != 0;
	return list == SUBLIST_MAIN || (main->flags & ZONE_ENTRY_TEST) != 0 ||
	       (sublists[list].codes & main->codes) != 0;
}

/* All but that of the main list, which is there. */
static int
read_others(struct store_txn *txn, const struct ipaddr *unit, unsigned apart,
    struct zone_entry entries[SUBLIST_COUNT])
{
	int code = 0;

	if (is_loopback(unit))
		apart = LOOKUP_APART;
	for (int i = SUBLIST_MAIN + 1; code == 0 && i < SUBLIST_COUNT; i++) {
		if (may_hold((enum sublist)i, apart, &entries[SUBLIST_MAIN]))
			code =
			    read_entry(txn, (enum sublist)i, unit, &entries[i]);
	}
	return code;
}

static bool
is_listed(const struct zone_entry entries[SUBLIST_COUNT])
{
	for (int list = 0; list < SUBLIST_COUNT; list++) {
		if (entries[list].codes != 0)
			return true;
	}
	return false;
}

static int
read_listing(struct store_txn *txn, const struct ipaddr *unit,
    struct disclosure_facts *facts)
{
	int code = listing_get(txn, unit, &facts->listing);

	return code == ERROR_NOT_FOUND ? 0 : code;
}

/*
 * The entries of a listing are written together. So where the main list has
 * what the listing says, the others do as well, and need not be searched for;
 * where it has not, whatever is published counts.
 */
static int
read_entries(struct store_txn *txn, const struct ipaddr *unit, unsigned apart,
    struct disclosure_facts *facts)
{
	struct zone_entry *entries = facts->entries;
	struct verdict verdict;
	int code;

	memset(entries, 0, sizeof(facts->entries));
	code = read_entry(txn, SUBLIST_MAIN, unit, &entries[SUBLIST_MAIN]);
	if (code == 0 && entries[SUBLIST_MAIN].codes != 0) {
		code = read_listing(txn, unit, facts);
		if (code != 0)
			return code;
		verdict_of(&facts->listing, &verdict);
		if (zone_entry_equal(&verdict.entries[SUBLIST_MAIN],
			&entries[SUBLIST_MAIN])) {
			memcpy(
			    entries, verdict.entries, sizeof(facts->entries));
			return 0;
		}
	}
	if (code == 0)
		code = read_others(txn, unit, apart, entries);
	if (code == 0 && entries[SUBLIST_MAIN].codes == 0 && is_listed(entries))
		code = read_listing(txn, unit, facts);
	return code;
}

struct search {
	struct store_txn *txn;
	const struct policy *policy;
	struct disclosure_facts *facts;
	unsigned read, wanted;
	bool listed;
};

/* What the server said of itself, which is told of listed addresses alone. */
static int
read_said(struct store_txn *txn, uint64_t id, struct disclosure_sighting *to)
{
	struct evidence evidence;
	int found = showable_evidence(txn, id, &evidence);

	if (found > 0) {
		strcpy(to->cause, evidence.cause);
		strcpy(to->software, evidence.software);
		strcpy(to->status, evidence.status);
		strcpy(to->reporting_mta, evidence.reporting_mta);
	}
	return found;
}

/* Non-zero ends the walk. */
static int
take_sighting(const struct sighting *sighting, void *context)
{
	struct search *search = context;
	struct disclosure_facts *facts = search->facts;
	struct disclosure_sighting *to =
	    &facts->sightings[facts->sighting_count];
	int shows = sighting_may_be_told(search->policy, sighting);

	if (shows > 0) {
		to->seen_at = sighting->event.seen_at;
		to->trap = sighting->event.trap;
		to->kind = sighting->event.kind;
		to->cause[0] = to->software[0] = to->status[0] =
		    to->reporting_mta[0] = '\0';
	}
	if (shows > 0 && search->listed)
		shows = read_said(search->txn, sighting->id, to);
	if (shows < 0)
		return shows;
	facts->sighting_count += (unsigned)shows;
	return ++search->read == SHOWABLE_READ_MAX ||
	       facts->sighting_count == search->wanted;
}

/*
 * Of a listed address the newest sightings, for the cause. Of another one only
 * those old enough to be shown: a flood of today must not hide them.
 */
static int
read_sightings(struct store_txn *txn, const struct ipaddr *unit,
    const struct policy *policy, int64_t now, bool listed,
    struct disclosure_facts *facts)
{
	struct search search = {
		.txn = txn,
		.policy = policy,
		.facts = facts,
		.listed = listed,
		.wanted = listed ? LISTED_SIGHTINGS : DISCLOSURE_SIGHTINGS_MAX,
	};
	uint64_t before = UINT64_MAX;
	int code;

	if (!listed)
		before = stored_first_id(now - DISCLOSURE_DELAY_SECONDS + 1);
	code = sighting_of_before(txn, unit, before, take_sighting, &search);
	if (listed)
		disclosure_hush(facts);
	return code < 0 ? code : 0;
}

int
lookup_read(struct store_txn *txn, const struct ipaddr *address,
    const struct policy *policy, unsigned apart, int64_t now,
    struct lookup *lookup)
{
	struct disclosure_facts *facts = &lookup->facts;
	int code;

	lookup->address = *address;
	lookup->unit = listing_unit(address);
	facts->sighting_count = 0;
	facts->threshold = policy->list_score;
	facts->half_life_seconds = policy->half_life_seconds;
	code = read_entries(txn, &lookup->unit, apart, facts);
	return code != 0 ? code
			 : read_sightings(txn, &lookup->unit, policy, now,
			       is_listed(facts->entries), facts);
}
