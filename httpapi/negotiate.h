#ifndef HTTPAPI_NEGOTIATE_H
#define HTTPAPI_NEGOTIATE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a client says about the answer it wants: pure functions on field
 * values, with NULL for a field that was not sent.
 */

/*
 * The best of `offers` (media types such as "text/plain", the server's
 * favourite first) by Accept: highest weight, ties to the earlier offer (RFC
 * 9110 section 12.5.1). Returns its index, or -1 when none is acceptable.
 */
int negotiate_type(
    const char *accept, const char *const offers[], size_t count);

/*
 * The same of languages by Accept-Language: "de-AT" is served by "de" (RFC
 * 4647 section 3.4). -1 when the field names none of them.
 */
int negotiate_language(
    const char *accept, const char *const tags[], size_t count);

/* Is `type` the media type of a Content-Type, whatever its parameters? */
bool negotiate_is_type(const char *content_type, const char *type);

/* May the answer be packed by gzip? Accept-Encoding, RFC 9110 section 12.5.3 */
bool negotiate_gzip(const char *accept_encoding);

/* Does If-None-Match name `etag` (with its quotes)? RFC 9110 section 13.1.2 */
bool negotiate_etag_matches(const char *if_none_match, const char *etag);

/*
 * Does If-Match hold for what has `etag`, or for what has none (NULL)? RFC 9110
 * section 13.1.1; without the field it does.
 */
bool negotiate_etag_holds(const char *if_match, const char *etag);

/*
 * Prefer, RFC 7240: the seconds that a client would wait for an answer (wait,
 * section 4.3), none where it would rather not (respond-async, 4.1), else as
 * many as usual.
 */
long negotiate_wait(const char *prefer, long usual);

#endif
