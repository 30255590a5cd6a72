#include <stdlib.h>
#include <string.h>

#include "ingest/smtp_server_private.h"

bool
smtp_octets_flush(struct connection *connection)
{
	const char *output;
	size_t len;

	while (output = smtp_session_output(connection->session, &len),
	    len > 0 && !connection->broken) {
		ssize_t sent =
		    smtp_channel_send(&connection->channel, output, len);

		if (sent == -EAGAIN) {
			event_add(&connection->writable, NULL);
			return false;
		}
		if (sent < 0)
			connection->broken = true;
		else
			smtp_session_sent(connection->session, (size_t)sent);
	}
	return len == 0;
}

size_t
smtp_octets_pump(struct connection *connection, const char *octets, size_t len)
{
	size_t taken = 0;

	do {
		taken += smtp_session_feed(
		    connection->session, octets + taken, len - taken);
	} while (smtp_octets_flush(connection) && taken < len &&
		 !smtp_connection_is_over(connection) &&
		 !smtp_connection_is_pending(connection));
	mailboxes_rest(connection->server->mailboxes);
	return taken;
}

void
smtp_octets_put_by(
    struct connection *connection, const char *octets, size_t len)
{
	if (len == 0)
		return;
	connection->unread = malloc(len);
	if (connection->unread == NULL) {
		connection->broken = true;
		return;
	}
	memcpy(connection->unread, octets, len);
	connection->unread_len = len;
}

size_t
smtp_octets_pump_unread(struct connection *connection)
{
	size_t taken = smtp_octets_pump(
	    connection, connection->unread, connection->unread_len);

	connection->unread_len -= taken;
	memmove(connection->unread, connection->unread + taken,
	    connection->unread_len);
	if (connection->unread_len == 0) {
		free(connection->unread);
		connection->unread = NULL;
	}
	return taken;
}
