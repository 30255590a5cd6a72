#ifndef DB_TRAP_PATTERN_H
#define DB_TRAP_PATTERN_H

#include <stdbool.h>

/*
 * How a trap is written: "local@domain", "@domain" for a whole domain,
 * "@.domain" for one with everything below. Pure.
 *
 * The domain is kept in lower case and has two labels at least: letters,
 * digits and hyphens, or UTF-8 as it is. The local part is kept unquoted and
 * in lower case (ASCII).
 */
#define TRAP_LOCAL_MAX 64   /* RFC 5321 section 4.5.3.1.1 */
#define TRAP_DOMAIN_MAX 253 /* 255 octets on the wire */
struct trap_pattern {
	char local[TRAP_LOCAL_MAX + 1]; /* "" for a whole domain */
	char domain[TRAP_DOMAIN_MAX + 1];
	bool subdomains;
};

/*
 * ERROR_FORMAT, or ERROR_REFUSED for postmaster and abuse, which are nobody's
 * trap; *pattern is then untouched.
 */
int trap_pattern_parse(const char *text, struct trap_pattern *pattern);

/*
 * The parts of an envelope's mailbox, which is taken more leniently: with a
 * local part that cannot be read `local` is "". ERROR_FORMAT without a domain.
 */
int trap_pattern_of_mailbox(const char *mailbox, struct trap_pattern *pattern);

/* Takes a "+tag" off the local part's end; false when there is none. */
bool trap_local_drop_tag(char local[TRAP_LOCAL_MAX + 1]);

/* postmaster and abuse, with a tag or without. */
bool trap_local_is_role(const char *local);

#endif
