#ifndef HTTPAPI_CONNECTION_H
#define HTTPAPI_CONNECTION_H

#include <microhttpd.h>

#include "httpapi/deadline.h"
#include "httpapi/limit.h"
#include "httpapi/service.h"
#include "httpapi/stock.h"

/*
 * One connection and its requests, one after the other, as libmicrohttpd calls
 * us for them: in the thread that has the connection, and never two calls at a
 * time. A request that waits for others (a commit, a name server) is suspended:
 * it has no thread until its reply is there.
 */

/* What all of them share; `context` of each callback. */
struct connections {
	struct service *service;
	struct deadlines deadlines;
	struct limit *limit;
	struct stock *stock;   /* of replies */
	_Atomic unsigned busy; /* requests between begin and end */
};

/* Whether a client may have one more: MHD_AcceptPolicyCallback. */
enum MHD_Result connection_allowed(
    void *context, const struct sockaddr *address, socklen_t len);

/* One comes or goes: MHD_NotifyConnectionCallback. */
void connection_changed(void *context, struct MHD_Connection *handle,
    void **own, enum MHD_ConnectionNotificationCode code);

/* The first line of a request: the URI log callback. */
void *connection_request_line(
    void *context, const char *uri, struct MHD_Connection *handle);
/* Its header, its body, its reply: MHD_AccessHandlerCallback. */
enum MHD_Result connection_request(void *context, struct MHD_Connection *handle,
    const char *url, const char *method, const char *version, const char *data,
    size_t *len, void **own);
/* Answered, or given up: MHD_RequestCompletedCallback. */
void connection_completed(void *context, struct MHD_Connection *handle,
    void **own, enum MHD_RequestTerminationCode code);

#endif
