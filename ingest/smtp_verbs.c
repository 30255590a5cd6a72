#include <stdio.h>

#include "common/error.h"
#include "ingest/smtp_session_private.h"
#include "ingest/smtp_xclient.h"

#define ORDER "503 5.5.1 Please name the sender first"
#define NOT_WITHIN "503 5.5.1 Not within a transaction"
#define CHUNKS_ONLY "503 5.5.1 The message has begun with BDAT"

/* --- greetings ------------------------------------------------------------ */

static void
set_helo(struct smtp_origin *origin, const char *name)
{
	snprintf(origin->helo, sizeof(origin->helo), "%s", name);
}

static void
do_helo(struct smtp_session *session, const struct smtp_command *command)
{
	smtp_end_transaction(session, false);
	set_helo(&session->own, command->host);
	smtp_reply(session, "250 %s", session->rules->hostname);
}

static bool
is_tls_offered(const struct smtp_session *session)
{
	return session->rules->tls && !session->secured && !session->peer.local;
}

/*
 * No SIZE in LMTP: the server in front would bounce what is larger. And never
 * DSN, which would oblige us to send (RFC 3461).
 */
static void
do_ehlo(struct smtp_session *session, const struct smtp_command *command)
{
	smtp_end_transaction(session, false);
	set_helo(&session->own, command->host);
	smtp_reply(session, "250-%s", session->rules->hostname);
	smtp_reply(session, "250-PIPELINING");
	if (!session->peer.lmtp)
		smtp_reply(
		    session, "250-SIZE %zu", session->rules->message_bytes);
	if (is_tls_offered(session))
		smtp_reply(session, "250-STARTTLS");
	if (session->peer.may_xclient)
		smtp_reply(session, "250-" SMTP_XCLIENT_OFFER);
	if (session->peer.may_xforward)
		smtp_reply(session, "250-" SMTP_XFORWARD_OFFER);
	smtp_reply(session, "250-ENHANCEDSTATUSCODES");
	smtp_reply(session, "250-CHUNKING");
	smtp_reply(session, "250-SMTPUTF8");
	smtp_reply(session, "250 8BITMIME");
}

/* What came in plain text behind it is found by whoever feeds on. */
static void
do_starttls(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	if (!is_tls_offered(session)) {
		smtp_refuse(session, "503 5.5.1 TLS is not offered now");
		return;
	}
	smtp_end_transaction(session, false);
	smtp_reply(session, "220 2.0.0 Please begin with TLS");
	session->state = SMTP_IN_TLS;
}

/* --- proxies of ours ------------------------------------------------------ */

static bool
may_say(const struct smtp_session *session, enum smtp_verb verb)
{
	return (verb != SMTP_XCLIENT || session->peer.may_xclient) &&
	       (verb != SMTP_XFORWARD || session->peer.may_xforward);
}

/* The session begins anew, with another client at its end. */
static void
do_xclient(struct smtp_session *session, const struct smtp_command *command)
{
	const struct smtp_xclient *xclient = &command->xclient;

	if (session->transaction.open) {
		smtp_refuse(session, NOT_WITHIN);
		return;
	}
	/* Evidence without an address is none. */
	if (xclient->address_given && !xclient->address_known) {
		smtp_refuse(
		    session, "501 5.5.4 The client's address is needed");
		return;
	}
	if (xclient->address_given) {
		session->own.client = xclient->address;
		session->own.client_known = true;
	}
	set_helo(&session->own, xclient->helo);
	session->errors = session->refused = 0;
	session->transaction.told_count = 0;
	smtp_greet(session);
}

/* May come in several commands, before each transaction. */
static void
do_xforward(struct smtp_session *session, const struct smtp_command *command)
{
	const struct smtp_xclient *xforward = &command->xclient;
	struct smtp_origin *forwarded = &session->forwarded;

	if (session->transaction.open) {
		smtp_refuse(session, NOT_WITHIN);
		return;
	}
	if (!session->is_forwarded)
		*forwarded = (struct smtp_origin){ .client_known = false };
	session->is_forwarded = true;
	if (xforward->address_given) {
		forwarded->client = xforward->address;
		forwarded->client_known = xforward->address_known;
	}
	if (xforward->helo_given)
		set_helo(forwarded, xforward->helo);
	smtp_reply(session, "250 2.0.0 Ok");
}

/* --- sender and recipients ------------------------------------------------ */

static const struct smtp_origin *
origin_of(const struct smtp_session *session)
{
	return session->is_forwarded ? &session->forwarded : &session->own;
}

/*
 * Behind LMTP the peer never answers for the mail. It must say who does; where
 * it says something and no address, the mail is its own.
 */
static bool
is_client_needed(const struct smtp_session *session)
{
	return session->peer.lmtp ? !session->is_forwarded
				  : !origin_of(session)->client_known;
}

static void
ask_for_client(struct smtp_session *session)
{
	if (session->peer.may_xforward)
		smtp_reply(
		    session, "451 4.3.5 Please name the client with XFORWARD");
	else
		smtp_reply(session,
		    "451 4.3.5 The proxy between does not name the client");
}

