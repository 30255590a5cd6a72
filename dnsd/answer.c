#include "dnsd/answer.h"

#include <string.h>

#include "dnsd/records.h"

/* An answer being made. */
struct making {
	const struct rules *rules;
	const struct answer_client *client;
	const struct query *query;
	struct reply *reply;
	struct answer *answer;
	struct records records;
};

static void
refuse(struct reply *reply, uint16_t rcode, enum dns_error error)
{
	reply->rcode = rcode;
	reply->authoritative = false;
	reply->error = error;
}

static void
deny(const struct making *making)
{
	records_add_soa(&making->records, REPLY_AUTHORITY,
	    &making->records.zone->soa_negative);
}

/* ANY gets one record set, the codes (RFC 8482 section 4.1). */
static void
answer_entry(const struct making *making, const struct lookup_found *found)
{
	uint16_t type = making->query->type;

	making->answer->hit = true;
	making->answer->list = found->list;
	if (type == DNS_TYPE_A || type == DNS_TYPE_ANY)
		records_add_codes(&making->records, found->entry.codes);
	else if (type == DNS_TYPE_TXT)
		records_add_text(&making->records, found);
	else
		deny(making);
}

static const struct zone_rrset *
find_rrset(const struct zone_node *node, uint16_t type)
{
	for (unsigned i = 0; i < node->rrset_count; i++) {
		if (node->rrsets[i].type == type || type == DNS_TYPE_ANY)
			return &node->rrsets[i];
	}
	return NULL;
}

/* The apex has its SOA beside what is stored; it answers ANY as well. */
static void
answer_rrsets(const struct making *making, const struct zone_node *node)
{
	uint16_t type = making->query->type;
	const struct zone_rrset *rrset;

	if (making->records.below == 0 &&
	    (type == DNS_TYPE_SOA || type == DNS_TYPE_ANY)) {
		records_add_soa(
		    &making->records, REPLY_ANSWER, &making->records.zone->soa);
		return;
	}
	rrset = find_rrset(node, type);
	if (rrset == NULL) {
		deny(making);
		return;
	}
	records_add_rrset(&making->records, rrset);
	if (type == DNS_TYPE_NS)
		records_add_glue(&making->records, rrset);
}

static void
answer_node(const struct making *making, const struct lookup_found *found)
{
	struct zone_node node;

	if (found->is_entry)
		answer_entry(making, found);
	else if (zonedata_decode(found->value, &node) == 0 && !node.is_entry)
		answer_rrsets(making, &node);
	else
		refuse(making->reply, DNS_RCODE_SERVFAIL, DNS_ERROR_NOT_READY);
}

static void
answer_name(const struct making *making)
{
	static const struct zone_node no_records = { .rrset_count = 0 };
	const struct records *records = &making->records;
	struct lookup_found found;

	making->reply->authoritative = true;
	switch (lookup_question(records->lookup, making->query, records->below,
	    records->zone->origin_labels, &found)) {
	case LOOKUP_FOUND:
	case LOOKUP_WILDCARD:
		answer_node(making, &found);
		break;
	case LOOKUP_FAILED:
		refuse(making->reply, DNS_RCODE_SERVFAIL, DNS_ERROR_NOT_READY);
		break;
	case LOOKUP_NOTHING:
		/* The apex is there as long as there is a zone. */
		if (making->records.below > 0)
			making->reply->rcode = DNS_RCODE_NXDOMAIN;
		answer_rrsets(making, &no_records);
		break;
	case LOOKUP_EMPTY:
		answer_rrsets(making, &no_records);
		break;
	}
}

/* --- questions ------------------------------------------------------------ */

/*
 * Only whoever is behind us needs records; over UDP the serial tells him that
 * he is (RFC 1995 section 2).
 */
static bool
serial_suffices(const struct making *making)
{
	const struct query *query = making->query;
	uint32_t ahead = making->records.zone->version.serial - query->serial;

	return query->type == DNS_TYPE_IXFR &&
	       (!making->client->tcp || ahead == 0 || ahead >= 1u << 31);
}

