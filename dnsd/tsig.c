#include "dnsd/tsig.h"

#include <sodium.h>
#include <string.h>

#include "common/error.h"
#include "common/wire.h"

/* RFC 8945 section 10 recommends it. */
#define FUDGE_SECONDS 300

/* Section 5.2.2.1: the fewest octets that count as a signature at all. */
#define MAC_LEAST 10

#define TIME_LEN 6
#define RECORD_FIXED_LEN 10 /* type, class, TTL, RDLENGTH */
/* Time, fudge, MAC size, original id, error, other length. */
#define DATA_FIXED_LEN (TIME_LEN + 10)
#define ADDITIONAL_AT 10 /* where a header counts its records */

/* --- what is hashed ------------------------------------------------------- */

static void
store_time(uint8_t to[TIME_LEN], uint64_t time)
{
	dns_store_u16(to, (uint16_t)(time >> 32));
	dns_store_u32(to + 2, (uint32_t)time);
}

static uint64_t
load_time(const uint8_t from[TIME_LEN])
{
	uint64_t time = 0;

	for (unsigned i = 0; i < TIME_LEN; i++)
		time = time << 8 | from[i];
	return time;
}

/* The fields of a TSIG record that are signed. */
struct fields {
	uint64_t time;
	uint16_t fudge, error;
	const uint8_t *other;
	size_t other_len;
};

/* Sections 4.3.3 and 5.3.1: all of them, or from the second answer on two. */
#define VARIABLES_MAX (DNAME_MAX + 6 + DNAME_MAX + TIME_LEN + 6)
static size_t
write_variables(const struct tsig *tsig, const struct fields *fields,
    uint8_t octets[VARIABLES_MAX])
{
	const struct tsig_key *key = tsig->key;
	struct wire_writer writer;
	size_t len;
	const uint8_t *algorithm = tsig_algorithm_name(key->algorithm, &len);

	wire_write(&writer, octets, VARIABLES_MAX);
	if (!tsig->continued) {
		wire_write_octets(&writer, key->name, key->name_len);
		wire_write_u16(&writer, DNS_CLASS_ANY);
		wire_write_u32(&writer, 0);
		wire_write_octets(&writer, algorithm, len);
	}
	wire_write_u16(&writer, (uint16_t)(fields->time >> 32));
	wire_write_u32(&writer, (uint32_t)fields->time);
	wire_write_u16(&writer, fields->fudge);
	if (!tsig->continued) {
		wire_write_u16(&writer, fields->error);
		wire_write_u16(&writer, (uint16_t)fields->other_len);
	}
	return wire_len(&writer);
}

/*
 * The last signature where there is one, the message without its TSIG record,
 * under the id and count of records it had then, and the fields.
 */
static int
make_mac(const struct tsig *tsig, const struct fields *fields,
    const uint8_t header[DNS_HEADER_LEN], const uint8_t *message, size_t len,
    uint8_t mac[HMAC_LEN_MAX])
{
	const struct hmac_key key = { tsig->key->algorithm, tsig->key->secret,
		tsig->key->secret_len };
	uint8_t mac_len[2], variables[VARIABLES_MAX];
	size_t variables_len = write_variables(tsig, fields, variables);
	const struct hmac_part parts[] = {
		{ mac_len, tsig->mac_len > 0 ? sizeof(mac_len) : 0 },
		{ tsig->mac, tsig->mac_len },
		{ header, DNS_HEADER_LEN },
		{ message + DNS_HEADER_LEN, len - DNS_HEADER_LEN },
		{ variables, variables_len },
		{ fields->other, tsig->continued ? 0 : fields->other_len },
	};

	dns_store_u16(mac_len, (uint16_t)tsig->mac_len);
	return hmac_make(&key, parts, sizeof(parts) / sizeof(parts[0]), mac);
}

/* --- requests ------------------------------------------------------------- */

static void
note_request(struct tsig *tsig, const struct query_tsig *signature)
{
	memset(tsig, 0, sizeof(*tsig));
	tsig->key_name = signature->key_name;
	tsig->key_name_len = signature->key_name_len;
	tsig->algorithm = signature->algorithm;
	tsig->algorithm_len = signature->algorithm_len;
	tsig->time = load_time(signature->times);
	tsig->fudge = dns_load_u16(signature->times + TIME_LEN);
	tsig->id = signature->original_id;
}

