#ifndef DB_ZONEDATA_H
#define DB_ZONEDATA_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "db/backscatter.h"
#include "db/meta.h"
#include "db/store.h"
#include "db/zonekey.h"

/*
 * The published zone: what DNS, the API and every transfer read. Each put or
 * remove is journalled under the transaction's serial with the old value and
 * the new one; a put that changes nothing is nothing.
 *
 * A name holds either one entry (codes and what the TXT needs) or plain record
 * sets (the apex, name servers' addresses).
 */
struct zone_entry {
	uint16_t codes;	   /* CODE_BIT(n); never empty */
	uint16_t kinds;	   /* BACKSCATTER_BIT(kind) */
	uint32_t seen_day; /* days since 1970; 0 for test entries */
	uint8_t flags;	   /* enum zone_entry_flag */
};
enum zone_entry_flag {
	ZONE_ENTRY_TEST = 1,
	ZONE_ENTRY_MANUAL = 2,
	ZONE_ENTRY_SHARED = 4
};

/*
 * One record set as stored: type, TTL, then RDATA one after another, each
 * with a u16 length, names in it uncompressed. The SOA is not among them: it
 * is made of the zone's settings and version.
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
/* 0, ERROR_NEWER or ERROR_DAMAGED. Points into `value`. */
int zonedata_decode(struct octets value, struct zone_node *node);
/* The entry alone, for the query path: false when it is none. */
bool zonedata_decode_entry(struct octets value, struct zone_entry *entry);
#define ZONE_ENTRY_RECORD_LEN 11
void zonedata_encode_entry(
    const struct zone_entry *entry, uint8_t record[ZONE_ENTRY_RECORD_LEN]);

/* --- settings that live in the database ------------------------------------
 */

#define ZONE_NAME_MAX 255
#define ZONE_SERVERS_MAX 13
#define ZONE_TEXT_MAX 200
struct zone_server {
	uint8_t name[ZONE_NAME_MAX]; /* wire form */
	struct ipaddr addresses[4];  /* glue, when the name is in the zone */
	unsigned address_count;
};
struct zone_settings {
	uint8_t origin[ZONE_NAME_MAX]; /* wire form, lower case */
	size_t origin_len;
	uint8_t contact[ZONE_NAME_MAX];
	struct zone_server servers[ZONE_SERVERS_MAX];
	unsigned server_count;
	struct ipaddr apex_addresses[4];
	unsigned apex_address_count;
	uint32_t ttl_seconds, negative_ttl_seconds;
	uint32_t refresh_seconds, retry_seconds, expire_seconds;
	char text[ZONE_TEXT_MAX + 1];	/* template, see zonedata_text */
	char portal[ZONE_TEXT_MAX + 1]; /* URL up to the address */
};
/* From bsbl.conf; on failure one log line names what is wrong. */
int zone_settings_from(
    const struct settings *settings, struct zone_settings *zone);
int zone_settings_get(struct store_txn *txn, struct zone_settings *zone);
bool zone_settings_equal(
    const struct zone_settings *a, const struct zone_settings *b);
/*
 * Puts them in force: apex, NS, glue, test entries, one new serial. What they
 * no longer name goes.
 */
int zone_settings_apply(
    struct store_txn *txn, const struct zone_settings *zone, int64_t now);

/* --- entries -----------------------------------------------------------------
 */

int zonedata_put(struct store_txn *txn, const struct zonekey *key,
    struct octets value, int64_t now);
int zonedata_remove(struct store_txn *txn, const struct zonekey *key,
    int64_t now); /* removing nothing is 0 */

/*
 * Makes every list say what `entries` says of the unit: entries[list].codes ==
 * 0 means "not there".
 */
int zonedata_publish(struct store_txn *txn, const struct ipaddr *unit,
    const struct zone_entry entries[SUBLIST_COUNT], int64_t now);

/*
 * The TXT of an entry, at most ZONE_TEXT_MAX octets: kinds, day last seen,
 * "not a spam listing", the portal's address for the unit. Placeholders of the
 * template: {kinds} {seen} {url}. `unit` NULL: a test entry. Allocates
 * nothing, fit for the query path. Returns the length.
 */
size_t zonedata_text(const struct zone_settings *zone,
    const struct zone_entry *entry, const struct ipaddr *unit,
    char text[ZONE_TEXT_MAX + 1]);

/* --- the journal
 * --------------------------------------------------------------- */

struct zone_change {
	uint32_t serial; /* the version this change led to */
	struct octets key;
	struct octets before, after; /* data NULL: not there */
};
int zonedata_change_decode(
    struct octets key, struct octets value, struct zone_change *change);
/* Drops what is older than `keep_from` (serial), at most `most` records. */
int zonedata_journal_trim(
    struct store_txn *txn, uint32_t keep_from, unsigned most);

#endif
