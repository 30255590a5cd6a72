#ifndef DNSD_DNS_H
#define DNSD_DNS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The numbers of the protocol that dnsd speaks of, by the words of the IANA
 * registries.
 */

#define DNS_HEADER_LEN 12 /* RFC 1035 section 4.1.1 */
#define DNS_NAME_MAX 255  /* octets, the root's among them; section 2.3.4 */
#define DNS_LABEL_MAX 63
#define DNS_LABELS_MAX 127 /* of one octet each, and the root */
#define DNS_MESSAGE_MAX 65535

/* The second pair of octets of a header. */
#define DNS_FLAG_QR 0x8000
#define DNS_FLAG_AA 0x0400
#define DNS_FLAG_TC 0x0200
#define DNS_FLAG_RD 0x0100
#define DNS_OPCODE_SHIFT 11
#define DNS_OPCODE_MASK 0x0f

#define DNS_POINTER 0xc000 /* section 4.1.4 */

enum dns_opcode { DNS_OPCODE_QUERY = 0, DNS_OPCODE_NOTIFY = 4 };

enum dns_rcode {
	DNS_RCODE_NOERROR = 0,
	DNS_RCODE_FORMERR = 1,
	DNS_RCODE_SERVFAIL = 2,
	DNS_RCODE_NXDOMAIN = 3,
	DNS_RCODE_NOTIMP = 4,
	DNS_RCODE_REFUSED = 5,
	DNS_RCODE_NOTAUTH = 9,
	/* Of twelve bits, eight of them in the OPT record. */
	DNS_RCODE_BADVERS = 16,	 /* RFC 6891 section 9 */
	DNS_RCODE_BADCOOKIE = 23 /* RFC 7873 section 8 */
};

enum dns_type {
	DNS_TYPE_A = 1,
	DNS_TYPE_NS = 2,
	DNS_TYPE_SOA = 6,
	DNS_TYPE_TXT = 16,
	DNS_TYPE_AAAA = 28,
	DNS_TYPE_OPT = 41,
	DNS_TYPE_TSIG = 250,
	DNS_TYPE_IXFR = 251,
	DNS_TYPE_AXFR = 252,
	DNS_TYPE_ANY = 255
};

enum dns_class { DNS_CLASS_IN = 1, DNS_CLASS_CHAOS = 3, DNS_CLASS_ANY = 255 };

/* EDNS options, and the flags in an OPT record's TTL. */
enum edns_option {
	EDNS_OPTION_NSID = 3,	    /* RFC 5001 */
	EDNS_OPTION_COOKIE = 10,    /* RFC 7873 */
	EDNS_OPTION_KEEPALIVE = 11, /* RFC 7828 */
	EDNS_OPTION_ERROR = 15	    /* RFC 8914 */
};
#define EDNS_FLAG_DO 0x8000
#define EDNS_VERSION 0 /* the only one there is */

/* Without OPT, and what less is taken for (RFC 6891 section 6.2.3). */
#define DNS_UDP_MIN 512

/* Extended errors (RFC 8914 section 4). */
enum dns_error {
	DNS_ERROR_NONE = -1,
	DNS_ERROR_NOT_READY = 14,
	DNS_ERROR_PROHIBITED = 18,
	DNS_ERROR_NOT_AUTHORITATIVE = 20,
	DNS_ERROR_NOT_SUPPORTED = 21
};

/* What a TSIG record says of itself in an answer (RFC 8945 section 3). */
enum tsig_error {
	TSIG_ERROR_NONE = 0,
	TSIG_ERROR_BADSIG = 16,
	TSIG_ERROR_BADKEY = 17,
	TSIG_ERROR_BADTIME = 18,
	TSIG_ERROR_BADTRUNC = 22
};

static inline void
dns_store_u16(uint8_t *to, uint16_t value)
{
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
}

static inline void
dns_store_u32(uint8_t *to, uint32_t value)
{
	dns_store_u16(to, (uint16_t)(value >> 16));
	dns_store_u16(to + 2, (uint16_t)value);
}

static inline uint16_t
dns_load_u16(const uint8_t *from)
{
	return (uint16_t)(from[0] << 8 | from[1]);
}

#endif
