#ifndef DNSD_QUERY_H
#define DNSD_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnsd/dns.h"

/*
 * A request as octets -> what it asks. Pure and bounded: never reads past the
 * packet, follows no compression pointer, allocates nothing. Everything that
 * `struct query` points to lies in the packet, which must outlive it.
 */
enum query_outcome {
	QUERY_READY,	   /* one question, well formed */
	QUERY_NO_QUESTION, /* none, and a cookie (RFC 7873 section 5.4) */
	QUERY_DROP,	   /* no header, or a response: say nothing */
	QUERY_FORMERR,
	QUERY_NOTIMP,  /* another opcode than QUERY */
	QUERY_BADVERS, /* EDNS of a version yet to come */
	QUERY_CUT /* larger than the datagrams we take: see query_was_cut */
};

struct query_edns {
	bool present; /* one OPT record that could be read */
	uint8_t version;
	bool dnssec_ok;
	uint16_t udp_size; /* as sent, below 512 too */
	bool nsid, keepalive;
	const uint8_t *cookie; /* NULL none; 8 or 16 to 40 octets */
	size_t cookie_len;
};

/*
 * A TSIG record that can be read, the last of the packet. Whether it is right
 * is for whoever has keys to say (tsig.h); the outcome does not tell.
 */
struct query_tsig {
	bool present; /* nothing else is set without */
	size_t at;    /* where in the packet the record begins */
	const uint8_t *key_name, *algorithm; /* uncompressed */
	size_t key_name_len, algorithm_len;
	const uint8_t *times; /* time signed, fudge: eight octets */
	const uint8_t *mac;
	size_t mac_len;
	uint16_t original_id, error;
	const uint8_t *other; /* data; the packet's last octets */
	size_t other_len;
};
#define QUERY_TSIG_TIMES_LEN 8

struct query {
	uint16_t id;
	uint8_t opcode;
	bool recursion_desired;

	/*
	 * The question as it lies behind the header: name, type, class.
	 * question_len is 0 when there is none fit to be echoed; the fields
	 * below are then without meaning.
	 */
	const uint8_t *question;
	size_t question_len;
	size_t name_len; /* of the name, the root's octet among them */
	uint16_t type, class;
	unsigned label_count; /* without the root */

	/* Of an SOA record in the authority section (RFC 1995 section 3). */
	bool has_serial;
	uint32_t serial;

	struct query_edns edns;
	struct query_tsig tsig;

	uint8_t labels[DNS_LABELS_MAX]; /* where in the name each begins */
};

/*
 * Whatever the outcome, the fields that were reached are filled: an error is
 * answered with the id, opcode, question and OPT that could be read. After
 * QUERY_DROP nothing is.
 */
enum query_outcome query_parse(
    const void *packet, size_t len, struct query *query);
/* The same of an answer to a request of ours. */
enum query_outcome query_parse_answer(
    const void *packet, size_t len, struct query *query);

/*
 * The outcome where the packet was but the beginning of a datagram. That it
 * cannot be read is then not for its sender to mend: who asks something is to
 * come again over TCP (RFC 7766 section 5).
 */
enum query_outcome query_was_cut(
    const struct query *query, enum query_outcome outcome);

/* Is there a question, for a zone or what changed in it? */
static inline bool
query_is_transfer(const struct query *query)
{
	return query->question_len > 0 && query->class == DNS_CLASS_IN &&
	       (query->type == DNS_TYPE_AXFR || query->type == DNS_TYPE_IXFR);
}

/*
 * Does the question's name end in the wire name `origin` of `origin_labels`
 * labels, whatever the case (RFC 4343)? Then *below is the octets before the
 * origin, 0 at the origin itself.
 */
bool query_is_below(const struct query *query, const uint8_t *origin,
    size_t origin_len, unsigned origin_labels, size_t *below);

#endif