/* The origin is asked for, and whoever asks may have it. */
static void
answer_transfer(struct making *making)
{
	const struct answer_client *client = making->client;
	const struct query *query = making->query;
	bool is_malformed =
	    query->type == DNS_TYPE_IXFR ? !query->has_serial : !client->tcp;

	if (making->records.below > 0) {
		/* RFC 5936 section 2.2.1 */
		refuse(making->reply, DNS_RCODE_NOTAUTH, DNS_ERROR_NONE);
	} else if (is_malformed) {
		refuse(making->reply, DNS_RCODE_FORMERR, DNS_ERROR_NONE);
	} else if (serial_suffices(making)) {
		making->reply->authoritative = true;
		records_add_soa(
		    &making->records, REPLY_ANSWER, &making->records.zone->soa);
	} else if (!client->transfer_place) {
		refuse(making->reply, DNS_RCODE_SERVFAIL, DNS_ERROR_NONE);
	} else {
		making->answer->transfer = true;
	}
}

static void
answer_internet(struct making *making)
{
	const struct zone *zone = making->records.zone;

	if (!zone->ready)
		refuse(making->reply, DNS_RCODE_SERVFAIL, DNS_ERROR_NOT_READY);
	else if (!query_is_below(making->query, zone->settings.origin,
		     zone->settings.origin_len, zone->origin_labels,
		     &making->records.below))
		refuse(making->reply, DNS_RCODE_REFUSED,
		    DNS_ERROR_NOT_AUTHORITATIVE);
	else if (query_is_transfer(making->query))
		answer_transfer(making);
	else
		answer_name(making);
}

/* Who we are, as BIND has named it (RFC 4892 section 2.1). */
static const char *
chaos_text(const struct making *making)
{
	static const uint8_t names[][16] = { "\7version\4bind",
		"\7version\6server", "\10hostname\4bind", "\2id\6server" };
	const struct rules *rules = making->rules;

	for (size_t i = 0; i < 4; i++) {
		size_t len = strlen((const char *)names[i]) + 1, below;

		if (query_is_below(making->query, names[i], len, 2, &below) &&
		    below == 0)
			return i < 2 ? rules->version : rules->nsid;
	}
	return "";
}

static void
answer_chaos(const struct making *making)
{
	const char *text = chaos_text(making);
	uint16_t type = making->query->type;

	if (*text == '\0') {
		refuse(making->reply, DNS_RCODE_REFUSED, DNS_ERROR_NONE);
		return;
	}
	making->reply->authoritative = true;
	if (type == DNS_TYPE_TXT || type == DNS_TYPE_ANY)
		records_add_txt(
		    making->reply, DNS_CLASS_CHAOS, 0, text, strlen(text));
}

static void
answer_question(struct making *making)
{
	if (query_is_transfer(making->query) ? !making->client->may_transfer
					     : !making->client->may_ask) {
		refuse(making->reply, DNS_RCODE_REFUSED, DNS_ERROR_PROHIBITED);
		making->answer->refused = true;
		return;
	}
	switch (making->query->class) {
	case DNS_CLASS_IN:
		answer_internet(making);
		break;
	case DNS_CLASS_CHAOS:
		answer_chaos(making);
		break;
	default:
		refuse(making->reply, DNS_RCODE_REFUSED,
		    DNS_ERROR_NOT_AUTHORITATIVE);
	}
}

/* --- the whole ------------------------------------------------------------ */

static const uint16_t rcodes[] = {
	[QUERY_READY] = DNS_RCODE_NOERROR,
	[QUERY_NO_QUESTION] = DNS_RCODE_NOERROR,
	[QUERY_FORMERR] = DNS_RCODE_FORMERR,
	[QUERY_NOTIMP] = DNS_RCODE_NOTIMP,
	[QUERY_BADVERS] = DNS_RCODE_BADVERS,
	[QUERY_CUT] = DNS_RCODE_NOERROR,
};

