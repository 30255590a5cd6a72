#ifndef HTTPAPI_COOKIE_H
#define HTTPAPI_COOKIE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * One cookie of the field Cookie (RFC 6265 section 4.2.1): "a=1; b=2", with
 * NULL for a field that was not sent. The first of that name; names differ by
 * case. False, and "" in `value`, where there is none or `size` octets do not
 * hold it with a NUL. Pure.
 */
bool cookie_read(
    const char *cookies, const char *name, char *value, size_t size);

#endif
