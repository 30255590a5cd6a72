#include "common/clock.h"
#include "ingest/smtp_server_private.h"

/*
 * Of a message so many octets are a step, as a command is one: a client that
 * drips has as little as if it were silent. With the default of five minutes
 * that is 14 octets a second.
 */
#define STEP_OCTETS 4096

/* A step has so much less time while connections are scarce. */
#define CROWDED_PART 10

void
smtp_time_set(struct connection *connection, int64_t ms)
{
	struct timeval in = { ms / 1000, ms % 1000 * 1000 };

	event_add(&connection->timer, &in);
}

void
smtp_time_begin_step(struct connection *connection)
{
	connection->step_ms = clock_monotonic_ms();
	connection->step_len = 0;
	if (connection->session != NULL)
		connection->progress =
		    smtp_session_progress(connection->session);
}

static bool
is_in_message(const struct smtp_session *session)
{
	enum smtp_state state = smtp_session_state(session);

	return state == SMTP_IN_DATA || state == SMTP_IN_CHUNK;
}

void
smtp_time_note(struct connection *connection, size_t taken)
{
	const struct smtp_session *session = connection->session;

	connection->step_len += taken;
	if (smtp_session_progress(session) != connection->progress ||
	    (is_in_message(session) && connection->step_len >= STEP_OCTETS))
		smtp_time_begin_step(connection);
}

int64_t
smtp_time_left(const struct connection *connection)
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

void
smtp_time_await(struct connection *connection, int64_t left_ms)
{
	int64_t crowded_ms = connection->server->command_ms / CROWDED_PART;

	smtp_time_set(connection, left_ms < crowded_ms ? left_ms : crowded_ms);
}
