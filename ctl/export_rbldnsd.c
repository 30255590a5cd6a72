#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "common/wire.h"
#include "ctl/export.h"
#include "db/listing.h"

/*
 * The data files of rbldnsd(8). Its trie of IPv6 networks has one value for
 * each, so the file of the whole zone has a trie for each code: rbldnsd joins
 * what several datasets say.
 */

#define TYPE_A 1
#define PART_OWN (EXPORT_PARTS - 1) /* the zone's own names */
#define PART_IPV4 0		    /* no code */

/* --- the beginning -------------------------------------------------------- */

static void
begin(struct export *export)
{
	const struct zone_settings *zone = export->zone;
	struct strbuf *to = &export->out.text;

	export_add_header(export, "#");
	strbuf_printf(to, "$SOA %" PRIu32 " ", zone->ttl_seconds);
	export_add_name(to, zone->servers[0].name);
	strbuf_putc(to, ' ');
	export_add_name(to, zone->contact);
	strbuf_printf(to,
	    " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32
	    "\n$NS %" PRIu32,
	    export->version.serial, zone->refresh_seconds, zone->retry_seconds,
	    zone->expire_seconds, zone->negative_ttl_seconds,
	    zone->ttl_seconds);
	for (unsigned i = 0; i < zone->server_count; i++) {
		strbuf_putc(to, ' ');
		export_add_name(to, zone->servers[i].name);
	}
	strbuf_printf(to, "\n$TTL %" PRIu32 "\n", zone->ttl_seconds);
}

/* --- entries -------------------------------------------------------------- */

/* An entry as rbldnsd has it: an address or network, and values. */
struct value {
	bool ipv4;
	char address[IPPREFIX_TEXT_MAX];
	uint16_t codes;
};

/* Test entries have names in IPv6 that no unit has. */
static void
name_test_entry(struct octets key, enum sublist list, struct value *value)
{
	for (uint32_t low = 0; low < EXPORT_CODES; low++) {
		struct ipaddr address = ipaddr_from_ipv4(0x7f000000 | low);
		struct zonekey name;

		zonekey_of_unit(list, &address, &name);
		value->ipv4 = key.len == name.len &&
			      memcmp(key.data, name.octets, name.len) == 0;
		ipaddr_format(&address, value->address);
		if (value->ipv4)
			return;
		zonekey_of_mapped(list, 0x7f000000 | low, &name);
		snprintf(value->address, sizeof(value->address),
		    "::ffff:7f00:%" PRIx32 "/128", low);
		if (key.len == name.len &&
		    memcmp(key.data, name.octets, name.len) == 0)
			return;
	}
}

static void
value_of(const struct feed_item *item, struct value *value)
{
	value->codes = item->node.entry.codes;
	if (!item->is_listing) {
		name_test_entry(item->key, export_list_of(item->key), value);
		return;
	}
	value->ipv4 = ipaddr_is_ipv4(&item->unit);
	listing_unit_format(&item->unit, value->address);
}

/*
 * With the first code alone goes the text, or it would be answered twice. In
 * it `$` would stand for the address, and a first `=` would be taken away.
 */
static void
add_line(struct export *export, struct strbuf *to, const struct feed_item *item,
    const struct value *value, unsigned code)
{
	bool is_first = (value->codes & (CODE_BIT(code) - 1)) == 0;

	strbuf_printf(to, "%s :%u:", value->address, code);
	if (is_first && export->zone->text[0] == '=')
		strbuf_putc(to, '=');
	if (is_first)
		export_add_text(export, to, item, "$", '$');
	strbuf_putc(to, '\n');
}

/* --- one dataset ---------------------------------------------------------- */

static bool
add_ip4set(struct export *export, const struct feed_item *item)
{
	struct value value;

	if (!item->node.is_entry)
		return false;
	value_of(item, &value);
	for (unsigned code = 0; value.ipv4 && code < EXPORT_CODES; code++) {
		if ((value.codes & CODE_BIT(code)) != 0)
			add_line(export, &export->out.text, item, &value, code);
	}
	return value.ipv4;
}

const struct export_format export_ip4set = {
	.name = "ip4set",
	.summary = "IPv4 alone, for rbldnsd's dataset of that name",
	.serves_dns = true,
	.begin = begin,
	.add = add_ip4set,
};

static bool
add_ip6trie(struct export *export, const struct feed_item *item)
{
	struct value value;

	if (!item->node.is_entry)
		return false;
	value_of(item, &value);
	if (!value.ipv4)
		add_line(export, &export->out.text, item, &value,
		    (unsigned)__builtin_ctz(value.codes));
	return !value.ipv4;
}

const struct export_format export_ip6trie = {
	.name = "ip6trie",
	.summary = "IPv6 alone, with the lowest code, likewise",
	.serves_dns = true,
	.begin = begin,
	.add = add_ip6trie,
};

/* --- the whole zone ------------------------------------------------------- */

/* Of the zone's own names the IPv4 addresses: rbldnsd knows no AAAA. */
static void
add_addresses(
    struct strbuf *to, const char *owner, const struct zone_rrset *rrset)
{
	struct wire_reader reader;

	if (rrset->type != TYPE_A)
		return;
	wire_read(&reader, rrset->rdata, rrset->rdata_len);
	for (unsigned i = 0; i < rrset->count; i++) {
		const uint8_t *octets =
		    wire_read_octets(&reader, wire_read_u16(&reader));
		char text[INET_ADDRSTRLEN];

		if (octets != NULL)
			strbuf_printf(to, "%s A %s\n", owner,
			    inet_ntop(AF_INET, octets, text, sizeof(text)));
	}
}

static void
add_own(struct export *export, const struct feed_item *item)
{
	char owner[DNAME_TEXT_MAX];

	export_owner(item->key, 0, owner);
	for (unsigned i = 0; i < item->node.rrset_count; i++)
		add_addresses(&export->parts[PART_OWN].text, owner,
		    &item->node.rrsets[i]);
}

static bool
add_rbldnsd(struct export *export, const struct feed_item *item)
{
	unsigned first = EXPORT_CODES * export_list_of(item->key);
	struct value value;

	if (!item->node.is_entry) {
		add_own(export, item);
		return false;
	}
	value_of(item, &value);
	for (unsigned code = 0; code < EXPORT_CODES; code++) {
		unsigned part = first + (value.ipv4 ? PART_IPV4 : code);

		if ((value.codes & CODE_BIT(code)) != 0)
			add_line(export, &export->parts[part].text, item,
			    &value, code);
	}
	return true;
}

static void
end_dataset(struct export *export, unsigned part, const char *type)
{
	enum sublist list = (enum sublist)(part / EXPORT_CODES);
	bool at_origin = part == PART_OWN || list == SUBLIST_MAIN ||
			 export->list != EXPORT_ALL_LISTS;

	if (spool_is_empty(&export->parts[part]))
		return;
	strbuf_printf(&export->out.text, "$DATASET %s %s\n", type,
	    at_origin ? "@" : sublists[list].label);
	spool_append(&export->out, &export->parts[part], export->folder);
}

static void
end_rbldnsd(struct export *export)
{
	for (unsigned part = 0; part < PART_OWN; part++)
		end_dataset(export, part,
		    part % EXPORT_CODES == PART_IPV4 ? "ip4set" : "ip6trie");
	end_dataset(export, PART_OWN, "generic");
}

const struct export_format export_rbldnsd = {
	.name = "rbldnsd",
	.summary = "the whole zone, for rbldnsd's combined dataset",
	.has_lists = true,
	.serves_dns = true,
	.begin = begin,
	.add = add_rbldnsd,
	.end = end_rbldnsd,
};
