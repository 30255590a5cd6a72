#ifndef HTTPAPI_DISPATCH_H
#define HTTPAPI_DISPATCH_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * From a request to its reply, between the door and the handlers.
 */

/*
 * Once the header is read: finds the route and refuses a wrong path, method,
 * type or length. The reply is then there already (status not 0), before any
 * of the body is read.
 */
void dispatch_begin(struct exchange *exchange);

/* Once the body is there: reads it and lets the route's handler answer. */
enum handled dispatch_handle(struct exchange *exchange);

/*
 * Once the reply is there: entity tag and 304, the headers that all replies
 * have, and the counters.
 */
void dispatch_finish(struct exchange *exchange);

#endif
