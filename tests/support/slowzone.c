#include "tests/support/slowzone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/dname.h"
#include "db/zonedata.h"

struct slowzone {
	struct zone_settings settings;
	ldns_rdf *origin;
	ldns_rr *soa, *soa_negative;

	/* Names that exist, empty non-terminals too, in canonical order. */
	ldns_rdf **names;
	size_t name_count;

	ldns_rr_list *records; /* by owner, the SOA apart */
	ldns_rdf **owners;     /* those with records, as they came */
	size_t owner_count;
};

static void
insist(int holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "slowzone: %s\n", what);
		abort();
	}
}

/* --- records of the table, by way of text ----------------------------------
 */

static ldns_rr *
record(const char *owner, uint32_t ttl, const char *type, const char *data)
{
	char line[4096];
	ldns_rr *rr = NULL;

	snprintf(line, sizeof(line), "%s. %u IN %s %s", owner, ttl, type, data);
	insist(ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL) == LDNS_STATUS_OK,
	    line);
	return rr;
}

static void
add(struct slowzone *zone, ldns_rr *rr)
{
	insist(ldns_rr_list_push_rr(zone->records, rr), "push");
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
	insist(strpbrk(text, "\"\\") == NULL, "text that would need escapes");
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

/* --- the table -------------------------------------------------------------
 */

static int
by_name(const void *a, const void *b)
{
	return ldns_dname_compare(*(ldns_rdf *const *)a, *(ldns_rdf *const *)b);
}

/* The name and all above it down to the origin, doubles included. */
static void
add_names(struct slowzone *zone, const ldns_rdf *owner)
{
	ldns_rdf *name = ldns_rdf_clone(owner);

	for (;;) {
		ldns_rdf *above;

		zone->names = realloc(
		    zone->names, (zone->name_count + 1) * sizeof(*zone->names));
		insist(zone->names != NULL, "memory");
		zone->names[zone->name_count++] = name;
		if (ldns_dname_compare(name, zone->origin) == 0)
			return;
		above = ldns_dname_left_chop(name);
		insist(above != NULL, "owner outside the zone");
		name = above;
	}
}

static void
sort_names(struct slowzone *zone)
{
	size_t kept = 0;

	qsort(zone->names, zone->name_count, sizeof(*zone->names), by_name);
	for (size_t i = 0; i < zone->name_count; i++) {
		if (kept > 0 &&
		    by_name(&zone->names[kept - 1], &zone->names[i]) == 0)
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
	insist(len >= 0, "key");
	memcpy(name + len, zone->settings.origin, zone->settings.origin_len);
	dname_format(name, owner);
	insist(zonedata_decode(value, &node) == 0, "value");
	of_unit = zonekey_unit(octets.data, octets.len, &list, &unit) &&
		  (node.entry.flags & ZONE_ENTRY_TEST) == 0;
	if (node.is_entry)
		add_entry(zone, owner, &node.entry, of_unit ? &unit : NULL);
	for (unsigned i = 0; i < node.rrset_count; i++)
		add_rrset(zone, owner, &node.rrsets[i]);

	zone->owners = realloc(
	    zone->owners, (zone->owner_count + 1) * sizeof(*zone->owners));
	insist(zone->owners != NULL, "memory");
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

	insist(zone_settings_get(txn, settings) == 0, "settings");
	insist(meta_zone_version(txn, &version) == 0, "version");
	zone->origin = ldns_rdf_new_frm_data(
	    LDNS_RDF_TYPE_DNAME, settings->origin_len, settings->origin);
	negative = settings->ttl_seconds < settings->negative_ttl_seconds
		       ? settings->ttl_seconds
		       : settings->negative_ttl_seconds;
	zone->soa = soa(zone, version.serial, settings->ttl_seconds);
	zone->soa_negative = soa(zone, version.serial, negative);
	zone->records = ldns_rr_list_new();

	insist(store_cursor_open(txn, TABLE_ZONE, &cursor) == 0, "cursor");
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

/* --- RFC 1034 section 4.3.2 ------------------------------------------------
 */

static bool
exists(const struct slowzone *zone, const ldns_rdf *name)
{
	return bsearch(&name, zone->names, zone->name_count,
		   sizeof(*zone->names), by_name) != NULL;
}

/*
 * The name whose records answer for `name`: itself, or the wildcard at its
 * closest encloser; NULL when there is neither. To be freed.
 */
static ldns_rdf *
find_source(const struct slowzone *zone, const ldns_rdf *name)
{
	ldns_rdf *encloser = ldns_rdf_clone(name), *wildcard;

	if (exists(zone, name))
		return encloser;
	do {
		ldns_rdf *above = ldns_dname_left_chop(encloser);

		ldns_rdf_deep_free(encloser);
		encloser = above;
	} while (!exists(zone, encloser));
	wildcard = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, 3, "\1*");
	insist(ldns_dname_cat(wildcard, encloser) == LDNS_STATUS_OK, "cat");
	ldns_rdf_deep_free(encloser);
	if (exists(zone, wildcard))
		return wildcard;
	ldns_rdf_deep_free(wildcard);
	return NULL;
}

/* Copies of the records of one type at `source`, as those of `owner`. */
static void
collect(const struct slowzone *zone, const ldns_rdf *source,
    const ldns_rdf *owner, ldns_rr_type type, ldns_rr_list *list)
{
	size_t count = ldns_rr_list_rr_count(zone->records);
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		ldns_rr *rr = ldns_rr_list_rr(zone->records, middle);

		if (ldns_dname_compare(ldns_rr_owner(rr), source) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count; low++) {
		ldns_rr *rr = ldns_rr_list_rr(zone->records, low);

		if (ldns_dname_compare(ldns_rr_owner(rr), source) != 0)
			return;
		if (ldns_rr_get_type(rr) != type)
			continue;
		rr = ldns_rr_clone(rr);
		ldns_rdf_deep_free(ldns_rr_owner(rr));
		ldns_rr_set_owner(rr, ldns_rdf_clone(owner));
		ldns_rr_list_push_rr(list, rr);
	}
}

struct expected {
	ldns_pkt_rcode rcode;
	bool authoritative;
	ldns_rr_list *answer, *authority, *additional;
};

static void
expect_glue(const struct slowzone *zone, struct expected *expected)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(expected->answer); i++) {
		ldns_rr *rr = ldns_rr_list_rr(expected->answer, i);
		ldns_rdf *server = ldns_rr_ns_nsdname(rr);

		collect(
		    zone, server, server, LDNS_RR_TYPE_A, expected->additional);
		collect(zone, server, server, LDNS_RR_TYPE_AAAA,
		    expected->additional);
	}
}

