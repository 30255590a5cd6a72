#include "ctl/export.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* --- formats and lists ---------------------------------------------------- */

static const struct export_format *const formats[] = {
	&export_plain,
	&export_csv,
	&export_jsonl,
	&export_zone,
	&export_rpz,
	&export_rbldnsd,
	&export_ip4set,
	&export_ip6trie,
	&export_nft,
	&export_postfix,
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

const struct export_format *
export_format_at(size_t i)
{
	return i < FORMATS ? formats[i] : NULL;
}

const struct export_format *
export_format_find(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++) {
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	}
	return NULL;
}

const char *
export_list_name(unsigned list)
{
	if (list == EXPORT_ALL_LISTS)
		return "all";
	return list == SUBLIST_MAIN ? "main" : sublists[list].label;
}

bool
export_list_parse(const char *name, unsigned *list)
{
	for (unsigned i = 0; i < SUBLIST_COUNT; i++) {
		if (strcmp(export_list_name(i), name) == 0) {
			*list = i;
			return true;
		}
	}
	return false;
}

enum sublist
export_list_of(struct octets key)
{
	const char *label = (const char *)key.data + 1; /* behind the apex */

	for (unsigned i = 0; i < SUBLIST_COUNT; i++) {
		size_t len = strlen(sublists[i].label) + 1; /* and its end */

		if (i != SUBLIST_MAIN && key.len > len &&
		    memcmp(label, sublists[i].label, len) == 0)
			return (enum sublist)i;
	}
	return SUBLIST_MAIN;
}

/* --- for formats ---------------------------------------------------------- */

void
export_add_header(struct export *export, const char *mark)
{
	char origin[DNAME_TEXT_MAX];

	strbuf_printf(&export->out.text,
	    "%s zone=%s list=%s serial=%" PRIu32 " lineage=%016" PRIx64
	    " time=%s\n",
	    mark, dname_format(export->zone->origin, origin),
	    export_list_name(export->list), export->version.serial,
	    export->version.lineage, export->time);
}

void
export_add_text(const struct export *export, struct strbuf *to,
    const struct feed_item *item, const char *special, char escape)
{
	char text[ZONE_TEXT_MAX + 1];
	const char *next = text;

	zonedata_text(export->zone, &item->node.entry,
	    item->is_listing ? &item->unit : NULL, text);
	for (;;) {
		size_t len = strcspn(next, special);

		strbuf_add(to, next, len);
		next += len;
		if (*next == '\0')
			return;
		strbuf_putc(to, escape);
		strbuf_putc(to, *next++);
	}
}

void
export_add_name(struct strbuf *to, const uint8_t *name)
{
	char text[DNAME_TEXT_MAX];

	strbuf_puts(to, dname_format(name, text));
	if (name[0] != 0) /* the root has its dot */
		strbuf_putc(to, '.');
}

char *
export_owner(struct octets key, size_t below, char text[DNAME_TEXT_MAX])
{
	const uint8_t *octets = key.data;
	uint8_t name[DNAME_MAX];
	struct zonekey relative;
	int len;

	zonekey_apex(&relative);
	memcpy(relative.octets + 1, octets + 1 + below, key.len - 1 - below);
	relative.len = key.len - below;
	len = zonekey_to_name(&relative, name, sizeof(name) - 1);
	if (len <= 0)
		return strcpy(text, "@");
	name[len] = 0;
	return dname_format(name, text);
}

/* --- writing -------------------------------------------------------------- */

static bool
is_wanted(const struct export *export, const struct feed_item *item)
{
	if (!item->is_listing && !export->format->serves_dns)
		return false;
	return export->list == EXPORT_ALL_LISTS ||
	       (unsigned)export_list_of(item->key) == export->list;
}

static int
add(const struct feed_item *item, void *context)
{
	struct export *export = context;

	if (is_wanted(export, item) && export->format->add(export, item))
		export->entries += item->is_listing;
	return 0;
}

static void
flush(struct export *export)
{
	spool_flush(&export->out, export->folder);
	for (size_t i = 0; i < EXPORT_PARTS; i++) {
		spool_flush(&export->parts[i], export->folder);
		if (export->out.error == 0)
			export->out.error = export->parts[i].error;
	}
}

static int
write_all(
    struct export *export, struct feed *feed, const volatile sig_atomic_t *stop)
{
	int result = 1;

	export->format->begin(export);
	while (result > 0 && export->out.error == 0) {
		result = *stop ? -EINTR : feed_step(feed, add, export);
		flush(export);
	}
	if (result != 0 || export->out.error != 0)
		return result < 0 ? result : export->out.error;
	if (export->format->end != NULL)
		export->format->end(export);
	flush(export);
	return export->out.error;
}

int
export_write(struct export *export, const struct export_wish *wish,
    struct feed *feed, FILE *to)
{
	int error;

	memset(export, 0, sizeof(*export));
	export->format = wish->format;
	export->list = wish->list;
	export->zone = feed_zone(feed);
	export->version = *feed_version(feed);
	export->folder = wish->folder;
	clock_format(wish->now, export->time);
	spool_init(&export->out, to);
	for (size_t i = 0; i < EXPORT_PARTS; i++)
		spool_init(&export->parts[i], NULL);
	error = write_all(export, feed, wish->stop);
	spool_deinit(&export->out);
	for (size_t i = 0; i < EXPORT_PARTS; i++)
		spool_deinit(&export->parts[i]);
	return error;
}
