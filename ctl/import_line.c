#include "ctl/import_line.h"

#include <string.h>

#include "common/ipaddr.h"

#define WORDS_MAX 8 /* of an IPv6 address */
#define WORD_BITS 16
#define NETWORK_BITS 64 /* IPv6 is listed by /64 */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* What is read and where it ends. */
struct text {
	const char *next, *end;
};

static bool
take(struct text *text, char c)
{
	if (text->next == text->end || *text->next != c)
		return false;
	text->next++;
	return true;
}

/* Decimal, at most `most`, no leading zero; -1 when there is none. */
static int
take_number(struct text *text, int most)
{
	const char *start = text->next;
	int number = 0;

	while (text->next < text->end && *text->next >= '0' &&
	       *text->next <= '9') {
		number = number * 10 + (*text->next++ - '0');
		if (number > most)
			return -1;
	}
	if (text->next == start || (*start == '0' && text->next - start > 1))
		return -1;
	return number;
}

/* --- IPv4 ----------------------------------------------------------------- */

/* The first octets of an address. */
struct octets4 {
	uint32_t value; /* high octets first, the missing ones zero */
	int count;	/* 1..4; 0 when it is no such thing */
};

static struct octets4
take_octets(struct text *text)
{
	struct octets4 octets = { 0, 0 };

	do {
		int number = octets.count < 4 ? take_number(text, 255) : -1;

		if (number < 0)
			return (struct octets4){ 0, 0 };
		octets.value |= (uint32_t)number << (24 - 8 * octets.count);
		octets.count++;
	} while (take(text, '.'));
	return octets;
}

/* As many low bits as `count` octets leave open. */
static uint32_t
open_bits(int count)
{
	return count == 4 ? 0 : UINT32_MAX >> (8 * count);
}

/* 192.0.2/24, of any number of octets. */
static const char *
read_mask4(
    struct text *text, const struct octets4 *octets, struct import_line *line)
{
	int bits = take_number(text, 32);
	uint32_t open;

	if (bits < 0)
		return "is no prefix";
	open = bits == 0 ? UINT32_MAX
			 : (uint32_t)(((uint64_t)1 << (32 - bits)) - 1);
	if ((octets->value & open) != 0)
		return "has bits set behind its prefix";
	line->range.last = octets->value | open;
	return NULL;
}

/*
 * 192.0.2.1-192.0.2.9, 192.0.2-192.0.3, and 192.0.2.1-9, where the one octet
 * stands for the last that was written.
 */
static const char *
read_end4(
    struct text *text, const struct octets4 *octets, struct import_line *line)
{
	struct octets4 end = take_octets(text);

	if (end.count == 0)
		return "is no range";
	if (end.count == 1 && octets->count > 1) {
		uint32_t written = ~open_bits(octets->count);
		uint32_t last = (uint32_t)0xff << (32 - 8 * octets->count);

		end.value = (octets->value & written & ~last) |
			    end.value >> (8 * (octets->count - 1));
		end.count = octets->count;
	}
	line->range.last = end.value | open_bits(end.count);
	return line->range.last >= line->range.first ? NULL
						     : "is a range backwards";
}

static const char *
read_ipv4(struct text *text, struct import_line *line)
{
	struct octets4 octets = take_octets(text);

	if (octets.count == 0)
		return "is no address";
	line->range.first = octets.value;
	line->range.last = octets.value | open_bits(octets.count);
	if (take(text, '/'))
		return read_mask4(text, &octets, line);
	if (take(text, '-'))
		return read_end4(text, &octets, line);
	return NULL;
}

/* --- IPv6 ----------------------------------------------------------------- */

static uint64_t
network_of(const struct ipaddr *address)
{
	uint64_t network = 0;

	for (int i = 0; i < 8; i++)
		network = network << 8 | address->octets[i];
	return network;
}

/*
 * An address, or its first words: rbldnsd leaves the zeros at the end away.
 * Returns how many bits were written, or -1.
 */
