#include "db/zonekey.h"

#include <string.h>

#include "common/error.h"

#define APEX 0x01
#define LABEL_END 0x00
#define ESCAPE 0x01 /* of itself and of LABEL_END */

#define NAME_MAX_LEN 254 /* RFC 1035 section 3.1, without the root's octet */
#define LABEL_MAX_LEN 63
#define LABELS_MAX 127

#define IPV4_LABELS 4
#define UNIT_NIBBLES 16
#define ALL_NIBBLES 32

/* Every octet escaped, and a length for each label: no name can overflow. */
_Static_assert(1 + 2 * NAME_MAX_LEN <= ZONEKEY_MAX, "names fit into keys");

void
zonekey_apex(struct zonekey *key)
{
	key->len = 1;
	key->octets[0] = APEX;
}

int
zonekey_copy(const uint8_t *octets, size_t len, struct zonekey *key)
{
	if (len > ZONEKEY_MAX)
		return ERROR_DAMAGED;
	key->len = len;
	memcpy(key->octets, octets, len);
	return 0;
}

/* Lower case as DNS means it (RFC 4343): ASCII, whatever the locale. */
static uint8_t
lower(uint8_t octet)
{
	return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
}

static uint8_t *
write_label(uint8_t *to, const uint8_t *label, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t octet = lower(label[i]);

		if (octet <= ESCAPE) {
			*to++ = ESCAPE;
			octet++;
		}
		*to++ = octet;
	}
	*to++ = LABEL_END;
	return to;
}

int
zonekey_from_name(const uint8_t *name, size_t name_len, struct zonekey *key)
{
	uint8_t starts[LABELS_MAX];
	unsigned count = 0;
	uint8_t *to = key->octets;

	if (name_len > NAME_MAX_LEN)
		return ERROR_LIMIT;
	for (size_t at = 0; at < name_len; at += 1u + name[at]) {
		size_t len = name[at];

		if (len == 0 || len > LABEL_MAX_LEN || len >= name_len - at)
			return ERROR_FORMAT;
		starts[count++] = (uint8_t)at;
	}
	*to++ = APEX;
	while (count-- > 0) {
		const uint8_t *label = name + starts[count];

		to = write_label(to, label + 1, label[0]);
	}
	key->len = (size_t)(to - key->octets);
	return 0;
}

/*
 * Reads one label from `*from` on and moves behind it. Returns its length
 * (never 0), or ERROR_FORMAT.
 */
static int
read_label(
    const uint8_t **from, const uint8_t *end, uint8_t label[LABEL_MAX_LEN])
{
	const uint8_t *next = *from;
	int len = 0;

	while (next < end && *next != LABEL_END) {
		uint8_t octet = *next++;

		if (octet == ESCAPE) {
			if (next == end || (*next != 1 && *next != 2))
				return ERROR_FORMAT;
			octet = *next++ - 1;
		}
		if (len == LABEL_MAX_LEN || octet != lower(octet))
			return ERROR_FORMAT;
		label[len++] = octet;
	}
	if (next == end || len == 0)
		return ERROR_FORMAT;
	*from = next + 1;
	return len;
}

/* The labels come from the origin down and go before what is there. */
int
zonekey_to_name(const struct zonekey *key, uint8_t *name, size_t size)
{
	const uint8_t *from = key->octets + 1, *end = key->octets + key->len;
	uint8_t whole[NAME_MAX_LEN];
	size_t at = sizeof(whole);

	if (key->len == 0 || key->len > ZONEKEY_MAX || key->octets[0] != APEX)
		return ERROR_FORMAT;
	while (from < end) {
		uint8_t label[LABEL_MAX_LEN];
		int len = read_label(&from, end, label);

		if (len < 0)
			return len;
		if ((size_t)len + 1 > at)
			return ERROR_LIMIT;
		at -= (size_t)len + 1;
		whole[at] = (uint8_t)len;
		memcpy(whole + at + 1, label, (size_t)len);
	}
	if (sizeof(whole) - at > size)
		return ERROR_LIMIT;
	memcpy(name, whole + at, sizeof(whole) - at);
	return (int)(sizeof(whole) - at);
}

/* --- units ---------------------------------------------------------------- */

static void
add_label(struct zonekey *key, const char *label, size_t len)
{
	memcpy(key->octets + key->len, label, len);
	key->len += len;
	key->octets[key->len++] = LABEL_END;
}

void
zonekey_of_list(enum sublist list, struct zonekey *key)
{
	const char *label = sublists[list].label;

	zonekey_apex(key);
	if (label[0] != '\0')
		add_label(key, label, strlen(label));
}

static void
add_number(struct zonekey *key, uint8_t number)
{
	char digits[3];
	size_t len = 0;

	if (number >= 100)
		digits[len++] = (char)('0' + number / 100);
	if (number >= 10)
		digits[len++] = (char)('0' + number / 10 % 10);
	digits[len++] = (char)('0' + number % 10);
	add_label(key, digits, len);
}

