#ifndef COMMON_PREFIXMAP_H
#define COMMON_PREFIXMAP_H

#include <stdint.h>

#include "common/ipaddr.h"

/*
 * Prefixes -> small numbers, where the longest prefix that holds an address
 * decides. Built once, then only read, by any number of threads: a look-up is
 * one search in a sorted array, whatever the prefixes.
 */
struct prefixmap;

struct prefixmap_entry {
	struct ipprefix prefix;
	uint8_t value; /* not 0 */
};

/* Of equal prefixes the last counts. 0 or -ENOMEM. */
int prefixmap_new(const struct prefixmap_entry *entries, size_t count,
    struct prefixmap **map);
void prefixmap_free(struct prefixmap *map); /* NULL does nothing */

/*
 * The value of the longest prefix that holds the address, 0 when none does;
 * NULL holds nothing. As ipprefix_contains has it, no IPv6 prefix holds an
 * IPv4 address.
 */
uint8_t prefixmap_find(
    const struct prefixmap *map, const struct ipaddr *address);

#endif
