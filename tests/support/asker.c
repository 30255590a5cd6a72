#include "tests/support/asker.h"

#include <string.h>

#define NAME_MAX_LEN 255

/* A name as it grows towards the root: wire labels, the root's octet last. */
struct name {
	uint8_t octets[2 * NAME_MAX_LEN];
	size_t len;
};

void
asker_init(struct asker *asker, const struct slowzone *zone, uint64_t seed)
{
	asker->state = seed * 0x9e3779b97f4a7c15u + 1;
	asker->zone = zone;
}

/* xorshift64 */
unsigned
asker_number(struct asker *asker, unsigned n)
{
	asker->state ^= asker->state << 13;
	asker->state ^= asker->state >> 7;
	asker->state ^= asker->state << 17;
	return (unsigned)(asker->state >> 33) % n;
}

/* --- what is done to a name ----------------------------------------------- */

static void
put_before(struct name *name, const void *label, size_t len)
{
	if (name->len + 1 + len > NAME_MAX_LEN)
		return;
	memmove(name->octets + 1 + len, name->octets, name->len);
	name->octets[0] = (uint8_t)len;
	memcpy(name->octets + 1, label, len);
	name->len += 1 + len;
}

static void
cut_first(struct name *name)
{
	size_t len = 1u + name->octets[0];

	if (name->octets[0] == 0)
		return;
	name->len -= len;
	memmove(name->octets, name->octets + len, name->len);
}

static void
put_odd_label(struct asker *asker, struct name *name)
{
	uint8_t label[63];
	size_t len = 1 + asker_number(asker, asker_number(asker, 2) ? 3 : 63);

	for (size_t i = 0; i < len; i++)
		label[i] = (uint8_t)asker_number(
		    asker, asker_number(asker, 2) ? 3 : 256);
	put_before(name, label, len);
}

static void
put_number(struct asker *asker, struct name *name)
{
	char label[4];
	unsigned number = asker_number(asker, 256);
	size_t len = 0;

	if (number >= 100)
		label[len++] = (char)('0' + number / 100);
	if (number >= 10)
		label[len++] = (char)('0' + number / 10 % 10);
	label[len++] = (char)('0' + number % 10);
	put_before(name, label, len);
}

static void
put_nibble(struct asker *asker, struct name *name)
{
	put_before(name, &"0123456789abcdef"[asker_number(asker, 16)], 1);
}

static void
put_word(struct asker *asker, struct name *name)
{
	static const char *const words[] = { "*", "dsn", "strict", "shared",
		"manual", "ns1", "x", "www", "0", "-", "~" };
	const char *word =
	    words[asker_number(asker, sizeof(words) / sizeof(words[0]))];

	put_before(name, word, strlen(word));
}

static void
put_several(struct asker *asker, struct name *name)
{
	void (*put)(struct asker *, struct name *) =
	    asker_number(asker, 2) ? put_number : put_nibble;
	unsigned count = put == put_number ? 4 : 16;

	if (asker_number(asker, 4) == 0)
		count = asker_number(asker, 33);
	while (count-- > 0)
		put(asker, name);
}

/* One octet of some label becomes its neighbour. */
static void
change_octet(struct asker *asker, struct name *name)
{
	size_t at = 0;

	for (unsigned skip = asker_number(asker, 4);
	     skip > 0 && name->octets[at] != 0; skip--)
		at += 1u + name->octets[at];
	if (name->octets[at] != 0)
		name->octets[at + 1 + asker_number(asker, name->octets[at])] +=
		    (uint8_t)(asker_number(asker, 3) - 1);
}

static void
change_name(struct asker *asker, struct name *name)
{
	switch (asker_number(asker, 8)) {
	case 0:
		cut_first(name);
		break;
	case 1:
		put_odd_label(asker, name);
		break;
	case 2:
		put_word(asker, name);
		break;
	case 3:
		change_octet(asker, name);
		break;
	case 4:
		put_several(asker, name);
		break;
	case 5:
		cut_first(name);
		put_word(asker, name);
		break;
	case 6:
		cut_first(name);
		put_number(asker, name);
		break;
	default:
		for (unsigned i = asker_number(asker, 20); i > 0; i--)
			cut_first(name);
	}
}

/* DNS-0x20: letters of either case at random. */
static void
mix_case(struct asker *asker, struct name *name)
{
	for (size_t at = 0; name->octets[at] != 0; at += 1u + name->octets[at])
		for (unsigned i = 1; i <= name->octets[at]; i++) {
			uint8_t *octet = &name->octets[at + i];
			uint8_t upper = *octet & 0xdf;

			if (upper >= 'A' && upper <= 'Z' &&
			    asker_number(asker, 2))
				*octet ^= 0x20;
		}
}

static void
choose_name(struct asker *asker, struct name *name)
{
	const ldns_rdf *owner = slowzone_owner(asker->zone,
	    asker_number(asker, (unsigned)slowzone_count(asker->zone)));

	name->len = ldns_rdf_size(owner);
	memcpy(name->octets, ldns_rdf_data(owner), name->len);
	for (unsigned i = asker_number(asker, 4); i > 0; i--)
		change_name(asker, name);
	if (asker_number(asker, 2))
		mix_case(asker, name);
}

/* --- the packet
 * ---------------------------------------------------------------- */

static uint8_t *
put_u16(uint8_t *to, unsigned value)
{
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
	return to + 2;
}

static unsigned
choose_type(struct asker *asker)
{
	static const uint16_t types[] = { LDNS_RR_TYPE_A, LDNS_RR_TYPE_A,
		LDNS_RR_TYPE_TXT, LDNS_RR_TYPE_AAAA, LDNS_RR_TYPE_NS,
		LDNS_RR_TYPE_SOA, LDNS_RR_TYPE_ANY, LDNS_RR_TYPE_MX,
		LDNS_RR_TYPE_DS, LDNS_RR_TYPE_CNAME, 65280 };

	return types[asker_number(asker, sizeof(types) / sizeof(types[0]))];
}

size_t
asker_query(struct asker *asker, uint8_t packet[ASKER_QUERY_MAX])
{
	bool edns = asker_number(asker, 2);
	struct name name;
	uint8_t *to = packet;

	choose_name(asker, &name);
	to = put_u16(to, asker_number(asker, 65536));
	to = put_u16(to, asker_number(asker, 2) ? 0x0100 : 0);
	to = put_u16(to, 1);
	to = put_u16(to, 0);
	to = put_u16(to, 0);
	to = put_u16(to, edns);
	memcpy(to, name.octets, name.len);
	to = put_u16(to + name.len, choose_type(asker));
	to = put_u16(to, LDNS_RR_CLASS_IN);
	if (edns) {
		*to++ = 0;
		to = put_u16(to, LDNS_RR_TYPE_OPT);
		to = put_u16(to, asker_number(asker, 5000));
		to = put_u16(to, 0);
		to = put_u16(to, asker_number(asker, 2) ? 0x8000 : 0);
		to = put_u16(to, 0);
	}
	return (size_t)(to - packet);
}
