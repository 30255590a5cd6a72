#ifndef DB_DNAME_H
#define DB_DNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Domain names as the settings write them and as the zone keeps them: wire
 * form (RFC 1035 section 3.1), uncompressed, lower case, with the root's zero
 * octet at the end.
 */
#define DNAME_MAX 255
#define DNAME_TEXT_MAX 1010 /* every octet written \DDD */

/*
 * Presentation form (RFC 1035 section 5.1), absolute with or without the final
 * dot; \X and \DDD stand for an octet that would mean something else. Returns
 * the length, or ERROR_FORMAT.
 */
int dname_parse(const char *text, uint8_t name[DNAME_MAX]);

/*
 * The same for a mailbox, "hostmaster@example.org": its local part is the
 * first label, dots and all (RFC 1035 section 8). Without '@' as dname_parse.
 */
int dname_parse_mailbox(const char *text, uint8_t name[DNAME_MAX]);

/* Without the final dot; the root is ".". Returns `text`. */
char *dname_format(const uint8_t *name, char text[DNAME_TEXT_MAX]);

/* Octets up to and with the root's; 0 when `size` octets hold no whole name. */
size_t dname_len(const uint8_t *name, size_t size);

/* Letters, digits and hyphens inside only (RFC 1123 section 2.1). */
bool dname_is_host(const uint8_t *name);

/*
 * How many octets stand before the origin: 0 when `name` is the origin itself,
 * negative when it does not lie below.
 */
int dname_below(const uint8_t *name, const uint8_t *origin);

#endif
