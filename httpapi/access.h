#ifndef HTTPAPI_ACCESS_H
#define HTTPAPI_ACCESS_H

#include <stdbool.h>

#include "httpapi/exchange.h"

/*
 * Who asks, where a route is not for everybody: by a token for programs
 * (Authorization: Bearer, RFC 6750), before any of the body is read. Cookies
 * count for nothing here, so no page of another site can act by somebody's
 * browser; they are the console's (console.h), which has its own check.
 *
 * False: the reply is there, a 401 or 403; or a 429, where a network tries more
 * than ACCESS_ATTEMPTS wrong tokens within a minute. A right one is never
 * refused for what others try.
 */
#define ACCESS_ATTEMPTS 30
bool access_by_token(struct exchange *exchange);

/*
 * A small change that nobody waits for, such as when a token was last used, on
 * the writer's thread; left out when that has too much to do. `hash` is of
 * SECRET_LEN octets.
 */
typedef int access_note(
    struct store_txn *txn, const uint8_t *hash, int64_t now);
void access_note_later(
    struct service *service, access_note *note, const uint8_t *hash);

#endif
