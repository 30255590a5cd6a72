#ifndef CTL_EXPORT_H
#define CTL_EXPORT_H

#include <signal.h>

#include "common/clock.h"
#include "ctl/spool.h"
#include "db/feed.h"

/*
 * The list in the forms that other programs read. One table of formats; each
 * turns what a feed shows into text.
 */

/* One list, or all: then the format says of each entry where it stands. */
#define EXPORT_ALL_LISTS SUBLIST_COUNT

/*
 * Texts that are put behind one another in the end: what comes mixed in the
 * zone's order stands apart in some formats. Of each list one for its IPv4
 * addresses and, as rbldnsd wants it, one a code for its networks of IPv6; and
 * one for what is no list's.
 */
#define EXPORT_CODES 16
#define EXPORT_PARTS (SUBLIST_COUNT * EXPORT_CODES + 1)

struct export
{
	const struct export_format *format;
	unsigned list; /* enum sublist or EXPORT_ALL_LISTS */

	/* Of the feed. */
	const struct zone_settings *zone;
	struct zone_version version;
	char time[CLOCK_TEXT_MAX];

	uint64_t entries; /* listings written */
	const char *folder;
	struct spool out, parts[EXPORT_PARTS];
	uint64_t counts[EXPORT_PARTS]; /* the format's own */
};

struct export_format {
	const char *name, *summary;
	/* Can tell lists apart: then it has all of them unless one is named. */
	bool has_lists;
	/*
	 * Is itself read by name servers: has the test entries and the zone's
	 * own names. Elsewhere they would do harm: a packet filter would drop
	 * the loopback, a response policy other lists' answers.
	 */
	bool serves_dns;
	/* What fails is remembered by the texts; see spool.h. */
	void (*begin)(struct export *export);
	/* False: such things have no place in it. */
	bool (*add)(struct export *export, const struct feed_item *item);
	void (*end)(struct export *export); /* NULL: nothing to add */
};
const struct export_format *export_format_find(const char *name);
/* All of them: NULL behind the last. */
const struct export_format *export_format_at(size_t i);

/* "main", "dsn", ...; "all". */
const char *export_list_name(unsigned list);
/* False for a name that is none. */
bool export_list_parse(const char *name, unsigned *list);

struct export_wish {
	const struct export_format *format;
	unsigned list;
	int64_t now;	    /* what the header says */
	const char *folder; /* for files without a name */
	const volatile sig_atomic_t *stop;
};

/*
 * Writes what the feed shows into a file of the caller's. 0 or a negative
 * code: ERROR_NOT_FOUND as feed_step has it, -EINTR once *stop is set.
 * `*export` then tells what was written.
 */
int export_write(struct export *export, const struct export_wish *wish,
    struct feed *feed, FILE *to);

/* --- for formats ---------------------------------------------------------- */

/* A line behind `mark`: zone, list, serial, lineage, time. */
void export_add_header(struct export *export, const char *mark);
/*
 * Adds the text for people of an entry, which is printable ASCII. Of what
 * stands in `special` each octet is preceded by `escape`.
 */
void export_add_text(const struct export *export, struct strbuf *to,
    const struct feed_item *item, const char *special, char escape);
/* Adds a name as name servers write it, with the final dot. */
void export_add_name(struct strbuf *to, const uint8_t *name);
/*
 * A name of the zone, relative to its origin or to what stands `below` octets
 * of the key further down. Returns `text`.
 */
char *export_owner(struct octets key, size_t below, char text[DNAME_TEXT_MAX]);
/* The list that a name of the zone stands in, or below which it would. */
enum sublist export_list_of(struct octets key);

extern const struct export_format export_plain, export_csv, export_jsonl,
    export_nft, export_postfix, export_rbldnsd, export_ip4set, export_ip6trie,
    export_rpz, export_zone;

#endif
