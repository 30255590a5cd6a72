#ifndef INGEST_PROXY_HEADER_H
#define INGEST_PROXY_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"

/*
 * The PROXY protocol, versions 1 and 2: what a load balancer puts before the
 * octets of a connection to tell whose it is. Octets in, a struct out.
 */

/*
 * Octets of a header at most. Version 1 has 107; version 2 may have 64 KiB of
 * additions, of which balancers use some hundred for a client's certificate.
 */
#define PROXY_HEADER_MAX 4096

struct proxy_header {
	size_t len;	   /* octets of it; what follows is the client's */
	bool client_known; /* false: UNKNOWN, or LOCAL: the balancer's own */
	struct ipaddr client;
};

enum proxy_outcome {
	PROXY_READ,
	PROXY_MORE, /* it may go on; never with PROXY_HEADER_MAX octets */
	PROXY_BAD
};

enum proxy_outcome proxy_header_read(
    const void *octets, size_t len, struct proxy_header *header);

#endif
