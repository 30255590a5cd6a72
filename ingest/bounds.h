#ifndef INGEST_BOUNDS_H
#define INGEST_BOUNDS_H

#include <stddef.h>
#include <stdint.h>

/*
 * What of a message is handed to the MIME parser. Its time grows with lines,
 * fields and parts, and with the depth of their nesting; so these are bounded
 * before it sees them. Line ends become LF where they were CR; blank lines and
 * an mbox "From " line before the header are passed over.
 */

/* A bounce says what it is before it returns the original. */
#define BOUNDS_OCTETS_MAX (128u << 10)
/* The parser needs about a microsecond for a header field. */
#define BOUNDS_LINES_MAX 8192
#define BOUNDS_HEADER_MAX (64u << 10)
/* Lines that may be MIME boundaries, each a part of two microseconds. */
#define BOUNDS_DASHED_MAX 1024
/* Content-Type fields, without which nothing nests. */
#define BOUNDS_TYPES_MAX 128
/* Lines that may be fields of addresses, for each of which the parser goes
 * through all addresses that it has. */
#define BOUNDS_ADDRESSES_MAX 512

/* Copies to `out` (room for BOUNDS_OCTETS_MAX); returns the length. */
size_t bounds_copy(const uint8_t *octets, size_t len, uint8_t *out);

#endif
