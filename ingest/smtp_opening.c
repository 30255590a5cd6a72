#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ingest/proxy_header.h"
#include "ingest/smtp_server_private.h"

/* --- whose it is ---------------------------------------------------------- */

/*
 * From here on it is known who its client is, or that nobody says (NULL). The
 * last call of the event.
 */
static void
begin_session(struct connection *connection, const struct ipaddr *named)
{
	const struct ipaddr *client =
	    named != NULL ? named : &connection->caller.address;
	const struct smtp_server *server = connection->server;
	const struct smtp_peers *peers = &server->peers;
	bool local = connection->caller.local;
	const struct smtp_peer peer = {
		.address = *client,
		.address_known = named != NULL,
		.local = local,
		.lmtp = connection->caller.lmtp,
		.may_xclient = !local && prefixes_hold(&peers->xclient, client),
		.may_xforward =
		    local || prefixes_hold(&peers->xforward, client),
	};

	connection->session =
	    smtp_session_new(&server->rules, &smtp_delivery, connection, &peer);
	if (connection->session == NULL)
		smtp_connection_free(connection);
	else
		smtp_connection_begin(connection);
}

/* --- the PROXY header ----------------------------------------------------- */

static void
complain_of_header(const struct connection *connection)
{
	static struct log_gate gate = LOG_GATE(5);
	char peer[IPADDR_TEXT_MAX];

	if (log_gate_open(&gate, "proxy_header"))
		log_warning("proxy_header peer=%s reason=\"what it sends is "
			    "not the PROXY protocol\"",
		    ipaddr_format(&connection->caller.address, peer));
}

/* The connection counts as its client's, not as the balancer's. */
static bool
count_client(struct connection *connection, const struct ipaddr *client)
{
	struct smtp_server *server = connection->server;

	client_limit_leave(&server->limit, &connection->counted);
	connection->counted = *client;
	connection->is_counted =
	    smtp_server_admit(server, connection->channel.fd, client);
	return connection->is_counted;
}

static void
use_header(struct connection *connection, const struct proxy_header *header,
    const char *octets, size_t len)
{
	const struct ipaddr *client =
	    header->client_known ? &header->client : NULL;

	smtp_octets_put_by(connection, octets + header->len, len - header->len);
	if (connection->broken ||
	    (client != NULL && !count_client(connection, client)))
		smtp_connection_free(connection);
	else
		begin_session(connection, client);
}

/* What has come of it so far waits in `unread`; what comes is put behind. */
static ssize_t
read_behind(struct connection *connection, char *input)
{
	size_t len = connection->unread_len;
	ssize_t more = smtp_channel_recv(
	    &connection->channel, input + len, SMTP_READ_SIZE - len);

	if (more <= 0)
		return more;
	if (len > 0)
		memcpy(input, connection->unread, len);
	free(connection->unread);
	connection->unread = NULL;
	connection->unread_len = 0;
	return (ssize_t)len + more;
}

void
smtp_opening_read(struct connection *connection)
{
	char *input = connection->server->input;
	ssize_t got = read_behind(connection, input);
	size_t len = (size_t)got;
	struct proxy_header header;

	if (got == -EAGAIN)
		return;
	if (got <= 0) {
		smtp_connection_free(connection);
		return;
	}
	switch (proxy_header_read(input, len, &header)) {
	case PROXY_READ:
		use_header(connection, &header, input, len);
		break;
	case PROXY_MORE:
		smtp_octets_put_by(connection, input, len);
		break;
	case PROXY_BAD:
		complain_of_header(connection);
		smtp_connection_free(connection);
		break;
	}
}

/* --- for the server ------------------------------------------------------- */

static void
join(struct connection *connection, struct smtp_server *server)
{
	connection->server = server;
	connection->next = server->connections;
	connection->previous = &server->connections;
	if (connection->next != NULL)
		connection->next->previous = &connection->next;
	server->connections = connection;
}

void
smtp_connection_open(
    struct smtp_server *server, const struct smtp_caller *caller)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (connection == NULL) {
		client_limit_leave(&server->limit, &caller->address);
		close(caller->fd);
		return;
	}
	connection->caller = *caller;
	connection->channel.fd = caller->fd;
	connection->counted = caller->address;
	connection->is_counted = true;
	join(connection, server);
	smtp_connection_watch(connection);
	if (!caller->local &&
	    prefixes_hold(&server->peers.proxy, &caller->address)) {
		smtp_connection_await(connection, server->command_ms);
	} else
		begin_session(
		    connection, caller->local ? NULL : &caller->address);
}
