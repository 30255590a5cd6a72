#include "dnsd/records.h"

#include <string.h>

#include "common/wire.h"
#include "db/dname.h"

#define RECORD_FIXED_LEN 10 /* type, class, TTL, RDLENGTH */
#define POINTER_LEN 2
#define A_RECORD_LEN (POINTER_LEN + RECORD_FIXED_LEN + 4)

/* A record's octets up to its data, owned by the question's name. */
static uint8_t *
put_fixed(uint8_t *to, uint16_t type, uint16_t class, uint32_t ttl_seconds,
    size_t data_len)
{
	dns_store_u16(to, type);
	dns_store_u16(to + 2, class);
	dns_store_u32(to + 4, ttl_seconds);
	dns_store_u16(to + 8, (uint16_t)data_len);
	return to + RECORD_FIXED_LEN;
}

static uint8_t *
put_pointer(uint8_t *to, size_t place)
{
	dns_store_u16(to, (uint16_t)(DNS_POINTER | place));
	return to + POINTER_LEN;
}

/* Where in the message the origin stands. */
static size_t
origin_at(const struct records *records)
{
	return DNS_HEADER_LEN + records->below;
}

void
records_add_soa(const struct records *records, enum reply_section section,
    const struct zone_template *soa)
{
	uint8_t *to = reply_add(records->reply, section, 1, soa->len);

	if (to != NULL)
		zone_template_write(soa, origin_at(records), to);
}

void
records_add_txt(struct reply *reply, uint16_t class, uint32_t ttl_seconds,
    const char *text, size_t len)
{
	uint8_t *to = reply_add(
	    reply, REPLY_ANSWER, 1, POINTER_LEN + RECORD_FIXED_LEN + 1 + len);

	if (to == NULL)
		return;
	to = put_pointer(to, DNS_HEADER_LEN);
	to = put_fixed(to, DNS_TYPE_TXT, class, ttl_seconds, len + 1);
	*to = (uint8_t)len;
	memcpy(to + 1, text, len);
}

/* --- entries -------------------------------------------------------------- */

void
records_add_codes(const struct records *records, uint16_t codes)
{
	unsigned count = (unsigned)__builtin_popcount(codes);
	uint8_t *to = reply_add(
	    records->reply, REPLY_ANSWER, count, count * A_RECORD_LEN);

	for (unsigned code = 0; to != NULL && codes != 0; code++, codes >>= 1) {
		if ((codes & 1) == 0)
			continue;
		to = put_pointer(to, DNS_HEADER_LEN);
		to = put_fixed(to, DNS_TYPE_A, DNS_CLASS_IN,
		    records->zone->settings.ttl_seconds, 4);
		dns_store_u32(to, 0x7f000000u | code);
		to += 4;
	}
}

void
records_add_text(
    const struct records *records, const struct lookup_found *found)
{
	const struct zone_settings *settings = &records->zone->settings;
	char text[ZONE_TEXT_MAX + 1];
	struct ipaddr unit;
	bool of_unit = (found->entry.flags & ZONE_ENTRY_TEST) == 0 &&
		       lookup_unit(found, &unit);
	size_t len = zonedata_text(
	    settings, &found->entry, of_unit ? &unit : NULL, text);

	records_add_txt(
	    records->reply, DNS_CLASS_IN, settings->ttl_seconds, text, len);
}

/* --- record sets ---------------------------------------------------------- */

/*
 * A name compressed to the origin in the question. Returns its length; `to`
 * NULL: only that.
 */
static size_t
put_name(const struct records *records, const uint8_t *name, uint8_t *to)
{
	int below = dname_below(name, records->zone->settings.origin);
	size_t len = below >= 0 ? (size_t)below + POINTER_LEN
				: dname_len(name, DNS_NAME_MAX);

	if (to != NULL && below < 0)
		memcpy(to, name, len);
	else if (to != NULL)
		put_pointer((uint8_t *)memcpy(to, name, (size_t)below) + below,
		    origin_at(records));
	return len;
}

