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

/*
 * The library's memory for a connection: it holds the header of a request as it
 * came, what the library notes of each field, and the header of the reply. The
 * library clears all of it after each request, of which most have a header of
 * a few hundred octets; so it is not more than lets a browser in that brings 8
 * KiB of cookies, its own or those of other sites of the same domain.
 */
#define REQUEST_MEMORY (12 << 10)

/*
 * Room for the header of any reply: twice the longest, which a page of the
 * console has that sets a cookie. A request that would leave less of the memory
 * is refused before anything is done about it.
 */
#define REQUEST_REPLY_ROOM 1280

/*
 * Octets of the memory that are left for the header of the reply, whatever the
 * client has sent behind the request already. Pure.
 */
size_t request_room(size_t header_size, size_t field_count);

/* What the library says of the request line before it decodes it in place. */
struct request_line {
	const char *uri; /* in the library's buffer; NULL: there was none */
	size_t uri_len;	 /* up to the first NUL */
	int target_code; /* what target_parse said */
};
/*
 * Reads the target, and keeps the library from what it would do to no purpose
 * of ours with a query and with cookies.
 */
void request_begin(struct exchange *exchange, struct request_line *line,
    struct MHD_Connection *connection, const char *uri);

/*
 * No version follows the target: a NUL of the client's has cut it short. With a
 * query behind that, which nobody can hide, the library would not answer.
 */
bool request_is_cut(const struct request_line *line);

/*
 * Reads the header into exchange->request; the fields are borrowed from the
 * library until the reply is sent. 0, or the reply is a problem and its
 * connection has to be closed.
 */
int request_read(struct exchange *exchange, const struct request_line *line,
    struct MHD_Connection *connection, const struct ipaddr *peer,
    const char *method, const char *version);

#endif
