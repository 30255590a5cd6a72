#ifndef INGEST_POLICY_REQUEST_H
#define INGEST_POLICY_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"
#include "ingest/envelope.h"

/*
 * What Postfix asks a policy service: lines of name=value, ended by an empty
 * one, any number of such requests over one connection. Octets in, requests
 * out, however they are cut; no socket, nothing allocated.
 */
#define POLICY_INSTANCE_MAX 127 /* Postfix' are some 30 octets */

enum policy_stage {
	POLICY_STAGE_OTHER, /* before RCPT, or none of ours */
	POLICY_STAGE_RCPT,
	POLICY_STAGE_MESSAGE /* DATA, BDAT, END-OF-MESSAGE */
};

struct policy_request {
	enum policy_stage stage;
	char stage_name[32];
	/* The same for all that is asked about one mail transaction. */
	char instance[POLICY_INSTANCE_MAX + 1];
	struct ipaddr client;
	bool client_known; /* Postfix says "unknown" where it does not */
	char client_text[IPADDR_TEXT_MAX];
	char helo[ENVELOPE_HELO_MAX + 1];
	char sender[ENVELOPE_PATH_MAX + 1]; /* "" is the null one */
	char recipient[ENVELOPE_PATH_MAX + 1];
	char user[8]; /* begins the name that the client logged in with */
	bool cut;     /* a value did not fit: not to be relied upon */
};

/* A name and the longest value that matters; more of a line is passed over. */
#define POLICY_LINE_MAX 512
/* Certificates' names and the like: what Postfix sends is a few KiB. */
#define POLICY_REQUEST_MAX 65536

struct policy_reader {
	struct policy_request request;
	char line[POLICY_LINE_MAX];
	size_t line_len; /* kept */
	size_t total;	 /* octets of this request */
};
void policy_reader_init(struct policy_reader *reader);

enum policy_outcome {
	POLICY_MORE,	 /* all octets taken, no request complete */
	POLICY_COMPLETE, /* reader->request, until the next call */
	POLICY_MALFORMED /* not that protocol: close the connection */
};
/* Takes octets up to the end of a request at most; *taken tells how many. */
enum policy_outcome policy_reader_feed(struct policy_reader *reader,
    const char *octets, size_t len, size_t *taken);

#endif
