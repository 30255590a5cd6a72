#ifndef INGEST_ENVELOPE_H
#define INGEST_ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"

/*
 * What the SMTP dialogue (or whatever brought the message) tells about it,
 * apart from its octets. Paths are without angle brackets; the null reverse
 * path is "".
 */
#define ENVELOPE_PATH_MAX 256 /* RFC 5321 section 4.5.3.1.3 */
#define ENVELOPE_HELO_MAX 255
#define ENVELOPE_RECIPIENTS_MAX 1000 /* the most the settings allow */

struct envelope_recipient {
	char path[ENVELOPE_PATH_MAX + 1];
	uint64_t trap;	   /* trap id; 0 for a role address */
	bool whole_domain; /* any local part of its domain is this trap */
};

struct envelope {
	struct ipaddr client; /* from the connection, or a trusted XCLIENT */
	bool client_known;    /* false: a file without --client */
	bool relayed;	      /* client and helo are from a Received line */
	bool own_relay;	      /* the client is ours: never counted */
	char helo[ENVELOPE_HELO_MAX + 1];
	bool sender_known; /* false: a file without --sender */
	char sender[ENVELOPE_PATH_MAX + 1];
	struct envelope_recipient *recipients;
	unsigned recipient_count;
	int64_t received_at; /* seconds */
};

/* How a dialogue without a message ended. */
enum dialogue_end {
	DIALOGUE_DROPPED, /* by the client, or for want of time */
	DIALOGUE_POLITE,  /* by RSET or QUIT */
	DIALOGUE_UNTOLD	  /* who tells of it does not see its end */
};

#endif
