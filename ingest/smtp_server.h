#ifndef INGEST_SMTP_SERVER_H
#define INGEST_SMTP_SERVER_H

#include "common/settings.h"
#include "ingest/mailboxes.h"
#include "ingest/recorder.h"

/*
 * Sockets and time for smtp_session: one event loop that takes connections
 * within their limits, carries octets to sessions and replies back, in plain
 * text or through TLS, hands what came in to the recorder, and answers when
 * that says so.
 *
 * What a stranger can make it hold: a session of some 8 KiB a connection, what
 * one read brought beyond what the session takes, and messages within a bound
 * for all of them together. Through TLS a connection that waits holds 21 KiB
 * (measured with OpenSSL 3), 37 KiB with half a record sent, and 64 KiB while
 * it drags out a handshake with as large a greeting as there can be.
 */
struct smtp_server;
struct event_base;

/*
 * Binds the sockets of the settings; nobody is let in yet. 0, or a negative
 * code after one log line.
 */
int smtp_server_open(
    const struct settings *settings, struct smtp_server **server);
/* Whatever is open is cut off. NULL does nothing. */
void smtp_server_close(struct smtp_server *server);

/* Its loop, for others that serve on the same thread; until it is closed. */
struct event_base *smtp_server_loop(const struct smtp_server *server);

/*
 * Whether such settings could be put in force: 0, or a negative code after one
 * log line. No certificate is made.
 */
int smtp_server_check(const struct settings *settings);

/*
 * The settings in force from now on, but for where to listen: sockets stay as
 * they are. Once before smtp_server_run, as the user that keeps running and
 * must be able to read the key; later as often as you like. 0, or a negative
 * code with nothing changed.
 */
int smtp_server_apply(
    struct smtp_server *server, const struct settings *settings);

/*
 * Serves until smtp_server_stop has been called and the last message is
 * answered. Calls `on_signal` whenever `signal_fd` is readable.
 */
int smtp_server_run(struct smtp_server *server, struct mailboxes *mailboxes,
    struct recorder *recorder, int signal_fd, void (*on_signal)(void *context),
    void *context);

/*
 * No connection is accepted any more, sessions hear 421; those whose message
 * is being written hear first what became of it.
 */
void smtp_server_stop(struct smtp_server *server);

#endif