/* 0 where the signature is the packet's, ERROR_REFUSED where it is not. */
static int
compare_mac(const struct tsig *tsig, const uint8_t *packet,
    const struct query_tsig *signature)
{
	const struct fields fields = { tsig->time, tsig->fudge,
		signature->error, signature->other, signature->other_len };
	uint8_t header[DNS_HEADER_LEN], mac[HMAC_LEN_MAX];
	int error;

	memcpy(header, packet, sizeof(header));
	dns_store_u16(header, signature->original_id);
	dns_store_u16(header + ADDITIONAL_AT,
	    (uint16_t)(dns_load_u16(header + ADDITIONAL_AT) - 1));
	error = make_mac(tsig, &fields, header, packet, signature->at, mac);
	if (error != 0)
		return error;
	return sodium_memcmp(mac, signature->mac, signature->mac_len) == 0
		   ? 0
		   : ERROR_REFUSED;
}

static bool
is_in_time(const struct tsig *tsig, uint64_t now)
{
	uint64_t apart = now > tsig->time ? now - tsig->time : tsig->time - now;

	return apart <= tsig->fudge;
}

static enum tsig_outcome
refuse(struct tsig *tsig, enum tsig_error error)
{
	/* What is wrong with key or signature is told unsigned (5.3.2). */
	if (error == TSIG_ERROR_BADKEY || error == TSIG_ERROR_BADSIG)
		tsig->key = NULL;
	tsig->error = error;
	return TSIG_NOTAUTH;
}

static bool
is_length(const struct query_tsig *signature, size_t whole)
{
	size_t least = whole / 2 > MAC_LEAST ? whole / 2 : MAC_LEAST;

	return signature->mac_len >= least && signature->mac_len <= whole;
}

/* In the order of section 5.2: key, signature, time, truncation. */
enum tsig_outcome
tsig_check(struct tsig *tsig, const struct tsig_keys *keys,
    const uint8_t *packet, const struct query *query, uint64_t now)
{
	const struct query_tsig *signature = &query->tsig;
	const struct tsig_key *key =
	    tsig_keys_find(keys, signature->key_name, signature->key_name_len);
	size_t whole;
	int error;

	note_request(tsig, signature);
	if (key == NULL || !tsig_algorithm_is(key->algorithm, tsig->algorithm,
			       tsig->algorithm_len))
		return refuse(tsig, TSIG_ERROR_BADKEY);
	whole = hmac_len(key->algorithm);
	if (!is_length(signature, whole))
		return TSIG_FORMERR;
	tsig->key = key;
	error = compare_mac(tsig, packet, signature);
	if (error != 0)
		return error == ERROR_REFUSED ? refuse(tsig, TSIG_ERROR_BADSIG)
					      : TSIG_FAILED;
	tsig->mac_len = signature->mac_len;
	memcpy(tsig->mac, signature->mac, signature->mac_len);
	if (!is_in_time(tsig, now))
		return refuse(tsig, TSIG_ERROR_BADTIME);
	if (signature->mac_len < whole)
		return refuse(tsig, TSIG_ERROR_BADTRUNC);
	return TSIG_GOOD;
}

bool
tsig_is_good(const struct tsig *tsig)
{
	return tsig->key != NULL && tsig->error == TSIG_ERROR_NONE;
}

/* --- our own requests ----------------------------------------------------- */

void
tsig_begin(struct tsig *tsig, const struct tsig_key *key, uint16_t id)
{
	memset(tsig, 0, sizeof(*tsig));
	tsig->key = key;
	tsig->id = id;
}

int
tsig_check_answer(struct tsig *tsig, const uint8_t *packet,
    const struct query *query, uint64_t now)
{
	const struct query_tsig *signature = &query->tsig;
	struct tsig seen = *tsig;
	const struct tsig_key *key = tsig->key;

	if (!signature->present || signature->key_name_len != key->name_len ||
	    tsig_keys_find(&(struct tsig_keys){ (struct tsig_key *)key, 1 },
		signature->key_name, signature->key_name_len) == NULL ||
	    !tsig_algorithm_is(key->algorithm, signature->algorithm,
		signature->algorithm_len) ||
	    signature->mac_len != hmac_len(key->algorithm))
		return ERROR_REFUSED;
	seen.time = load_time(signature->times);
	seen.fudge = dns_load_u16(signature->times + TIME_LEN);
	if (!is_in_time(&seen, now))
		return ERROR_REFUSED;
	return compare_mac(&seen, packet, signature);
}

