#include "ingest/policy_server.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "common/prefixes.h"
#include "ingest/acceptor.h"
#include "ingest/policy_service.h"

/* Each smtpd process has one; of Postfix' hundred, for ten servers. */
#define CONNECTIONS_MAX 1000

/* One read; a request is some 700 octets. */
#define READ_SIZE 4096

/* smtpd closes an idle one after five minutes: longer means that it is gone. */
#define IDLE_SECONDS 900

/* How often to look for dialogues whose time is over. */
#define TICK_SECONDS 1

static const char answer[] = "action=DUNNO\n\n";
#define ANSWER_LEN (sizeof(answer) - 1)

struct policy_connection {
	struct policy_server *server;
	struct policy_connection **previous, *next;
	struct event readable, writable;
	int fd;
	struct ipaddr peer; /* zero for a local one */
	struct policy_reader reader;
	size_t owed; /* octets of answers that are not sent */
};

struct policy_server {
	struct event_base *base;
	struct acceptor *acceptor;
	struct event tick;
	struct prefixes peers;
	struct policy_service *service;
	struct mailboxes *mailboxes;
	struct recorder *recorder;
	struct policy_connection *connections;
	unsigned connection_count;
	char input[READ_SIZE];
};

/* --- one connection ------------------------------------------------------- */

static void
free_connection(struct policy_connection *connection)
{
	event_del(&connection->readable);
	event_del(&connection->writable);
	close(connection->fd);
	*connection->previous = connection->next;
	if (connection->next != NULL)
		connection->next->previous = connection->previous;
	connection->server->connection_count--;
	free(connection);
}

static int
find_mailbox(void *context, struct envelope_recipient *recipient)
{
	static struct log_gate gate = LOG_GATE(5);
	struct policy_connection *connection = context;
	int code = mailboxes_find(connection->server->mailboxes, recipient);

	if (code != 0 && code != ERROR_NOT_FOUND &&
	    log_gate_open(&gate, "recipient_unsure"))
		log_error("recipient_unsure reason=\"%s\"", error_text(code));
	return code;
}

static void
ask(struct policy_connection *connection)
{
	static struct log_gate gate = LOG_GATE(2);
	enum policy_note note = policy_service_ask(connection->server->service,
	    &connection->peer, &connection->reader.request, find_mailbox,
	    connection, clock_monotonic_ms(), clock_seconds());

	if (note != POLICY_NOTED && log_gate_open(&gate, "policy_crowded"))
		log_warning("policy_crowded reason=\"%s\"",
		    note == POLICY_CROWDED
			? "more dialogues wait than ingest.policy_dialogues"
			: "no memory");
}

/* Whole requests are answered; false when it is another protocol. */
static bool
take(struct policy_connection *connection, const char *octets, size_t len)
{
	while (len > 0) {
		size_t taken;
		enum policy_outcome outcome = policy_reader_feed(
		    &connection->reader, octets, len, &taken);

		if (outcome == POLICY_MALFORMED)
			return false;
		if (outcome == POLICY_COMPLETE) {
			ask(connection);
			connection->owed += ANSWER_LEN;
		}
		octets += taken;
		len -= taken;
	}
	return true;
}

/*
 * Answers are all the same: what is left of them tells where to go on. Nothing
 * is read while some are owed. False: the connection is gone.
 */
static bool
pay(struct policy_connection *connection)
{
	while (connection->owed > 0) {
		size_t part = (connection->owed - 1) % ANSWER_LEN + 1;
		ssize_t sent = send(connection->fd, answer + ANSWER_LEN - part,
		    part, MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN)
			break;
		if (sent < 0)
			return false;
		connection->owed -= (size_t)sent;
	}
	if (connection->owed > 0) {
		event_del(&connection->readable);
		event_add(&connection->writable,
		    &(struct timeval){ IDLE_SECONDS, 0 });
	} else {
		event_add(&connection->readable,
		    &(struct timeval){ IDLE_SECONDS, 0 });
	}
	return true;
}

static void
on_writable(evutil_socket_t fd, short what, void *context)
{
	struct policy_connection *connection = context;

	(void)fd;
	if ((what & EV_TIMEOUT) != 0 || !pay(connection))
		free_connection(connection);
}

static void
complain_of(const struct policy_connection *connection)
{
	static struct log_gate gate = LOG_GATE(5);
	char peer[IPADDR_TEXT_MAX];

	if (log_gate_open(&gate, "policy_malformed"))
		log_warning("policy_malformed client=%s reason=\"this is not "
			    "Postfix' policy protocol\"",
		    ipaddr_format(&connection->peer, peer));
}

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
	struct policy_connection *connection = context;
	struct policy_server *server = connection->server;
	ssize_t len = 0;
	bool good;

	if ((what & EV_TIMEOUT) == 0)
		len = recv(fd, server->input, sizeof(server->input), 0);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		free_connection(connection);
		return;
	}
	good = take(connection, server->input, (size_t)len);
	mailboxes_rest(server->mailboxes);
	if (!good)
		complain_of(connection);
	if (!good || !pay(connection))
		free_connection(connection);
}

/* --- letting servers in --------------------------------------------------- */

