#include "httpapi/network.h"

struct ipprefix
network_of_client(const struct ipaddr *client)
{
	return ipaddr_network(client, 32, 64);
}

struct ipprefix
network_of(const struct ipaddr *client)
{
	return ipaddr_network(client, 24, 48);
}

struct ipprefix
network_of_provider(const struct ipaddr *client)
{
	return ipaddr_network(client, 16, 32);
}
