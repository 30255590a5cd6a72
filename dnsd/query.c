#include "dnsd/query.h"

#include <string.h>

#include "common/wire.h"

#define QUESTION_TAIL 4 /* type and class */
#define LABEL_TYPE 0xc0 /* the two bits that must be 00 for a label */

/* Of an SOA's data: five numbers, before them two names. */
#define SOA_NUMBERS_LEN 20
#define SOA_LEAST (SOA_NUMBERS_LEN + 2)

enum section { SECTION_ANSWER, SECTION_AUTHORITY, SECTION_ADDITIONAL };
#define SECTIONS 3

#define COOKIE_CLIENT 8 /* RFC 7873 section 5.2.2: 8, or 16 to 40 */
#define COOKIE_LEAST 16
#define COOKIE_MOST 40

/* --- names ---------------------------------------------------------------- */

/*
 * The length of the uncompressed name at `name`, 0 when there is none within
 * `left` octets. `labels` may be NULL.
 */
static size_t
name_length(const uint8_t *name, size_t left, uint8_t *labels, unsigned *count)
{
	size_t most = left < DNS_NAME_MAX ? left : DNS_NAME_MAX;
	unsigned n = 0, len;
	size_t at = 0;

	/* Zero ends the name. */
	while (at < most && (len = name[at]) - 1 < DNS_LABEL_MAX) {
		if (labels != NULL)
			labels[n] = (uint8_t)at;
		n++;
		at += 1 + len;
	}
	if (at >= most || len != 0)
		return 0;
	*count = n;
	return at + 1;
}

static const uint8_t *
read_name(struct wire_reader *reader, size_t *len)
{
	unsigned count;

	*len = name_length(reader->next, wire_left(reader), NULL, &count);
	if (*len == 0)
		reader->failed = true;
	return wire_read_octets(reader, *len);
}

/* An owner that does not matter: labels, then the root or a pointer. */
static void
skip_owner(struct wire_reader *reader)
{
	for (;;) {
		uint8_t octet = wire_read_u8(reader);

		if (octet == 0)
			return;
		if ((octet & LABEL_TYPE) == LABEL_TYPE) {
			wire_read_u8(reader);
			return;
		}
		if (octet > DNS_LABEL_MAX)
			reader->failed = true;
		wire_read_octets(reader, octet);
	}
}

/* --- the question --------------------------------------------------------- */

static bool
read_question(struct wire_reader *reader, struct query *query)
{
	const uint8_t *question = reader->next;
	size_t left = wire_left(reader);
	size_t len =
	    name_length(question, left, query->labels, &query->label_count);

	if (len == 0 || left - len < QUESTION_TAIL)
		return false;
	wire_read_octets(reader, len);
	query->type = wire_read_u16(reader);
	query->class = wire_read_u16(reader);
	query->question = question;
	query->name_len = len;
	query->question_len = len + QUESTION_TAIL;
	return true;
}

/* --- records behind it ---------------------------------------------------- */

/* In all cases of more than one COOKIE the first counts (RFC 7873, 5.2). */
static bool
note_cookie(struct query_edns *edns, const uint8_t *cookie, size_t len)
{
	if (edns->cookie != NULL)
		return true;
	if (len != COOKIE_CLIENT && (len < COOKIE_LEAST || len > COOKIE_MOST))
		return false;
	edns->cookie = cookie;
	edns->cookie_len = len;
	return true;
}

static bool
read_options(struct wire_reader *reader, struct query_edns *edns)
{
	while (wire_left(reader) > 0) {
		uint16_t code = wire_read_u16(reader);
		size_t len = wire_read_u16(reader);
		const uint8_t *data = wire_read_octets(reader, len);

		if (reader->failed)
			return false;
		if (code == EDNS_OPTION_NSID)
			edns->nsid = true;
		else if (code == EDNS_OPTION_KEEPALIVE)
			edns->keepalive = true;
		else if (code == EDNS_OPTION_COOKIE &&
			 !note_cookie(edns, data, len))
			return false;
	}
	return true;
}

/*
 * From behind the type on. Options of another version may be of another form:
 * they are left alone (RFC 6891 section 6.1.3).
 */
static bool
read_opt(struct wire_reader *reader, struct query_edns *edns)
{
	uint16_t size = wire_read_u16(reader);
	uint32_t ttl = wire_read_u32(reader);
	size_t len = wire_read_u16(reader);
	const uint8_t *data = wire_read_octets(reader, len);
	struct wire_reader options;

	if (reader->failed || edns->present)
		return false;
	edns->present = true;
	edns->udp_size = size;
	edns->version = (uint8_t)(ttl >> 16);
	edns->dnssec_ok = (ttl & EDNS_FLAG_DO) != 0;
	if (edns->version != EDNS_VERSION)
		return true;
	wire_read(&options, data, len);
	return read_options(&options, edns);
}

