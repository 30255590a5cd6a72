#ifndef INGEST_SMTP_SERVER_PRIVATE_H
#define INGEST_SMTP_SERVER_PRIVATE_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/client_limit.h"
#include "ingest/smtp_channel.h"
#include "ingest/smtp_peers.h"
#include "ingest/smtp_server.h"
#include "ingest/smtp_session.h"
#include "ingest/smtp_tls.h"

/*
 * What the files of the server share, and nobody else includes: smtp_server.c
 * (settings, sockets, the loop), smtp_opening.c (whose a connection is, until
 * its session begins), smtp_connection.c (its octets and time) and
 * smtp_delivery.c (what its session asks and tells).
 */

/* One read; more waits in the kernel, and the others get their turn. */
#define SMTP_READ_SIZE 32768

struct connection;

struct smtp_listener {
	struct smtp_server *server;
	struct event event;
	int fd;
	bool lmtp;
};

struct smtp_server {
	struct event_base *base;
	struct smtp_listener *listeners;
	size_t listener_count;
	struct event accept_again, signal, collect, alive, cut_off;
	void (*on_signal)(void *context);
	void *context;

	struct smtp_rules rules;
	struct smtp_tls *tls;
	struct smtp_peers peers;
	int64_t command_ms, session_ms, greeting_ms;
	struct client_limit limit;
	long long memory, memory_max; /* of messages in the making */

	struct mailboxes *mailboxes;
	struct recorder *recorder;
	struct connection *connections; /* all of them */
	uint64_t accepted;
	bool crowded, stopping, is_cut_off;
	char input[SMTP_READ_SIZE];
};

/* As accept() tells it. */
struct smtp_caller {
	int fd;
	bool lmtp;
	bool local; /* through a local socket: `address` is all zeros */
	struct ipaddr address;
};

struct connection {
	struct smtp_server *server;
	struct connection **previous, *next;
	struct smtp_caller caller; /* `fd` is the channel's */
	struct smtp_channel channel;
	struct smtp_session *session; /* NULL: a PROXY header is awaited */
	struct event readable, writable, timer;
	struct ipaddr counted; /* as whose it is in `limit`, if it is */
	bool is_counted;
	bool reading; /* `readable` is added */
	bool silent;  /* the greeting is not sent yet */
	bool shaking; /* hands, by TLS */
	bool broken;  /* nothing can be sent any more */
	bool parting; /* all is said, and has time to be heard */
	bool lingering;
	size_t lingered;
	/*
	 * What a read brought and the session does not take yet. Nothing more
	 * is read meanwhile.
	 */
	char *unread;
	size_t unread_len;

	int64_t began_ms;
	int64_t step_ms;   /* what is awaited now was from then on */
	size_t step_len;   /* octets taken since then */
	unsigned progress; /* of the session at that time */
};

/*
 * A connection that was let in, from now on the server's. The descriptor is
 * closed with it; without memory, at once.
 */
void smtp_connection_open(
    struct smtp_server *server, const struct smtp_caller *caller);
/* Octets came before there is a session. It may be gone after that. */
void smtp_opening_read(struct connection *connection);

/* For smtp_opening.c: its events, of which none is awaited yet. */
void smtp_connection_watch(struct connection *connection);
/* Octets, but no longer. */
void smtp_connection_await(struct connection *connection, int64_t ms);
/* For later, when its session takes them; `broken` without memory. */
void smtp_connection_put_by(
    struct connection *connection, const char *octets, size_t len);
/* It has a session: greets, when it is time. It may be gone after that. */
void smtp_connection_begin(struct connection *connection);

/* The message that was pending has its answer. */
void smtp_connection_answer(
    struct connection *connection, enum smtp_result result);

/* The server goes down: good-bye, as soon as no message is pending. */
void smtp_connection_stop(struct connection *connection);
/* No more time for it. A message that is pending still gets its answer. */
void smtp_connection_cut_off(struct connection *connection);
/* At once, whatever is pending. */
void smtp_connection_free(struct connection *connection);

struct connection *smtp_connection_next(const struct connection *connection);

/* For a session; its context is the connection. */
extern const struct smtp_handler smtp_delivery;

/*
 * Counts one more connection of the client. When there are too many, it is
 * told so, and false is returned; the descriptor is to be closed.
 */
bool smtp_server_admit(
    struct smtp_server *server, int fd, const struct ipaddr *client);
/* The last connection has gone. */
void smtp_server_idle(struct smtp_server *server);

#endif
