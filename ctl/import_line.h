#ifndef CTL_IMPORT_LINE_H
#define CTL_IMPORT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/rangeset.h"

/*
 * One line of a list of addresses: an address, a prefix or a range, alone or
 * as rbldnsd's ip4set, ip4trie, ip4tset, ip6trie and ip6tset write it. Pure.
 */
enum import_line_kind {
	IMPORT_BLANK,	  /* nothing, or a comment: # or ; */
	IMPORT_DIRECTIVE, /* $SOA and its like, also behind #, ; and : */
	IMPORT_DEFAULT,	  /* :code:text for the lines that follow */
	IMPORT_ENTRY,
	IMPORT_EXCLUSION, /* !range */
	IMPORT_WRONG,
	IMPORT_KIND_COUNT
};

struct import_line {
	enum import_line_kind kind;
	/* Of entries and exclusions: */
	bool ipv6;
	struct range range; /* addresses, or the first 64 bits of IPv6 ones */
	const char *wrong;  /* of IMPORT_WRONG: why, in words */
};

/* An entry of more addresses is wrong; an exclusion may be of any size. */
#define IMPORT_RANGE_MAX 256

/* `text` is `len` octets without the line's end. */
void import_line_parse(const char *text, size_t len, struct import_line *line);

#endif
