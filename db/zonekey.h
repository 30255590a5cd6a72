#ifndef DB_ZONEKEY_H
#define DB_ZONEKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "db/backscatter.h"

/*
 * Owner names as keys whose byte order is DNSSEC's canonical order (RFC 4034
 * section 6.1): one octet 0x01, then the labels below the origin, from the
 * origin down, lower case, each ended by a zero octet; in a label octet 00 is
 * written 01 01 and 01 is written 01 02. The apex is the one octet 0x01. A
 * name's ancestors are exactly the prefixes of its key that end behind a zero
 * octet (and the apex); so a name exists as an empty non-terminal when some
 * key begins with its own.
 */
#define ZONEKEY_MAX 511 /* LMDB's limit; every name of DNS stays below it */

struct zonekey {
	size_t len;
	uint8_t octets[ZONEKEY_MAX + 1];
};

void zonekey_apex(struct zonekey *key);

/* As it stands in the table. 0, or ERROR_DAMAGED where it is too long. */
int zonekey_copy(const uint8_t *octets, size_t len, struct zonekey *key);

/*
 * From a wire name (uncompressed, RFC 1035 section 3.1) whose last labels are
 * the origin; `name_len` counts the octets before the origin. Returns 0,
 * ERROR_LIMIT when it is longer than any name, or ERROR_FORMAT; *key then
 * holds nothing of use.
 */
int zonekey_from_name(
    const uint8_t *name, size_t name_len, struct zonekey *key);

/*
 * Back to a wire name, lower case, without the origin's labels. Returns its
 * length, ERROR_FORMAT for octets that are no key, or ERROR_LIMIT when the
 * name is longer than `size` or any name.
 */
int zonekey_to_name(const struct zonekey *key, uint8_t *name, size_t size);

/* What all names of a list begin with; of the main list, the apex. */
void zonekey_of_list(enum sublist list, struct zonekey *key);

/*
 * Where a listed unit stands in a list: four labels for IPv4, sixteen nibbles
 * and `*` for an IPv6 /64 (RFC 5782 sections 2.1 and 2.4). Of an IPv6 address
 * only the first 64 bits are looked at.
 */
void zonekey_of_unit(
    enum sublist list, const struct ipaddr *unit, struct zonekey *key);
/* All thirty-two nibbles of ::ffff:a.b.c.d: the test entries' IPv6 names. */
void zonekey_of_mapped(
    enum sublist list, uint32_t ipv4_host_order, struct zonekey *key);

/*
 * The list and unit that a key names; false when it names none (the apex, a
 * name server, a mapped test entry).
 */
bool zonekey_unit(
    const uint8_t *octets, size_t len, enum sublist *list, struct ipaddr *unit);

#endif
