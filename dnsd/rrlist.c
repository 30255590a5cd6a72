#include "dnsd/rrlist.h"

#include <string.h>

#include "common/error.h"
#include "common/wire.h"

#define RECORD_FIXED_LEN 10 /* type, class, TTL, RDLENGTH */
#define POINTER_LEN 2
#define CODES 16

/* --- from a value --------------------------------------------------------- */

static void
add(struct rrlist *list, uint16_t type, uint32_t ttl_seconds,
    const uint8_t *rdata, size_t rdata_len)
{
	list->rrs[list->count++] =
	    (struct rrlist_rr){ type, ttl_seconds, rdata, rdata_len };
}

static void
of_entry(struct rrlist *list, const struct zone_settings *settings,
    struct octets key, const struct zone_entry *entry)
{
	uint8_t *to = list->octets;
	char text[ZONE_TEXT_MAX + 1];
	struct ipaddr unit;
	enum sublist sublist;
	bool of_unit = (entry->flags & ZONE_ENTRY_TEST) == 0 &&
		       zonekey_unit(key.data, key.len, &sublist, &unit);
	size_t len =
	    zonedata_text(settings, entry, of_unit ? &unit : NULL, text);

	for (unsigned code = 0; code < CODES; code++) {
		if ((entry->codes & CODE_BIT(code)) == 0)
			continue;
		dns_store_u32(to, 0x7f000000u | code);
		add(list, DNS_TYPE_A, settings->ttl_seconds, to, 4);
		to += 4;
	}
	*to = (uint8_t)len;
	memcpy(to + 1, text, len);
	add(list, DNS_TYPE_TXT, settings->ttl_seconds, to, len + 1);
}

static int
of_rrset(struct rrlist *list, const struct zone_rrset *rrset)
{
	struct wire_reader reader;

	wire_read(&reader, rrset->rdata, rrset->rdata_len);
	for (unsigned i = 0; i < rrset->count; i++) {
		size_t len = wire_read_u16(&reader);
		const uint8_t *rdata = wire_read_octets(&reader, len);

		if (rdata == NULL)
			return ERROR_DAMAGED;
		if (list->count == RRLIST_MAX)
			return ERROR_LIMIT;
		add(list, rrset->type, rrset->ttl_seconds, rdata, len);
	}
	return 0;
}

int
rrlist_of(struct rrlist *list, const struct zone_settings *settings,
    struct octets key, struct octets value)
{
	struct zone_node node;
	int error;

	list->count = 0;
	if (value.data == NULL)
		return 0;
	error = zonedata_decode(value, &node);
	if (error != 0)
		return error;
	if (node.is_entry)
		of_entry(list, settings, key, &node.entry);
	for (unsigned i = 0; error == 0 && i < node.rrset_count; i++)
		error = of_rrset(list, &node.rrsets[i]);
	return error;
}

/* --- the difference ------------------------------------------------------- */

static bool
has(const struct rrlist *list, const struct rrlist_rr *rr)
{
	for (unsigned i = 0; i < list->count; i++) {
		const struct rrlist_rr *other = &list->rrs[i];

		if (other->type == rr->type &&
		    other->ttl_seconds == rr->ttl_seconds &&
		    other->rdata_len == rr->rdata_len &&
		    memcmp(other->rdata, rr->rdata, rr->rdata_len) == 0)
			return true;
	}
	return false;
}

void
rrlist_subtract(struct rrlist *list, const struct rrlist *other)
{
	unsigned count = 0;

	for (unsigned i = 0; i < list->count; i++) {
		if (!has(other, &list->rrs[i]))
			list->rrs[count++] = list->rrs[i];
	}
	list->count = count;
}

/* --- in a message --------------------------------------------------------- */

/* The name's own labels, and a pointer to the origin in the question. */
static int
owner_of(struct octets key, uint8_t owner[DNS_NAME_MAX + POINTER_LEN])
{
	struct zonekey name = { .len = key.len };
	int len;

	if (key.len > ZONEKEY_MAX)
		return ERROR_DAMAGED;
	memcpy(name.octets, key.data, key.len);
	len = zonekey_to_name(&name, owner, DNS_NAME_MAX);
	if (len < 0)
		return len;
	dns_store_u16(owner + len, DNS_POINTER | DNS_HEADER_LEN);
	return len + POINTER_LEN;
}

static size_t
len_of(const struct rrlist *list, size_t owner_len)
{
	size_t len = owner_len - POINTER_LEN;

	for (unsigned i = 0; i < list->count; i++)
		len += POINTER_LEN + RECORD_FIXED_LEN + list->rrs[i].rdata_len;
	return len;
}

static uint8_t *
put(uint8_t *to, const struct rrlist_rr *rr)
{
	dns_store_u16(to, rr->type);
	dns_store_u16(to + 2, DNS_CLASS_IN);
	dns_store_u32(to + 4, rr->ttl_seconds);
	dns_store_u16(to + 8, (uint16_t)rr->rdata_len);
	memcpy(to + RECORD_FIXED_LEN, rr->rdata, rr->rdata_len);
	return to + RECORD_FIXED_LEN + rr->rdata_len;
}

/* Records behind the first point to its owner, which stands near enough. */
int
rrlist_add(const struct rrlist *list, struct octets key, struct reply *reply)
{
	uint8_t owner[DNS_NAME_MAX + POINTER_LEN];
	int owner_len = owner_of(key, owner);
	size_t at = reply->len, len;
	uint8_t *to;

	if (owner_len < 0)
		return owner_len;
	if (list->count == 0)
		return 0;
	len = len_of(list, (size_t)owner_len);
	if (!reply_has_room(reply, len))
		return ERROR_LIMIT;
	to = reply_add(reply, REPLY_ANSWER, list->count, len);
	memcpy(to, owner, (size_t)owner_len);
	to = put(to + owner_len, &list->rrs[0]);
	for (unsigned i = 1; i < list->count; i++) {
		dns_store_u16(to, (uint16_t)(DNS_POINTER | at));
		to = put(to + POINTER_LEN, &list->rrs[i]);
	}
	return 0;
}
