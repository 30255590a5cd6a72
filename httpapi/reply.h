#ifndef HTTPAPI_REPLY_H
#define HTTPAPI_REPLY_H

#include <microhttpd.h>

#include "httpapi/exchange.h"

/*
 * Hands exchange->reply to libmicrohttpd, with the headers that every reply
 * has. The body stays where it is until the request is completed. MHD_NO: the
 * connection is closed.
 */
enum MHD_Result reply_send(
    struct exchange *exchange, struct MHD_Connection *connection);

#endif
