#ifndef HTTPAPI_ORIGIN_H
#define HTTPAPI_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>

#include "httpapi/fields.h"

/*
 * Does the request come from a page of another site, which somebody has open in
 * a browser? Such a page may post what it likes from where that browser is. Who
 * asks from an address has rights by that alone, so they would be the page's.
 *
 * The browser says so by Sec-Fetch-Site (W3C Fetch Metadata), or, where that is
 * not told, as over plain http, by an Origin that is not the Host asked for
 * (RFC 6454 section 7). Programs send neither. Pure.
 */
bool origin_is_foreign(const struct field *fields, size_t count);

#endif
