#ifndef HTTPAPI_REQUEST_H
#define HTTPAPI_REQUEST_H

#include <microhttpd.h>

#include "httpapi/exchange.h"

/*
 * A request as libmicrohttpd hands it over, read and distrusted. The library
 * (0.9.75, even when told to be strict) lets pass what this refuses: two Host
 * fields, a space before the colon, a NUL in a value, folded lines, an unknown
 * Transfer-Encoding, Content-Length beside Transfer-Encoding.
 */

/* What the library says of the request line before it decodes it in place. */
struct request_line {
	const char *uri; /* in the library's buffer; NULL: there was none */
	size_t uri_len;	 /* up to the first NUL */
	int target_code; /* what target_parse said */
};
void request_begin(
    struct exchange *exchange, struct request_line *line, const char *uri);

/*
 * Reads the header into exchange->request; the fields are borrowed from the
 * library until the reply is sent. 0, or the reply is a problem and its
 * connection has to be closed.
 */
int request_read(struct exchange *exchange, const struct request_line *line,
    struct MHD_Connection *connection, const struct ipaddr *peer,
    const char *method, const char *version);

#endif
