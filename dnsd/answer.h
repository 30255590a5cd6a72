#ifndef DNSD_ANSWER_H
#define DNSD_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnsd/lookup.h"
#include "dnsd/query.h"
#include "dnsd/reply.h"
#include "dnsd/rules.h"
#include "dnsd/zone.h"

/*
 * A question and the zone -> the octets of the answer. No I/O but the look-up
 * in the caller's read transaction, no allocation.
 */

/*
 * Where answers come from. With `zone` not ready every question is answered
 * SERVFAIL; `lookup` has begun when it is ready.
 */
struct answer_source {
	const struct rules *rules;
	const struct zone *zone;
	struct lookup *lookup;
	uint32_t now; /* seconds */
};

struct answer_client {
	struct ipaddr address;
	bool tcp;
	bool shows_cookie; /* one we made for it, still good */
	bool may_ask;
	bool over_limit; /* gets nothing but the way to TCP */
	/* What tsig_check said of the query; NULL: nobody asked it. */
	struct tsig *tsig;
	bool may_transfer;
	bool transfer_place; /* is there one? */
};

/* What was answered, for those who count. */
struct answer {
	size_t len; /* 0: nothing is to be sent */
	uint16_t rcode;
	bool truncated;
	bool refused;	   /* may not ask */
	bool hit;	   /* the name is an entry's ... */
	enum sublist list; /* ... of this list */
	bool transfer;	   /* the zone is to be sent instead: `len` is 0 */
};

/*
 * Answers what query_parse made of a client's packet: writes to `octets`, at
 * most `size` of them (DNS_UDP_MIN at least). Over UDP no answer is larger
 * than the client and the rules allow.
 */
void answer_make(const struct answer_source *source,
    const struct answer_client *client, enum query_outcome outcome,
    const struct query *query, uint8_t *octets, size_t size,
    struct answer *answer);

#endif
