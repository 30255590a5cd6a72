#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "ctl/export.h"
#include "db/listing.h"

/*
 * Forms in which an entry is a line or a row, for programs other than name
 * servers.
 */

/* --- parts of rows -------------------------------------------------------- */

static void
add_unit(struct strbuf *to, const struct feed_item *item)
{
	char unit[IPPREFIX_TEXT_MAX];

	strbuf_puts(to, listing_unit_format(&item->unit, unit));
}

/* Each behind `prefix`, with `between` them. */
static void
add_codes(struct strbuf *to, uint16_t codes, const char *prefix, char between)
{
	for (unsigned code = 0; codes != 0; code++, codes >>= 1) {
		if ((codes & 1) == 0)
			continue;
		strbuf_printf(to, "%s%u", prefix, code);
		if (codes != 1)
			strbuf_putc(to, between);
	}
}

/* Each in `quotes`. */
static void
add_kinds(struct strbuf *to, uint16_t kinds, const char *quotes, char between)
{
	for (int kind = 0; kinds != 0; kind++, kinds >>= 1) {
		if ((kinds & 1) == 0)
			continue;
		strbuf_puts(to, quotes);
		strbuf_puts(to, backscatter_name((enum backscatter_kind)kind));
		strbuf_puts(to, quotes);
		if (kinds != 1)
			strbuf_putc(to, between);
	}
}

/* The day in `quotes`, or `never`. */
static void
add_seen(struct strbuf *to, uint32_t day, const char *quotes, const char *never)
{
	char text[CLOCK_TEXT_MAX];

	if (day == 0) {
		strbuf_puts(to, never);
		return;
	}
	strbuf_puts(to, quotes);
	strbuf_puts(to, clock_format_date((int64_t)day * 86400, text));
	strbuf_puts(to, quotes);
}

/* --- plain ---------------------------------------------------------------- */

static void
begin_with_header(struct export *export)
{
	export_add_header(export, "#");
}

static bool
add_plain(struct export *export, const struct feed_item *item)
{
	add_unit(&export->out.text, item);
	strbuf_putc(&export->out.text, '\n');
	return true;
}

const struct export_format export_plain = {
	.name = "plain",
	.summary = "one address or /64 a line",
	.begin = begin_with_header,
	.add = add_plain,
};

/* --- comma separated values (RFC 4180) ------------------------------------ */

static void
begin_csv(struct export *export)
{
	export_add_header(export, "#");
	strbuf_puts(&export->out.text, "address,list,codes,kinds,seen,text\n");
}

static bool
add_csv(struct export *export, const struct feed_item *item)
{
	const struct zone_entry *entry = &item->node.entry;
	struct strbuf *to = &export->out.text;

	add_unit(to, item);
	strbuf_putc(to, ',');
	strbuf_puts(to, export_list_name(item->list));
	strbuf_putc(to, ',');
	add_codes(to, entry->codes, "127.0.0.", ' ');
	strbuf_putc(to, ',');
	add_kinds(to, entry->kinds, "", ' ');
	strbuf_putc(to, ',');
	add_seen(to, entry->seen_day, "", "");
	strbuf_puts(to, ",\"");
	export_add_text(export, to, item, "\"", '"');
	strbuf_puts(to, "\"\n");
	return true;
}

const struct export_format export_csv = {
	.name = "csv",
	.summary = "comma separated, with codes, kinds, day and text",
	.has_lists = true,
	.begin = begin_csv,
	.add = add_csv,
};

/* --- JSON lines ----------------------------------------------------------- */

static void
begin_jsonl(struct export *export)
{
	char origin[DNAME_TEXT_MAX], lineage[17];
	json_t *head;
	char *text;

	/* All 64 bits: a JSON number would round them. */
	snprintf(
	    lineage, sizeof(lineage), "%016" PRIx64, export->version.lineage);
	head = json_pack("{s:s, s:s, s:I, s:s, s:s}", "zone",
	    dname_format(export->zone->origin, origin), "list",
	    export_list_name(export->list), "serial",
	    (json_int_t) export->version.serial, "lineage", lineage, "time",
	    export->time);
	text = head != NULL ? json_dumps(head, JSON_COMPACT) : NULL;
	if (text != NULL)
		strbuf_printf(&export->out.text, "%s\n", text);
	else
		export->out.error = -ENOMEM;
	free(text);
	json_decref(head);
}

