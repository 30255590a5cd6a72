#ifndef DNSD_REPLY_H
#define DNSD_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnsd/cookie.h"
#include "dnsd/dns.h"
#include "dnsd/query.h"
#include "dnsd/tsig.h"

/*
 * A message under construction: header and question of the query, records by
 * section, and in the end the OPT record. It never outgrows its limit: what
 * does not fit makes the whole a truncated reply (RFC 2181 section 9), which
 * is question and OPT alone.
 */
enum reply_section { REPLY_ANSWER, REPLY_AUTHORITY, REPLY_ADDITIONAL };
#define REPLY_SECTIONS 3

struct reply {
	const struct query *query;
	uint8_t *octets;
	size_t len;	/* so far */
	size_t records; /* where records begin */
	size_t most;	/* the limit, less the room kept for OPT */
	uint16_t counts[REPLY_SECTIONS];
	bool truncated;

	/* Set by the caller at any time before reply_finish. */
	uint16_t rcode;
	bool authoritative;
	enum dns_error error; /* told where the query had OPT */

	/* EDNS: set between reply_begin and the first record. */
	uint16_t udp_size; /* what we take */
	const char *nsid;  /* NULL none; at most RULES_TEXT_MAX octets */
	bool has_cookie;
	uint8_t cookie[COOKIE_LEN];
	int keepalive; /* RFC 7828, in units of 100 ms; negative: none */

	/* The last record of all, set as those before: NULL none. */
	struct tsig *tsig;
	uint64_t now; /* seconds, for it */
};

/* The least limit any reply can be made in. */
#define REPLY_LIMIT_MIN DNS_UDP_MIN

/* `limit` is at least REPLY_LIMIT_MIN, and the octets at `octets` no fewer. */
void reply_begin(struct reply *reply, const struct query *query,
    uint8_t *octets, size_t limit);

/*
 * Room for `count` records of `len` octets together in a section; sections
 * come in order. NULL where it does not fit: the reply is truncated then.
 */
uint8_t *reply_add(struct reply *reply, enum reply_section section,
    unsigned count, size_t len);
/* Could so much be added? */
bool reply_has_room(const struct reply *reply, size_t len);

/* Question and OPT alone, with TC: ask again over TCP. */
void reply_truncate(struct reply *reply);

/* The length of the finished message; 0 where it cannot be signed. */
size_t reply_finish(struct reply *reply);

#endif
