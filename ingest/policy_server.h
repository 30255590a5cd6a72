#ifndef INGEST_POLICY_SERVER_H
#define INGEST_POLICY_SERVER_H

#include "common/settings.h"
#include "ingest/mailboxes.h"
#include "ingest/recorder.h"

/*
 * Sockets and time for policy_service: takes the connections of Postfix'
 * smtpd processes, answers DUNNO to whatever they ask, and hands callouts to
 * the recorder once their time is over. On the event loop of smtp_server.
 *
 * Whoever may connect can make evidence: the settings name who that is, by
 * address; of a local socket its directory decides.
 */
struct policy_server;
struct event_base;

/*
 * Binds the sockets of the settings, of which there may be none. 0, or a
 * negative code after one log line.
 */
int policy_server_open(const struct settings *settings, struct event_base *base,
    struct policy_server **server);
/* Dialogues that wait are forgotten; nobody was promised anything. */
void policy_server_close(struct policy_server *server); /* NULL: nothing */

/* From now on connections are taken, by the loop. */
void policy_server_serve(struct policy_server *server,
    struct mailboxes *mailboxes, struct recorder *recorder);

/* All but the sockets. 0, or a negative code with nothing changed. */
int policy_server_reload(
    struct policy_server *server, const struct settings *settings);

#endif
