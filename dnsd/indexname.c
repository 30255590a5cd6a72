#include "dnsd/indexname.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#define ADDRESS_OCTETS 4
#define UNIT_NIBBLES 16
#define ALL_NIBBLES 32

/* A label, wherever it lies. */
struct label {
	const uint8_t *octets;
	size_t len;
};

static uint8_t
lower(uint8_t octet)
{
	return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
}

/* The list of that name, or the main one. */
static enum sublist
list_of(struct label label)
{
	for (int list = SUBLIST_MAIN + 1; list < SUBLIST_COUNT; list++) {
		const char *name = sublists[list].label;
		size_t i = 0;

		while (i < label.len && name[i] != '\0' &&
		       lower(label.octets[i]) == (uint8_t)name[i])
			i++;
		if (i == label.len && name[i] == '\0')
			return (enum sublist)list;
	}
	return SUBLIST_MAIN;
}

/* Its value, or a negative number. */
static int
nibble_of(struct label label)
{
	uint8_t octet = label.len == 1 ? lower(label.octets[0]) : 0;

	if (octet >= '0' && octet <= '9')
		return octet - '0';
	return octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

/* 0 to 255 without leading zeros, or a negative number. */
static int
number_of(struct label label)
{
	int number = 0;

	if (label.len == 0 || label.len > 3 ||
	    (label.len > 1 && label.octets[0] == '0'))
		return -1;
	for (size_t i = 0; i < label.len; i++) {
		if (label.octets[i] < '0' || label.octets[i] > '9')
			return -1;
		number = 10 * number + (label.octets[i] - '0');
	}
	return number <= 255 ? number : -1;
}

static bool
is_star(struct label label)
{
	return label.len == 1 && label.octets[0] == '*';
}

/* --- keys ----------------------------------------------------------------- */

/* A key's labels from the origin down; one more than any unit has. */
#define KEY_LABELS_MAX (1 + ALL_NIBBLES + 1)

/* How many there are, KEY_LABELS_MAX for so many or more. */
static unsigned
split(const uint8_t *octets, size_t len, struct label labels[KEY_LABELS_MAX])
{
	const uint8_t *end = octets + len;
	unsigned count = 0;

	/* Behind the octet of the apex each label ends in a zero. */
	for (octets++; octets < end && count < KEY_LABELS_MAX; octets++) {
		labels[count].octets = octets;
		while (octets < end && *octets != 0)
			octets++;
		labels[count].len = (size_t)(octets - labels[count].octets);
		count++;
	}
	return count;
}

static bool
read_address(const struct label *labels, unsigned count, uint32_t *ipv4)
{
	*ipv4 = 0;
	if (count != ADDRESS_OCTETS)
		return false;
	for (unsigned i = 0; i < ADDRESS_OCTETS; i++) {
		int number = number_of(labels[i]);

		if (number < 0)
			return false;
		*ipv4 = *ipv4 << 8 | (uint32_t)number;
	}
	return true;
}

static bool
read_nibbles(const struct label *labels, unsigned count, uint64_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < count; i++) {
		int nibble = nibble_of(labels[i]);

		if (nibble < 0)
			return false;
		*value = *value << 4 | (uint64_t)nibble;
	}
	return true;
}

/* Units, where ::/64 is left to the test entries. */
static bool
is_unit(const struct label *labels, unsigned count, uint64_t *unit)
{
	return count == UNIT_NIBBLES + 1 && is_star(labels[UNIT_NIBBLES]) &&
	       read_nibbles(labels, UNIT_NIBBLES, unit) && *unit != 0;
}

/* ::ffff:7f00:0 to ::ffff:7f00:f. */
static bool
is_mapped(const struct label *labels, unsigned count, unsigned *mapped)
{
	uint64_t upper, rest;

	if (count != ALL_NIBBLES ||
	    !read_nibbles(labels, UNIT_NIBBLES, &upper) || upper != 0 ||
	    !read_nibbles(labels + UNIT_NIBBLES, UNIT_NIBBLES, &rest) ||
	    rest >> 4 != UINT64_C(0xffff7f00000))
		return false;
	*mapped = rest & 0xf;
	return true;
}

/*
 * A name whose first label is no number stands beside every address, and one
 * that begins with a nibble (a name server called "a") beside every unit when
 * nothing is below it.
 */