/* The next of a set's RDATA, or NULL with the data damaged. */
static const uint8_t *
next_rdata(struct wire_reader *reader, size_t *len)
{
	*len = wire_read_u16(reader);
	return wire_read_octets(reader, *len);
}

/* RDATA that is one name may be compressed (RFC 3597 section 4). */
static size_t
put_rdata(const struct records *records, uint16_t type, const uint8_t *rdata,
    size_t len, uint8_t *to)
{
	if (type == DNS_TYPE_NS && dname_len(rdata, len) == len)
		return put_name(records, rdata, to);
	if (to != NULL)
		memcpy(to, rdata, len);
	return len;
}

/* 0 for what is no set of records. */
static size_t
rrset_len(const struct records *records, size_t owner_len,
    const struct zone_rrset *rrset)
{
	struct wire_reader reader;
	size_t total = 0;

	wire_read(&reader, rrset->rdata, rrset->rdata_len);
	for (unsigned i = 0; i < rrset->count; i++) {
		size_t len;
		const uint8_t *rdata = next_rdata(&reader, &len);

		if (rdata == NULL)
			return 0;
		total += owner_len + RECORD_FIXED_LEN +
			 put_rdata(records, rrset->type, rdata, len, NULL);
	}
	return total;
}

/* `owner` NULL: the question's name. All of the set or nothing of it. */
static void
add_rrset(const struct records *records, enum reply_section section,
    const uint8_t *owner, const struct zone_rrset *rrset)
{
	size_t owner_len =
	    owner == NULL ? POINTER_LEN : put_name(records, owner, NULL);
	size_t total = rrset_len(records, owner_len, rrset);
	struct wire_reader reader;
	uint8_t *to;

	if (total == 0)
		return;
	to = reply_add(records->reply, section, rrset->count, total);
	wire_read(&reader, rrset->rdata, rrset->rdata_len);
	for (unsigned i = 0; to != NULL && i < rrset->count; i++) {
		size_t len, data_len;
		const uint8_t *rdata = next_rdata(&reader, &len);

		if (owner == NULL)
			put_pointer(to, DNS_HEADER_LEN);
		else
			put_name(records, owner, to);
		to += owner_len;
		data_len = put_rdata(
		    records, rrset->type, rdata, len, to + RECORD_FIXED_LEN);
		to = put_fixed(to, rrset->type, DNS_CLASS_IN,
			 rrset->ttl_seconds, data_len) +
		     data_len;
	}
}

void
records_add_rrset(const struct records *records, const struct zone_rrset *rrset)
{
	add_rrset(records, REPLY_ANSWER, NULL, rrset);
}

/* --- name servers' addresses ---------------------------------------------- */

/*
 * The addresses of one server of ours, as far as there is room: nobody misses
 * them but for a query more.
 */
static void
add_glue(const struct records *records, const uint8_t *server)
{
	int below = dname_below(server, records->zone->settings.origin);
	struct zonekey key, source;
	struct zone_node node;
	struct octets value;

	if (below < 0 || zonekey_from_name(server, (size_t)below, &key) != 0 ||
	    lookup_find(records->lookup, &key, &value, &source) !=
		LOOKUP_FOUND ||
	    zonedata_decode(value, &node) != 0 || node.is_entry)
		return;
	for (unsigned i = 0; i < node.rrset_count; i++) {
		const struct zone_rrset *rrset = &node.rrsets[i];
		size_t owner_len = put_name(records, server, NULL);

		if ((rrset->type == DNS_TYPE_A ||
			rrset->type == DNS_TYPE_AAAA) &&
		    reply_has_room(
			records->reply, rrset_len(records, owner_len, rrset)))
			add_rrset(records, REPLY_ADDITIONAL, server, rrset);
	}
}

void
records_add_glue(
    const struct records *records, const struct zone_rrset *servers)
{
	struct wire_reader reader;

	wire_read(&reader, servers->rdata, servers->rdata_len);
	for (unsigned i = 0; i < servers->count; i++) {
		size_t len;
		const uint8_t *name = next_rdata(&reader, &len);

		if (name != NULL && dname_len(name, len) == len)
			add_glue(records, name);
	}
}