/* What can be interpreted; whether it is right, only a key tells. */
static bool
read_tsig_data(struct wire_reader *reader, struct query_tsig *tsig)
{
	tsig->algorithm = read_name(reader, &tsig->algorithm_len);
	tsig->times = wire_read_octets(reader, QUERY_TSIG_TIMES_LEN);
	tsig->mac_len = wire_read_u16(reader);
	tsig->mac = wire_read_octets(reader, tsig->mac_len);
	tsig->original_id = wire_read_u16(reader);
	tsig->error = wire_read_u16(reader);
	tsig->other_len = wire_read_u16(reader);
	tsig->other = wire_read_octets(reader, tsig->other_len);
	return !reader->failed && wire_left(reader) == 0;
}

/* From the owner on; it must be the last record (RFC 8945 section 5.2). */
static bool
read_tsig(struct wire_reader *reader, struct query_tsig *tsig)
{
	struct wire_reader data;
	uint32_t ttl;
	uint16_t class;
	size_t len;

	tsig->key_name = read_name(reader, &tsig->key_name_len);
	wire_read_u16(reader); /* type */
	class = wire_read_u16(reader);
	ttl = wire_read_u32(reader);
	len = wire_read_u16(reader);
	if (reader->failed || wire_left(reader) != len ||
	    class != DNS_CLASS_ANY || ttl != 0)
		return false;
	wire_read(&data, wire_read_octets(reader, len), len);
	tsig->present = read_tsig_data(&data, tsig);
	return tsig->present;
}

/*
 * The serial stands behind two names, compressed or not, and before four
 * numbers more.
 */
static void
note_serial(struct query *query, const uint8_t *data, size_t len)
{
	struct wire_reader reader;

	if (len < SOA_LEAST)
		return;
	wire_read(&reader, data + len - SOA_NUMBERS_LEN, SOA_NUMBERS_LEN);
	query->serial = wire_read_u32(&reader);
	query->has_serial = true;
}

/* From behind the type on. */
static bool
read_other(struct wire_reader *reader, struct query *query, bool is_serial)
{
	const uint8_t *data;
	size_t len;

	wire_read_u16(reader); /* class */
	wire_read_u32(reader); /* TTL */
	len = wire_read_u16(reader);
	data = wire_read_octets(reader, len);
	if (is_serial && data != NULL)
		note_serial(query, data, len);
	return !reader->failed;
}

/* One record; `last` of them all? */
static bool
read_record(struct wire_reader *reader, struct query *query,
    enum section section, bool last)
{
	struct wire_reader from_owner = *reader;
	bool at_root = wire_left(reader) > 0 && reader->next[0] == 0;
	bool additional = section == SECTION_ADDITIONAL;
	uint16_t type;

	skip_owner(reader);
	type = wire_read_u16(reader);
	if (type == DNS_TYPE_OPT)
		return additional && at_root && read_opt(reader, &query->edns);
	if (type == DNS_TYPE_TSIG) {
		*reader = from_owner;
		return additional && last && read_tsig(reader, &query->tsig);
	}
	return read_other(reader, query,
	    section == SECTION_AUTHORITY && type == DNS_TYPE_SOA);
}

/*
 * Records before the additional ones, but for a serial, say nothing to us and
 * are passed over, as long as they are records; an octet too many is no
 * message.
 */
static bool
read_records(struct wire_reader *reader, struct query *query,
    const unsigned counts[SECTIONS])
{
	unsigned left = 0;

	for (int i = 0; i < SECTIONS; i++)
		left += counts[i];
	for (int i = 0; i < SECTIONS && left > 0; i++) {
		for (unsigned n = 0; n < counts[i]; n++) {
			if (!read_record(
				reader, query, (enum section)i, --left == 0))
				return false;
		}
	}
	return wire_left(reader) == 0;
}

/* --- the whole ------------------------------------------------------------ */

static bool
read_body(struct wire_reader *reader, struct query *query, unsigned questions,
    const unsigned counts[SECTIONS])
{
	/* RFC 9619: more than one question is malformed. */
	if (questions > 1)
		return false;
	if (questions == 1 && !read_question(reader, query))
		return false;
	return read_records(reader, query, counts);
}

static void
clear(struct query *query)
{
	/* Not the labels: they mean nothing without a question. */
	query->question = NULL;
	query->question_len = 0;
	query->label_count = 0;
	query->name_len = 0;
	query->type = query->class = 0;
	query->has_serial = false;
	query->edns = (struct query_edns){ .present = false };
	query->tsig.present = false;
}

/* What stands at the front of every message (RFC 1035 section 4.1.1). */
struct header {
	uint16_t direction; /* DNS_FLAG_QR of an answer, or 0 */
	unsigned questions, counts[SECTIONS];
};

