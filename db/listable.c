#include <errno.h>
#include <stdlib.h>

#include "common/prefixes.h"
#include "db/exemption.h"
#include "db/listing.h"

/*
 * Space that nobody's mail server has on the public network: IANA's registries
 * of special-purpose addresses for IPv4 and IPv6 (RFC 6890, updated by RFC
 * 8190), multicast, and what is not allocated for use at all. As of May 2025.
 * Blocks within a block of the table are not named again.
 */
static const struct {
	const char *prefix;
	const char *name;
} special[] = {
	{ "0.0.0.0/8", "this host on this network (RFC 1122)" },
	{ "10.0.0.0/8", "private use (RFC 1918)" },
	{ "100.64.0.0/10", "shared address space (RFC 6598)" },
	{ "169.254.0.0/16", "link-local (RFC 3927)" },
	{ "172.16.0.0/12", "private use (RFC 1918)" },
	{ "192.0.0.0/24", "IETF protocol assignments (RFC 6890)" },
	{ "192.0.2.0/24", "documentation (RFC 5737)" },
	{ "192.31.196.0/24", "AS112 service (RFC 7535)" },
	{ "192.52.193.0/24", "automatic multicast tunnelling (RFC 7450)" },
	{ "192.88.99.0/24", "6to4 relay anycast, deprecated (RFC 7526)" },
	{ "192.168.0.0/16", "private use (RFC 1918)" },
	{ "192.175.48.0/24", "AS112 service (RFC 7534)" },
	{ "198.18.0.0/15", "benchmarking (RFC 2544)" },
	{ "198.51.100.0/24", "documentation (RFC 5737)" },
	{ "203.0.113.0/24", "documentation (RFC 5737)" },
	{ "224.0.0.0/4", "multicast (RFC 5771)" },
	{ "240.0.0.0/4", "reserved (RFC 1112)" },

	{ "64:ff9b::/96", "IPv4-IPv6 translation (RFC 6052)" },
	{ "64:ff9b:1::/48", "local IPv4-IPv6 translation (RFC 8215)" },
	{ "100::/64", "discard only (RFC 6666)" },
	{ "100:0:0:1::/64", "dummy prefix (RFC 9780)" },
	{ "2001::/23", "IETF protocol assignments (RFC 2928)" },
	{ "2001:db8::/32", "documentation (RFC 3849)" },
	{ "2002::/16", "6to4 (RFC 3056)" },
	{ "2620:4f:8000::/48", "AS112 service (RFC 7534)" },
	{ "3fff::/20", "documentation (RFC 9637)" },
	{ "5f00::/16", "segment routing (RFC 9602)" },
	{ "fc00::/7", "unique local (RFC 4193)" },
	{ "fe80::/10", "link-local (RFC 4291)" },
	{ "ff00::/8", "multicast (RFC 4291)" },
};
#define SPECIAL_COUNT (sizeof(special) / sizeof(special[0]))

/* Refused whatever a setting says: resolvers and tests live there. */
static const char *const loopbacks[] = { "127.0.0.0/8", "::1/128" };
#define LOOPBACK_COUNT (sizeof(loopbacks) / sizeof(loopbacks[0]))

/* All that IANA gives out so far; RFC 4291 section 2.4. */
#define GLOBAL_UNICAST "2000::/3"

#define UNIT_BITS 64

struct listable {
	struct ipprefix special[SPECIAL_COUNT];
	struct ipprefix loopbacks[LOOPBACK_COUNT];
	struct ipprefix global;
	struct prefixes opened, own;
};

int
listable_new(const struct settings *settings, struct listable **out)
{
	struct listable *listable = calloc(1, sizeof(*listable));
	int code = 0;

	if (listable == NULL)
		return -ENOMEM;
	for (size_t i = 0; code == 0 && i < SPECIAL_COUNT; i++)
		code = ipprefix_parse(special[i].prefix, &listable->special[i]);
	for (size_t i = 0; code == 0 && i < LOOPBACK_COUNT; i++)
		code = ipprefix_parse(loopbacks[i], &listable->loopbacks[i]);
	if (code == 0)
		code = ipprefix_parse(GLOBAL_UNICAST, &listable->global);
	if (code == 0)
		code = prefixes_read(
		    &settings->policy.listable_reserved, &listable->opened);
	if (code == 0)
		code = prefixes_read(
		    &settings->policy.own_networks, &listable->own);
	if (code != 0) {
		listable_free(listable);
		return code;
	}
	*out = listable;
	return 0;
}

void
listable_free(struct listable *listable)
{
	if (listable == NULL)
		return;
	prefixes_free(&listable->opened);
	prefixes_free(&listable->own);
	free(listable);
}

/* Has the unit, an IPv4 address or an IPv6 /64, an address in the prefix? */
static bool
overlaps(const struct ipprefix *prefix, const struct ipaddr *unit)
{
	struct ipprefix part = *prefix;

	if (!ipaddr_is_ipv4(unit) && part.length > UNIT_BITS) {
		part.length = UNIT_BITS;
		part.address = ipaddr_masked(&part.address, UNIT_BITS);
	}
	return ipprefix_contains(&part, unit);
}

/* Does all of the unit lie in one of them? */
static bool
inside_any(const struct prefixes *prefixes, const struct ipaddr *unit)
{
	unsigned most = ipaddr_is_ipv4(unit) ? 128 : UNIT_BITS;

	for (size_t i = 0; i < prefixes->count; i++) {
		if (prefixes->list[i].length <= most &&
		    ipprefix_contains(&prefixes->list[i], unit))
			return true;
	}
	return false;
}

static const char *
special_name(const struct listable *listable, const struct ipaddr *unit)
{
	for (size_t i = 0; i < SPECIAL_COUNT; i++) {
		if (overlaps(&listable->special[i], unit))
			return special[i].name;
	}
	if (!ipaddr_is_ipv4(unit) &&
	    !ipprefix_contains(&listable->global, unit))
		return "not global unicast space (RFC 4291)";
	return NULL;
}

const char *
listable_refusal(const struct listable *listable, const struct ipaddr *address)
{
	struct ipaddr unit = listing_unit(address);

	for (size_t i = 0; i < LOOPBACK_COUNT; i++) {
		if (overlaps(&listable->loopbacks[i], &unit))
			return "loopback (RFC 1122, RFC 4291)";
	}
	for (size_t i = 0; i < listable->own.count; i++) {
		if (overlaps(&listable->own.list[i], &unit))
			return "one of the operator's own networks";
	}
	if (inside_any(&listable->opened, &unit))
		return NULL;
	return special_name(listable, &unit);
}