/*
 * By hand, which takes a fifth of the time that jansson does. All words in it
 * are our own; the text is printable ASCII.
 */
static bool
add_jsonl(struct export *export, const struct feed_item *item)
{
	const struct zone_entry *entry = &item->node.entry;
	struct strbuf *to = &export->out.text;

	strbuf_puts(to, "{\"address\":\"");
	add_unit(to, item);
	strbuf_puts(to, "\",\"list\":\"");
	strbuf_puts(to, export_list_name(item->list));
	strbuf_puts(to, "\",\"codes\":[");
	add_codes(to, entry->codes, "", ',');
	strbuf_puts(to, "],\"kinds\":[");
	add_kinds(to, entry->kinds, "\"", ',');
	strbuf_puts(to, "],\"seen\":");
	add_seen(to, entry->seen_day, "\"", "null");
	strbuf_puts(to, ",\"text\":\"");
	export_add_text(export, to, item, "\"\\", '\\');
	strbuf_puts(to, "\"}\n");
	return true;
}

const struct export_format export_jsonl = {
	.name = "jsonl",
	.summary = "the same as JSON, an object a line, the first of all",
	.has_lists = true,
	.begin = begin_jsonl,
	.add = add_jsonl,
};

/* --- Postfix -------------------------------------------------------------- */

static bool
add_postfix(struct export *export, const struct feed_item *item)
{
	struct strbuf *to = &export->out.text;

	add_unit(to, item);
	strbuf_puts(to, " REJECT ");
	export_add_text(export, to, item, "", 0); /* nothing is special */
	strbuf_putc(to, '\n');
	return true;
}

const struct export_format export_postfix = {
	.name = "postfix",
	.summary = "cidr table for check_client_access",
	.begin = begin_with_header,
	.add = add_postfix,
};

/* --- nftables ------------------------------------------------------------- */

/* Elements of one command: few commands, and none too long to parse well. */
#define ELEMENTS_MAX 1000

enum family { FAMILY_IPV4, FAMILY_IPV6, FAMILY_COUNT };

static const struct {
	const char *suffix, *type;
} families[FAMILY_COUNT] = {
	[FAMILY_IPV4] = { "4", "ipv4_addr;" },
	[FAMILY_IPV6] = { "6", "ipv6_addr; flags interval;" },
};

/* Read by `nft -f` the whole file is one transaction. */
static void
begin_nft(struct export *export)
{
	struct strbuf *to = &export->out.text;

	export_add_header(export, "#");
	strbuf_puts(to, "add table inet bsbl\n");
	for (int i = 0; i < FAMILY_COUNT; i++) {
		const char *name = export_list_name(export->list);
		const char *suffix = families[i].suffix;

		strbuf_printf(to,
		    "add set inet bsbl %s%s { type %s }\n"
		    "flush set inet bsbl %s%s\n",
		    name, suffix, families[i].type, name, suffix);
	}
}

/* The families apart, each in its part, which counts its elements. */
static bool
add_nft(struct export *export, const struct feed_item *item)
{
	enum family family =
	    ipaddr_is_ipv4(&item->unit) ? FAMILY_IPV4 : FAMILY_IPV6;
	struct strbuf *to = &export->parts[family].text;
	uint64_t count = export->counts[family]++;
	char unit[IPPREFIX_TEXT_MAX];

	if (count % ELEMENTS_MAX == 0)
		strbuf_printf(to, "%sadd element inet bsbl %s%s {",
		    count > 0 ? " }\n" : "", export_list_name(export->list),
		    families[family].suffix);
	strbuf_printf(to, "%s %s", count % ELEMENTS_MAX > 0 ? "," : "",
	    listing_unit_format(&item->unit, unit));
	return true;
}

static void
end_nft(struct export *export)
{
	for (int i = 0; i < FAMILY_COUNT; i++) {
		if (export->counts[i] > 0)
			strbuf_puts(&export->parts[i].text, " }\n");
		spool_append(&export->out, &export->parts[i], export->folder);
	}
}

const struct export_format export_nft = {
	.name = "nft",
	.summary = "sets of nftables, for `nft -f`",
	.begin = begin_nft,
	.add = add_nft,
	.end = end_nft,
};