/* --- signing -------------------------------------------------------------- */

size_t
tsig_len(const struct tsig *tsig)
{
	size_t names = tsig->key_name_len + tsig->algorithm_len, len;

	if (tsig->key != NULL) {
		tsig_algorithm_name(tsig->key->algorithm, &len);
		names =
		    tsig->key->name_len + len + hmac_len(tsig->key->algorithm);
	}
	return names + RECORD_FIXED_LEN + DATA_FIXED_LEN +
	       (tsig->error == TSIG_ERROR_BADTIME ? TIME_LEN : 0);
}

static void
write_record(struct wire_writer *writer, const struct tsig *tsig,
    const struct fields *fields, const uint8_t *mac, size_t mac_len)
{
	const struct tsig_key *key = tsig->key;
	const uint8_t *name = tsig->key_name, *algorithm = tsig->algorithm;
	size_t name_len = tsig->key_name_len;
	size_t algorithm_len = tsig->algorithm_len;

	if (key != NULL) {
		name = key->name;
		name_len = key->name_len;
		algorithm = tsig_algorithm_name(key->algorithm, &algorithm_len);
	}
	wire_write_octets(writer, name, name_len);
	wire_write_u16(writer, DNS_TYPE_TSIG);
	wire_write_u16(writer, DNS_CLASS_ANY);
	wire_write_u32(writer, 0);
	wire_write_u16(writer, (uint16_t)(algorithm_len + DATA_FIXED_LEN +
					  mac_len + fields->other_len));
	wire_write_octets(writer, algorithm, algorithm_len);
	wire_write_u16(writer, (uint16_t)(fields->time >> 32));
	wire_write_u32(writer, (uint32_t)fields->time);
	wire_write_u16(writer, fields->fudge);
	wire_write_u16(writer, (uint16_t)mac_len);
	wire_write_octets(writer, mac, mac_len);
	wire_write_u16(writer, tsig->id);
	wire_write_u16(writer, fields->error);
	wire_write_u16(writer, (uint16_t)fields->other_len);
	wire_write_octets(writer, fields->other, fields->other_len);
}

/*
 * Section 5.2.3: who is told that his clock is wrong gets his own time back,
 * so that he can trust the signature, and beside it ours.
 */
static struct fields
fields_now(const struct tsig *tsig, uint64_t now, uint8_t ours[TIME_LEN])
{
	struct fields fields = { now, FUDGE_SECONDS, tsig->error, ours, 0 };

	if (tsig->key == NULL || tsig->error == TSIG_ERROR_BADTIME) {
		fields.time = tsig->time;
		fields.fudge = tsig->fudge;
	}
	if (tsig->error == TSIG_ERROR_BADTIME) {
		store_time(ours, now);
		fields.other_len = TIME_LEN;
	}
	return fields;
}

size_t
tsig_sign(struct tsig *tsig, uint8_t *message, size_t len, uint64_t now)
{
	uint8_t ours[TIME_LEN], mac[HMAC_LEN_MAX];
	const struct fields fields = fields_now(tsig, now, ours);
	struct wire_writer writer;
	size_t mac_len = 0;

	if (tsig->key != NULL) {
		uint8_t header[DNS_HEADER_LEN];

		memcpy(header, message, sizeof(header));
		dns_store_u16(header, tsig->id);
		if (make_mac(tsig, &fields, header, message, len, mac) != 0)
			return 0;
		mac_len = hmac_len(tsig->key->algorithm);
		/* An answer is what the next is chained to. */
		tsig->continued = tsig->mac_len > 0;
		tsig->mac_len = mac_len;
		memcpy(tsig->mac, mac, mac_len);
	}
	wire_write(&writer, message + len, tsig_len(tsig));
	write_record(&writer, tsig, &fields, mac, mac_len);
	dns_store_u16(message + ADDITIONAL_AT,
	    (uint16_t)(dns_load_u16(message + ADDITIONAL_AT) + 1));
	return len + wire_len(&writer);
}
