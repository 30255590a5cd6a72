#ifndef HTTPAPI_TARGET_H
#define HTTPAPI_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"

/*
 * What stands in the request line, taken apart. Pure; what cannot be read is
 * an outcome, never more than ERROR_FORMAT or ERROR_LIMIT.
 */

/* The longest path of ours is a portal page with an escaped address in it. */
#define TARGET_MAX 512

/* Both still percent-encoded. */
struct target {
	char path[TARGET_MAX + 1];  /* "*" for OPTIONS */
	char query[TARGET_MAX + 1]; /* behind the '?'; "" none */
};

/*
 * Origin-form, absolute-form and asterisk-form (RFC 9112 section 3.2). 0,
 * ERROR_FORMAT, or ERROR_LIMIT when path or query are longer than any of ours.
 */
int target_parse(const char *text, struct target *target);

/*
 * What a path or a form names: an address in any spelling, or a listed unit,
 * "2001:db8::/64" or "192.0.2.1/32". 0 or ERROR_FORMAT.
 */
struct subject {
	struct ipaddr address;
	bool is_unit; /* a prefix length was given */
};
int subject_parse(const char *text, struct subject *subject);

/*
 * The same, as people paste it: in brackets, with spaces around it or a final
 * full stop.
 */
int subject_parse_loosely(const char *text, struct subject *subject);

#endif
