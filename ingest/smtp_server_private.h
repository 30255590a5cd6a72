#ifndef INGEST_SMTP_SERVER_PRIVATE_H
#define INGEST_SMTP_SERVER_PRIVATE_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/acceptor.h"
#include "ingest/client_limit.h"
#include "ingest/smtp_channel.h"
#include "ingest/smtp_peers.h"
#include "ingest/smtp_server.h"
#include "ingest/smtp_session.h"
#include "ingest/smtp_tls.h"

/*
 * What the files of the server share, and nobody else includes: smtp_server.c
 * (settings, sockets, the loop), smtp_opening.c (whose a connection is, until
 * its session begins), smtp_connection.c (its events, to its end),
 * smtp_octets.c and smtp_time.c (what it says, and how long it may take) and
 * smtp_delivery.c (what its session asks and tells).
 */

/* One read; more waits in the kernel, and the others get their turn. */
#define SMTP_READ_SIZE 32768

struct connection;

struct smtp_server {
	struct event_base *base;
	struct acceptor *acceptor;
	struct event signal, collect, alive, cut_off;
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

/* Is all said, or a message of it on its way to the disk? */
bool smtp_connection_is_over(const struct connection *connection);
bool smtp_connection_is_pending(const struct connection *connection);
struct connection *smtp_connection_next(const struct connection *connection);

/* Sends what the kernel takes. True when all is sent. */
bool smtp_octets_flush(struct connection *connection);
/* Feeds the session as long as it takes, and replies. Returns how many. */
size_t smtp_octets_pump(
    struct connection *connection, const char *octets, size_t len);
/* For later, when the session takes them; `broken` without memory. */
void smtp_octets_put_by(
    struct connection *connection, const char *octets, size_t len);
/* The same as smtp_octets_pump, with what was put by. */
size_t smtp_octets_pump_unread(struct connection *connection);

/* Its timer runs out then, and not before. */
void smtp_time_set(struct connection *connection, int64_t ms);
/* What is awaited now has its time from now on. */
void smtp_time_begin_step(struct connection *connection);
/*
 * So many octets came. A command has its time as a whole, a message that of
 * its steps.
 */
void smtp_time_note(struct connection *connection, size_t taken);
/* Of the step, or of the whole session: milliseconds, not above 0 when over. */
int64_t smtp_time_left(const struct connection *connection);
/*
 * The timer is not set anew with each command: it runs out at the earliest
 * time that makes sense, should a crowd come meanwhile, and is then set for
 * what is left.
 */
void smtp_time_await(struct connection *connection, int64_t left_ms);

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