static bool
is_aside(const struct label *labels, unsigned count)
{
	if (count == 0)
		return true;
	return number_of(labels[0]) < 0 && !is_star(labels[0]) &&
	       (nibble_of(labels[0]) < 0 || count == 1);
}

enum indexname_kind
indexname_of_key(const uint8_t *octets, size_t len, struct indexname *name)
{
	struct label all[KEY_LABELS_MAX], *labels = all;
	unsigned count = split(octets, len, all);

	name->list = count > 0 ? list_of(all[0]) : SUBLIST_MAIN;
	if (name->list != SUBLIST_MAIN) {
		labels++;
		count--;
	}
	name->octets = ADDRESS_OCTETS;
	if (read_address(labels, count, &name->ipv4))
		return INDEXNAME_IPV4;
	if (is_unit(labels, count, &name->unit))
		return INDEXNAME_UNIT;
	if (is_mapped(labels, count, &name->mapped))
		return INDEXNAME_MAPPED;
	return is_aside(labels, count) ? INDEXNAME_ASIDE : INDEXNAME_STRANGE;
}

/* --- questions ------------------------------------------------------------ */

static struct label
label_at(const uint8_t *name, uint8_t at)
{
	return (struct label){ name + at + 1, name[at] };
}

/*
 * number_of() without a branch that depends on the digits: what addresses
 * strangers ask for is beyond prediction. Reads four octets behind any label's
 * length; the digits are moved to the upper end, so that the last is a one.
 */
static bool
add_number(const uint8_t *label, unsigned shift, uint32_t *ipv4)
{
	/* Of so many digits: none begins with a zero. */
	static const struct {
		uint8_t unused_bits, least, span;
	} forms[4] = { { 0, 0, 0 }, { 24, 0, 9 }, { 16, 10, 89 },
		{ 8, 100, 155 } };
	unsigned len = label[0] & 3;
	uint32_t digits, number, wrong;

	memcpy(&digits, label + 1, sizeof(digits));
	digits = (le32toh(digits) ^ 0x30303030) << forms[len].unused_bits;
	number = (digits >> 8 & 0xff) * 100 + (digits >> 16 & 0xff) * 10 +
		 (digits >> 24);
	/* Of a digit, 0 to 9, this reaches no octet's highest bit. */
	wrong = (digits | (digits + 0x76767676)) & 0x80808080;
	wrong |=
	    (label[0] != len) | (number - forms[len].least > forms[len].span);
	*ipv4 |= number << shift;
	return wrong == 0;
}

/* One to four numbers, the last octet's first. */
static bool
read_reversed(
    const uint8_t *name, const uint8_t *labels, unsigned count, uint32_t *ipv4)
{
	unsigned shift = 8 * (ADDRESS_OCTETS - count);
	bool right = true;

	*ipv4 = 0;
	for (unsigned i = 0; i < count; i++, shift += 8)
		right &= add_number(name + labels[i], shift, ipv4);
	return right;
}

/* Nibbles, of which the last sixteen are the unit. */
static bool
read_reversed_nibbles(
    const uint8_t *name, const uint8_t *labels, unsigned count, uint64_t *unit)
{
	*unit = 0;
	for (unsigned i = 0; i < count; i++) {
		int nibble = nibble_of(label_at(name, labels[i]));

		if (nibble < 0)
			return false;
		*unit = *unit >> 4 | (uint64_t)nibble << 60;
	}
	return true;
}

enum indexname_kind
indexname_of_question(const uint8_t *name, const uint8_t *labels,
    unsigned count, struct indexname *to)
{
	to->list = SUBLIST_MAIN;
	if (count == ADDRESS_OCTETS &&
	    read_reversed(name, labels, count, &to->ipv4)) {
		to->octets = count;
		return INDEXNAME_IPV4;
	}
	if (count > 0)
		to->list = list_of(label_at(name, labels[count - 1]));
	if (to->list != SUBLIST_MAIN)
		count--;
	if (count > UNIT_NIBBLES && count <= ALL_NIBBLES &&
	    read_reversed_nibbles(name, labels, count, &to->unit))
		return INDEXNAME_UNIT;
	if (count == 0 || count > ADDRESS_OCTETS ||
	    !read_reversed(name, labels, count, &to->ipv4))
		return INDEXNAME_STRANGE;
	to->octets = count;
	return INDEXNAME_IPV4;
}
