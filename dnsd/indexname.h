#ifndef DNSD_INDEXNAME_H
#define DNSD_INDEXNAME_H

#include <stddef.h>
#include <stdint.h>

#include "db/backscatter.h"

/*
 * Names as the index sees them: the keys of the zone's table on one side, the
 * names of questions on the other. Pure.
 */
enum indexname_kind {
	INDEXNAME_IPV4,	  /* an address of a list, or what stands above one */
	INDEXNAME_UNIT,	  /* an IPv6 /64 of a list, or below one */
	INDEXNAME_MAPPED, /* the IPv6 name of a test entry */
	INDEXNAME_ASIDE,  /* decides nothing about names of the kinds above */
	INDEXNAME_STRANGE /* may decide something about them */
};

struct indexname {
	enum sublist list;
	unsigned octets; /* of an IPv4 address: 1 to 4; 4 in keys */
	uint32_t ipv4;	 /* host order; octets not given are 0 */
	uint64_t unit;	 /* the first 64 bits, host order */
	uint64_t mixed;	 /* the same as the index has it; its own to set */
	unsigned mapped; /* the last nibble of ::ffff:127.0.0.N */
};

/*
 * A key of the table. No publisher makes a strange one: a wildcard elsewhere
 * than at a /64, a name below an address.
 */
enum indexname_kind indexname_of_key(
    const uint8_t *octets, size_t len, struct indexname *name);

/*
 * The first `count` labels of a wire name, the i-th at name + labels[i], with
 * at least four octets behind the last. INDEXNAME_IPV4, INDEXNAME_UNIT for
 * seventeen to thirty-two nibbles, or INDEXNAME_STRANGE for all other names.
 */
enum indexname_kind indexname_of_question(const uint8_t *name,
    const uint8_t *labels, unsigned count, struct indexname *to);

#endif
