#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "ingest/smtp_server_private.h"

/*
 * A client that was told good-bye may still be sending. Closing on unread
 * octets would reset the connection and lose the good-bye (RFC 1122 section
 * 4.2.2.13), so what comes is read for a while and thrown away.
 */
#define LINGER_MS 2000
#define LINGER_BYTES (1u << 20)

/*
 * Of a message so many octets are a step, as a command is one: a client that
 * drips has as little as if it were silent. With the default of five minutes
 * that is 14 octets a second.
 */
#define STEP_OCTETS 4096

/* A step has so much less time while connections are scarce. */
#define CROWDED_PART 10

/* How often to look again at a message that is being written. */
#define ANSWER_MS 1000

struct connection {
	struct smtp_server *server;
	struct connection **previous, *next;
	struct smtp_session *session;
	struct event readable, writable, timer;
	int fd;
	struct ipaddr peer; /* as connected, whatever XCLIENT says */
	bool reading;	    /* `readable` is added */
	bool broken;	    /* nothing can be sent any more */
	bool parting;	    /* all is said, and has LINGER_MS to be heard */
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

static void settle(struct connection *connection);

static void
begin_step(struct connection *connection)
{
	connection->step_ms = clock_monotonic_ms();
	connection->step_len = 0;
	connection->progress = smtp_session_progress(connection->session);
}

/* --- what a session asks and tells ---------------------------------------- */

static enum smtp_recipient
find_recipient(void *context, struct envelope_recipient *recipient)
{
	static struct log_gate gate = LOG_GATE(5);
	struct connection *connection = context;
	int code = mailboxes_find(connection->server->mailboxes, recipient);

	if (code == 0)
		return SMTP_RECIPIENT_OURS;
	if (code == ERROR_NOT_FOUND)
		return SMTP_RECIPIENT_UNKNOWN;
	if (log_gate_open(&gate, "recipient_unsure"))
		log_error("recipient_unsure reason=\"%s\"", error_text(code));
	return SMTP_RECIPIENT_UNSURE;
}

static bool
lend_memory(void *context, long long bytes)
{
	struct smtp_server *server = ((struct connection *)context)->server;

	if (bytes > 0 && server->memory + bytes > server->memory_max)
		return false;
	server->memory += bytes;
	return true;
}

static void
answer(void *context, int result)
{
	struct connection *connection = context;

	smtp_session_answer(connection->session, result == 0 ? SMTP_ACCEPTED
						 : result == ERROR_FULL
						     ? SMTP_NO_SPACE
						     : SMTP_TRY_LATER);
	begin_step(connection);
	if (connection->server->stopping)
		smtp_session_end(connection->session, SMTP_END_SHUTDOWN);
	settle(connection);
}

/* The envelope's recipients and the octets are the job's, or freed. */
static int
submit(struct connection *connection, struct recorder_job *job,
    const struct envelope *envelope)
{
	static struct log_gate gate = LOG_GATE(5);
	int code;

	job->envelope = *envelope;
	job->envelope.received_at = clock_seconds();
	code = recorder_submit(connection->server->recorder, job);
	if (code == 0)
		return 0;
	if (log_gate_open(&gate, "recorder_full"))
		log_warning("recorder_full");
	recorder_job_free(job);
	return code;
}

static enum smtp_result
take_message(
    void *context, const struct envelope *envelope, char *octets, size_t len)
{
	struct recorder_job *job = calloc(1, sizeof(*job));

	if (job == NULL) {
		free(envelope->recipients);
		free(octets);
		return SMTP_TRY_LATER;
	}
	job->what = RECORDER_MESSAGE;
	job->octets = octets;
	job->len = len;
	job->done = answer;
	job->context = context;
	return submit(context, job, envelope) == 0 ? SMTP_PENDING
						   : SMTP_QUEUE_FULL;
}

/* Nobody waits for it: when there is no room, a line in the log is all. */
static void
take_dialogue(void *context, const struct envelope *envelope, unsigned refused,
    bool politely)
{
	const size_t size =
	    envelope->recipient_count * sizeof(*envelope->recipients);
	struct recorder_job *job = calloc(1, sizeof(*job));
	struct envelope copy = *envelope;

	copy.recipients = malloc(size);
	if (job == NULL || copy.recipients == NULL) {
		free(copy.recipients);
		free(job);
		return;
	}
	memcpy(copy.recipients, envelope->recipients, size);
	job->what = RECORDER_DIALOGUE;
	job->refused = refused;
	job->politely = politely;
	submit(context, job, &copy);
}

static const struct smtp_handler handler = {
	.recipient = find_recipient,
	.memory = lend_memory,
	.message = take_message,
	.dialogue = take_dialogue,
};

/* --- octets out and in ---------------------------------------------------- */

static void
set_timer(struct connection *connection, int64_t ms)
{
	struct timeval in = { ms / 1000, ms % 1000 * 1000 };

	event_add(&connection->timer, &in);
}

/* Sends what the kernel takes. True when all is sent. */
static bool
flush(struct connection *connection)
{
	const char *output;
	ssize_t sent;
	size_t len;

	output = smtp_session_output(connection->session, &len);
	if (len == 0 || connection->broken)
		return len == 0;
	sent = send(connection->fd, output, len, MSG_NOSIGNAL);
	if (sent < 0) {
		connection->broken = errno != EAGAIN && errno != EINTR;
		sent = 0;
	}
	smtp_session_sent(connection->session, (size_t)sent);
	if ((size_t)sent == len)
		return true;
	if (!connection->broken)
		event_add(&connection->writable, NULL);
	return false;
}

static bool
is_over(const struct connection *connection)
{
	return smtp_session_state(connection->session) == SMTP_OVER;
}

static bool
is_pending(const struct connection *connection)
{
	return smtp_session_state(connection->session) == SMTP_IN_ANSWER;
}

/* Feeds the session as long as it takes, and replies. Returns how many. */
static size_t
pump(struct connection *connection, const char *octets, size_t len)
{
	size_t taken = 0;

	do {
		taken += smtp_session_feed(
		    connection->session, octets + taken, len - taken);
	} while (flush(connection) && taken < len && !is_over(connection) &&
		 !is_pending(connection));
	mailboxes_rest(connection->server->mailboxes);
	return taken;
}

/* Puts by what was not taken. False without memory. */
static bool
put_by(struct connection *connection, const char *octets, size_t len)
{
	if (len == 0)
		return true;
	connection->unread = malloc(len);
	if (connection->unread == NULL)
		return false;
	memcpy(connection->unread, octets, len);
	connection->unread_len = len;
	return true;
}

static size_t
pump_unread(struct connection *connection)
{
	size_t taken =
	    pump(connection, connection->unread, connection->unread_len);

	connection->unread_len -= taken;
	memmove(connection->unread, connection->unread + taken,
	    connection->unread_len);
	if (connection->unread_len == 0) {
		free(connection->unread);
		connection->unread = NULL;
	}
	return taken;
}

/* A command has its time as a whole, a message that of its steps. */
static void
note_progress(struct connection *connection, size_t taken)
{
	const struct smtp_session *session = connection->session;

	connection->step_len += taken;
	if (smtp_session_progress(session) != connection->progress ||
	    (smtp_session_state(session) == SMTP_IN_DATA &&
		connection->step_len >= STEP_OCTETS))
		begin_step(connection);
}

/* --- the end -------------------------------------------------------------- */

void
smtp_connection_free(struct connection *connection)
{
	struct smtp_server *server = connection->server;

	event_del(&connection->readable);
	event_del(&connection->writable);
	event_del(&connection->timer);
	close(connection->fd);
	*connection->previous = connection->next;
	if (connection->next != NULL)
		connection->next->previous = connection->previous;
	client_limit_leave(&server->limit, &connection->peer);
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
		len = recv(connection->fd, connection->server->input,
		    SMTP_READ_SIZE, 0);
	if (len <= 0) {
		smtp_connection_free(connection);
		return;
	}
	shutdown(connection->fd, SHUT_WR);
	connection->lingering = true;
	set_reading(connection, true);
	set_timer(connection, LINGER_MS);
}

/*
 * What is to be done after anything happened: the last call of each event,
 * since the connection may be gone after it.
 */
static void
settle(struct connection *connection)
{
	bool sent = flush(connection);

	if (sent && connection->unread_len > 0 && !is_pending(connection) &&
	    !is_over(connection)) {
		note_progress(connection, pump_unread(connection));
		sent = flush(connection);
	}
	/* The recorder will come back to it. */
	if (is_pending(connection))
		return;
	if (connection->broken || (connection->server->is_cut_off && !sent))
		smtp_session_end(connection->session, SMTP_END_DROPPED);
	if (!is_over(connection)) {
		set_reading(connection, sent && connection->unread_len == 0);
		return;
	}
	set_reading(connection, false);
	if (sent || connection->broken || connection->server->is_cut_off)
		part(connection);
	else if (!connection->parting) {
		connection->parting = true;
		set_timer(connection, LINGER_MS);
	}
}

/* --- events --------------------------------------------------------------- */

static void
read_and_forget(struct connection *connection)
{
	ssize_t len =
	    recv(connection->fd, connection->server->input, SMTP_READ_SIZE, 0);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	connection->lingered += len > 0 ? (size_t)len : 0;
	if (len <= 0 || connection->lingered > LINGER_BYTES)
		smtp_connection_free(connection);
}

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
	struct connection *connection = context;
	char *input = connection->server->input;
	size_t taken;
	ssize_t len;

