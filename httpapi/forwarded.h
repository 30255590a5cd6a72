#ifndef HTTPAPI_FORWARDED_H
#define HTTPAPI_FORWARDED_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"
#include "httpapi/fields.h"

/*
 * Who asks: the connection's peer, or, where that is a proxy named in the
 * settings, whom its X-Forwarded-For names. The list is read from its end,
 * over further trusted proxies; what stands before the first address that is
 * no trusted proxy is the client's own word and counts for nothing. An element
 * that is no address ends the walk at the proxy that wrote it.
 */
bool forwarded_is_trusted(const struct ipaddr *address,
    const struct ipprefix *trusted, size_t trusted_count);
struct ipaddr forwarded_client(const struct ipaddr *peer,
    const struct field *fields, size_t count, const struct ipprefix *trusted,
    size_t trusted_count);

/*
 * Could somebody on the way have read the request? So it is unless the peer is
 * this machine, or a trusted proxy that says that the client's connection was
 * encrypted (X-Forwarded-Proto: https, in every such field). A trusted proxy
 * that names anything else is believed that, too.
 */
bool forwarded_in_clear(const struct ipaddr *peer, const struct field *fields,
    size_t count, const struct ipprefix *trusted, size_t trusted_count);

#endif