static void
do_mail(struct smtp_session *session, const struct smtp_command *command)
{
	struct smtp_transaction *transaction = &session->transaction;
	bool lmtp = session->peer.lmtp;

	if (session->own.helo[0] == '\0')
		smtp_refuse(
		    session, lmtp ? "503 5.5.1 Please say LHLO first"
				  : "503 5.5.1 Please say EHLO or HELO first");
	else if (transaction->open)
		smtp_refuse(session, "503 5.5.1 Sender given already");
	else if (!lmtp && command->size > session->rules->message_bytes)
		smtp_refuse(session, "552 5.3.4 Message too big");
	else if (!lmtp && !command->path_is_ascii && !command->smtputf8)
		smtp_refuse(session, "553 5.6.7 Please say SMTPUTF8");
	else if (is_client_needed(session))
		ask_for_client(session);
	else {
		smtp_transaction_open(
		    transaction, origin_of(session), command->path);
		transaction->smtputf8 = command->smtputf8;
		smtp_reply(session, "250 2.1.0 Sender ok");
	}
}

static void
accept_recipient(struct smtp_session *session)
{
	session->transaction.accepted++;
	smtp_reply(session, "250 2.1.5 Recipient ok");
}

/* Behind LMTP it is too late to refuse. */
static void
discard_recipient(
    struct smtp_session *session, const char *path, enum smtp_discard reason)
{
	session->handler->discarded(
	    session->context, &session->transaction.envelope, path, reason);
	accept_recipient(session);
}

static void
add_recipient(
    struct smtp_session *session, const struct envelope_recipient *recipient)
{
	switch (smtp_transaction_add(
	    &session->transaction, recipient, session->rules->recipients)) {
	case 0:
		accept_recipient(session);
		break;
	case ERROR_LIMIT:
		smtp_reply(session, "452 4.5.3 Too many recipients");
		break;
	default:
		smtp_reply(session, "451 4.3.0 Please try again later");
	}
}

static void
find_recipient(struct smtp_session *session, const char *path)
{
	struct envelope_recipient recipient = { 0 };

	snprintf(recipient.path, sizeof(recipient.path), "%s", path);
	switch (session->handler->recipient(session->context, &recipient)) {
	case SMTP_RECIPIENT_OURS:
		add_recipient(session, &recipient);
		break;
	case SMTP_RECIPIENT_UNKNOWN:
		if (session->peer.lmtp) {
			discard_recipient(
			    session, path, SMTP_DISCARD_NOT_A_TRAP);
			break;
		}
		session->refused++;
		smtp_refuse(session, "550 5.1.1 No such mailbox here");
		break;
	case SMTP_RECIPIENT_UNSURE:
		smtp_reply(session, "451 4.3.0 Please try again later");
		break;
	}
}

static void
do_rcpt(struct smtp_session *session, const struct smtp_command *command)
{
	struct smtp_transaction *transaction = &session->transaction;
	bool lmtp = session->peer.lmtp;

	if (!transaction->open)
		smtp_refuse(session, ORDER);
	else if (transaction->chunked)
		smtp_refuse(session, CHUNKS_ONLY);
	else if (!lmtp && !command->path_is_ascii && !transaction->smtputf8)
		smtp_refuse(session, "553 5.6.7 Please say SMTPUTF8");
	else if (lmtp && transaction->accepted >= session->rules->recipients)
		smtp_reply(session, "452 4.5.3 Too many recipients");
	else if (!transaction->envelope.client_known)
		discard_recipient(
		    session, command->path, SMTP_DISCARD_NO_CLIENT);
	else
		find_recipient(session, command->path);
}

/* --- messages ------------------------------------------------------------- */

/* Why no message may come now; NULL when it may. */
static const char *
not_yet(const struct smtp_transaction *transaction)
{
	return !transaction->open	    ? ORDER
	       : transaction->accepted == 0 ? "554 5.5.1 No valid recipients"
					    : NULL;
}

static void
begin_message(struct smtp_session *session)
{
	smtp_data_begin(&session->data, session->rules->message_bytes,
	    session->handler->memory, session->context);
	if (session->transaction.envelope.recipient_count == 0)
		smtp_data_discard(&session->data);
}

static void
do_data(struct smtp_session *session, const struct smtp_command *command)
{
	const char *refusal = not_yet(&session->transaction);

	(void)command;
	if (refusal == NULL && session->transaction.chunked)
		refusal = CHUNKS_ONLY;
	if (refusal != NULL) {
		smtp_refuse(session, refusal);
		return;
	}
	begin_message(session);
	session->state = SMTP_IN_DATA;
	smtp_reply(session, "354 End the message with a dot on a line");
}

/* RFC 3030 section 2. */
static void
do_bdat(struct smtp_session *session, const struct smtp_command *command)
{
	struct smtp_transaction *transaction = &session->transaction;

	session->chunk.left = command->size;
	session->chunk.last = command->last;
	session->chunk.refusal = not_yet(transaction);
	if (session->chunk.refusal == NULL && !transaction->chunked) {
		begin_message(session);
		transaction->chunked = true;
	}
	session->state = SMTP_IN_CHUNK;
	if (session->chunk.left == 0)
		smtp_chunk_done(session);
}