static void
open_connection(struct policy_server *server, int fd, const struct ipaddr *peer)
{
	struct policy_connection *connection = calloc(1, sizeof(*connection));

	if (connection == NULL) {
		close(fd);
		return;
	}
	connection->server = server;
	connection->fd = fd;
	connection->peer = *peer;
	policy_reader_init(&connection->reader);
	connection->next = server->connections;
	connection->previous = &server->connections;
	if (connection->next != NULL)
		connection->next->previous = &connection->next;
	server->connections = connection;
	server->connection_count++;
	event_assign(&connection->readable, server->base, fd,
	    EV_READ | EV_PERSIST, on_readable, connection);
	event_assign(&connection->writable, server->base, fd, EV_WRITE,
	    on_writable, connection);
	event_add(&connection->readable, &(struct timeval){ IDLE_SECONDS, 0 });
}

static void
admit(void *context, int fd, const struct sockaddr *address)
{
	static struct log_gate gate = LOG_GATE(5);
	struct policy_server *server = context;
	struct ipaddr peer = { { 0 } };
	bool local = ipaddr_from_sockaddr(address, &peer) != 0;
	bool welcome = local || prefixes_hold(&server->peers, &peer);
	char client[IPADDR_TEXT_MAX];

	if (welcome && server->connection_count < CONNECTIONS_MAX) {
		open_connection(server, fd, &peer);
		return;
	}
	if (log_gate_open(&gate, "turned_away"))
		log_notice("turned_away protocol=policy client=%s reason=%s",
		    ipaddr_format(&peer, client),
		    welcome ? "connections" : "not_in_policy_peers");
	close(fd);
}

/* --- callouts ------------------------------------------------------------- */

static int
submit(struct policy_server *server, const struct policy_callout *callout)
{
	struct recorder_job *job = calloc(1, sizeof(*job));
	int code = -ENOMEM;

	if (job == NULL)
		return code;
	job->what = RECORDER_DIALOGUE;
	job->end = DIALOGUE_UNTOLD;
	job->refused = callout->others;
	job->envelope = callout->envelope;
	job->envelope.recipients =
	    malloc(sizeof(*callout->envelope.recipients));
	if (job->envelope.recipients != NULL) {
		*job->envelope.recipients = *callout->envelope.recipients;
		code = recorder_submit(server->recorder, job);
	}
	if (code != 0)
		recorder_job_free(job);
	return code;
}

static void
complain_of_stages(void)
{
	static struct log_gate gate = LOG_GATE(1);

	if (log_gate_open(&gate, "policy_stages_missing"))
		log_warning("policy_stages_missing reason=\"a server asks at "
			    "RCPT alone, so that its callouts do not count\" "
			    "remedy=\"smtpd_data_restrictions and "
			    "smtpd_end_of_data_restrictions ask, too\"");
}

/* What the recorder has no room for is tried again. */
static void
on_tick(evutil_socket_t fd, short what, void *context)
{
	struct policy_server *server = context;
	int64_t now_ms = clock_monotonic_ms();
	struct policy_callout callout;
	int code;

	(void)fd;
	(void)what;
	while ((code = policy_service_due(server->service, now_ms, &callout)) !=
	       ERROR_NOT_FOUND) {
		if (code == ERROR_REFUSED)
			complain_of_stages();
		else if (submit(server, &callout) != 0)
			return;
		policy_service_drop(server->service);
	}
}

/* --- start and end -------------------------------------------------------- */

int
policy_server_reload(
    struct policy_server *server, const struct settings *settings)
{
	struct prefixes peers;
	int code = prefixes_read(&settings->ingest.policy_peers, &peers);

	if (code != 0)
		return code;
	prefixes_free(&server->peers);
	server->peers = peers;
	policy_service_change(server->service,
	    settings->ingest.policy_seconds * 1000,
	    (unsigned)settings->ingest.policy_dialogues);
	return 0;
}

static int
listen_for_all(struct policy_server *server, const struct settings_list *where)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < where->count; i++)
		code = acceptor_listen(
		    server->acceptor, where->items[i], "policy", admit, server);
	return code;
}

int
policy_server_open(const struct settings *settings, struct event_base *base,
    struct policy_server **opened)
{
	struct policy_server *server = calloc(1, sizeof(*server));
	int code = -ENOMEM;

	if (server == NULL)
		return code;
	server->base = base;
	event_assign(&server->tick, base, -1, EV_PERSIST, on_tick, server);
	server->acceptor = acceptor_new(base);
	server->service = policy_service_new(0, 0);
	if (server->acceptor != NULL && server->service != NULL)
		code = policy_server_reload(server, settings);
	if (code == 0)
		code = listen_for_all(server, &settings->ingest.policy_listen);
	if (code != 0) {
		policy_server_close(server);
		return code;
	}
	*opened = server;
	return 0;
}

void
policy_server_serve(struct policy_server *server, struct mailboxes *mailboxes,
    struct recorder *recorder)
{
	const struct timeval tick = { TICK_SECONDS, 0 };

	server->mailboxes = mailboxes;
	server->recorder = recorder;
	if (!acceptor_listens(server->acceptor))
		return;
	acceptor_begin(server->acceptor);
	event_add(&server->tick, &tick);
}

void
policy_server_close(struct policy_server *server)
{
	if (server == NULL)
		return;
	while (server->connections != NULL)
		free_connection(server->connections);
	acceptor_free(server->acceptor);
	event_del(&server->tick);
	prefixes_free(&server->peers);
	policy_service_free(server->service);
	free(server);
}
