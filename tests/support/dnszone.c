#include "tests/support/dnszone.h"

#include <stdlib.h>
#include <string.h>

#include "db/dname.h"

#define NOW 1770000000
#define SEEN_DAY 20455 /* 2026-01-02 */

static void
insist(int holds)
{
	if (!holds)
		abort();
}

static struct ipaddr
address_of(const char *text)
{
	struct ipaddr address;

	insist(ipaddr_parse(text, &address) == 0);
	return address;
}

void
dnszone_settings(struct zone_settings *zone)
{
	memset(zone, 0, sizeof(*zone));
	zone->origin_len = (size_t)dname_parse("bl.example.org", zone->origin);
	dname_parse("hostmaster.example.org", zone->contact);
	dname_parse("ns1.bl.example.org", zone->servers[0].name);
	zone->servers[0].addresses[0] = address_of("192.0.2.53");
	zone->servers[0].addresses[1] = address_of("2001:db8::53");
	zone->servers[0].address_count = 2;
	dname_parse("ns2.example.net", zone->servers[1].name);
	zone->server_count = 2;
	zone->apex_addresses[0] = address_of("192.0.2.80");
	zone->apex_address_count = 1;
	zone->ttl_seconds = 600;
	zone->negative_ttl_seconds = 300;
	zone->refresh_seconds = 3600;
	zone->retry_seconds = 900;
	zone->expire_seconds = 604800;
	strcpy(zone->text, "{kinds}, last seen {seen}, not a spam listing: "
			   "{url}");
	strcpy(zone->portal, "https://bl.example.org/a/");
}

void
dnszone_apply(struct store_txn *txn)
{
	struct zone_settings zone;

	dnszone_settings(&zone);
	insist(zone_settings_apply(txn, &zone, NOW) == 0);
}

static void
put(struct store_txn *txn, const struct zonekey *key, uint16_t codes)
{
	const struct zone_entry entry = { .codes = codes,
		.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN),
		.seen_day = SEEN_DAY };
	uint8_t record[ZONE_ENTRY_RECORD_LEN];

	zonedata_encode_entry(&entry, record);
	insist(
	    zonedata_put(txn, key, OCTETS(record, sizeof(record)), NOW) == 0);
}

void
dnszone_list(struct store_txn *txn, enum sublist list, const char *address,
    uint16_t codes)
{
	struct ipaddr unit = address_of(address);
	struct zonekey key;

	if (!ipaddr_is_ipv4(&unit))
		unit = ipaddr_masked(&unit, 64);
	zonekey_of_unit(list, &unit, &key);
	put(txn, &key, codes);
}

void
dnszone_put(struct store_txn *txn, const char *name, uint16_t codes)
{
	uint8_t wire[DNAME_MAX];
	struct zonekey key;
	int len = dname_parse(name, wire);

	insist(len > 1);
	insist(zonekey_from_name(wire, (size_t)len - 1, &key) == 0);
	put(txn, &key, codes);
}