static void
expect_data(const struct slowzone *zone, const ldns_rdf *source,
    const ldns_rdf *name, ldns_rr_type type, struct expected *expected)
{
	if (type == LDNS_RR_TYPE_SOA &&
	    ldns_dname_compare(name, zone->origin) == 0) {
		ldns_rr_list_push_rr(
		    expected->answer, ldns_rr_clone(zone->soa));
		return;
	}
	collect(zone, source, name, type, expected->answer);
	if (type == LDNS_RR_TYPE_NS)
		expect_glue(zone, expected);
}

static void
expect(const struct slowzone *zone, const ldns_rdf *name, ldns_rr_type type,
    struct expected *expected)
{
	ldns_rdf *source;

	expected->answer = ldns_rr_list_new();
	expected->authority = ldns_rr_list_new();
	expected->additional = ldns_rr_list_new();
	if (ldns_dname_compare(name, zone->origin) != 0 &&
	    !ldns_dname_is_subdomain(name, zone->origin)) {
		expected->rcode = LDNS_RCODE_REFUSED;
		return;
	}
	expected->authoritative = true;
	source = find_source(zone, name);
	if (source == NULL)
		expected->rcode = LDNS_RCODE_NXDOMAIN;
	else
		expect_data(zone, source, name, type, expected);
	if (ldns_rr_list_rr_count(expected->answer) == 0)
		ldns_rr_list_push_rr(
		    expected->authority, ldns_rr_clone(zone->soa_negative));
	ldns_rdf_deep_free(source);
}

/* --- comparison ------------------------------------------------------------
 */

static bool
same_records(const ldns_rr_list *a, const ldns_rr_list *b)
{
	size_t count = ldns_rr_list_rr_count(a);
	bool same = count == ldns_rr_list_rr_count(b);
	ldns_rr_list *left = ldns_rr_list_clone(a);
	ldns_rr_list *right = ldns_rr_list_clone(b);

	ldns_rr_list_sort(left);
	ldns_rr_list_sort(right);
	for (size_t i = 0; same && i < count; i++) {
		ldns_rr *x = ldns_rr_list_rr(left, i);
		ldns_rr *y = ldns_rr_list_rr(right, i);

		same = ldns_rr_compare(x, y) == 0 &&
		       ldns_rr_ttl(x) == ldns_rr_ttl(y);
	}
	ldns_rr_list_deep_free(left);
	ldns_rr_list_deep_free(right);
	return same;
}

