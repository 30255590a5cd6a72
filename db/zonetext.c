#include <string.h>

#include "common/clock.h"
#include "db/zonedata.h"

#define DAY_SECONDS 86400

/*
 * The TXT of an entry. On the query path: no printf, no allocation, one pass
 * over the template.
 */
struct line {
	char *next, *end;
	bool cut;
	bool short_kinds; /* names instead of words */
	const struct zone_settings *zone;
	const struct zone_entry *entry;
	const struct ipaddr *unit;
};

static void
add(struct line *line, const char *text, size_t len)
{
	if (len > (size_t)(line->end - line->next)) {
		len = (size_t)(line->end - line->next);
		line->cut = true;
	}
	memcpy(line->next, text, len);
	line->next += len;
}

static void
add_item(struct line *line, const char *item, bool *first)
{
	if (!*first)
		add(line, ", ", 2);
	*first = false;
	add(line, item, strlen(item));
}

static void
add_kinds(struct line *line)
{
	const struct zone_entry *entry = line->entry;
	bool first = true;

	if ((entry->flags & ZONE_ENTRY_TEST) != 0)
		add_item(line, "test entry", &first);
	for (int i = BACKSCATTER_NONE + 1; i < BACKSCATTER_KIND_COUNT; i++) {
		enum backscatter_kind kind = (enum backscatter_kind)i;

		if ((entry->kinds & BACKSCATTER_BIT(kind)) != 0)
			add_item(line,
			    line->short_kinds ? backscatter_name(kind)
					      : backscatter_words(kind),
			    &first);
	}
	if ((entry->flags & ZONE_ENTRY_SHARED) != 0)
		add_item(line, "shared pool", &first);
	if ((entry->flags & ZONE_ENTRY_MANUAL) != 0)
		add_item(line, "by hand", &first);
}

static void
add_seen(struct line *line)
{
	uint32_t days = line->entry->seen_day;
	char date[CLOCK_TEXT_MAX] = "never";

	if (days != 0)
		clock_format_date((int64_t)days * DAY_SECONDS, date);
	add(line, date, strlen(date));
}

static void
add_url(struct line *line)
{
	const char *portal = line->zone->portal;
	char address[IPADDR_TEXT_MAX] = "127.0.0.2"; /* of test entries */

	if (line->unit != NULL)
		ipaddr_format(line->unit, address);
	add(line, portal, strlen(portal));
	add(line, address, strlen(address));
}

static const struct placeholder {
	const char *name;
	size_t len;
	void (*add)(struct line *line);
} placeholders[] = {
	{ "{kinds}", 7, add_kinds },
	{ "{seen}", 6, add_seen },
	{ "{url}", 5, add_url },
};
#define PLACEHOLDERS (sizeof(placeholders) / sizeof(placeholders[0]))

static const struct placeholder *
placeholder_at(const char *text)
{
	for (size_t i = 0; i < PLACEHOLDERS; i++) {
		if (strncmp(text, placeholders[i].name, placeholders[i].len) ==
		    0)
			return &placeholders[i];
	}
	return NULL;
}

static void
expand(struct line *line)
{
	const char *text = line->zone->text;

	while (*text != '\0') {
		const struct placeholder *placeholder = NULL;
		size_t len = strcspn(text, "{");

		add(line, text, len);
		text += len;
		if (*text != '\0')
			placeholder = placeholder_at(text);
		if (placeholder != NULL) {
			placeholder->add(line);
			text += placeholder->len;
		} else if (*text != '\0') {
			add(line, text++, 1);
		}
	}
}

/* As zonedata_text, and says whether the text had to be cut. */
static size_t
write_text(const struct zone_settings *zone, const struct zone_entry *entry,
    const struct ipaddr *unit, char text[ZONE_TEXT_MAX + 1], bool *cut)
{
	struct line line = { .zone = zone, .entry = entry, .unit = unit };

	for (int i = 0; i < 2; i++) {
		line.next = text;
		line.end = text + ZONE_TEXT_MAX;
		line.cut = false;
		line.short_kinds = i > 0;
		expand(&line);
		if (!line.cut)
			break;
	}
	*line.next = '\0';
	*cut = line.cut;
	return (size_t)(line.next - text);
}

size_t
zonedata_text(const struct zone_settings *zone, const struct zone_entry *entry,
    const struct ipaddr *unit, char text[ZONE_TEXT_MAX + 1])
{
	bool cut;

	return write_text(zone, entry, unit, text, &cut);
}

static bool
is_printable(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			return false;
	}
	return true;
}

const char *
zonedata_text_refusal(const struct zone_settings *zone)
{
	static const struct zone_entry longest = {
		.codes = UINT16_MAX,
		.kinds = UINT16_MAX,
		.seen_day = 1,
		.flags = ZONE_ENTRY_MANUAL | ZONE_ENTRY_SHARED,
	};
	static const struct ipaddr longest_unit = { { 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff } };
	const char *brace = zone->text;
	char text[ZONE_TEXT_MAX + 1];
	bool cut;

	if (!is_printable(zone->text) || !is_printable(zone->portal))
		return "has octets that are not printable ASCII";
	while ((brace = strchr(brace, '{')) != NULL) {
		if (placeholder_at(brace++) == NULL)
			return "has a placeholder other than {kinds}, {seen}, "
			       "{url}";
	}
	write_text(zone, &longest, &longest_unit, text, &cut);
	return cut ? "can become longer than 200 octets" : NULL;
}
