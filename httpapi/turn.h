#ifndef HTTPAPI_TURN_H
#define HTTPAPI_TURN_H

#include <microhttpd.h>

#include "httpapi/exchange.h"
#include "httpapi/request.h"

/*
 * The turns of a connection: one request and its reply after the other, as
 * libmicrohttpd calls us for them, in the thread that has the connection, and
 * never two calls at a time. A request that waits for others (a commit, a name
 * server) is suspended: it has no thread until its reply is there.
 */

enum phase {
	PHASE_LINE,    /* the request line is read */
	PHASE_BODY,    /* the header is sound; the body comes */
	PHASE_READY,   /* the reply is there and has to be sent */
	PHASE_WAITING, /* for the writer, for DNS, for a change */
	PHASE_SENT
};

struct turn {
	struct connection *connection;
	struct lane *lane; /* whose it is, and goes back to */
	enum phase phase;
	struct request_line line;
	struct exchange exchange;
	struct stocked *taken; /* what the reply is sent with; NULL: none */
	struct strbuf kept;    /* the memory of the last reply's body */
	struct turn *next;     /* in the lane, while it is nobody's */
};

/* The first line of a request: the URI log callback. */
void *turn_begin(void *context, const char *uri, struct MHD_Connection *handle);
/* Its header, its body, its reply: MHD_AccessHandlerCallback. */
enum MHD_Result turn_go_on(void *context, struct MHD_Connection *handle,
    const char *url, const char *method, const char *version, const char *data,
    size_t *len, void **own);
/* Answered, or given up: MHD_RequestCompletedCallback. */
void turn_end(void *context, struct MHD_Connection *handle, void **own,
    enum MHD_RequestTerminationCode code);

#endif
