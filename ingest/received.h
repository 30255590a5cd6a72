#ifndef INGEST_RECEIVED_H
#define INGEST_RECEIVED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"

/*
 * A Received field (RFC 5321 section 4.4) as the many programs write it: who
 * was taken for the client, who wrote it, how it came. What a line lacks is
 * empty.
 */
struct received {
	char helo[256]; /* the name after "from" */
	struct ipaddr client;
	bool client_known;
	char by[256];
	char with[64]; /* "ESMTPSA", "local", ... */
	char id[64];
	int64_t at;   /* 0 unknown */
	bool by_user; /* "(from userid ...)", "invoked by uid" */
};

void received_parse(const char *value, struct received *received);

/*
 * The part of a host name that tells its organisation: its last two labels,
 * three where the second is a short general one ("co.uk"). Points into `name`.
 */
const char *received_organisation(const char *name);

#endif
