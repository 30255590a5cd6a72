#ifndef COMMON_IPADDR_H
#define COMMON_IPADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * An IPv4 or IPv6 address. IPv4 is kept in its mapped form ::ffff:a.b.c.d, so
 * that every address is sixteen octets, equal addresses are equal octets, and
 * octet order is numeric order. An IPv4-mapped IPv6 address therefore *is* the
 * IPv4 address (RFC 4291 section 2.5.5.2).
 */
struct ipaddr {
	uint8_t octets[16];
};

/* An address range; `length` counts bits of the sixteen octets: 0..128. */
struct ipprefix {
	struct ipaddr address; /* host bits are zero */
	uint8_t length;
};

#define IPADDR_TEXT_MAX 46 /* INET6_ADDRSTRLEN */
#define IPPREFIX_TEXT_MAX 50

/*
 * Strict: the whole text is one address, dotted quad without leading zeros or
 * any spelling of IPv6 (RFC 4291 section 2.2); a zone index, brackets, spaces
 * are refused. Returns 0, or ERROR_FORMAT and leaves *address alone.
 */
int ipaddr_parse(const char *text, struct ipaddr *address);
int ipaddr_parse_n(const char *text, size_t len, struct ipaddr *address);

/* Canonical text: dotted quad, or RFC 5952. Returns `text`. */
char *ipaddr_format(const struct ipaddr *address, char text[IPADDR_TEXT_MAX]);

struct ipaddr ipaddr_from_ipv4(uint32_t host_order);
uint32_t ipaddr_to_ipv4(const struct ipaddr *address); /* host order */

/* 0, or -EAFNOSUPPORT for anything but AF_INET and AF_INET6. */
int ipaddr_from_sockaddr(const struct sockaddr *sa, struct ipaddr *address);

bool ipaddr_is_ipv4(const struct ipaddr *address);
bool ipaddr_equal(const struct ipaddr *a, const struct ipaddr *b);
int ipaddr_compare(const struct ipaddr *a, const struct ipaddr *b);

/* To the one behind it; false, and 0: it was the last there can be. */
bool ipaddr_step(struct ipaddr *address);

/* The address with all but its first `length` of 128 bits zero. */
struct ipaddr ipaddr_masked(const struct ipaddr *address, unsigned length);

/*
 * "192.0.2.0/24", "2001:db8::/32" or a bare address (/32, /128). Host bits
 * must be zero. Returns 0 or ERROR_FORMAT.
 */
int ipprefix_parse(const char *text, struct ipprefix *prefix);
char *ipprefix_format(
    const struct ipprefix *prefix, char text[IPPREFIX_TEXT_MAX]);

/*
 * IPv4 addresses lie in IPv4 prefixes alone: "::/0" means every IPv6 address,
 * whatever the mapped form would say.
 */
bool ipprefix_contains(
    const struct ipprefix *prefix, const struct ipaddr *address);

/* A prefix of IPv4 addresses alone. */
bool ipprefix_is_ipv4(const struct ipprefix *prefix);

/*
 * The network that an address lies in: the first so many of the 32 bits of an
 * IPv4 address, or of the 128 of an IPv6 address.
 */
struct ipprefix ipaddr_network(
    const struct ipaddr *address, uint8_t ipv4_bits, uint8_t ipv6_bits);

#endif