static void
add_nibbles(struct zonekey *key, const struct ipaddr *address, unsigned count)
{
	static const char hex[16] = "0123456789abcdef";

	for (unsigned i = 0; i < count; i++) {
		unsigned octet = address->octets[i / 2];

		add_label(key, &hex[i % 2 == 0 ? octet >> 4 : octet & 15], 1);
	}
}

void
zonekey_of_unit(
    enum sublist list, const struct ipaddr *unit, struct zonekey *key)
{
	zonekey_of_list(list, key);
	if (ipaddr_is_ipv4(unit)) {
		for (unsigned i = 12; i < 16; i++)
			add_number(key, unit->octets[i]);
	} else {
		add_nibbles(key, unit, UNIT_NIBBLES);
		add_label(key, "*", 1);
	}
}

void
zonekey_of_mapped(
    enum sublist list, uint32_t ipv4_host_order, struct zonekey *key)
{
	struct ipaddr address = ipaddr_from_ipv4(ipv4_host_order);

	zonekey_of_list(list, key);
	add_nibbles(key, &address, ALL_NIBBLES);
}

/* --- and back ------------------------------------------------------------- */

struct label {
	const uint8_t *octets;
	size_t len;
};

/*
 * The labels as they lie in the key. Escapes are left alone: no label of a
 * unit has any. Returns how many there are, or `most` + 1.
 */
static unsigned
split(const uint8_t *octets, size_t len, struct label *labels, unsigned most)
{
	const uint8_t *end = octets + len;
	unsigned count = 0;

	while (octets < end) {
		const uint8_t *stop =
		    memchr(octets, LABEL_END, (size_t)(end - octets));

		if (stop == NULL || count == most)
			return most + 1;
		labels[count].octets = octets;
		labels[count++].len = (size_t)(stop - octets);
		octets = stop + 1;
	}
	return count;
}

static enum sublist
list_of(const struct label *label)
{
	for (int list = 0; list < SUBLIST_COUNT; list++) {
		const char *name = sublists[list].label;

		if (name[0] != '\0' && strlen(name) == label->len &&
		    memcmp(name, label->octets, label->len) == 0)
			return (enum sublist)list;
	}
	return SUBLIST_MAIN;
}

/* 0..255 as add_number writes it, or -1. */
static int
number_of(const struct label *label)
{
	int number = 0;

	if (label->len == 0 || label->len > 3 ||
	    (label->len > 1 && label->octets[0] == '0'))
		return -1;
	for (size_t i = 0; i < label->len; i++) {
		if (label->octets[i] < '0' || label->octets[i] > '9')
			return -1;
		number = number * 10 + (label->octets[i] - '0');
	}
	return number <= 255 ? number : -1;
}

static int
nibble_of(const struct label *label)
{
	uint8_t octet = label->len == 1 ? label->octets[0] : 0;

	if (octet >= '0' && octet <= '9')
		return octet - '0';
	return octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

static bool
ipv4_of(const struct label labels[IPV4_LABELS], struct ipaddr *unit)
{
	uint32_t address = 0;

	for (unsigned i = 0; i < IPV4_LABELS; i++) {
		int number = number_of(&labels[i]);

		if (number < 0)
			return false;
		address = address << 8 | (uint32_t)number;
	}
	*unit = ipaddr_from_ipv4(address);
	return true;
}

static bool
ipv6_of(const struct label labels[UNIT_NIBBLES + 1], struct ipaddr *unit)
{
	const struct label *last = &labels[UNIT_NIBBLES];
	struct ipaddr address = { { 0 } };

	if (last->len != 1 || last->octets[0] != '*')
		return false;
	for (unsigned i = 0; i < UNIT_NIBBLES; i++) {
		int nibble = nibble_of(&labels[i]);

		if (nibble < 0)
			return false;
		address.octets[i / 2] |=
		    (uint8_t)(i % 2 == 0 ? nibble << 4 : nibble);
	}
	*unit = address;
	return true;
}

bool
zonekey_unit(
    const uint8_t *octets, size_t len, enum sublist *list, struct ipaddr *unit)
{
	struct label labels[1 + UNIT_NIBBLES + 1];
	const struct label *first = labels;
	enum sublist found;
	unsigned count;

	if (len < 2 || octets[0] != APEX)
		return false;
	count = split(octets + 1, len - 1, labels, 1 + UNIT_NIBBLES + 1);
	if (count > 1 + UNIT_NIBBLES + 1)
		return false;
	found = list_of(first);
	if (found != SUBLIST_MAIN) {
		first++;
		count--;
	}
	if (count == IPV4_LABELS
		? !ipv4_of(first, unit)
		: count != UNIT_NIBBLES + 1 || !ipv6_of(first, unit))
		return false;
	*list = found;
	return true;
}
