#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/export.h"
#include "db/listing.h"

/*
 * Forms in which an entry is a line or a row, for programs other than name
 * servers.
 */

static void
begin_with_header(struct export *export)
{
	export_add_header(export, "#");
}

/* --- plain ---------------------------------------------------------------- */

static bool
add_plain(struct export *export, const struct feed_item *item)
{
	char unit[IPPREFIX_TEXT_MAX];

	strbuf_puts(&export->out.text, listing_unit_format(&item->unit, unit));
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

static void
add_quoted(struct strbuf *to, const char *text)
{
	strbuf_putc(to, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			strbuf_putc(to, '"');
		strbuf_putc(to, *text);
	}
	strbuf_putc(to, '"');
}

static void
add_codes(struct strbuf *to, uint16_t codes)
{
	const char *space = "";

	for (unsigned code = 0; code < EXPORT_CODES; code++) {
		if ((codes & CODE_BIT(code)) == 0)
			continue;
		strbuf_printf(to, "%s127.0.0.%u", space, code);
		space = " ";
	}
}

static void
add_kinds(struct strbuf *to, uint16_t kinds)
{
	const char *space = "";

	for (int kind = 0; kind < BACKSCATTER_KIND_COUNT; kind++) {
		if ((kinds & BACKSCATTER_BIT(kind)) == 0)
			continue;
		strbuf_printf(to, "%s%s", space,
		    backscatter_name((enum backscatter_kind)kind));
		space = " ";
	}
}

/* "2026-01-31", or "" for what was never seen. */
static const char *
day(const struct zone_entry *entry, char text[CLOCK_TEXT_MAX])
{
	text[0] = '\0';
	if (entry->seen_day != 0)
		clock_format_date((int64_t)entry->seen_day * 86400, text);
	return text;
}

static bool
add_csv(struct export *export, const struct feed_item *item)
{
	const struct zone_entry *entry = &item->node.entry;
	struct strbuf *to = &export->out.text;
	char unit[IPPREFIX_TEXT_MAX], seen[CLOCK_TEXT_MAX];
	char text[ZONE_TEXT_MAX + 1];

	strbuf_printf(to, "%s,%s,", listing_unit_format(&item->unit, unit),
	    export_list_name(item->list));
	add_codes(to, entry->codes);
	strbuf_putc(to, ',');
	add_kinds(to, entry->kinds);
	strbuf_printf(to, ",%s,", day(entry, seen));
	export_text(export, entry, &item->unit, text);
	add_quoted(to, text);
	strbuf_putc(to, '\n');
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
add_json(struct strbuf *to, json_t *value)
{
	char *text = value != NULL ? json_dumps(value, JSON_COMPACT) : NULL;

	if (text == NULL)
		to->error = -ENOMEM;
	else
		strbuf_printf(to, "%s\n", text);
	free(text);
	json_decref(value);
}

static void
begin_jsonl(struct export *export)
{
	char origin[DNAME_TEXT_MAX], lineage[17];

	/* All 64 bits: a JSON number would round them. */
	snprintf(lineage, sizeof(lineage), "%016llx",
	    (unsigned long long)export->version.lineage);
	add_json(&export->out.text,
	    json_pack("{s:s, s:s, s:I, s:s, s:s}", "zone",
		dname_format(export->zone->origin, origin), "list",
		export_list_name(export->list), "serial",
		(json_int_t) export->version.serial, "lineage", lineage, "time",
		export->time));
}

static json_t *
codes_json(uint16_t codes)
{
	json_t *list = json_array();

	for (unsigned code = 0; code < EXPORT_CODES; code++) {
		if ((codes & CODE_BIT(code)) != 0)
			json_array_append_new(list, json_integer(code));
	}
	return list;
}

static json_t *
kinds_json(uint16_t kinds)
{
	json_t *list = json_array();

	for (int kind = 0; kind < BACKSCATTER_KIND_COUNT; kind++) {
		if ((kinds & BACKSCATTER_BIT(kind)) != 0)
			json_array_append_new(list,
			    json_string(
				backscatter_name((enum backscatter_kind)kind)));
	}
	return list;
}

static bool
add_jsonl(struct export *export, const struct feed_item *item)
{
	const struct zone_entry *entry = &item->node.entry;
	char unit[IPPREFIX_TEXT_MAX], seen[CLOCK_TEXT_MAX];
	char text[ZONE_TEXT_MAX + 1];

	export_text(export, entry, &item->unit, text);
	add_json(&export->out.text,
	    json_pack("{s:s, s:s, s:o, s:o, s:s?, s:s}", "address",
		listing_unit_format(&item->unit, unit), "list",
		export_list_name(item->list), "codes", codes_json(entry->codes),
		"kinds", kinds_json(entry->kinds), "seen",
		entry->seen_day != 0 ? day(entry, seen) : NULL, "text", text));
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
	char unit[IPPREFIX_TEXT_MAX], text[ZONE_TEXT_MAX + 1];

	export_text(export, &item->node.entry, &item->unit, text);
	strbuf_printf(&export->out.text, "%s REJECT %s\n",
	    listing_unit_format(&item->unit, unit), text);
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
