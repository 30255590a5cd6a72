#include "common/ipaddr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"

/* Where IPv4 begins: the length of ::ffff:0:0/96 (RFC 4291 2.5.5.2). */
#define MAPPED_BITS 96
#define MAPPED_OCTETS 12
#define GROUPS 8

static const uint8_t mapped[MAPPED_OCTETS] = { [10] = 0xff, [11] = 0xff };

static struct ipaddr
from_ipv4_octets(const void *octets)
{
	struct ipaddr address;

	memcpy(address.octets, mapped, MAPPED_OCTETS);
	memcpy(address.octets + MAPPED_OCTETS, octets, 4);
	return address;
}

/* Decimal without leading zeros; NULL: it is none, or behind it. */
static const char *
parse_octet(const char *text, uint8_t *octet)
{
	unsigned value = 0;
	int len = 0;

	for (; len < 3 && text[len] >= '0' && text[len] <= '9'; len++)
		value = value * 10 + (unsigned)(text[len] - '0');
	if (len == 0 || value > 255 || (len > 1 && text[0] == '0'))
		return NULL;
	*octet = (uint8_t)value;
	return text + len;
}

/* By hand as well: nearly every request and record has one. */
static bool
parse_ipv4(const char *text, uint8_t octets[4])
{
	for (int i = 0; i < 4; i++) {
		text = parse_octet(text, &octets[i]);
		if (text == NULL || *text != (i < 3 ? '.' : '\0'))
			return false;
		text++;
	}
	return true;
}

int
ipaddr_parse(const char *text, struct ipaddr *address)
{
	struct in6_addr ipv6;
	uint8_t quad[4];

	if (parse_ipv4(text, quad)) {
		*address = from_ipv4_octets(quad);
		return 0;
	}
	if (inet_pton(AF_INET6, text, &ipv6) == 1) {
		memcpy(address->octets, &ipv6, sizeof(address->octets));
		return 0;
	}
	return ERROR_FORMAT;
}

int
ipaddr_parse_n(const char *text, size_t len, struct ipaddr *address)
{
	char copy[IPADDR_TEXT_MAX];

	if (len >= sizeof(copy) || memchr(text, '\0', len) != NULL)
		return ERROR_FORMAT;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return ipaddr_parse(copy, address);
}

static unsigned
group_of(const struct ipaddr *address, size_t i)
{
	return (unsigned)address->octets[2 * i] << 8 |
	       address->octets[2 * i + 1];
}

/*
 * The longest run of zero groups, the first of equals, none when it would be
 * a single group (RFC 5952 section 4.2).
 */
static size_t
longest_zeros(const struct ipaddr *address, size_t *start)
{
	size_t best = 0;

	for (size_t i = 0; i < GROUPS; i++) {
		size_t end = i;

		while (end < GROUPS && group_of(address, end) == 0)
			end++;
		if (end - i > best) {
			best = end - i;
			*start = i;
		}
	}
	return best >= 2 ? best : 0;
}

/*
 * Not inet_ntop(), which writes ::1:2 as ::0.1.0.2: dotted form is for mapped
 * addresses alone.
 */
static void
format_ipv6(const struct ipaddr *address, char text[IPADDR_TEXT_MAX])
{
	size_t start = GROUPS;
	size_t zeros = longest_zeros(address, &start);
	char *to = text;

	for (size_t i = 0; i < GROUPS; i++) {
		if (zeros > 0 && i == start) {
			*to++ = ':';
			i += zeros - 1;
			if (i == GROUPS - 1)
				*to++ = ':';
			continue;
		}
		to +=
		    sprintf(to, "%s%x", i > 0 ? ":" : "", group_of(address, i));
	}
	*to = '\0';
}

/* By hand: every answer of every program has one. */
static void
format_ipv4(const uint8_t octets[4], char *text)
{
	for (int i = 0; i < 4; i++) {
		unsigned octet = octets[i];

		if (octet >= 100)
			*text++ = (char)('0' + octet / 100);
		if (octet >= 10)
			*text++ = (char)('0' + octet / 10 % 10);
		*text++ = (char)('0' + octet % 10);
		*text++ = i < 3 ? '.' : '\0';
	}
}

char *
ipaddr_format(const struct ipaddr *address, char text[IPADDR_TEXT_MAX])
{
	if (ipaddr_is_ipv4(address))
		format_ipv4(address->octets + MAPPED_OCTETS, text);
	else
		format_ipv6(address, text);
	return text;
}