/*
 * RFC 7873 section 5.4: who asks nothing wants a cookie, or to know whether
 * his is still good.
 */
static uint16_t
cookie_rcode(const struct rules *rules, const struct answer_client *client,
    const struct query *query)
{
	if (!rules->cookies)
		return DNS_RCODE_FORMERR;
	if (query->edns.cookie_len == COOKIE_CLIENT_LEN || client->shows_cookie)
		return DNS_RCODE_NOERROR;
	return DNS_RCODE_BADCOOKIE;
}

/* RFC 6891 section 6.2.5: less than 512 is 512; more than ours is ours. */
static size_t
udp_limit(const struct rules *rules, const struct query *query)
{
	size_t limit = query->edns.present ? query->edns.udp_size : 0;

	if (limit > rules->udp_size)
		limit = rules->udp_size;
	return limit < DNS_UDP_MIN ? DNS_UDP_MIN : limit;
}

/* Options are answered where the version is one we speak. */
static void
set_options(struct reply *reply, const struct answer_source *source,
    const struct answer_client *client)
{
	const struct query_edns *edns = &reply->query->edns;
	const struct rules *rules = source->rules;

	reply->udp_size = rules->udp_size;
	if (edns->nsid && rules->nsid[0] != '\0')
		reply->nsid = rules->nsid;
	if (edns->keepalive && client->tcp)
		reply->keepalive = (int)rules->tcp_idle_seconds * 10;
	if (edns->cookie == NULL || !rules->cookies)
		return;
	cookie_make(&rules->secrets, &client->address, source->now,
	    edns->cookie, reply->cookie);
	reply->has_cookie = true;
}

/* Whoever signs is answered signed, or told that nobody knows his key. */
static void
sign(struct reply *reply, struct tsig *tsig, struct tsig *unknown, uint32_t now)
{
	static const struct tsig_keys no_keys;

	if (!reply->query->tsig.present)
		return;
	if (tsig == NULL) {
		tsig_check(unknown, &no_keys, NULL, reply->query, now);
		tsig = unknown;
	}
	reply->tsig = tsig;
	reply->now = now;
}

/* RFC 8945 section 5.2, before anything is said of what was asked. */
static bool
is_unproven(const struct reply *reply, enum query_outcome outcome)
{
	return reply->tsig != NULL && !tsig_is_good(reply->tsig) &&
	       outcome != QUERY_FORMERR && outcome != QUERY_NOTIMP;
}

void
answer_make(const struct answer_source *source,
    const struct answer_client *client, enum query_outcome outcome,
    const struct query *query, uint8_t *octets, size_t size,
    struct answer *answer)
{
	struct reply reply;
	struct making making = { .rules = source->rules,
		.client = client,
		.query = query,
		.reply = &reply,
		.answer = answer,
		.records = { source->zone, source->lookup, &reply, 0 } };
	size_t limit = client->tcp ? size : udp_limit(source->rules, query);
	struct tsig unknown;

	*answer = (struct answer){ .len = 0 };
	if (outcome == QUERY_DROP)
		return;
	reply_begin(&reply, query, octets, limit < size ? limit : size);
	set_options(&reply, source, client);
	if (client->tsig != NULL || outcome != QUERY_FORMERR)
		sign(&reply, client->tsig, &unknown, source->now);
	reply.rcode = rcodes[outcome];
	if (client->over_limit || outcome == QUERY_CUT)
		reply_truncate(&reply);
	else if (is_unproven(&reply, outcome))
		reply.rcode = DNS_RCODE_NOTAUTH;
	else if (outcome == QUERY_READY)
		answer_question(&making);
	else if (outcome == QUERY_NO_QUESTION)
		reply.rcode = cookie_rcode(source->rules, client, query);
	if (answer->transfer)
		return;
	answer->len = reply_finish(&reply);
	answer->rcode = reply.rcode;
	answer->truncated = reply.truncated;
}