static bool
has_records(const ldns_pkt *reply)
{
	return ldns_pkt_ancount(reply) + ldns_pkt_nscount(reply) > 0;
}

static const char *
compare_sections(const struct slowzone *zone, const ldns_rdf *name,
    ldns_rr_type type, const ldns_pkt *reply)
{
	struct expected expected = { .rcode = LDNS_RCODE_NOERROR };
	const char *objection = NULL;

	/* ANY: one whole record set of the name's (RFC 8482 section 4.1). */
	if (type == LDNS_RR_TYPE_ANY && ldns_pkt_ancount(reply) > 0)
		type = ldns_rr_get_type(
		    ldns_rr_list_rr(ldns_pkt_answer(reply), 0));
	expect(zone, name, type, &expected);
	if (ldns_pkt_get_rcode(reply) != expected.rcode)
		objection = "rcode";
	else if (ldns_pkt_aa(reply) != expected.authoritative)
		objection = "AA";
	else if (ldns_pkt_tc(reply))
		objection = has_records(reply) ? "records beside TC" : NULL;
	else if (!same_records(ldns_pkt_answer(reply), expected.answer))
		objection = "answer section";
	else if (!same_records(ldns_pkt_authority(reply), expected.authority))
		objection = "authority section";
	else if (!same_records(ldns_pkt_additional(reply), expected.additional))
		objection = "additional section";
	ldns_rr_list_deep_free(expected.answer);
	ldns_rr_list_deep_free(expected.authority);
	ldns_rr_list_deep_free(expected.additional);
	return objection;
}

/* The question octet for octet, as ldns keeps the case. */
static bool
same_question(const ldns_rr *a, const ldns_rr *b)
{
	const ldns_rdf *x = ldns_rr_owner(a), *y = ldns_rr_owner(b);

	return ldns_rr_get_type(a) == ldns_rr_get_type(b) &&
	       ldns_rr_get_class(a) == ldns_rr_get_class(b) &&
	       ldns_rdf_size(x) == ldns_rdf_size(y) &&
	       memcmp(ldns_rdf_data(x), ldns_rdf_data(y), ldns_rdf_size(x)) ==
		   0;
}

static const char *
compare_header(const ldns_pkt *query, const ldns_pkt *reply)
{
	if (ldns_pkt_id(query) != ldns_pkt_id(reply))
		return "id";
	if (!ldns_pkt_qr(reply) ||
	    ldns_pkt_get_opcode(reply) != LDNS_PACKET_QUERY)
		return "QR or opcode";
	if (ldns_pkt_rd(query) != ldns_pkt_rd(reply))
		return "RD";
	if (ldns_pkt_ra(reply) || ldns_pkt_ad(reply) || ldns_pkt_cd(reply))
		return "RA, AD or CD";
	if (ldns_pkt_edns(query) != ldns_pkt_edns(reply))
		return "OPT";
	if (ldns_pkt_edns(reply) &&
	    (ldns_pkt_edns_version(reply) != 0 ||
		ldns_pkt_edns_do(reply) != ldns_pkt_edns_do(query)))
		return "EDNS version or DO";
	return NULL;
}

/* To who signed with no key of ours (RFC 8945 section 5.2.1). */
static bool
is_unsigned_refusal(const ldns_pkt *query, const ldns_pkt *reply)
{
	return ldns_pkt_tsig(query) != NULL &&
	       ldns_pkt_get_rcode(reply) == LDNS_RCODE_NOTAUTH;
}

const char *
slowzone_objection(
    const struct slowzone *zone, const ldns_pkt *query, const ldns_pkt *reply)
{
	const char *objection = compare_header(query, reply);
	ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(query), 0);

	if (objection != NULL)
		return objection;
	if (ldns_pkt_qdcount(reply) != 1 ||
	    !same_question(
		question, ldns_rr_list_rr(ldns_pkt_question(reply), 0)))
		return "question";
	if (is_unsigned_refusal(query, reply))
		return has_records(reply) ? "records beside NOTAUTH" : NULL;
	return compare_sections(
	    zone, ldns_rr_owner(question), ldns_rr_get_type(question), reply);
}
