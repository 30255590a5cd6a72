#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "common/wire.h"
#include "ctl/export.h"

/* Zone files (RFC 1035 section 5), for name servers that read them. */

#define TYPE_A 1
#define TYPE_NS 2
#define TYPE_AAAA 28

/* Times that are of no use here: nothing is transferred from it. */
#define RPZ_TIMES "3600 600 604800"

/* --- the zone ------------------------------------------------------------- */

static void
add_soa(struct export *export)
{
	const struct zone_settings *zone = export->zone;
	struct strbuf *to = &export->out.text;

	strbuf_printf(to, "@\t%" PRIu32 "\tIN\tSOA\t", zone->ttl_seconds);
	export_add_name(to, zone->servers[0].name);
	strbuf_putc(to, ' ');
	export_add_name(to, zone->contact);
	strbuf_printf(to,
	    " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 "\n",
	    export->version.serial, zone->refresh_seconds, zone->retry_seconds,
	    zone->expire_seconds, zone->negative_ttl_seconds);
}

/* A list below the zone becomes a zone of its own. */
static void
begin_zone(struct export *export)
{
	const struct zone_settings *zone = export->zone;
	struct strbuf *to = &export->out.text;

	export_add_header(export, ";");
	strbuf_puts(to, "$ORIGIN ");
	if (export->list != EXPORT_ALL_LISTS && export->list != SUBLIST_MAIN)
		strbuf_printf(to, "%s.", sublists[export->list].label);
	export_add_name(to, zone->origin);
	strbuf_printf(to, "\n$TTL %" PRIu32 "\n", zone->ttl_seconds);
	add_soa(export);
	for (unsigned i = 0; i < zone->server_count; i++) {
		strbuf_puts(to, "@\tIN\tNS\t");
		export_add_name(to, zone->servers[i].name);
		strbuf_putc(to, '\n');
	}
}

/* Relative to the origin, which may be that of one list below the zone. */
static void
add_owner(struct export *export, struct octets key)
{
	bool is_sublist =
	    export->list != EXPORT_ALL_LISTS && export->list != SUBLIST_MAIN;
	size_t below =
	    is_sublist ? strlen(sublists[export->list].label) + 1 : 0;
	char owner[DNAME_TEXT_MAX];

	strbuf_puts(&export->out.text, export_owner(key, below, owner));
}

/* Records behind the first have their owner from it. */
static void
add_entry(struct export *export, const struct feed_item *item)
{
	const struct zone_entry *entry = &item->node.entry;
	struct strbuf *to = &export->out.text;

	add_owner(export, item->key);
	for (unsigned code = 0; code < EXPORT_CODES; code++) {
		if ((entry->codes & CODE_BIT(code)) != 0)
			strbuf_printf(to, "\tA\t127.0.0.%u\n", code);
	}
	strbuf_puts(to, "\tTXT\t\"");
	export_add_text(export, to, item, "\"\\", '\\');
	strbuf_puts(to, "\"\n");
}

/* The zone's own addresses; its servers were named in the beginning. */
static void
add_address(struct export *export, struct octets key, uint16_t type,
    const uint8_t *rdata)
{
	char text[INET6_ADDRSTRLEN];

	add_owner(export, key);
	strbuf_printf(&export->out.text, "\t%s\t%s\n",
	    type == TYPE_A ? "A" : "AAAA",
	    inet_ntop(type == TYPE_A ? AF_INET : AF_INET6, rdata, text,
		sizeof(text)));
}

static void
add_rrset(
    struct export *export, struct octets key, const struct zone_rrset *rrset)
{
	struct wire_reader reader;

	if (rrset->type != TYPE_A && rrset->type != TYPE_AAAA)
		return;
	wire_read(&reader, rrset->rdata, rrset->rdata_len);
	for (unsigned i = 0; i < rrset->count; i++) {
		size_t len = wire_read_u16(&reader);
		const uint8_t *rdata = wire_read_octets(&reader, len);

		if (len == (rrset->type == TYPE_A ? 4 : 16) && rdata != NULL)
			add_address(export, key, rrset->type, rdata);
	}
}

static bool
add_node(struct export *export, const struct feed_item *item)
{
	if (item->node.is_entry)
		add_entry(export, item);
	for (unsigned i = 0; i < item->node.rrset_count; i++)
		add_rrset(export, item->key, &item->node.rrsets[i]);
	return true;
}

const struct export_format export_zone = {
	.name = "zone",
	.summary = "zone file, for BIND and others",
	.has_lists = true,
	.serves_dns = true,
	.begin = begin_zone,
	.add = add_node,
};

/* --- response policy zone ------------------------------------------------- */

/* All names are relative: it is a zone of whatever name. */
static void
begin_rpz(struct export *export)
{
	export_add_header(export, ";");
	strbuf_printf(&export->out.text,
	    "$TTL %" PRIu32 "\n@\tSOA\tlocalhost. root.localhost. %" PRIu32
	    " " RPZ_TIMES " %" PRIu32 "\n\tNS\tlocalhost.\n",
	    export->zone->ttl_seconds, export->version.serial,
	    export->zone->negative_ttl_seconds);
}

/* Octets from the last to the first, behind the prefix' length. */
static void
add_ipv4_trigger(struct strbuf *to, const struct ipaddr *unit)
{
	uint32_t ipv4 = ipaddr_to_ipv4(unit);

	strbuf_printf(to, "32.%u.%u.%u.%u", ipv4 & 255, ipv4 >> 8 & 255,
	    ipv4 >> 16 & 255, ipv4 >> 24);
}

/* Words likewise; `zz` stands for the zeros, which a /64 ends with. */
static void
add_ipv6_trigger(struct strbuf *to, const struct ipaddr *unit)
{
	int word = 4;

	strbuf_puts(to, "64.zz");
	while (word > 0 && unit->octets[2 * word - 2] == 0 &&
	       unit->octets[2 * word - 1] == 0)
		word--;
	while (word-- > 0)
		strbuf_printf(to, ".%x",
		    (unsigned)unit->octets[2 * word] << 8 |
			unit->octets[2 * word + 1]);
}

static bool
add_rpz(struct export *export, const struct feed_item *item)
{
	struct strbuf *to = &export->out.text;

	if (ipaddr_is_ipv4(&item->unit))
		add_ipv4_trigger(to, &item->unit);
	else
		add_ipv6_trigger(to, &item->unit);
	strbuf_puts(to, ".rpz-ip\tCNAME\t.\n");
	return true;
}

const struct export_format export_rpz = {
	.name = "rpz",
	.summary = "response policy: no answer with a listed address",
	.begin = begin_rpz,
	.add = add_rpz,
};
