#ifndef HTTPAPI_CONNECTION_H
#define HTTPAPI_CONNECTION_H

#include <microhttpd.h>

#include "common/ipaddr.h"
#include "httpapi/deadline.h"
#include "httpapi/limit.h"
#include "httpapi/linger.h"
#include "httpapi/service.h"

/*
 * Connections come and go: how many a client and its network
 * may have, and until when one has
 * to have sent its request. What is asked on them is in turn.h; of one that
 * waits for its client nothing is held but this.
 */

struct lanes;

/* What all of them share; `context` of each callback. */
struct connections {
	struct service *service;
	struct deadlines deadlines;
	struct lingering linger;
	struct limit *clients, *networks; /* how many each has */
	struct lanes *lanes;		  /* lane.h */
	_Atomic unsigned busy;		  /* turns between begin and end */
};

struct connection {
	struct connections *all;
	struct MHD_Connection *handle;
	struct deadline deadline;
	struct ipaddr peer;
	bool tls;
	bool refused; /* what its client may send still */
};

/* Whether a client may have one more: MHD_AcceptPolicyCallback. */
enum MHD_Result connection_allowed(
    void *context, const struct sockaddr *address, socklen_t len);

/* One comes or goes: MHD_NotifyConnectionCallback. */
void connection_changed(void *context, struct MHD_Connection *handle,
    void **own, enum MHD_ConnectionNotificationCode code);

/*
 * Sends a last word past the library, as much of it as goes at once. For the
 * end of a turn of which nothing was sent.
 */
void connection_say(
    struct connection *connection, const char *text, size_t len);

/* No octet more is read or sent; the library then sees the end. */
void connection_end(struct connection *connection);

/* The time of a request begins to run. */
void connection_give_time(struct connection *connection);

#endif
