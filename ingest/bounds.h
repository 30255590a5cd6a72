#ifndef INGEST_BOUNDS_H
#define INGEST_BOUNDS_H

#include <stddef.h>
#include <stdint.h>

/*
 * What of a message is looked at: its first octets. Line ends become LF where
 * they were CR; blank lines and an mbox "From " line before the header are
 * passed over.
 */

/* A bounce says what it is before it returns the original. */
#define BOUNDS_OCTETS_MAX (128u << 10)

/* Copies to `out` (room for BOUNDS_OCTETS_MAX); returns the length. */
size_t bounds_copy(const uint8_t *octets, size_t len, uint8_t *out);

#endif