	(void)what;
	if (connection->lingering) {
		read_and_forget(connection);
		return;
	}
	/* It does not wait for the reply, so it has to. */
	if (is_pending(connection)) {
		set_reading(connection, false);
		return;
	}
	len = recv(fd, input, SMTP_READ_SIZE, 0);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		smtp_session_end(connection->session, SMTP_END_DROPPED);
		connection->broken = true;
	} else {
		taken = pump(connection, input, (size_t)len);
		note_progress(connection, taken);
		if (!put_by(connection, input + taken, (size_t)len - taken))
			connection->broken = true;
	}
	settle(connection);
}

static void
on_writable(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	settle(context);
}

static int64_t
time_left(const struct connection *connection)
{
	const struct smtp_server *server = connection->server;
	int64_t now_ms = clock_monotonic_ms();
	int64_t step_ms = connection->step_ms - now_ms;
	int64_t all_ms = connection->began_ms + server->session_ms - now_ms;

	step_ms += client_limit_is_crowded(&server->limit)
		       ? server->command_ms / CROWDED_PART
		       : server->command_ms;
	return step_ms < all_ms ? step_ms : all_ms;
}

/*
 * The timer is not set anew with each command: it runs out at the earliest
 * time that makes sense, should a crowd come meanwhile, and is then set for
 * what is left.
 */
