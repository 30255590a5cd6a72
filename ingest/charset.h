#ifndef INGEST_CHARSET_H
#define INGEST_CHARSET_H

#include <stddef.h>

/*
 * Octets in any charset -> UTF-8. Mail lies about its charset, or is silent:
 * then the octets themselves decide.
 */

/*
 * The charset that undeclared octets are most likely in: "UTF-8",
 * "ISO-2022-JP", "EUC-JP", "SHIFT_JIS", "GB18030", "BIG5", "EUC-KR",
 * "KOI8-R", "WINDOWS-1251", "ISO-8859-2", "WINDOWS-1252" ... never NULL.
 */
const char *charset_guess(const char *octets, size_t len);

/*
 * Writes at most size - 1 octets of UTF-8 and a NUL to `out`; returns the
 * length. `charset` (as a message names it, or NULL) is believed unless it is
 * unknown, or the octets contradict it: then they are guessed. Octets that fit
 * nowhere are left out.
 */
size_t charset_to_utf8(const char *charset, const char *octets, size_t len,
    char *out, size_t size);

#endif