static int
parse_words(const char *text, size_t len, struct ipaddr *address)
{
	char padded[IPADDR_TEXT_MAX + 2];
	int words = 1;

	if (ipaddr_parse_n(text, len, address) == 0)
		return 128;
	for (size_t i = 0; i < len; i++)
		words += text[i] == ':';
	if (len == 0 || len >= IPADDR_TEXT_MAX || words >= WORDS_MAX ||
	    memmem(text, len, "::", 2) != NULL)
		return -1;
	memcpy(padded, text, len);
	memcpy(padded + len, "::", 2);
	if (ipaddr_parse_n(padded, len + 2, address) != 0)
		return -1;
	return words * WORD_BITS;
}

static bool
is_ipv6_octet(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

static const char *
read_ipv6(struct text *text, struct import_line *line)
{
	const char *start = text->next;
	struct ipaddr address, masked;
	int bits;

	while (text->next < text->end && is_ipv6_octet(*text->next))
		text->next++;
	bits = parse_words(start, (size_t)(text->next - start), &address);
	if (bits < 0)
		return "is no address";
	if (ipaddr_is_ipv4(&address)) {
		line->ipv6 = false;
		line->range.first = ipaddr_to_ipv4(&address);
		line->range.last = line->range.first;
		return NULL;
	}
	if (take(text, '/')) {
		bits = take_number(text, 128);
		if (bits < 0)
			return "is no prefix";
	}
	masked = ipaddr_masked(&address, (unsigned)bits);
	if (!ipaddr_equal(&masked, &address))
		return "has bits set behind its prefix";
	line->range.first = network_of(&address);
	line->range.last = line->range.first;
	if (bits == 0)
		line->range.last = UINT64_MAX;
	else if (bits < NETWORK_BITS)
		line->range.last |= UINT64_MAX >> bits;
	return NULL;
}

/* --- lines ---------------------------------------------------------------- */

static const char *
check_size(const struct import_line *line)
{
	if (line->kind == IMPORT_EXCLUSION)
		return NULL;
	if (line->ipv6 && line->range.first != line->range.last)
		return "is more than an IPv6 /64";
	if (!line->ipv6 &&
	    line->range.last - line->range.first >= IMPORT_RANGE_MAX)
		return "is more than 256 addresses";
	return NULL;
}

/* The range; behind it, after a space, stand values and comments. */
static const char *
read_range(struct text *text, struct import_line *line)
{
	size_t word = 0;
	const char *wrong;

	while (text->next + word < text->end && !is_blank(text->next[word]))
		word++;
	line->ipv6 = memchr(text->next, ':', word) != NULL;
	wrong = line->ipv6 ? read_ipv6(text, line) : read_ipv4(text, line);
	if (wrong == NULL && text->next < text->end && !is_blank(*text->next) &&
	    *text->next != '#' && *text->next != ';')
		wrong = "has something behind the address";
	return wrong != NULL ? wrong : check_size(line);
}

static enum import_line_kind
kind_of(const struct text *text)
{
	size_t len = (size_t)(text->end - text->next);
	char first = len > 0 ? text->next[0] : '\0';

	if (len == 0)
		return IMPORT_BLANK;
	if (first == '$' ||
	    (len > 1 && strchr("#;:", first) != NULL && text->next[1] == '$'))
		return IMPORT_DIRECTIVE;
	if (first == '#' || first == ';')
		return IMPORT_BLANK;
	if (first == '!')
		return IMPORT_EXCLUSION;
	/* No address begins with a single colon. */
	if (first == ':' && (len == 1 || text->next[1] != ':'))
		return IMPORT_DEFAULT;
	return IMPORT_ENTRY;
}

void
import_line_parse(const char *line_text, size_t len, struct import_line *line)
{
	struct text text = { line_text, line_text + len };

	*line = (struct import_line){ .kind = IMPORT_WRONG };
	if (memchr(line_text, '\0', len) != NULL) {
		line->wrong = "has an octet that is no text";
		return;
	}
	while (text.end > text.next &&
	       (is_blank(text.end[-1]) || text.end[-1] == '\r'))
		text.end--;
	while (text.next < text.end && is_blank(*text.next))
		text.next++;
	line->kind = kind_of(&text);
	if (line->kind == IMPORT_EXCLUSION) {
		text.next++;
		while (text.next < text.end && is_blank(*text.next))
			text.next++;
	}
	if (line->kind == IMPORT_ENTRY || line->kind == IMPORT_EXCLUSION)
		line->wrong = read_range(&text, line);
	if (line->wrong != NULL)
		line->kind = IMPORT_WRONG;
}
