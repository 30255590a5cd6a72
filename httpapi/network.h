#ifndef HTTPAPI_NETWORK_H
#define HTTPAPI_NETWORK_H

#include "common/ipaddr.h"

/*
 * Whose an address is, for limits: of whom may be counted how much. Pure.
 */

/* Itself; of IPv6 its /64, since one client has all of it. */
struct ipprefix network_of_client(const struct ipaddr *client);

/*
 * All of a /24, or a /48: what one site is given, and what a tunnel broker
 * gives to anybody.
 */
struct ipprefix network_of(const struct ipaddr *client);

/* All of a /16, or a /32: what one provider has for all its networks. */
struct ipprefix network_of_provider(const struct ipaddr *client);

#endif
