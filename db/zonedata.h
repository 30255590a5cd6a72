#ifndef DB_ZONEDATA_H
#define DB_ZONEDATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "db/backscatter.h"
#include "db/meta.h"
#include "db/store.h"
#include "db/zonekey.h"
#include "db/zonesettings.h"

/*
 * The published zone: what DNS, the API and every transfer read. Each put or
 * remove is journalled under the transaction's serial with the old value and
 * the new one; a put that changes nothing is nothing.
 *
 * A name holds either one entry (codes and what the TXT needs) or plain record
 * sets (the apex, name servers' addresses).
 */
struct zone_entry {
	uint16_t codes;	   /* CODE_BIT(n); never empty, never 127.0.0.0 or .1 */
	uint16_t kinds;	   /* BACKSCATTER_BIT(kind) */
	uint32_t seen_day; /* days since 1970; 0 for test entries */
	uint8_t flags;	   /* enum zone_entry_flag */
};
bool zone_entry_equal(const struct zone_entry *a, const struct zone_entry *b);
enum zone_entry_flag {
	ZONE_ENTRY_TEST = 1,
	ZONE_ENTRY_MANUAL = 2,
	ZONE_ENTRY_SHARED = 4
};

/*
 * One record set as stored: type, TTL, then RDATA one after another, each
 * with a u16 length, names in it uncompressed. The SOA is not among them: it
 * is made of the zone's settings and version. Types rise within a node.
 */
struct zone_rrset {
	uint16_t type;
	uint32_t ttl_seconds;
	uint16_t count;
	const uint8_t *rdata; /* count times u16 length, octets */
	size_t rdata_len;
};
#define ZONE_RRSETS_MAX 8

struct zone_node {
	bool is_entry;
	struct zone_entry entry;
	struct zone_rrset rrsets[ZONE_RRSETS_MAX];
	unsigned rrset_count;
};

/* Octets of any value: an apex with as much as the settings allow. */
#define ZONE_VALUE_MAX 4096

/* 0, ERROR_NEWER or ERROR_DAMAGED. Points into `value`. */
int zonedata_decode(struct octets value, struct zone_node *node);
/* The entry alone, for the query path: false when it is none. */
bool zonedata_decode_entry(struct octets value, struct zone_entry *entry);
#define ZONE_ENTRY_RECORD_LEN 11
void zonedata_encode_entry(
    const struct zone_entry *entry, uint8_t record[ZONE_ENTRY_RECORD_LEN]);
/* A node of record sets. The length, or ERROR_LIMIT. */
int zonedata_encode_rrsets(
    const struct zone_node *node, uint8_t *value, size_t size);

/* Is it an entry, at that name, of a unit that the main list lists? */
bool zonedata_lists(const struct zonekey *key, struct octets value);

/*
 * The lists, as bits 1u << enum sublist, that hold more than their test
 * entries: those of `lists` alone are looked at. 0 or a negative code; *held is
 * then `lists`.
 */
int zonedata_held(struct store_txn *txn, unsigned lists, unsigned *held);

/* --- changes -------------------------------------------------------------- */

int zonedata_put(struct store_txn *txn, const struct zonekey *key,
    struct octets value, int64_t now);
int zonedata_remove(struct store_txn *txn, const struct zonekey *key,
    int64_t now); /* removing nothing is 0 */

/*
 * Makes every list say what `entries` says of the unit: entries[list].codes ==
 * 0 means "not there". ERROR_REFUSED for 127.0.0.0/8 and ::/64, where the test
 * entries stand.
 */
int zonedata_publish(struct store_txn *txn, const struct ipaddr *unit,
    const struct zone_entry entries[SUBLIST_COUNT], int64_t now);

/*
 * The test entries that every zone has (RFC 5782 section 5: 127.0.0.2 in every
 * list, whatever its codes), until `each` returns non-zero, which is returned.
 */
typedef int zone_test_each(
    const struct zonekey *key, const struct zone_entry *entry, void *context);
int zone_test_entries(zone_test_each *each, void *context);
/* Have they record sets at that name: the apex, or a server in the zone? */
bool zone_settings_name(
    const struct zone_settings *zone, const struct zonekey *key);

/* --- text ----------------------------------------------------------------- */

/*
 * The TXT of an entry, at most ZONE_TEXT_MAX octets of printable ASCII: kinds,
 * day last seen, "not a spam listing", the portal's address for the unit.
 * Placeholders of the template: {kinds} {seen} {url}. `unit` NULL: a test
 * entry. Where the kinds in words are too long their names stand instead.
 * Allocates nothing, fit for the query path. Returns the length.
 */
size_t zonedata_text(const struct zone_settings *zone,
    const struct zone_entry *entry, const struct ipaddr *unit,
    char text[ZONE_TEXT_MAX + 1]);

/*
 * Whether a template and portal are fit for it: printable, no placeholder
 * unknown, never longer than ZONE_TEXT_MAX. Else why not, in words.
 */
const char *zonedata_text_refusal(const struct zone_settings *zone);

/* --- the journal ---------------------------------------------------------- */

struct zone_change {
	uint32_t serial; /* the version this change led to */
	uint32_t number; /* its place among that version's changes */
	struct octets key;
	struct octets before, after; /* data NULL: not there */
};
/* 0, ERROR_NEWER or ERROR_DAMAGED. Points into `key` and `value`. */
int zonedata_change_decode(
    struct octets key, struct octets value, struct zone_change *change);

/*
 * Drops what is older than `keep_from` (serial), at most `most` records.
 * Returns how many it dropped, or a negative code. Of the oldest serial that is
 * left the first changes may be missing: it is whole when number 0 is there.
 */
int zonedata_journal_trim(
    struct store_txn *txn, uint32_t keep_from, unsigned most);

#endif
