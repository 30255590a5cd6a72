#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "ingest/smtp_server_private.h"

/*
 * A client that was told good-bye may still be sending. Closing on unread
 * octets would reset the connection and lose the good-bye (RFC 1122 section
 * 4.2.2.13), so what comes is read for a while and thrown away.
 */
#define LINGER_MS 2000
#define LINGER_BYTES (1u << 20)

/* How often to look again at a message that is being written. */
#define ANSWER_MS 1000

static void settle(struct connection *connection);

/* --- the end -------------------------------------------------------------- */

void
smtp_connection_free(struct connection *connection)
{
	struct smtp_server *server = connection->server;

	event_del(&connection->readable);
	event_del(&connection->writable);
	event_del(&connection->timer);
	smtp_channel_close(&connection->channel);
	*connection->previous = connection->next;
	if (connection->next != NULL)
		connection->next->previous = connection->previous;
	if (connection->is_counted)
		client_limit_leave(&server->limit, &connection->counted);
	smtp_session_free(connection->session);
	free(connection->unread);
	free(connection);
	if (server->connections == NULL)
		smtp_server_idle(server);
}

static void
set_reading(struct connection *connection, bool reading)
{
	if (reading && !connection->reading)
		event_add(&connection->readable, NULL);
	else if (!reading && connection->reading)
		event_del(&connection->readable);
	connection->reading = reading;
}

/* All is said. Is there something on its way that must be read first? */
static void
part(struct connection *connection)
{
	ssize_t len = 1;

	if (connection->broken || connection->server->is_cut_off)
		len = 0;
	else if (connection->unread_len == 0)
		len = recv(connection->channel.fd, connection->server->input,
		    SMTP_READ_SIZE, 0);
	if (len <= 0) {
		smtp_connection_free(connection);
		return;
	}
	smtp_channel_finish(&connection->channel);
	connection->lingering = true;
	set_reading(connection, true);
	smtp_time_set(connection, LINGER_MS);
}

/* --- TLS ------------------------------------------------------------------ */

static void
tls_failed(struct connection *connection)
{
	static struct log_gate gate = LOG_GATE(20);
	char client[IPADDR_TEXT_MAX], reason[SMTP_TLS_REASON_MAX];

	if (log_gate_open(&gate, "tls_failed"))
		log_info("tls_failed client=%s reason=\"%s\"",
		    ipaddr_format(&connection->counted, client),
		    smtp_tls_reason(reason));
	connection->shaking = false;
	connection->broken = true;
}

/* The session goes on when it is done. */
static void
shake_hands(struct connection *connection)
{
	bool to_write = false;
	int code = smtp_channel_handshake(&connection->channel, &to_write);

	if (code == -EAGAIN) {
		set_reading(connection, !to_write);
		if (to_write)
			event_add(&connection->writable, NULL);
		return;
	}
	if (code != 0) {
		tls_failed(connection);
		return;
	}
	connection->shaking = false;
	smtp_session_secured(connection->session);
	smtp_time_begin_step(connection);
}

/* STARTTLS has its reply. Switched off meanwhile, there is no way on. */
static void
begin_tls(struct connection *connection)
{
	const struct smtp_tls *tls = connection->server->tls;

	if (tls == NULL || smtp_channel_secure(&connection->channel, tls) != 0)
		connection->broken = true;
	else {
		connection->shaking = true;
		shake_hands(connection);
	}
}

static bool
is_tls_due(const struct connection *connection)
{
	return smtp_session_state(connection->session) == SMTP_IN_TLS &&
	       !connection->shaking && !connection->broken &&
	       connection->unread_len == 0;
}

/* --- after each event ----------------------------------------------------- */

/*
 * What is to be done after anything happened: the last call of each event,
 * since the connection may be gone after it.
 */
static void
settle(struct connection *connection)
{
	bool sent = smtp_octets_flush(connection);

	if (sent && connection->unread_len > 0 &&
	    !smtp_connection_is_pending(connection) &&
	    !smtp_connection_is_over(connection)) {
		smtp_time_note(connection, smtp_octets_pump_unread(connection));
		sent = smtp_octets_flush(connection);
	}
	/* STARTTLS may have waited behind a message. */
	if (sent && is_tls_due(connection))
		begin_tls(connection);
	/* The recorder will come back to it. */
	if (smtp_connection_is_pending(connection))
		return;
	if (connection->broken || (connection->server->is_cut_off && !sent))
		smtp_session_end(connection->session, SMTP_END_DROPPED);
	if (connection->shaking)
		return;
	if (!smtp_connection_is_over(connection)) {
		set_reading(connection, sent && connection->unread_len == 0);
		return;
	}
	set_reading(connection, false);
	if (sent || connection->broken || connection->server->is_cut_off)
		part(connection);
	else if (!connection->parting) {
		connection->parting = true;
		smtp_time_set(connection, LINGER_MS);
	}
}

/* --- events --------------------------------------------------------------- */

static void
read_and_forget(struct connection *connection)
{
	ssize_t len = recv(connection->channel.fd, connection->server->input,
	    SMTP_READ_SIZE, 0);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	connection->lingered += len > 0 ? (size_t)len : 0;
	if (len <= 0 || connection->lingered > LINGER_BYTES)
		smtp_connection_free(connection);
}