static void
read_header(const uint8_t *octets, struct header *header, struct query *query)
{
	uint16_t flags = dns_load_u16(octets + 2);

	query->id = dns_load_u16(octets);
	query->opcode = flags >> DNS_OPCODE_SHIFT & DNS_OPCODE_MASK;
	query->recursion_desired = (flags & DNS_FLAG_RD) != 0;
	header->direction = flags & DNS_FLAG_QR;
	header->questions = dns_load_u16(octets + 4);
	for (int i = 0; i < SECTIONS; i++)
		header->counts[i] = dns_load_u16(octets + 6 + 2 * i);
}

static enum query_outcome
parse(const void *packet, size_t len, uint16_t direction, struct query *query)
{
	struct wire_reader reader;
	struct header header;
	bool whole;

	clear(query);
	if (len < DNS_HEADER_LEN)
		return QUERY_DROP;
	read_header(packet, &header, query);
	if (header.direction != direction)
		return QUERY_DROP;
	/*
	 * Of another opcode nothing but the header is sure (RFC 8906 section
	 * 3.1.4); a body that looks like ours is still answered as one.
	 */
	wire_read(&reader, (const uint8_t *)packet + DNS_HEADER_LEN,
	    len - DNS_HEADER_LEN);
	whole = read_body(&reader, query, header.questions, header.counts);
	if (query->tsig.present)
		query->tsig.at =
		    (size_t)(query->tsig.key_name - (const uint8_t *)packet);
	if (query->opcode != DNS_OPCODE_QUERY) {
		if (!whole)
			clear(query);
		return QUERY_NOTIMP;
	}
	if (!whole)
		return QUERY_FORMERR;
	if (query->edns.present && query->edns.version != EDNS_VERSION)
		return QUERY_BADVERS;
	if (header.questions == 0)
		return query->edns.cookie != NULL ? QUERY_NO_QUESTION
						  : QUERY_FORMERR;
	return QUERY_READY;
}

enum query_outcome
query_parse(const void *packet, size_t len, struct query *query)
{
	return parse(packet, len, 0, query);
}

enum query_outcome
query_parse_answer(const void *packet, size_t len, struct query *query)
{
	return parse(packet, len, DNS_FLAG_QR, query);
}

enum query_outcome
query_was_cut(const struct query *query, enum query_outcome outcome)
{
	return outcome == QUERY_FORMERR && query->question_len > 0 ? QUERY_CUT
								   : outcome;
}

/* --- whose question it is ------------------------------------------------- */

#define EACH_OCTET(n) (UINT64_C(0x0101010101010101) * (n))

/* Eight octets at once: those from 'A' to 'Z' become lower case. */
static uint64_t
lower_octets(uint64_t octets)
{
	uint64_t seven_bits = octets & EACH_OCTET(0x7f);
	uint64_t from_a = seven_bits + EACH_OCTET(0x80 - 'A');
	uint64_t beyond_z = seven_bits + EACH_OCTET(0x7f - 'Z');
	uint64_t upper = (from_a ^ beyond_z) & ~octets & EACH_OCTET(0x80);

	return octets | upper >> 2;
}

static uint64_t
differences(const uint8_t *a, const uint8_t *b)
{
	uint64_t ours, theirs;

	memcpy(&ours, a, sizeof(ours));
	memcpy(&theirs, b, sizeof(theirs));
	return lower_octets(ours) ^ lower_octets(theirs);
}

/*
 * Length octets are below 'A' and so their own lower case: both names may be
 * compared as they lie. The last eight octets overlap those before.
 */
static bool
is_same_name(const uint8_t *a, const uint8_t *b, size_t len)
{
	uint64_t different = 0;

	/* Nearly all ask as we write it. */
	if (memcmp(a, b, len) == 0)
		return true;
	if (len < 8) {
		uint8_t padded[2][8] = { { 0 }, { 0 } };

		memcpy(padded[0], a, len);
		memcpy(padded[1], b, len);
		return differences(padded[0], padded[1]) == 0;
	}
	for (size_t i = 0; i + 8 < len; i += 8)
		different |= differences(a + i, b + i);
	return (different | differences(a + len - 8, b + len - 8)) == 0;
}

bool
query_is_below(const struct query *query, const uint8_t *origin,
    size_t origin_len, unsigned origin_labels, size_t *below)
{
	unsigned above;
	size_t at;

	if (query->label_count < origin_labels)
		return false;
	above = query->label_count - origin_labels;
	at = origin_labels == 0 ? query->name_len - 1 : query->labels[above];
	if (query->name_len - at != origin_len ||
	    !is_same_name(query->question + at, origin, origin_len))
		return false;
	*below = at;
	return true;
}
