#ifndef HTTPAPI_PERCENT_H
#define HTTPAPI_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Undoes percent-encoding (RFC 3986 section 2.1), with `plus_is_space` as
 * forms write it. '%' without two hexadecimal digits, and a NUL, are
 * ERROR_FORMAT: no text of ours holds one. More than `size` octets with the
 * final NUL are ERROR_LIMIT. `out` is valid only after 0.
 */
int percent_decode(
    const char *text, size_t len, bool plus_is_space, char *out, size_t size);

#endif
