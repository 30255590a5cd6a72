#include "ingest/smtp_session.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/smtp_session_private.h"

/* Who goes on after so much of one line has no line to end. */
#define LINE_LOST_MAX 65536

/* --- replies -------------------------------------------------------------- */

void
smtp_reply(struct smtp_session *session, const char *format, ...)
{
	size_t room = SMTP_OUTPUT_SIZE - session->output_len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(
	    session->output + session->output_len, room, format, args);
	va_end(args);
	assert(len >= 0 && (size_t)len + 2 < room);
	memcpy(session->output + session->output_len + len, "\r\n", 2);
	session->output_len += (size_t)len + 2;
}

void
smtp_refuse(struct smtp_session *session, const char *text)
{
	static const char status[] = "550 5";

	session->errors++;
	if (session->peer.lmtp && text[0] == '5')
		smtp_reply(session, "451 4%s", text + strlen(status));
	else
		smtp_reply(session, "%s", text);
}

void
smtp_greet(struct smtp_session *session)
{
	smtp_reply(session, "220 %s %s bsbl", session->rules->hostname,
	    session->peer.lmtp ? "LMTP" : "ESMTP");
}

static bool
has_room(const struct smtp_session *session)
{
	return session->output_len <= SMTP_OUTPUT_SIZE - SMTP_REPLY_MAX;
}

/* As many answers as there is room for; the others when these are sent. */
static void
pay(struct smtp_session *session)
{
	for (; session->owed > 0 && has_room(session); session->owed--)
		smtp_reply(session, "%s", session->owed_reply);
}

/* --- the end of a transaction --------------------------------------------- */

/*
 * LMTP brings no callouts: the server in front has answered those. What began
 * with BDAT was meant to be a message.
 */
static bool
is_dialogue(const struct smtp_session *session)
{
	return session->state == SMTP_IN_COMMAND && !session->peer.lmtp &&
	       !session->transaction.chunked;
}

static void
drop_transaction(struct smtp_session *session)
{
	smtp_data_drop(&session->data);
	smtp_transaction_close(&session->transaction);
	session->is_forwarded = false;
}

void
smtp_end_transaction(struct smtp_session *session, bool politely)
{
	struct smtp_transaction *transaction = &session->transaction;

	if (is_dialogue(session) && smtp_transaction_tell(transaction) > 0)
		session->handler->dialogue(session->context,
		    &transaction->envelope, session->refused, politely);
	drop_transaction(session);
}

void
smtp_hang_up(struct smtp_session *session, const char *code, const char *text)
{
	smtp_end_transaction(session, false);
	smtp_reply(
	    session, "421 %s %s %s", code, session->rules->hostname, text);
	session->state = SMTP_OVER;
}

/* --- messages ------------------------------------------------------------- */

static void
answer(struct smtp_session *session, enum smtp_result result)
{
	static const char *const replies[] = {
		[SMTP_ACCEPTED] = "250 2.0.0 Message accepted",
		[SMTP_TRY_LATER] = "451 4.3.0 Please try again later",
		[SMTP_QUEUE_FULL] = "451 4.3.1 Too much mail, try again later",
		[SMTP_NO_SPACE] = "452 4.3.1 No space now, try again later",
	};

	session->state = SMTP_IN_COMMAND;
	session->owed = session->answers;
	session->owed_reply = replies[result];
	pay(session);
	if (result == SMTP_ACCEPTED)
		session->commands = session->errors = 0;
}

static void
message_whole(struct smtp_session *session)
{
	struct envelope envelope;
	enum smtp_result result;
	char *octets;
	size_t len;

	octets = smtp_data_take(&session->data, &len);
	envelope = smtp_transaction_take(&session->transaction);
	drop_transaction(session);
	session->state = SMTP_IN_ANSWER;
	result =
	    session->handler->message(session->context, &envelope, octets, len);
	if (result != SMTP_PENDING)
		answer(session, result);
}

static void
message_too_big(struct smtp_session *session)
{
	if (session->peer.lmtp) {
		session->handler->discarded(session->context,
		    &session->transaction.envelope, "", SMTP_DISCARD_TOO_BIG);
		answer(session, SMTP_ACCEPTED);
	} else
		smtp_refuse(session, "552 5.3.4 Message too big");
}

/* What could not be kept was thrown away as it came. */
static void
message_done(struct smtp_session *session)
{
	session->progress++;
	session->answers =
	    session->peer.lmtp ? session->transaction.accepted : 1;
	switch (session->data.failure) {
	case SMTP_DATA_WHOLE:
		message_whole(session);
		return;
	case SMTP_DATA_TOO_BIG:
		message_too_big(session);
		break;
	case SMTP_DATA_NO_MEMORY:
		answer(session, SMTP_NO_SPACE);
		break;
	case SMTP_DATA_UNWANTED:
		answer(session, SMTP_ACCEPTED);
		break;
	}
	session->state = SMTP_IN_COMMAND;
	drop_transaction(session);
}

/* --- octets in ------------------------------------------------------------ */

static void
line_done(struct smtp_session *session)
{
	struct smtp_line *line = &session->line;

	session->progress++;
	session->commands++;
	if (session->commands > session->rules->commands)
		smtp_hang_up(session, "4.7.0", "Too many commands");
	else if (session->errors >= SMTP_ERRORS_MAX)
		smtp_hang_up(session, "4.7.0", "Too many errors");
	else if (line->lost > 0)
		smtp_do_long_line(session, line->octets, line->len);
	else
		smtp_do_command(
		    session, line->octets, line->len - strlen("\r\n"));
	smtp_line_clear(line);
}

