#ifndef DNSD_TSIG_H
#define DNSD_TSIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnsd/query.h"
#include "dnsd/tsig_keys.h"

/*
 * Signatures on messages (RFC 8945), octets in and out. One struct tsig is one
 * exchange: a request and the message or messages that answer it.
 */
struct tsig {
	/* NULL: none that we know; what we say is then not signed. */
	const struct tsig_key *key;
	uint16_t error; /* of the request: enum tsig_error */

	/* As the other side wrote them, for answers without a key. */
	const uint8_t *key_name, *algorithm;
	size_t key_name_len, algorithm_len;

	uint64_t time; /* of the request, seconds */
	uint16_t fudge;
	uint16_t id;	/* of the request, as it was sent first */
	bool continued; /* one answer has been signed before */

	/* The last one: what the next is chained to. */
	uint8_t mac[HMAC_LEN_MAX];
	size_t mac_len;
};

enum tsig_outcome {
	TSIG_GOOD,
	TSIG_NOTAUTH, /* tsig->error says why */
	TSIG_FORMERR, /* lengths that no algorithm has */
	TSIG_FAILED   /* the library does */
};

/*
 * Looks at the signature of a request; query->tsig is present. `now` in
 * seconds. The packet must outlive *tsig where the outcome is not TSIG_GOOD.
 * Truncated signatures, which nobody sends unasked, are told BADTRUNC.
 */
enum tsig_outcome tsig_check(struct tsig *tsig, const struct tsig_keys *keys,
    const uint8_t *packet, const struct query *query, uint64_t now);

/* Is the request signed with a key, and rightly? */
bool tsig_is_good(const struct tsig *tsig);

/* The exchange of a request of our own. */
void tsig_begin(struct tsig *tsig, const struct tsig_key *key, uint16_t id);

/*
 * Is this the signed answer to it? 0, ERROR_REFUSED (what else it may be is
 * none) or a negative code.
 */
int tsig_check_answer(struct tsig *tsig, const uint8_t *packet,
    const struct query *query, uint64_t now);

/* The most octets that a signature of this exchange takes. */
size_t tsig_len(const struct tsig *tsig);

/*
 * Puts the record behind a whole message, where tsig_len octets have room, and
 * counts it in the header: on a request, an answer, or one more answer.
 * Returns the message's new length, or 0 where the library fails.
 */
size_t tsig_sign(struct tsig *tsig, uint8_t *message, size_t len, uint64_t now);

#endif
