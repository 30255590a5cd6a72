#ifndef INGEST_SMTP_SERVER_PRIVATE_H
#define INGEST_SMTP_SERVER_PRIVATE_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/client_limit.h"
#include "ingest/smtp_server.h"
#include "ingest/smtp_session.h"

/*
 * What the files of the server share, and nobody else includes: smtp_server.c
 * (settings, sockets, the loop) and smtp_connection.c (one connection).
 */

/* One read; more waits in the kernel, and the others get their turn. */
#define SMTP_READ_SIZE 32768

struct connection;

struct smtp_listener {
	struct event event;
	int fd;
};

struct smtp_server {
	struct event_base *base;
	struct smtp_listener *listeners;
	size_t listener_count;
	struct event accept_again, signal, collect, cut_off;
	void (*on_signal)(void *context);
	void *context;

	struct smtp_rules rules;
	struct ipprefix *xclient_peers;
	size_t xclient_peer_count;
	int64_t command_ms, session_ms;
	struct client_limit limit;
	long long memory, memory_max; /* of messages in the making */

	struct mailboxes *mailboxes;
	struct recorder *recorder;
	struct connection *connections; /* all of them */
	uint64_t accepted;
	bool crowded, stopping, is_cut_off;
	char input[SMTP_READ_SIZE];
};

/*
 * A connection that was let in, from now on the server's. The descriptor is
 * closed with it; without memory, at once.
 */
void smtp_connection_open(
    struct smtp_server *server, int fd, const struct ipaddr *peer);

/* The server goes down: good-bye, as soon as no message is pending. */
void smtp_connection_stop(struct connection *connection);
/* No more time for it. A message that is pending still gets its answer. */
void smtp_connection_cut_off(struct connection *connection);
/* At once, whatever is pending. */
void smtp_connection_free(struct connection *connection);

struct connection *smtp_connection_next(const struct connection *connection);

/* May that peer say XCLIENT? */
bool smtp_server_trusts(
    const struct smtp_server *server, const struct ipaddr *peer);
/* The last connection has gone. */
void smtp_server_idle(struct smtp_server *server);

#endif
