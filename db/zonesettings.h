#ifndef DB_ZONESETTINGS_H
#define DB_ZONESETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "common/settings.h"
#include "db/dname.h"
#include "db/store.h"

/*
 * What settings decide about the published zone. It lives in the database: a
 * changed bsbl.conf changes nothing until `bsblctl zone apply` puts it in
 * force, for all programs at once and under a new serial.
 */
#define ZONE_NAME_MAX DNAME_MAX
#define ZONE_SERVERS_MAX 13
#define ZONE_ADDRESSES_MAX 4
#define ZONE_TEXT_MAX 200
struct zone_server {
	uint8_t name[ZONE_NAME_MAX]; /* wire form */
	/* Glue: given exactly when the name is in the zone. */
	struct ipaddr addresses[ZONE_ADDRESSES_MAX];
	unsigned address_count;
};
struct zone_settings {
	uint8_t origin[ZONE_NAME_MAX]; /* wire form, lower case */
	size_t origin_len;	       /* with the root's octet */
	uint8_t contact[ZONE_NAME_MAX];
	struct zone_server servers[ZONE_SERVERS_MAX]; /* at least one */
	unsigned server_count;
	struct ipaddr apex_addresses[ZONE_ADDRESSES_MAX];
	unsigned apex_address_count;
	uint32_t ttl_seconds, negative_ttl_seconds;
	uint32_t refresh_seconds, retry_seconds, expire_seconds;
	char text[ZONE_TEXT_MAX + 1];	/* template, see zonedata_text */
	char portal[ZONE_TEXT_MAX + 1]; /* URL up to the address */

	/*
	 * The serial under which the look of entries (origin, TTL, text,
	 * portal) or of the SOA last changed. The journal has neither: no
	 * incremental transfer may start before it. Set by
	 * zone_settings_apply, read by zone_settings_get.
	 */
	uint32_t look_since;
};

/*
 * From bsbl.conf. ERROR_FORMAT or ERROR_LIMIT after one log line that names
 * the setting and what is wrong with it.
 */
int zone_settings_from(
    const struct settings *settings, struct zone_settings *zone);

/* What is in force: 0, ERROR_NOT_FOUND, ERROR_NEWER or ERROR_DAMAGED. */
int zone_settings_get(struct store_txn *txn, struct zone_settings *zone);

/* Would putting one in place of the other change anything? */
bool zone_settings_equal(
    const struct zone_settings *a, const struct zone_settings *b);

/*
 * Puts them in force: apex, NS, glue, test entries, one new serial. What they
 * no longer name goes. Where nothing changes there is no new serial either.
 * A server's addresses are taken as given; zone_settings_from checks them.
 */
int zone_settings_apply(
    struct store_txn *txn, const struct zone_settings *zone, int64_t now);

/* The record, for those who test it. The length, or ERROR_LIMIT. */
#define ZONE_SETTINGS_RECORD_MAX 6144
int zone_settings_encode(
    const struct zone_settings *zone, uint8_t *record, size_t size);
int zone_settings_decode(struct octets record, struct zone_settings *zone);

#endif
