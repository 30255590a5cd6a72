#ifndef HTTPAPI_REPLY_H
#define HTTPAPI_REPLY_H

#include <microhttpd.h>

#include "httpapi/exchange.h"
#include "httpapi/lane.h"

/*
 * Hands exchange->reply to libmicrohttpd, with the headers that every reply
 * has. The body stays where it is until the request is completed; then *taken,
 * where it is not NULL, goes back to the lane's stock. MHD_NO: the connection
 * is closed.
 */
enum MHD_Result reply_send(struct exchange *exchange,
    struct MHD_Connection *connection, struct lane *lane,
    struct stocked **taken);

/*
 * Writes the same, header and body, for a connection whose memory the library
 * finds too full for that header. Not for a body that is made while it is sent.
 */
void reply_write(
    const struct exchange *exchange, struct lane *lane, struct strbuf *out);

#endif
