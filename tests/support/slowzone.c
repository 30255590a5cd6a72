#include "tests/support/slowzone_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/dname.h"
#include "db/zonedata.h"

void
slowzone_insist(int holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "slowzone: %s\n", what);
		abort();
	}
}

/* --- records of the table, by way of text --------------------------------- */

static ldns_rr *
record(const char *owner, uint32_t ttl, const char *type, const char *data)
{
	char line[4096];
	ldns_rr *rr = NULL;

	snprintf(line, sizeof(line), "%s. %u IN %s %s", owner, ttl, type, data);
	slowzone_insist(
	    ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL) == LDNS_STATUS_OK,
	    line);
	return rr;
}

static void
add(struct slowzone *zone, ldns_rr *rr)
{
	slowzone_insist(ldns_rr_list_push_rr(zone->records, rr), "push");
}

static void
add_entry(struct slowzone *zone, const char *owner,
    const struct zone_entry *entry, const struct ipaddr *unit)
{
	uint32_t ttl = zone->settings.ttl_seconds;
	char text[ZONE_TEXT_MAX + 1], data[ZONE_TEXT_MAX + 3];

	for (unsigned code = 0; code < 16; code++) {
		if ((entry->codes >> code & 1) == 0)
			continue;
		snprintf(data, sizeof(data), "127.0.0.%u", code);
		add(zone, record(owner, ttl, "A", data));
	}
	zonedata_text(&zone->settings, entry, unit, text);
	slowzone_insist(
	    strpbrk(text, "\"\\") == NULL, "text that would need escapes");
	snprintf(data, sizeof(data), "\"%s\"", text);
	add(zone, record(owner, ttl, "TXT", data));
}

static void
add_rrset(
    struct slowzone *zone, const char *owner, const struct zone_rrset *rrset)
{
	const uint8_t *at = rrset->rdata;

	for (unsigned i = 0; i < rrset->count; i++) {
		size_t len = (size_t)at[0] << 8 | at[1];
		const uint8_t *rdata = at + 2;
		char data[DNAME_TEXT_MAX + 1];
		struct ipaddr address = { { 0 } };
		const char *type = "A";

		at += 2 + len;
		if (rrset->type == LDNS_RR_TYPE_NS) {
			type = "NS";
			strcat(dname_format(rdata, data), ".");
		} else if (rrset->type == LDNS_RR_TYPE_AAAA) {
			type = "AAAA";
			memcpy(address.octets, rdata, 16);
			ipaddr_format(&address, data);
		} else {
			snprintf(data, sizeof(data), "%u.%u.%u.%u", rdata[0],
			    rdata[1], rdata[2], rdata[3]);
		}
		add(zone, record(owner, rrset->ttl_seconds, type, data));
	}
}

static ldns_rr *
soa(const struct slowzone *zone, uint32_t serial, uint32_t ttl)
{
	const struct zone_settings *settings = &zone->settings;
	char origin[DNAME_TEXT_MAX], primary[DNAME_TEXT_MAX];
	char contact[DNAME_TEXT_MAX], data[3 * DNAME_TEXT_MAX];

	snprintf(data, sizeof(data), "%s. %s. %u %u %u %u %u",
	    dname_format(settings->servers[0].name, primary),
	    dname_format(settings->contact, contact), serial,
	    settings->refresh_seconds, settings->retry_seconds,
	    settings->expire_seconds, settings->negative_ttl_seconds);
	return record(dname_format(settings->origin, origin), ttl, "SOA", data);
}

/* --- the table ------------------------------------------------------------ */

int
slowzone_by_name(const void *a, const void *b)
{
	return ldns_dname_compare(*(ldns_rdf *const *)a, *(ldns_rdf *const *)b);
}

/* Twice as many whenever they have become a power of two. */
static void *
with_room_for_one_more(void *array, size_t count, size_t size)
{
	if ((count & (count - 1)) == 0)
		array = realloc(array, (count > 0 ? 2 * count : 1) * size);
	slowzone_insist(array != NULL, "memory");
	return array;
}

/* The name and all above it down to the origin, doubles included. */
static void
add_names(struct slowzone *zone, const ldns_rdf *owner)
{
	ldns_rdf *name = ldns_rdf_clone(owner);

	for (;;) {
		ldns_rdf *above;

		zone->names = with_room_for_one_more(
		    zone->names, zone->name_count, sizeof(*zone->names));
		zone->names[zone->name_count++] = name;
		if (ldns_dname_compare(name, zone->origin) == 0)
			return;
		above = ldns_dname_left_chop(name);
		slowzone_insist(above != NULL, "owner outside the zone");
		name = above;
	}
}

