#ifndef DNSD_TRANSFER_H
#define DNSD_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "db/zoneview.h"
#include "dnsd/reply.h"
#include "dnsd/rules.h"
#include "dnsd/zone.h"

/*
 * One zone transfer, whole (RFC 5936) or from the client's version on (RFC
 * 1995), as messages made one by one: octets out, sockets elsewhere. All
 * messages are of the version that was the last when it began.
 */

/* What was asked, once it is clear that it will be given. */
struct transfer_request {
	struct ipaddr client;
	struct query query; /* its question lies here: */
	uint8_t question[DNS_NAME_MAX + 4];
	struct tsig tsig;    /* where the query was signed; its key ... */
	struct rules *rules; /* ... is of these, held */
};

/* A copy of what was asked. `tsig` NULL: not signed. NULL without memory. */
struct transfer_request *transfer_request_new(const struct ipaddr *client,
    const struct query *query, const struct tsig *tsig, struct rules *rules);
void transfer_request_free(struct transfer_request *request);

enum transfer_stage {
	TRANSFER_COLLECT, /* changes, for an incremental one */
	TRANSFER_FIRST,	  /* SOA */
	TRANSFER_TABLE,
	TRANSFER_OLD, /* the client's SOA, and what is gone since */
	TRANSFER_REMOVED,
	TRANSFER_NEW, /* the SOA, and what came */
	TRANSFER_ADDED,
	TRANSFER_LAST, /* SOA */
	TRANSFER_DONE
};

struct transfer {
	struct transfer_request *request;
	struct zone zone;
	struct zoneview view;
	struct zone_place place; /* in the journal, while collecting */
	enum transfer_stage stage;
	bool incremental;
	size_t at; /* in the changes */

	/* What was made so far. */
	uint64_t messages, octets, records;
};

/*
 * Messages are no longer than what a name in them can be pointed to (RFC 1035
 * section 4.1.4): 14 bits.
 */
#define TRANSFER_MESSAGE_MAX 16384

/* Takes the request over. Within a step of the reader. 0 or a negative code. */
int transfer_begin(struct transfer *transfer, struct transfer_request *request,
    struct zonereader *reader);
void transfer_end(struct transfer *transfer);

/*
 * At the beginning of each step, and each second at least while the client
 * does not read. 1: no message yet; begin another step. 0, or a negative code:
 * the transfer cannot be ended rightly.
 */
int transfer_follow(
    struct transfer *transfer, struct zonereader *reader, int64_t now_ms);

/*
 * The next message, at most TRANSFER_MESSAGE_MAX octets. The length, 0 when
 * the last has been made, or a negative code. `now` in seconds.
 */
int transfer_message(struct transfer *transfer, struct zonereader *reader,
    uint64_t now, uint8_t *octets);

#endif