/* --- the rest ------------------------------------------------------------- */

static void
do_rset(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	smtp_end_transaction(session, true);
	smtp_reply(session, "250 2.0.0 Ok");
}

static void
do_noop(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	smtp_reply(session, "250 2.0.0 Ok");
}

static void
do_vrfy(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	smtp_reply(session, "252 2.0.0 Please send the message to find out");
}

static void
do_help(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	smtp_reply(session,
	    "214 2.0.0 %s MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT",
	    session->peer.lmtp ? "LHLO" : "EHLO HELO STARTTLS");
}

static void
do_quit(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	smtp_end_transaction(session, true);
	smtp_reply(
	    session, "221 2.0.0 %s closing, goodbye", session->rules->hostname);
	session->state = SMTP_OVER;
}

static void
do_elsewhere(struct smtp_session *session, const struct smtp_command *command)
{
	(void)command;
	smtp_refuse(session, "502 5.5.1 Command not offered here");
}

enum protocols { IN_SMTP = 1, IN_LMTP = 2, IN_BOTH = 3 };

static const struct {
	enum protocols in;
	void (*act)(
	    struct smtp_session *session, const struct smtp_command *command);
} commands[SMTP_VERB_COUNT] = {
	[SMTP_EHLO] = { IN_SMTP, do_ehlo },
	[SMTP_HELO] = { IN_SMTP, do_helo },
	[SMTP_LHLO] = { IN_LMTP, do_ehlo },
	[SMTP_STARTTLS] = { IN_BOTH, do_starttls },
	[SMTP_MAIL] = { IN_BOTH, do_mail },
	[SMTP_RCPT] = { IN_BOTH, do_rcpt },
	[SMTP_DATA] = { IN_BOTH, do_data },
	[SMTP_BDAT] = { IN_BOTH, do_bdat },
	[SMTP_RSET] = { IN_BOTH, do_rset },
	[SMTP_NOOP] = { IN_BOTH, do_noop },
	[SMTP_VRFY] = { IN_BOTH, do_vrfy },
	[SMTP_HELP] = { IN_BOTH, do_help },
	[SMTP_QUIT] = { IN_BOTH, do_quit },
	[SMTP_XCLIENT] = { IN_BOTH, do_xclient },
	[SMTP_XFORWARD] = { IN_BOTH, do_xforward },
	[SMTP_KNOWN_ELSEWHERE] = { IN_BOTH, do_elsewhere },
};

static const char *const refusals[SMTP_OUTCOME_COUNT] = {
	[SMTP_LINE_GARBLED] =
	    "500 5.5.2 Lines end with CR LF and hold printable text",
	[SMTP_LINE_TOO_LONG] = "500 5.5.2 Line too long",
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

/*
 * Behind LMTP, mail whose addresses we do not understand would come again and
 * again, and in the end the server in front would bounce it: it is taken, and
 * for nobody.
 */
static bool
take_for_nobody(struct smtp_session *session, enum smtp_verb verb)
{
	struct smtp_transaction *transaction = &session->transaction;

	if (!session->peer.lmtp || transaction->chunked)
		return false;
	if (verb == SMTP_RCPT && transaction->open &&
	    transaction->accepted < session->rules->recipients)
		discard_recipient(session, "", SMTP_DISCARD_NOT_UNDERSTOOD);
	else if (verb == SMTP_MAIL && !transaction->open &&
		 session->own.helo[0] != '\0') {
		const struct smtp_origin nobody = { .client_known = false };

		smtp_transaction_open(transaction, &nobody, "");
		session->handler->discarded(session->context,
		    &transaction->envelope, "", SMTP_DISCARD_NOT_UNDERSTOOD);
		smtp_reply(session, "250 2.1.0 Sender ok");
	} else
		return false;
	return true;
}

static void
not_understood(struct smtp_session *session, enum smtp_outcome outcome,
    enum smtp_verb verb)
{
	/*
	 * Where its octets end cannot be told, nor what they would be read as.
	 */
	if (verb == SMTP_BDAT)
		smtp_hang_up(session, "4.5.4", "Chunk without a size");
	else if (!take_for_nobody(session, verb))
		smtp_refuse(session, refusal_of(outcome, verb));
}

void
smtp_do_long_line(struct smtp_session *session, const char *line, size_t len)
{
	not_understood(
	    session, SMTP_LINE_TOO_LONG, smtp_command_verb(line, len));
}

void
smtp_do_command(struct smtp_session *session, const char *line, size_t len)
{
	const enum protocols protocol = session->peer.lmtp ? IN_LMTP : IN_SMTP;
	struct smtp_command command;
	enum smtp_outcome outcome = smtp_command_parse(line, len, &command);

	if (!may_say(session, command.verb))
		smtp_refuse(session, "550 5.7.0 Not for this client");
	else if (outcome != SMTP_UNDERSTOOD)
		not_understood(session, outcome, command.verb);
	else if ((commands[command.verb].in & protocol) == 0)
		smtp_refuse(session, refusals[SMTP_VERB_UNKNOWN]);
	else
		commands[command.verb].act(session, &command);
}