static size_t
feed_line(struct smtp_session *session, const char *octets, size_t len)
{
	bool ended;

	len = smtp_line_feed(&session->line, octets, len, &ended);
	if (ended)
		line_done(session);
	else if (session->line.lost > LINE_LOST_MAX)
		smtp_hang_up(session, "4.7.0", "Line without an end");
	return len;
}

static size_t
feed_data(struct smtp_session *session, const char *octets, size_t len)
{
	bool ended;

	len = smtp_data_feed(&session->data, octets, len, &ended);
	if (ended)
		message_done(session);
	return len;
}

/* No use in more of it; behind LMTP only the end is answered for all. */
static bool
is_lost(const struct smtp_session *session)
{
	return !session->peer.lmtp && session->data.failure != SMTP_DATA_WHOLE;
}

void
smtp_chunk_done(struct smtp_session *session)
{
	const char *refusal = session->chunk.refusal;

	session->state = SMTP_IN_COMMAND;
	if (refusal != NULL)
		smtp_refuse(session, refusal);
	else if (session->chunk.last || is_lost(session))
		message_done(session);
	else
		smtp_reply(session, "250 2.0.0 Chunk taken");
}

/* The octets of a chunk that is refused must be passed over all the same. */
static size_t
feed_chunk(struct smtp_session *session, const char *octets, size_t len)
{
	if (len > session->chunk.left)
		len = (size_t)session->chunk.left;
	if (session->chunk.refusal == NULL)
		smtp_data_feed_chunk(&session->data, octets, len);
	session->chunk.left -= len;
	if (session->chunk.left == 0)
		smtp_chunk_done(session);
	return len;
}

/* Whoever stands between client and server could have put it there. */
static size_t
feed_injected(struct smtp_session *session, const char *octets, size_t len)
{
	(void)octets;
	smtp_hang_up(session, "4.7.0", "Nothing may follow STARTTLS");
	return len;
}

/* --- the session ---------------------------------------------------------- */

struct smtp_session *
smtp_session_new(const struct smtp_rules *rules,
    const struct smtp_handler *handler, void *context,
    const struct smtp_peer *peer)
{
	struct smtp_session *session = calloc(1, sizeof(*session));

	if (session == NULL)
		return NULL;
	session->rules = rules;
	session->handler = handler;
	session->context = context;
	session->peer = *peer;
	session->own.client = peer->address;
	session->own.client_known = peer->address_known;
	smtp_greet(session);
	return session;
}

void
smtp_session_free(struct smtp_session *session)
{
	if (session == NULL)
		return;
	smtp_data_drop(&session->data);
	smtp_transaction_deinit(&session->transaction);
	free(session);
}

size_t
smtp_session_feed(struct smtp_session *session, const void *octets, size_t len)
{
	static size_t (*const feeds[])(
	    struct smtp_session * session, const char *octets, size_t len) = {
		[SMTP_IN_COMMAND] = feed_line,
		[SMTP_IN_DATA] = feed_data,
		[SMTP_IN_CHUNK] = feed_chunk,
		[SMTP_IN_TLS] = feed_injected,
	};
	const char *next = octets;
	size_t taken = 0;

	while (taken < len && session->state != SMTP_IN_ANSWER &&
	       session->state != SMTP_OVER && session->owed == 0 &&
	       has_room(session))
		taken +=
		    feeds[session->state](session, next + taken, len - taken);
	return taken;
}

const char *
smtp_session_output(const struct smtp_session *session, size_t *len)
{
	*len = session->output_len;
	return session->output;
}

void
smtp_session_sent(struct smtp_session *session, size_t len)
{
	assert(len <= session->output_len);
	session->output_len -= len;
	memmove(session->output, session->output + len, session->output_len);
	pay(session);
}

void
smtp_session_answer(struct smtp_session *session, enum smtp_result result)
{
	assert(result != SMTP_PENDING);
	if (session->state == SMTP_IN_ANSWER)
		answer(session, result);
}

void
smtp_session_secured(struct smtp_session *session)
{
	assert(session->state == SMTP_IN_TLS);
	session->state = SMTP_IN_COMMAND;
	session->secured = true;
	session->own.client = session->peer.address;
	session->own.client_known = session->peer.address_known;
	session->own.helo[0] = '\0';
	session->refused = 0;
	drop_transaction(session);
}

enum smtp_state
smtp_session_state(const struct smtp_session *session)
{
	return session->state;
}

unsigned
smtp_session_progress(const struct smtp_session *session)
{
	return session->progress;
}

void
smtp_session_end(struct smtp_session *session, enum smtp_end end)
{
	static const struct {
		const char *code, *text;
	} words[] = {
		[SMTP_END_TIMEOUT] = { "4.4.2", "Time is up, goodbye" },
		[SMTP_END_SHUTDOWN] = { "4.3.2", "Going down for a while" },
	};

	if (session->state == SMTP_OVER)
		return;
	if (end == SMTP_END_SHUTDOWN)
		drop_transaction(session);
	if (end != SMTP_END_DROPPED && session->owed == 0 &&
	    has_room(session)) {
		smtp_hang_up(session, words[end].code, words[end].text);
		return;
	}
	smtp_end_transaction(session, false);
	session->state = SMTP_OVER;
}
