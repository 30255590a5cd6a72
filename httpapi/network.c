#include "httpapi/network.h"

/* IPv4 is the last 32 of an address' 128 bits. */
static struct ipprefix
prefix_of(const struct ipaddr *client, uint8_t ipv4, uint8_t ipv6)
{
	struct ipprefix prefix = {
		.length = ipaddr_is_ipv4(client) ? (uint8_t)(96 + ipv4) : ipv6,
	};

	prefix.address = ipaddr_masked(client, prefix.length);
	return prefix;
}

struct ipprefix
network_of_client(const struct ipaddr *client)
{
	return prefix_of(client, 32, 64);
}

struct ipprefix
network_of(const struct ipaddr *client)
{
	return prefix_of(client, 24, 48);
}

struct ipprefix
network_of_provider(const struct ipaddr *client)
{
	return prefix_of(client, 16, 32);
}
