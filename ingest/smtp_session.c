#include "ingest/smtp_session.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "ingest/smtp_command.h"
#include "ingest/smtp_data.h"
#include "ingest/smtp_line.h"
#include "ingest/smtp_transaction.h"
#include "ingest/smtp_xclient.h"

/*
 * Replies wait here until they are sent; a client that pipelines on without
 * reading is not listened to any more once less than a reply's room is left.
 */
#define OUTPUT_SIZE 4096
#define REPLY_MAX 1024 /* all lines of EHLO's reply, and a 421 behind it */

/* Who goes on after so much of one line has no line to end. */
#define LINE_LOST_MAX 65536

struct smtp_session {
	const struct smtp_rules *rules;
	const struct smtp_handler *handler;
	void *context;
	bool may_xclient;

	enum smtp_state state;
	struct smtp_transaction transaction; /* `helo` empty before EHLO */
	struct smtp_line line;
	struct smtp_data data;

	unsigned commands, errors; /* since the last message */
	unsigned refused;	   /* recipients, in the session */
	unsigned progress;

	char output[OUTPUT_SIZE];
	size_t output_len;
};

/* --- replies -------------------------------------------------------------- */

static void reply(struct smtp_session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Room for REPLY_MAX octets is there before each command. */
static void
reply(struct smtp_session *session, const char *format, ...)
{
	size_t room = OUTPUT_SIZE - session->output_len;
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

/* A reply to what the client did wrong. */
static void
refuse(struct smtp_session *session, const char *text)
{
	session->errors++;
	reply(session, "%s", text);
}

static void
greet(struct smtp_session *session)
{
	reply(session, "220 %s ESMTP bsbl", session->rules->hostname);
}

/* --- the end of a transaction --------------------------------------------- */

/* The open transaction, if any, ends without its message. */
static void
end_transaction(struct smtp_session *session, bool politely)
{
	struct smtp_transaction *transaction = &session->transaction;

	if (session->state == SMTP_IN_COMMAND &&
	    smtp_transaction_tell(transaction) > 0)
		session->handler->dialogue(session->context,
		    &transaction->envelope, session->refused, politely);
	smtp_data_drop(&session->data);
	smtp_transaction_close(transaction);
}

/* `code` is an enhanced status code. */
static void
hang_up(struct smtp_session *session, const char *code, const char *text)
{
	end_transaction(session, false);
	reply(session, "421 %s %s %s", code, session->rules->hostname, text);
	session->state = SMTP_OVER;
}

/* --- commands ------------------------------------------------------------- */

static void
set_helo(struct smtp_session *session, const char *name)
{
	struct envelope *envelope = &session->transaction.envelope;

	snprintf(envelope->helo, sizeof(envelope->helo), "%s", name);
}

static void
do_helo(struct smtp_session *session, const struct smtp_command *command)
{
	end_transaction(session, false);
	set_helo(session, command->host);
	reply(session, "250 %s", session->rules->hostname);
}

static void
do_ehlo(struct smtp_session *session, const struct smtp_command *command)
{
	end_transaction(session, false);
	set_helo(session, command->host);
	reply(session, "250-%s", session->rules->hostname);
	reply(session, "250-PIPELINING");
	reply(session, "250-SIZE %zu", session->rules->message_bytes);
	if (session->may_xclient)
		reply(session, "250-" SMTP_XCLIENT_OFFER);
	reply(session, "250-ENHANCEDSTATUSCODES");
	reply(session, "250 8BITMIME");
}

static void
do_mail(struct smtp_session *session, const struct smtp_command *command)
{
	struct smtp_transaction *transaction = &session->transaction;

	if (transaction->envelope.helo[0] == '\0')
		refuse(session, "503 5.5.1 Please say EHLO or HELO first");
	else if (transaction->open)
		refuse(session, "503 5.5.1 Sender given already");
	else if (command->size > session->rules->message_bytes)
		refuse(session, "552 5.3.4 Message too big");
	else {
		smtp_transaction_open(transaction, command->path);
		reply(session, "250 2.1.0 Sender ok");
	}
}

static void
add_recipient(
    struct smtp_session *session, const struct envelope_recipient *recipient)
{
	switch (smtp_transaction_add(
	    &session->transaction, recipient, session->rules->recipients)) {
	case 0:
		reply(session, "250 2.1.5 Recipient ok");
		break;
	case ERROR_LIMIT:
		reply(session, "452 4.5.3 Too many recipients");
		break;
	default:
		reply(session, "451 4.3.0 Please try again later");
	}
}

static void
do_rcpt(struct smtp_session *session, const struct smtp_command *command)
{
	struct envelope_recipient recipient = { 0 };

	if (!session->transaction.open) {
		refuse(session, "503 5.5.1 Please name the sender first");
		return;
	}
	memcpy(recipient.path, command->path, sizeof(recipient.path));
	switch (session->handler->recipient(session->context, &recipient)) {
	case SMTP_RECIPIENT_OURS:
		add_recipient(session, &recipient);
		break;
	case SMTP_RECIPIENT_UNKNOWN:
		session->refused++;
		refuse(session, "550 5.1.1 No such mailbox here");
		break;
	case SMTP_RECIPIENT_UNSURE:
		reply(session, "451 4.3.0 Please try again later");
		break;
	}
}

static void
do_data(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	if (!session->transaction.open)
		refuse(session, "503 5.5.1 Please name the sender first");
	else if (session->transaction.envelope.recipient_count == 0)
		refuse(session, "554 5.5.1 No valid recipients");
	else {
		smtp_data_begin(&session->data, session->rules->message_bytes,
		    session->handler->memory, session->context);
		session->state = SMTP_IN_DATA;
		reply(session, "354 End the message with a dot on a line");
	}
}

static void
do_rset(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	end_transaction(session, true);
	reply(session, "250 2.0.0 Ok");
}

static void
do_noop(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	reply(session, "250 2.0.0 Ok");
}

static void
do_vrfy(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	reply(session, "252 2.0.0 Please send the message to find out");
}

static void
do_help(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	reply(session,
	    "214 2.0.0 EHLO HELO MAIL RCPT DATA RSET NOOP VRFY HELP QUIT");
}

static void
do_quit(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	end_transaction(session, true);
	reply(
	    session, "221 2.0.0 %s closing, goodbye", session->rules->hostname);
	session->state = SMTP_OVER;
}

/* The session begins anew, with another client at its end. */
static void
do_xclient(struct smtp_session *session, const struct smtp_command *command)
{
	const struct smtp_xclient *xclient = &command->xclient;

	if (session->transaction.open) {
		refuse(session, "503 5.5.1 Not within a transaction");
		return;
	}
	/* Evidence without an address is none. */
	if (xclient->address_given && !xclient->address_known) {
		refuse(session, "501 5.5.4 The client's address is needed");
		return;
	}
	if (xclient->address_given)
		session->transaction.envelope.client = xclient->address;
	set_helo(session, xclient->helo);
	session->errors = session->refused = 0;
	session->transaction.told_count = 0;
	greet(session);
}

static void
do_elsewhere(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	refuse(session, "502 5.5.1 Command not offered here");
}

static void (*const commands[SMTP_VERB_COUNT])(
    struct smtp_session *session, const struct smtp_command *command) = {
	[SMTP_EHLO] = do_ehlo,
	[SMTP_HELO] = do_helo,
	[SMTP_MAIL] = do_mail,
	[SMTP_RCPT] = do_rcpt,
	[SMTP_DATA] = do_data,
	[SMTP_RSET] = do_rset,
	[SMTP_NOOP] = do_noop,
	[SMTP_VRFY] = do_vrfy,
	[SMTP_HELP] = do_help,
	[SMTP_QUIT] = do_quit,
	[SMTP_XCLIENT] = do_xclient,
	[SMTP_KNOWN_ELSEWHERE] = do_elsewhere,
};

static const char *const refusals[SMTP_OUTCOME_COUNT] = {
	[SMTP_LINE_GARBLED] =
	    "500 5.5.2 Lines end with CR LF and hold printable text",
	[SMTP_VERB_UNKNOWN] = "500 5.5.2 Command not recognized",
	[SMTP_ARGUMENT_BAD] = "501 5.5.4 Argument not understood",
	[SMTP_PATH_MALFORMED] = "501 5.1.7 Address not understood",
	[SMTP_PATH_TOO_LONG] = "501 5.1.7 Address too long",
	[SMTP_PARAMETER_BAD] = "501 5.5.4 Parameter not understood",
	[SMTP_PARAMETER_UNKNOWN] = "555 5.5.4 Parameter not offered here",
};

/* RFC 3463 section 3.2: X.1.7 is of the sender's address. */
static const char *
refusal_of(enum smtp_outcome outcome, enum smtp_verb verb)
{
	if (verb == SMTP_RCPT && outcome == SMTP_PATH_MALFORMED)
		return "501 5.1.3 Address not understood";
	if (verb == SMTP_RCPT && outcome == SMTP_PATH_TOO_LONG)
		return "501 5.1.3 Address too long";
	return refusals[outcome];
}

static void
do_command(struct smtp_session *session, const char *line, size_t len)
{
	struct smtp_command command;
	enum smtp_outcome outcome = smtp_command_parse(line, len, &command);

	if (command.verb == SMTP_XCLIENT && !session->may_xclient)
		refuse(session, "550 5.7.0 Not for this client");
	else if (outcome != SMTP_UNDERSTOOD)
		refuse(session, refusal_of(outcome, command.verb));
	else
		commands[command.verb](session, &command);
}

/* --- lines and messages --------------------------------------------------- */

static void
line_done(struct smtp_session *session)
{
	struct smtp_line *line = &session->line;

	session->progress++;
	session->commands++;
	if (session->commands > session->rules->commands)
		hang_up(session, "4.7.0", "Too many commands");
	else if (session->errors >= SMTP_ERRORS_MAX)
		hang_up(session, "4.7.0", "Too many errors");
	else if (line->lost > 0)
		refuse(session, "500 5.5.2 Line too long");
	else
		do_command(session, line->octets, line->len - strlen("\r\n"));
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
		hang_up(session, "4.7.0", "Line without an end");
	return len;
}

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
	reply(session, "%s", replies[result]);
	if (result == SMTP_ACCEPTED)
		session->commands = session->errors = 0;
}

static void
message_done(struct smtp_session *session)
{
	struct envelope envelope;
	enum smtp_result result;
	char *octets;
	size_t len;

	octets = smtp_data_take(&session->data, &len);
	envelope = smtp_transaction_take(&session->transaction);
	session->state = SMTP_IN_ANSWER;
	result =
	    session->handler->message(session->context, &envelope, octets, len);
	if (result != SMTP_PENDING)
		answer(session, result);
}

/* What could not be kept was thrown away as it came. */
static void
message_lost(struct smtp_session *session, enum smtp_data_failure failure)
{
	end_transaction(session, false);
	session->state = SMTP_IN_COMMAND;
	if (failure == SMTP_DATA_TOO_BIG)
		refuse(session, "552 5.3.4 Message too big");
	else
		reply(session, "452 4.3.1 No space now, try again later");
}

static size_t
feed_data(struct smtp_session *session, const char *octets, size_t len)
{
	bool ended;

	len = smtp_data_feed(&session->data, octets, len, &ended);
	if (!ended)
		return len;
	session->progress++;
	if (session->data.failure == SMTP_DATA_WHOLE)
		message_done(session);
	else
		message_lost(session, session->data.failure);
	return len;
}

/* --- the session ---------------------------------------------------------- */

struct smtp_session *
smtp_session_new(const struct smtp_rules *rules,
    const struct smtp_handler *handler, void *context,
    const struct ipaddr *client, bool may_xclient)
{
	struct smtp_session *session = calloc(1, sizeof(*session));

	if (session == NULL)
		return NULL;
	session->rules = rules;
	session->handler = handler;
	session->context = context;
	session->may_xclient = may_xclient;
	smtp_transaction_init(&session->transaction, client);
	greet(session);
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
	const char *next = octets;
	size_t taken = 0;

	while (taken < len) {
		if (session->state == SMTP_IN_ANSWER ||
		    session->state == SMTP_OVER ||
		    session->output_len > OUTPUT_SIZE - REPLY_MAX)
			break;
		if (session->state == SMTP_IN_DATA)
			taken += feed_data(session, next + taken, len - taken);
		else
			taken += feed_line(session, next + taken, len - taken);
	}
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
}

void
smtp_session_answer(struct smtp_session *session, enum smtp_result result)
{
	assert(result != SMTP_PENDING);
	if (session->state == SMTP_IN_ANSWER)
		answer(session, result);
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
	if (end != SMTP_END_DROPPED &&
	    session->output_len <= OUTPUT_SIZE - REPLY_MAX) {
		hang_up(session, words[end].code, words[end].text);
		return;
	}
	end_transaction(session, false);
	session->state = SMTP_OVER;
}

const struct ipaddr *
smtp_session_client(const struct smtp_session *session)
{
	return &session->transaction.envelope.client;
}