static void
sort_names(struct slowzone *zone)
{
	size_t kept = 0;

	qsort(zone->names, zone->name_count, sizeof(*zone->names),
	    slowzone_by_name);
	for (size_t i = 0; i < zone->name_count; i++) {
		if (kept > 0 && slowzone_by_name(&zone->names[kept - 1],
				    &zone->names[i]) == 0)
			ldns_rdf_deep_free(zone->names[i]);
		else
			zone->names[kept++] = zone->names[i];
	}
	zone->name_count = kept;
}

static void
add_owner(struct slowzone *zone, struct octets octets, struct octets value)
{
	uint8_t name[2 * DNAME_MAX];
	char owner[DNAME_TEXT_MAX];
	struct zonekey key = { .len = octets.len };
	struct zone_node node;
	struct ipaddr unit;
	enum sublist list;
	bool of_unit;
	int len;

	memcpy(key.octets, octets.data, octets.len);
	len = zonekey_to_name(&key, name, DNAME_MAX);
	slowzone_insist(len >= 0, "key");
	memcpy(name + len, zone->settings.origin, zone->settings.origin_len);
	dname_format(name, owner);
	slowzone_insist(zonedata_decode(value, &node) == 0, "value");
	of_unit = zonekey_unit(octets.data, octets.len, &list, &unit) &&
		  (node.entry.flags & ZONE_ENTRY_TEST) == 0;
	if (node.is_entry)
		add_entry(zone, owner, &node.entry, of_unit ? &unit : NULL);
	for (unsigned i = 0; i < node.rrset_count; i++)
		add_rrset(zone, owner, &node.rrsets[i]);

	zone->owners = with_room_for_one_more(
	    zone->owners, zone->owner_count, sizeof(*zone->owners));
	zone->owners[zone->owner_count++] = ldns_rdf_new_frm_data(
	    LDNS_RDF_TYPE_DNAME, dname_len(name, sizeof(name)), name);
	add_names(zone, zone->owners[zone->owner_count - 1]);
}

static int
by_owner(const void *a, const void *b)
{
	return ldns_dname_compare(ldns_rr_owner(*(ldns_rr *const *)a),
	    ldns_rr_owner(*(ldns_rr *const *)b));
}

struct slowzone *
slowzone_new(struct store_txn *txn)
{
	struct slowzone *zone = calloc(1, sizeof(*zone));
	struct zone_settings *settings = &zone->settings;
	struct zone_version version;
	struct store_cursor *cursor;
	struct octets key, value;
	uint32_t negative;

	slowzone_insist(zone_settings_get(txn, settings) == 0, "settings");
	slowzone_insist(meta_zone_version(txn, &version) == 0, "version");
	zone->origin = ldns_rdf_new_frm_data(
	    LDNS_RDF_TYPE_DNAME, settings->origin_len, settings->origin);
	negative = settings->ttl_seconds < settings->negative_ttl_seconds
		       ? settings->ttl_seconds
		       : settings->negative_ttl_seconds;
	zone->soa = soa(zone, version.serial, settings->ttl_seconds);
	zone->soa_negative = soa(zone, version.serial, negative);
	zone->records = ldns_rr_list_new();

	slowzone_insist(
	    store_cursor_open(txn, TABLE_ZONE, &cursor) == 0, "cursor");
	for (int error = store_move(cursor, STORE_FIRST, &key, &value);
	     error == 0; error = store_move(cursor, STORE_NEXT, &key, &value))
		add_owner(zone, key, value);
	store_cursor_close(cursor);
	sort_names(zone);
	qsort(zone->records->_rrs, ldns_rr_list_rr_count(zone->records),
	    sizeof(ldns_rr *), by_owner);
	return zone;
}

void
slowzone_free(struct slowzone *zone)
{
	for (size_t i = 0; i < zone->name_count; i++)
		ldns_rdf_deep_free(zone->names[i]);
	for (size_t i = 0; i < zone->owner_count; i++)
		ldns_rdf_deep_free(zone->owners[i]);
	free(zone->names);
	free(zone->owners);
	ldns_rr_list_deep_free(zone->records);
	ldns_rr_free(zone->soa);
	ldns_rr_free(zone->soa_negative);
	ldns_rdf_deep_free(zone->origin);
	free(zone);
}

size_t
slowzone_count(const struct slowzone *zone)
{
	return zone->owner_count;
}

const ldns_rdf *
slowzone_owner(const struct slowzone *zone, size_t i)
{
	return zone->owners[i];
}
