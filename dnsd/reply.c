#include "dnsd/reply.h"

#include <string.h>

#include "dnsd/rules.h"

#define OPT_FIXED_LEN 11   /* root, type, class, TTL, RDLENGTH */
#define OPTION_FIXED_LEN 4 /* code, length */

#define ERROR_OPTION_LEN (OPTION_FIXED_LEN + 2)
#define KEEPALIVE_OPTION_LEN (OPTION_FIXED_LEN + 2)
#define COOKIE_OPTION_LEN (OPTION_FIXED_LEN + COOKIE_LEN)

/* What every reply to a query with OPT can hold, whatever the rest. */
_Static_assert(DNS_HEADER_LEN + DNS_NAME_MAX + 4 + OPT_FIXED_LEN +
		       OPTION_FIXED_LEN + RULES_TEXT_MAX + ERROR_OPTION_LEN +
		       KEEPALIVE_OPTION_LEN + COOKIE_OPTION_LEN <=
		   REPLY_LIMIT_MIN,
    "question and OPT always fit");

void
reply_begin(struct reply *reply, const struct query *query, uint8_t *octets,
    size_t limit)
{
	*reply = (struct reply){
		.query = query,
		.octets = octets,
		.most = limit,
		.error = DNS_ERROR_NONE,
		.keepalive = -1,
	};
	if (query->question_len > 0)
		memcpy(octets + DNS_HEADER_LEN, query->question,
		    query->question_len);
	reply->records = DNS_HEADER_LEN + query->question_len;
	reply->len = reply->records;
}

/* --- records -------------------------------------------------------------- */

static size_t
opt_len(const struct reply *reply)
{
	if (!reply->query->edns.present)
		return 0;
	return OPT_FIXED_LEN + ERROR_OPTION_LEN +
	       (reply->nsid != NULL ? OPTION_FIXED_LEN + strlen(reply->nsid)
				    : 0) +
	       (reply->has_cookie ? COOKIE_OPTION_LEN : 0) +
	       (reply->keepalive >= 0 ? KEEPALIVE_OPTION_LEN : 0);
}

static bool
has_room(const struct reply *reply, size_t len)
{
	size_t kept =
	    opt_len(reply) + (reply->tsig != NULL ? tsig_len(reply->tsig) : 0);

	return len + kept <= reply->most - reply->len;
}

bool
reply_has_room(const struct reply *reply, size_t len)
{
	return !reply->truncated && has_room(reply, len);
}

void
reply_truncate(struct reply *reply)
{
	reply->truncated = true;
	reply->len = reply->records;
	memset(reply->counts, 0, sizeof(reply->counts));
}

uint8_t *
reply_add(
    struct reply *reply, enum reply_section section, unsigned count, size_t len)
{
	uint8_t *octets = reply->octets + reply->len;

	if (reply->truncated)
		return NULL;
	if (!reply_has_room(reply, len)) {
		reply_truncate(reply);
		return NULL;
	}
	reply->counts[section] += count;
	reply->len += len;
	return octets;
}

/* --- OPT ------------------------------------------------------------------ */

static uint8_t *
put_option(uint8_t *to, uint16_t code, const void *data, size_t len)
{
	dns_store_u16(to, code);
	dns_store_u16(to + 2, (uint16_t)len);
	memcpy(to + OPTION_FIXED_LEN, data, len);
	return to + OPTION_FIXED_LEN + len;
}

static uint8_t *
put_u16_option(uint8_t *to, uint16_t code, uint16_t value)
{
	uint8_t data[2];

	dns_store_u16(data, value);
	return put_option(to, code, data, sizeof(data));
}

/* DO comes back as it came (RFC 3225 section 3), other flags do not. */
static void
put_opt(struct reply *reply)
{
	static const uint8_t opt[OPT_FIXED_LEN] = { 0, 0, DNS_TYPE_OPT };
	uint8_t *start = reply->octets + reply->len;
	uint8_t *to = start + OPT_FIXED_LEN;

	memcpy(start, opt, sizeof(opt));
	dns_store_u16(start + 3, reply->udp_size);
	start[5] = (uint8_t)(reply->rcode >> 4);
	start[6] = EDNS_VERSION;
	if (reply->query->edns.dnssec_ok)
		dns_store_u16(start + 7, EDNS_FLAG_DO);
	if (reply->nsid != NULL)
		to = put_option(
		    to, EDNS_OPTION_NSID, reply->nsid, strlen(reply->nsid));
	if (reply->has_cookie)
		to = put_option(
		    to, EDNS_OPTION_COOKIE, reply->cookie, COOKIE_LEN);
	if (reply->keepalive >= 0)
		to = put_u16_option(
		    to, EDNS_OPTION_KEEPALIVE, (uint16_t)reply->keepalive);
	if (reply->error != DNS_ERROR_NONE)
		to = put_u16_option(
		    to, EDNS_OPTION_ERROR, (uint16_t)reply->error);
	dns_store_u16(start + 9, (uint16_t)(to - start - OPT_FIXED_LEN));
	reply->counts[REPLY_ADDITIONAL]++;
	reply->len += (size_t)(to - start);
}

/* --- the whole ------------------------------------------------------------ */

static void
put_header(const struct reply *reply)
{
	const struct query *query = reply->query;
	uint8_t *header = reply->octets;
	uint16_t flags = DNS_FLAG_QR;

	flags |= (uint16_t)(query->opcode << DNS_OPCODE_SHIFT);
	if (reply->authoritative)
		flags |= DNS_FLAG_AA;
	if (reply->truncated)
		flags |= DNS_FLAG_TC;
	if (query->recursion_desired)
		flags |= DNS_FLAG_RD;
	dns_store_u16(header, query->id);
	dns_store_u16(header + 2, flags | (reply->rcode & 0x0f));
	dns_store_u16(header + 4, query->question_len > 0 ? 1 : 0);
	for (unsigned i = 0; i < REPLY_SECTIONS; i++)
		dns_store_u16(header + 6 + 2 * i, reply->counts[i]);
}

size_t
reply_finish(struct reply *reply)
{
	bool is_signed = reply->tsig != NULL;

	/*
	 * Names as long as names get do not fit beside each other into the
	 * least limit: TCP will have room.
	 */
	if (is_signed && !has_room(reply, 0)) {
		reply_truncate(reply);
		is_signed = has_room(reply, 0);
	}
	if (reply->query->edns.present)
		put_opt(reply);
	put_header(reply);
	if (is_signed)
		reply->len = tsig_sign(
		    reply->tsig, reply->octets, reply->len, reply->now);
	return reply->len;
}