static void
await(struct connection *connection, int64_t left_ms)
{
	int64_t crowded_ms = connection->server->command_ms / CROWDED_PART;

	set_timer(connection, left_ms < crowded_ms ? left_ms : crowded_ms);
}

static void
on_timer(evutil_socket_t fd, short what, void *context)
{
	struct connection *connection = context;
	int64_t left_ms;

	(void)fd;
	(void)what;
	if (connection->lingering) {
		smtp_connection_free(connection);
		return;
	}
	if (is_pending(connection)) {
		set_timer(connection, ANSWER_MS);
		return;
	}
	/* It does not even read the good-bye. */
	if (is_over(connection)) {
		connection->broken = true;
		settle(connection);
		return;
	}
	left_ms = time_left(connection);
	if (left_ms > 0) {
		await(connection, left_ms);
		return;
	}
	smtp_session_end(connection->session, SMTP_END_TIMEOUT);
	settle(connection);
}

/* --- for the server ------------------------------------------------------- */

void
smtp_connection_open(
    struct smtp_server *server, int fd, const struct ipaddr *peer)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (connection != NULL)
		connection->session = smtp_session_new(&server->rules, &handler,
		    connection, peer, smtp_server_trusts(server, peer));
	if (connection == NULL || connection->session == NULL) {
		free(connection);
		client_limit_leave(&server->limit, peer);
		close(fd);
		return;
	}
	connection->server = server;
	connection->fd = fd;
	connection->peer = *peer;
	connection->began_ms = connection->step_ms = clock_monotonic_ms();
	event_assign(&connection->readable, server->base, fd,
	    EV_READ | EV_PERSIST, on_readable, connection);
	event_assign(&connection->writable, server->base, fd, EV_WRITE,
	    on_writable, connection);
	evtimer_assign(&connection->timer, server->base, on_timer, connection);
	connection->next = server->connections;
	connection->previous = &server->connections;
	if (connection->next != NULL)
		connection->next->previous = &connection->next;
	server->connections = connection;
	await(connection, time_left(connection));
	settle(connection);
}

void
smtp_connection_stop(struct connection *connection)
{
	if (connection->lingering || is_pending(connection))
		return;
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

struct connection *
smtp_connection_next(const struct connection *connection)
{
	return connection->next;
}