static void
drop(struct connection *connection)
{
	smtp_session_end(connection->session, SMTP_END_DROPPED);
	connection->broken = true;
}

static void
take(struct connection *connection, const char *octets, size_t len)
{
	size_t taken = smtp_octets_pump(connection, octets, len);

	smtp_time_note(connection, taken);
	smtp_octets_put_by(connection, octets + taken, len - taken);
}

static void
read_more(struct connection *connection)
{
	char *input = connection->server->input;
	ssize_t len =
	    smtp_channel_recv(&connection->channel, input, SMTP_READ_SIZE);

	if (len == -EAGAIN)
		return;
	if (len <= 0)
		drop(connection);
	else
		take(connection, input, (size_t)len);
	settle(connection);
}

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
	struct connection *connection = context;

	(void)fd;
	(void)what;
	if (connection->lingering) {
		read_and_forget(connection);
		return;
	}
	if (connection->session == NULL) {
		smtp_opening_read(connection);
		return;
	}
	/* It does not wait for the reply, so it has to. */
	if (smtp_connection_is_pending(connection)) {
		set_reading(connection, false);
		return;
	}
	if (connection->shaking) {
		shake_hands(connection);
		settle(connection);
		return;
	}
	read_more(connection);
}

static void
on_writable(evutil_socket_t fd, short what, void *context)
{
	struct connection *connection = context;

	(void)fd;
	(void)what;
	if (connection->shaking)
		shake_hands(connection);
	settle(connection);
}

/* Nothing is said or heard before. */
static void
end_silence(struct connection *connection)
{
	connection->silent = false;
	smtp_time_begin_step(connection);
	smtp_time_await(connection, smtp_time_left(connection));
	settle(connection);
}

/* Of a session that is neither over nor pending. */
static void
look_at_time(struct connection *connection)
{
	int64_t left_ms = smtp_time_left(connection);

	if (left_ms > 0) {
		smtp_time_await(connection, left_ms);
		return;
	}
	/* Within TLS' handshake there is nothing to say it in. */
	if (connection->shaking)
		tls_failed(connection);
	smtp_session_end(connection->session, SMTP_END_TIMEOUT);
	settle(connection);
}

static void
on_timer(evutil_socket_t fd, short what, void *context)
{
	struct connection *connection = context;

	(void)fd;
	(void)what;
	if (connection->lingering || connection->session == NULL)
		smtp_connection_free(connection);
	else if (connection->silent)
		end_silence(connection);
	else if (smtp_connection_is_pending(connection))
		smtp_time_set(connection, ANSWER_MS);
	else if (smtp_connection_is_over(connection)) {
		/* It does not even read the good-bye. */
		connection->broken = true;
		settle(connection);
	} else
		look_at_time(connection);
}

/* --- for the server ------------------------------------------------------- */

void
smtp_connection_watch(struct connection *connection)
{
	struct event_base *base = connection->server->base;
	int fd = connection->channel.fd;

	event_assign(&connection->readable, base, fd, EV_READ | EV_PERSIST,
	    on_readable, connection);
	event_assign(
	    &connection->writable, base, fd, EV_WRITE, on_writable, connection);
	evtimer_assign(&connection->timer, base, on_timer, connection);
	connection->began_ms = clock_monotonic_ms();
}

void
smtp_connection_await(struct connection *connection, int64_t ms)
{
	smtp_time_set(connection, ms);
	set_reading(connection, true);
}

void
smtp_connection_begin(struct connection *connection)
{
	int64_t greeting_ms = connection->server->greeting_ms;

	if (greeting_ms <= 0) {
		end_silence(connection);
		return;
	}
	connection->silent = true;
	set_reading(connection, false);
	smtp_time_set(connection, greeting_ms);
}

void
smtp_connection_answer(struct connection *connection, enum smtp_result result)
{
	smtp_session_answer(connection->session, result);
	smtp_time_begin_step(connection);
	if (connection->server->stopping)
		smtp_session_end(connection->session, SMTP_END_SHUTDOWN);
	settle(connection);
}

void
smtp_connection_stop(struct connection *connection)
{
	if (connection->session == NULL) {
		smtp_connection_free(connection);
		return;
	}
	if (connection->lingering || smtp_connection_is_pending(connection))
		return;
	if (connection->shaking)
		tls_failed(connection);
	smtp_session_end(connection->session, SMTP_END_SHUTDOWN);
	settle(connection);
}

void
smtp_connection_cut_off(struct connection *connection)
{
	if (connection->lingering)
		smtp_connection_free(connection);
	else
		settle(connection);
}

bool
smtp_connection_is_over(const struct connection *connection)
{
	return smtp_session_state(connection->session) == SMTP_OVER;
}

bool
smtp_connection_is_pending(const struct connection *connection)
{
	return smtp_session_state(connection->session) == SMTP_IN_ANSWER;
}

struct connection *
smtp_connection_next(const struct connection *connection)
{
	return connection->next;
}