struct ipaddr
ipaddr_from_ipv4(uint32_t host_order)
{
	uint32_t octets = htonl(host_order);

	return from_ipv4_octets(&octets);
}

uint32_t
ipaddr_to_ipv4(const struct ipaddr *address)
{
	uint32_t octets;

	memcpy(&octets, address->octets + MAPPED_OCTETS, sizeof(octets));
	return ntohl(octets);
}

int
ipaddr_from_sockaddr(const struct sockaddr *sa, struct ipaddr *address)
{
	switch (sa->sa_family) {
	case AF_INET:
		*address = from_ipv4_octets(
		    &((const struct sockaddr_in *)(const void *)sa)->sin_addr);
		return 0;
	case AF_INET6:
		memcpy(address->octets,
		    &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr,
		    sizeof(address->octets));
		return 0;
	default:
		return -EAFNOSUPPORT;
	}
}

bool
ipaddr_is_ipv4(const struct ipaddr *address)
{
	return memcmp(address->octets, mapped, MAPPED_OCTETS) == 0;
}

bool
ipaddr_equal(const struct ipaddr *a, const struct ipaddr *b)
{
	return ipaddr_compare(a, b) == 0;
}

int
ipaddr_compare(const struct ipaddr *a, const struct ipaddr *b)
{
	return memcmp(a->octets, b->octets, sizeof(a->octets));
}

bool
ipaddr_step(struct ipaddr *address)
{
	for (size_t i = sizeof(address->octets); i-- > 0;) {
		if (++address->octets[i] != 0)
			return true;
	}
	return false;
}

struct ipaddr
ipaddr_masked(const struct ipaddr *address, unsigned length)
{
	struct ipaddr masked = *address;

	for (unsigned i = length / 8; i < sizeof(masked.octets); i++) {
		unsigned kept = i == length / 8 ? length % 8 : 0;

		masked.octets[i] &= (uint8_t)(0xff00 >> kept);
	}
	return masked;
}

/* Decimal without leading zeros, at most `most`; -1 for anything else. */
static int
parse_length(const char *text, int most)
{
	size_t len = strspn(text, "0123456789");
	int value = 0;

	if (len == 0 || len > 3 || text[len] != '\0' ||
	    (len > 1 && text[0] == '0'))
		return -1;
	while (*text != '\0')
		value = value * 10 + (*text++ - '0');
	return value <= most ? value : -1;
}

int
ipprefix_parse(const char *text, struct ipprefix *prefix)
{
	const char *slash = strchrnul(text, '/');
	bool quad = memchr(text, ':', (size_t)(slash - text)) == NULL;
	struct ipaddr address, masked;
	int length = quad ? 32 : 128;

	if (ipaddr_parse_n(text, (size_t)(slash - text), &address) != 0)
		return ERROR_FORMAT;
	if (*slash == '/')
		length = parse_length(slash + 1, length);
	if (length < 0)
		return ERROR_FORMAT;
	if (quad)
		length += MAPPED_BITS;
	masked = ipaddr_masked(&address, (unsigned)length);
	if (!ipaddr_equal(&masked, &address))
		return ERROR_FORMAT;
	prefix->address = address;
	prefix->length = (uint8_t)length;
	return 0;
}

char *
ipprefix_format(const struct ipprefix *prefix, char text[IPPREFIX_TEXT_MAX])
{
	char address[IPADDR_TEXT_MAX];
	unsigned implied = ipprefix_is_ipv4(prefix) ? MAPPED_BITS : 0;

	snprintf(text, IPPREFIX_TEXT_MAX, "%s/%u",
	    ipaddr_format(&prefix->address, address), prefix->length - implied);
	return text;
}

bool
ipprefix_contains(const struct ipprefix *prefix, const struct ipaddr *address)
{
	struct ipaddr masked = ipaddr_masked(address, prefix->length);

	if (prefix->length < MAPPED_BITS && ipaddr_is_ipv4(address))
		return false;
	return ipaddr_equal(&masked, &prefix->address);
}

bool
ipprefix_is_ipv4(const struct ipprefix *prefix)
{
	return ipaddr_is_ipv4(&prefix->address) &&
	       prefix->length >= MAPPED_BITS;
}

struct ipprefix
ipaddr_network(
    const struct ipaddr *address, uint8_t ipv4_bits, uint8_t ipv6_bits)
{
	struct ipprefix network = { .length = ipv6_bits };

	if (ipaddr_is_ipv4(address))
		network.length = (uint8_t)(MAPPED_BITS + ipv4_bits);
	network.address = ipaddr_masked(address, network.length);
	return network;
}
