#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/strbuf.h"
#include "ingest/smtp_session.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/*
 * A dialogue is a text of octets in, and two texts out: the replies, and what
 * the handler was told ("message" and "dialogue" lines).
 */
struct transcript {
	struct strbuf replies, events;
	enum smtp_result result; /* of the next message */
	long long memory;	 /* lent to the session */
	long long memory_max;
};

static enum smtp_recipient
find_recipient(void *context, struct envelope_recipient *recipient)
{
	static const struct {
		const char *path;
		enum smtp_recipient answer;
		uint64_t trap;
	} known[] = {
		{ "trap@trap.example", SMTP_RECIPIENT_OURS, 1 },
		{ "other@trap.example", SMTP_RECIPIENT_OURS, 2 },
		{ "same@trap.example", SMTP_RECIPIENT_OURS, 1 },
		{ "postmaster@trap.example", SMTP_RECIPIENT_OURS, 0 },
		{ "Postmaster", SMTP_RECIPIENT_OURS, 0 },
		{ "unsure@trap.example", SMTP_RECIPIENT_UNSURE, 0 },
	};

	(void)context;
	for (size_t i = 0; i < COUNT(known); i++) {
		if (strcasecmp(known[i].path, recipient->path) == 0) {
			recipient->trap = known[i].trap;
			return known[i].answer;
		}
	}
	return SMTP_RECIPIENT_UNKNOWN;
}

static bool
lend_memory(void *context, long long bytes)
{
	struct transcript *transcript = context;

	if (transcript->memory + bytes > transcript->memory_max)
		return false;
	transcript->memory += bytes;
	return true;
}

static void
put_envelope(struct strbuf *events, const struct envelope *envelope)
{
	char client[IPADDR_TEXT_MAX];

	strbuf_printf(events, "%s %s <%s>",
	    ipaddr_format(&envelope->client, client), envelope->helo,
	    envelope->sender);
	for (unsigned i = 0; i < envelope->recipient_count; i++)
		strbuf_printf(events, " <%s>", envelope->recipients[i].path);
}

static enum smtp_result
take_message(
    void *context, const struct envelope *envelope, char *octets, size_t len)
{
	struct transcript *transcript = context;

	strbuf_puts(&transcript->events, "message ");
	put_envelope(&transcript->events, envelope);
	strbuf_puts(&transcript->events, " [");
	strbuf_add(&transcript->events, octets, len);
	strbuf_puts(&transcript->events, "]\n");
	free(envelope->recipients);
	free(octets);
	return transcript->result;
}

static void
take_dialogue(void *context, const struct envelope *envelope, unsigned refused,
    bool politely)
{
	struct transcript *transcript = context;

	strbuf_puts(&transcript->events, "dialogue ");
	put_envelope(&transcript->events, envelope);
	strbuf_printf(&transcript->events, " refused=%u%s\n", refused,
	    politely ? " politely" : "");
}

static void
note_discard(void *context, const struct envelope *envelope,
    const char *recipient, enum smtp_discard reason)
{
	struct transcript *transcript = context;

	strbuf_puts(&transcript->events, "discarded ");
	put_envelope(&transcript->events, envelope);
	strbuf_printf(
	    &transcript->events, " for <%s> reason=%d\n", recipient, reason);
}

static const struct smtp_handler handler = {
	.discarded = note_discard,
	.recipient = find_recipient,
	.memory = lend_memory,
	.message = take_message,
	.dialogue = take_dialogue,
};

static const struct smtp_rules rules = {
	.hostname = "mx.example",
	.message_bytes = 100000,
	.recipients = 2,
	.commands = 60,
	.tls = true,
};

/* What a peer may do, and is. */
enum {
	MAY_XCLIENT = 1,
	MAY_XFORWARD = 2,
	LMTP = 4,
	LOCAL = 8,
	UNNAMED = 16 /* behind a proxy that does not say who it is */
};

static struct smtp_session *
open_session(struct transcript *transcript, unsigned kind)
{
	struct smtp_peer peer = {
		.address_known = (kind & (LOCAL | UNNAMED)) == 0,
		.local = (kind & LOCAL) != 0,
		.lmtp = (kind & LMTP) != 0,
		.may_xclient = (kind & MAY_XCLIENT) != 0,
		.may_xforward = (kind & MAY_XFORWARD) != 0,
	};
	struct smtp_session *session;

	*transcript = (struct transcript){ .result = SMTP_ACCEPTED,
		.memory_max = 1 << 20 };
	strbuf_init(&transcript->replies, 1 << 20);
	strbuf_init(&transcript->events, 1 << 20);
	if (peer.address_known)
		assert_int_equal(ipaddr_parse("192.0.2.1", &peer.address), 0);
	session = smtp_session_new(&rules, &handler, transcript, &peer);
	assert_non_null(session);
	return session;
}

/* Whatever was lent came back. */
static void
close_session(struct smtp_session *session, struct transcript *transcript)
{
	smtp_session_free(session);
	assert_true(transcript->memory == 0);
	assert_int_equal(transcript->replies.error, 0);
	assert_int_equal(transcript->events.error, 0);
	strbuf_deinit(&transcript->replies);
	strbuf_deinit(&transcript->events);
}

static void
read_replies(struct smtp_session *session, struct transcript *transcript)
{
	const char *output;
	size_t len;

	output = smtp_session_output(session, &len);
	strbuf_add(&transcript->replies, output, len);
	smtp_session_sent(session, len);
}

static void
say(struct smtp_session *session, struct transcript *transcript,
    const char *octets, size_t len)
{
	for (;;) {
		size_t taken = smtp_session_feed(session, octets, len);

		octets += taken;
		len -= taken;
		read_replies(session, transcript);
		if (smtp_session_state(session) == SMTP_IN_ANSWER) {
			smtp_session_answer(session, SMTP_ACCEPTED);
			read_replies(session, transcript);
		} else if (len == 0 || smtp_session_state(session) == SMTP_OVER)
			return;
	}
}

#define GREETING "220 mx.example ESMTP bsbl\r\n"
#define LMTP_GREETING "220 mx.example LMTP bsbl\r\n"
#define HELO "HELO a.example\r\n"
#define HELO_OK "250 mx.example\r\n"
#define MAIL_NULL "MAIL FROM:<>\r\n"
#define MAIL_OK "250 2.1.0 Sender ok\r\n"
#define RCPT_TRAP "RCPT TO:<trap@trap.example>\r\n"
#define RCPT_OK "250 2.1.5 Recipient ok\r\n"
#define RCPT_NO "550 5.1.1 No such mailbox here\r\n"
#define DATA_OK "354 End the message with a dot on a line\r\n"
#define MESSAGE_OK "250 2.0.0 Message accepted\r\n"
#define OK "250 2.0.0 Ok\r\n"
#define BYE "221 2.0.0 mx.example closing, goodbye\r\n"
#define UNSEEN "500 5.5.2 Command not recognized\r\n"
#define GARBLED "500 5.5.2 Lines end with CR LF and hold printable text\r\n"
#define ORDER "503 5.5.1 Please name the sender first\r\n"
#define LATER "451 4.3.0 Please try again later\r\n"
#define TLS_OK "220 2.0.0 Please begin with TLS\r\n"
#define INJECTED "421 4.7.0 mx.example Nothing may follow STARTTLS\r\n"
#define LHLO "LHLO front.example\r\n"
#define LHLO_OK                                                                \
	"250-mx.example\r\n250-PIPELINING\r\n250-XFORWARD "                    \
	"NAME ADDR PORT PROTO HELO IDENT SOURCE\r\n" EHLO_END
#define FORWARD "XFORWARD ADDR=198.51.100.7\r\n"
#define FRONT (LMTP | LOCAL | MAY_XFORWARD)
#define EHLO_END                                                               \
	"250-ENHANCEDSTATUSCODES\r\n250-CHUNKING\r\n250-SMTPUTF8\r\n250 "      \
	"8BITMIME\r\n"
#define CHUNK_OK "250 2.0.0 Chunk taken\r\n"
#define CHUNKS_ONLY "503 5.5.1 The message has begun with BDAT\r\n"
#define NOT_ALLOWED "550 5.7.0 Not for this client\r\n"
#define START HELO MAIL_NULL RCPT_TRAP
#define START_OK HELO_OK MAIL_OK RCPT_OK
#define FROM_NULL "192.0.2.1 a.example <> <trap@trap.example>"

struct dialogue {
	const char *said, *replies, *events;
	unsigned kind;
};

static const struct dialogue dialogues[] = {
	/* A bounce comes in, and another on the same connection. */
	{ START "DATA\r\nSubject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n",
	    START_OK DATA_OK MESSAGE_OK BYE,
	    "message " FROM_NULL " [Subject: x\r\n\r\nbody\r\n]\n", 0 },
	{ START "DATA\r\n1\r\n.\r\n" MAIL_NULL RCPT_TRAP
		"DATA\r\n2\r\n.\r\nQUIT\r\n",
	    START_OK DATA_OK MESSAGE_OK MAIL_OK RCPT_OK DATA_OK MESSAGE_OK BYE,
	    "message " FROM_NULL " [1\r\n]\nmessage " FROM_NULL " [2\r\n]\n",
	    0 },
	/* What is announced. */
	{ "EHLO a.example\r\n",
	    "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 100000\r\n"
	    "250-STARTTLS\r\n" EHLO_END,
	    "", 0 },
	{ "EHLO a.example\r\n",
	    "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 100000\r\n"
	    "250-STARTTLS\r\n"
	    "250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR "
	    "DESTPORT\r\n" EHLO_END,
	    "", MAY_XCLIENT },
	/* Only our mailboxes; a trap and a role address look the same. */
	{ HELO MAIL_NULL "RCPT TO:<nobody@trap.example>\r\n"
			 "RCPT TO:<trap@elsewhere.example>\r\n"
			 "RCPT TO:<Postmaster>\r\n"
			 "RCPT TO:<unsure@trap.example>\r\n"
			 "DATA\r\n.\r\n",
	    HELO_OK MAIL_OK RCPT_NO RCPT_NO RCPT_OK LATER DATA_OK MESSAGE_OK,
	    "message 192.0.2.1 a.example <> <Postmaster> []\n", 0 },
	{ HELO MAIL_NULL "RCPT TO:<nobody@trap.example>\r\nDATA\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_NO "554 5.5.1 No valid recipients\r\n" BYE, "",
	    0 },
	/* Recipients named twice count once; one too many is for later. */
	{ START "RCPT TO:<TRAP@trap.example>\r\n"
		"RCPT TO:<other@trap.example>\r\n"
		"RCPT TO:<same@trap.example>\r\nDATA\r\n.\r\n",
	    START_OK RCPT_OK RCPT_OK
	    "452 4.5.3 Too many recipients\r\n" DATA_OK MESSAGE_OK,
	    "message " FROM_NULL " <other@trap.example> []\n", 0 },
	/* The order of commands. */
	{ MAIL_NULL RCPT_TRAP "DATA\r\n" HELO RCPT_TRAP "DATA\r\n",
	    "503 5.5.1 Please say EHLO or HELO first\r\n" ORDER ORDER HELO_OK
		ORDER ORDER,
	    "", 0 },
	{ HELO MAIL_NULL MAIL_NULL,
	    HELO_OK MAIL_OK "503 5.5.1 Sender given already\r\n", "", 0 },
	{ "NOOP\r\nRSET\r\nVRFY trap@trap.example\r\nVRFY x\r\nHELP\r\n"
	  "EXPN x\r\nLHLO a\r\nWHAT\r\nQUIT\r\n",
	    OK OK "252 2.0.0 Please send the message to find out\r\n"
		  "252 2.0.0 Please send the message to find out\r\n"
		  "214 2.0.0 EHLO HELO STARTTLS MAIL RCPT DATA BDAT RSET NOOP "
		  "VRFY HELP QUIT\r\n"
		  "502 5.5.1 Command not offered here\r\n" UNSEEN UNSEEN BYE,
	    "", 0 },
	/* Which address was not understood, RFC 3463 section 3.2. */
	{ HELO "MAIL FROM:<a@>\r\n" MAIL_NULL "RCPT TO:<a@>\r\n",
	    HELO_OK "501 5.1.7 Address not understood\r\n" MAIL_OK
		    "501 5.1.3 Address not understood\r\n",
	    "", 0 },
	/* Nothing is heard after QUIT. */
	{ "QUIT\r\nNOOP\r\n", BYE, "", 0 },
	/* Parameters. */
	{ HELO "MAIL FROM:<> SIZE=100001\r\nMAIL FROM:<> SMTPUTF9\r\n"
	       "MAIL FROM:<a@b> BODY=8BITMIME SIZE=100000 RET=HDRS\r\n"
	       "RCPT TO:<trap@trap.example> NOTIFY=NEVER\r\n",
	    HELO_OK "552 5.3.4 Message too big\r\n"
		    "555 5.5.4 Parameter not offered here\r\n" MAIL_OK RCPT_OK,
	    "", 0 },
	/* Callouts: RSET or QUIT after RCPT; each trap once. */
	{ START "QUIT\r\n", START_OK BYE,
	    "dialogue " FROM_NULL " refused=0 politely\n", 0 },
	{ START "RSET\r\n" MAIL_NULL RCPT_TRAP "RSET\r\n" MAIL_NULL
		"RCPT TO:<same@trap.example>\r\nRSET\r\n" MAIL_NULL
		"RCPT TO:<other@trap.example>\r\nRSET\r\nQUIT\r\n",
	    START_OK OK MAIL_OK RCPT_OK OK MAIL_OK RCPT_OK OK MAIL_OK RCPT_OK OK
		BYE,
	    "dialogue " FROM_NULL " refused=0 politely\n"
	    "dialogue 192.0.2.1 a.example <> <other@trap.example> refused=0 "
	    "politely\n",
	    0 },
	{ HELO "MAIL FROM:<double-bounce@a.example>\r\n"
	       "RCPT TO:<x@trap.example>\r\n" RCPT_TRAP "RSET\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_NO RCPT_OK OK BYE,
	    "dialogue 192.0.2.1 a.example <double-bounce@a.example> "
	    "<trap@trap.example> refused=1 politely\n",
	    0 },
	{ START HELO "QUIT\r\n", START_OK HELO_OK BYE,
	    "dialogue " FROM_NULL " refused=0\n", 0 },
	/* What was asked before a message was asked all the same. */
	{ START "RSET\r\n" MAIL_NULL RCPT_TRAP
		"DATA\r\n.\r\nRSET\r\n" MAIL_NULL RCPT_TRAP "QUIT\r\n",
	    START_OK OK MAIL_OK RCPT_OK DATA_OK MESSAGE_OK OK MAIL_OK RCPT_OK
		BYE,
	    "dialogue " FROM_NULL " refused=0 politely\n"
	    "message " FROM_NULL " []\n",
	    0 },
	/* No trap, or a message: no callout. */
	{ HELO MAIL_NULL "RCPT TO:<postmaster@trap.example>\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_OK BYE, "", 0 },
	{ HELO MAIL_NULL "RCPT TO:<nobody@trap.example>\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_NO BYE, "", 0 },
	{ START "DATA\r\n.\r\nRSET\r\nQUIT\r\n",
	    START_OK DATA_OK MESSAGE_OK OK BYE, "message " FROM_NULL " []\n",
	    0 },
	/* Whom a proxy does not name may ask, and mails nothing. */
	{ HELO MAIL_NULL RCPT_TRAP "QUIT\r\n",
	    HELO_OK
	    "451 4.3.5 The proxy between does not name the client\r\n" ORDER
		BYE,
	    "", UNNAMED },
	{ HELO
	    "XCLIENT ADDR=198.51.100.7 HELO=b.example\r\n" MAIL_NULL RCPT_TRAP
	    "QUIT\r\n",
	    HELO_OK GREETING MAIL_OK RCPT_OK BYE,
	    "dialogue 198.51.100.7 b.example <> <trap@trap.example> refused=0 "
	    "politely\n",
	    UNNAMED | MAY_XCLIENT },
	/* A proxy that we trust, and somebody else. */
	{ HELO
	    "XCLIENT ADDR=198.51.100.7 HELO=b.example\r\n" MAIL_NULL RCPT_TRAP
	    "DATA\r\n.\r\n",
	    HELO_OK GREETING MAIL_OK RCPT_OK DATA_OK MESSAGE_OK,
	    "message 198.51.100.7 b.example <> <trap@trap.example> []\n",
	    MAY_XCLIENT },
	{ "XCLIENT ADDR=IPV6:2001:db8::7\r\n" MAIL_NULL START "QUIT\r\n",
	    GREETING "503 5.5.1 Please say EHLO or HELO first\r\n" START_OK BYE,
	    "dialogue 2001:db8::7 a.example <> <trap@trap.example> refused=0 "
	    "politely\n",
	    MAY_XCLIENT },
	{ "XCLIENT ADDR=[UNAVAILABLE]\r\nXCLIENT ADDR=x\r\n" START
	  "XCLIENT ADDR=198.51.100.7\r\nRSET\r\n",
	    "501 5.5.4 The client's address is needed\r\n"
	    "501 5.5.4 Argument not understood\r\n" START_OK
	    "503 5.5.1 Not within a transaction\r\n" OK,
	    "dialogue " FROM_NULL " refused=0 politely\n", MAY_XCLIENT },
	{ "XCLIENT ADDR=198.51.100.7\r\nXCLIENT x\r\n" START "QUIT\r\n",
	    "550 5.7.0 Not for this client\r\n"
	    "550 5.7.0 Not for this client\r\n" START_OK BYE,
	    "dialogue " FROM_NULL " refused=0 politely\n", 0 },
	/* Only CR LF ends a command. */
	{ "NOOP\nQUIT\r\nNOOP\rQUIT\r\nNOOP\r\r\nNOOP\r\n",
	    GARBLED GARBLED GARBLED OK, "", 0 },
	{ "\r\n\n\r\n", UNSEEN GARBLED, "", 0 },
	/* Chunks: every octet counts, and what looks like commands is none. */
	{ START "BDAT 6\r\na\n.\r\nbBDAT 8 LAST\r\n\r\n.\r\nQUINOOP\r\n",
	    START_OK CHUNK_OK MESSAGE_OK OK,
	    "message " FROM_NULL " [a\n.\r\nb\r\n.\r\nQUI]\n", 0 },
	{ START "BDAT 0 LAST\r\n" MAIL_NULL RCPT_TRAP "bdat 1 last\r\nx",
	    START_OK MESSAGE_OK MAIL_OK RCPT_OK MESSAGE_OK,
	    "message " FROM_NULL " []\nmessage " FROM_NULL " [x]\n", 0 },
	{ START "BDAT 1\r\nxDATA\r\n" RCPT_TRAP MAIL_NULL "BDAT 0 LAST\r\n",
	    START_OK CHUNK_OK CHUNKS_ONLY CHUNKS_ONLY
	    "503 5.5.1 Sender given already\r\n" MESSAGE_OK,
	    "message " FROM_NULL " [x]\n", 0 },
	{ START "BDAT 1\r\nxRSET\r\nQUIT\r\n", START_OK CHUNK_OK OK BYE, "",
	    0 },
	{ HELO "BDAT 6 LAST\r\nQUIT\r\n" MAIL_NULL
	       "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n",
	    HELO_OK ORDER MAIL_OK "554 5.5.1 No valid recipients\r\n" OK, "",
	    0 },
	{ START "BDAT\r\n",
	    START_OK "421 4.5.4 mx.example Chunk without a size\r\n",
	    "dialogue " FROM_NULL " refused=0\n", 0 },
	{ "BDAT 1 LASTING\r\nNOOP\r\n",
	    "421 4.5.4 mx.example Chunk without a size\r\n", "", 0 },
	/* Mailboxes beyond ASCII, for those who say so. */
	{ HELO "MAIL FROM:<\xc3\xa4@b.example>\r\n"
	       "MAIL FROM:<\xc3\xa4@b.example> SMTPUTF8\r\n"
	       "RCPT TO:<\xc3\xb6@trap.example>\r\n"
	       "RCPT TO:<\xff@trap.example>\r\n" RCPT_TRAP "RSET\r\n" MAIL_NULL
	       "RCPT TO:<\xc3\xb6@trap.example>\r\n",
	    HELO_OK "553 5.6.7 Please say SMTPUTF8\r\n" MAIL_OK RCPT_NO
		    "501 5.1.3 Address not understood\r\n" RCPT_OK OK MAIL_OK
		    "553 5.6.7 Please say SMTPUTF8\r\n",
	    "dialogue 192.0.2.1 a.example <\xc3\xa4@b.example> "
	    "<trap@trap.example> refused=1 politely\n",
	    0 },
	/* Nothing in plain text comes after STARTTLS. */
	{ START "STARTTLS\r\nNOOP\r\n", START_OK TLS_OK INJECTED,
	    "dialogue " FROM_NULL " refused=0\n", 0 },
	{ "STARTTLS now\r\n", "501 5.5.4 Argument not understood\r\n", "", 0 },
	/* XFORWARD holds for one transaction. */
	{ HELO "XFORWARD ADDR=198.51.100.7\r\n", HELO_OK NOT_ALLOWED, "", 0 },
	{ HELO "XFORWARD NAME=b.example ADDR=198.51.100.7 PORT=1\r\n"
	       "XFORWARD PROTO=ESMTP HELO=b.example IDENT=x "
	       "SOURCE=REMOTE\r\n" MAIL_NULL RCPT_TRAP
	       "XFORWARD ADDR=198.51.100.8\r\n"
	       "DATA\r\n.\r\n" MAIL_NULL RCPT_TRAP "RSET\r\n"
	       "XFORWARD ADDR=[UNAVAILABLE]\r\n" MAIL_NULL,
	    HELO_OK OK OK MAIL_OK RCPT_OK
	    "503 5.5.1 Not within a transaction\r\n" DATA_OK MESSAGE_OK MAIL_OK
		RCPT_OK OK OK
	    "451 4.3.5 Please name the client with XFORWARD\r\n",
	    "message 198.51.100.7 b.example <> <trap@trap.example> []\n"
	    "dialogue " FROM_NULL " refused=0 politely\n",
	    MAY_XFORWARD },
	/* LMTP: an answer for each recipient, and never a refusal for good. */
	{ "LHLO a.example\r\n",
	    "250-mx.example\r\n250-PIPELINING\r\n250-STARTTLS\r\n"
	    "250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE\r\n" EHLO_END,
	    "", LMTP | MAY_XFORWARD },
	{ LHLO MAIL_NULL FORWARD MAIL_NULL RCPT_TRAP
	    "RCPT TO:<nobody@trap.example>\r\n" RCPT_TRAP
	    "DATA\r\nx\r\n.\r\nQUIT\r\n",
	    LHLO_OK
	    "451 4.3.5 Please name the client with XFORWARD\r\n" OK MAIL_OK
		RCPT_OK RCPT_OK
	    "452 4.5.3 Too many recipients\r\n" DATA_OK MESSAGE_OK MESSAGE_OK
		BYE,
	    "discarded 198.51.100.7  <> <trap@trap.example> for "
	    "<nobody@trap.example> reason=0\n"
	    "message 198.51.100.7  <> <trap@trap.example> [x\r\n]\n",
	    FRONT },
	{ LHLO "XFORWARD IDENT=x SOURCE=LOCAL\r\n" MAIL_NULL RCPT_TRAP,
	    LHLO_OK OK MAIL_OK RCPT_OK,
	    "discarded ::  <> for <trap@trap.example> reason=1\n", FRONT },
	{ LHLO "XFORWARD ADDR=[UNAVAILABLE]\r\n" MAIL_NULL RCPT_TRAP
	       "DATA\r\nx\r\n.\r\n" FORWARD MAIL_NULL RCPT_TRAP "RSET\r\n",
	    LHLO_OK OK MAIL_OK RCPT_OK DATA_OK MESSAGE_OK OK MAIL_OK RCPT_OK OK,
	    "discarded ::  <> for <trap@trap.example> reason=1\n", FRONT },
	{ LHLO FORWARD MAIL_NULL "RCPT TO:<\001@trap.example>\r\n"
				 "DATA\r\nx\r\n.\r\n",
	    LHLO_OK OK MAIL_OK RCPT_OK DATA_OK MESSAGE_OK,
	    "discarded 198.51.100.7  <> for <> reason=2\n", FRONT },
	{ LHLO FORWARD "MAIL FROM:<a@> X=1\r\n" RCPT_TRAP "RCPT TO:<a@>\r\n"
		       "BDAT 1\r\nxBDAT 1 LAST\r\nx",
	    LHLO_OK OK MAIL_OK RCPT_OK RCPT_OK CHUNK_OK MESSAGE_OK MESSAGE_OK,
	    "discarded ::  <> for <> reason=2\n"
	    "discarded ::  <> for <trap@trap.example> reason=1\n"
	    "discarded ::  <> for <> reason=2\n",
	    FRONT },
	{ "EHLO a\r\nMAIL FROM:<>\r\nWHAT\r\nNOOP\n\r\n" RCPT_TRAP
	  "DATA\r\nEXPN x\r\nXCLIENT ADDR=192.0.2.1\r\n",
	    "451 4.5.2 Command not recognized\r\n"
	    "451 4.5.1 Please say LHLO first\r\n"
	    "451 4.5.2 Command not recognized\r\n"
	    "451 4.5.2 Lines end with CR LF and hold printable text\r\n"
	    "451 4.5.1 Please name the sender first\r\n"
	    "451 4.5.1 Please name the sender first\r\n"
	    "451 4.5.1 Command not offered here\r\n"
	    "451 4.7.0 Not for this client\r\n",
	    "", FRONT },
};

/* `piece` is how many octets are said at a time, or their first part. */
static void
play(const struct dialogue *dialogue, size_t first, size_t piece)
{
	const char *greeting = dialogue->kind & LMTP ? LMTP_GREETING : GREETING;
	size_t len = strlen(dialogue->said), at = first;
	struct transcript transcript;
	struct smtp_session *session;

	session = open_session(&transcript, dialogue->kind);
	read_replies(session, &transcript);
	say(session, &transcript, dialogue->said, first);
	while (at < len) {
		size_t n = piece < len - at ? piece : len - at;

		say(session, &transcript, dialogue->said + at, n);
		at += n;
	}
	assert_memory_equal(
	    transcript.replies.text, greeting, strlen(greeting));
	assert_string_equal(
	    transcript.replies.text + strlen(greeting), dialogue->replies);
	assert_string_equal(transcript.events.text, dialogue->events);
	close_session(session, &transcript);
}

static void
holds_conversations(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(dialogues); i++)
		play(&dialogues[i], 0, SIZE_MAX);
}

static void
answers_the_same_however_the_octets_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(dialogues); i++) {
		play(&dialogues[i], 0, 1);
		for (size_t k = 1; k < strlen(dialogues[i].said); k++)
			play(&dialogues[i], k, SIZE_MAX);
	}
}

/*
 * What other servers may take for the end of a message. All of it is data here,
 * and what follows is no command (SMTP smuggling).
 */
static const struct {
	const char *said, *kept;
} spellings[] = {
	{ "\n.\n", "\n.\n" },
	{ "\n.\r\n", "\n.\r\n" },
	{ "\n.\r", "\n.\r" },
	{ "\r.\r", "\r.\r" },
	{ "\r.\n", "\r.\n" },
	{ "\r.\r\n", "\r.\r\n" },
	{ "\r\n.\n", "\r\n\n" },
	{ "\r\n.\r", "\r\n\r" },
	{ "\r\n.\r\r\n", "\r\n\r\r\n" },
	{ "\r\n.\r\r", "\r\n\r\r" },
	{ "\r\r\n.\r\r\n", "\r\r\n\r\r\n" },
	{ "\n\r.\r\n", "\n\r.\r\n" },
	{ "\n\n.\n\n", "\n\n.\n\n" },
	{ "\r\r.\r\r", "\r\r.\r\r" },
	{ "\n\n.\r\n", "\n\n.\r\n" },
	{ "\n.\n\r\n", "\n.\n\r\n" },
	{ "\r\n..\r\n", "\r\n.\r\n" },
	{ "\r\n...\r\n", "\r\n..\r\n" },
	{ "\r\n. \r\n", "\r\n \r\n" },
	{ "\r\n .\r\n", "\r\n .\r\n" },
	{ "\r\n.\x85", "\r\n\x85" },
	{ "\x85.\x85", "\x85.\x85" },
	{ "\xe2\x80\xa8.\xe2\x80\xa8", "\xe2\x80\xa8.\xe2\x80\xa8" },
	{ "\v.\v", "\v.\v" },
	{ "\f.\f", "\f.\f" },
};

static void
takes_nothing_but_the_dot_line_for_the_end(void **state)
{
	static const char smuggled[] = "MAIL FROM:<x@y.example>\r\n"
				       "RCPT TO:<other@trap.example>\r\n"
				       "DATA\r\nevil\r\n";
	char said[512], events[512];

	(void)state;
	for (size_t i = 0; i < COUNT(spellings); i++) {
		struct dialogue dialogue = { said,
			START_OK DATA_OK MESSAGE_OK BYE, events, 0 };

		snprintf(said, sizeof(said),
		    START "DATA\r\nbefore%s%s.\r\nQUIT\r\n", spellings[i].said,
		    smuggled);
		snprintf(events, sizeof(events),
		    "message " FROM_NULL " [before%s%s]\n", spellings[i].kept,
		    smuggled);
		play(&dialogue, 0, SIZE_MAX);
		play(&dialogue, 0, 1);
	}
}

static void
unstuffs_dots(void **state)
{
	static const struct {
		const char *said, *kept;
	} cases[] = {
		{ "", "" },
		{ "..\r\n", ".\r\n" },
		{ ".a\r\n", "a\r\n" },
		{ "a.b\r\n.c.\r\n...\r\n", "a.b\r\nc.\r\n..\r\n" },
		{ "\r\n\r\n", "\r\n\r\n" },
		{ "no end of line\r\n", "no end of line\r\n" },
	};
	char said[512], events[512];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct dialogue dialogue = { said, START_OK DATA_OK MESSAGE_OK,
			events, 0 };

		snprintf(
		    said, sizeof(said), START "DATA\r\n%s.\r\n", cases[i].said);
		snprintf(events, sizeof(events), "message " FROM_NULL " [%s]\n",
		    cases[i].kept);
		play(&dialogue, 0, SIZE_MAX);
		play(&dialogue, 0, 1);
	}
}

/* Sends a message of `len` octets between DATA and the dot. */
static void
say_message(
    struct smtp_session *session, struct transcript *transcript, size_t len)
{
	static const char line[] = "0123456789abcdef\r\n";
	const size_t line_len = sizeof(line) - 1;

	say(session, transcript, "DATA\r\n", 6);
	for (; len > line_len; len -= line_len)
		say(session, transcript, line, line_len);
	say(session, transcript, line + line_len - len, len);
	say(session, transcript, ".\r\n", 3);
}

static bool
ends_with(const struct strbuf *text, const char *end)
{
	size_t len = strlen(end);

	return text->len >= len &&
	       strcmp(text->text + text->len - len, end) == 0;
}

static void
refuses_too_big_messages_after_their_end(void **state)
{
	static const struct {
		size_t len;
		const char *reply;
	} cases[] = {
		{ 99999, MESSAGE_OK },
		{ 100000, MESSAGE_OK },
		{ 100001, "552 5.3.4 Message too big\r\n" },
		{ 5000000, "552 5.3.4 Message too big\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct transcript transcript;
		struct smtp_session *session = open_session(&transcript, 0);

		say(session, &transcript, START, strlen(START));
		say_message(session, &transcript, cases[i].len);
		assert_true(ends_with(&transcript.replies, cases[i].reply));
		/* The session goes on with the next transaction. */
		say(session, &transcript, MAIL_NULL, strlen(MAIL_NULL));
		assert_true(ends_with(&transcript.replies, MAIL_OK));
		close_session(session, &transcript);
	}
}

static void
refuses_messages_for_which_no_memory_is_lent(void **state)
{
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, 0);

	(void)state;
	transcript.memory_max = 40000;
	say(session, &transcript, START, strlen(START));
	say_message(session, &transcript, 50000);
	assert_true(ends_with(&transcript.replies,
	    "452 4.3.1 No space now, try again later\r\n"));
	assert_true(transcript.memory == 0);
	say(session, &transcript, MAIL_NULL RCPT_TRAP,
	    strlen(MAIL_NULL RCPT_TRAP));
	say_message(session, &transcript, 30000);
	assert_true(ends_with(&transcript.replies, MESSAGE_OK));
	close_session(session, &transcript);
}

static void
waits_for_the_answer_to_a_message(void **state)
{
	static const char said[] = START "DATA\r\nx\r\n.\r\nNOOP\r\n";
	static const struct {
		enum smtp_result result;
		const char *reply;
	} cases[] = {
		{ SMTP_ACCEPTED, MESSAGE_OK OK },
		{ SMTP_TRY_LATER, LATER OK },
		{ SMTP_NO_SPACE,
		    "452 4.3.1 No space now, try again later\r\n" OK },
	};
	const size_t len = strlen(said), waiting = strlen("NOOP\r\n");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct transcript transcript;
		struct smtp_session *session = open_session(&transcript, 0);

		transcript.result = SMTP_PENDING;
		assert_int_equal(
		    smtp_session_feed(session, said, len), len - waiting);
		assert_int_equal(smtp_session_state(session), SMTP_IN_ANSWER);
		read_replies(session, &transcript);
		assert_true(ends_with(&transcript.replies, DATA_OK));
		assert_int_equal(
		    smtp_session_feed(session, "NOOP\r\n", waiting), 0);
		smtp_session_answer(session, cases[i].result);
		say(session, &transcript, "NOOP\r\n", waiting);
		assert_true(ends_with(&transcript.replies, cases[i].reply));
		close_session(session, &transcript);
	}
}

static void
stops_listening_to_who_does_not_read(void **state)
{
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, 0);
	size_t before, len;

	(void)state;
	while (smtp_session_feed(session, "HELP\r\n", 6) > 0)
		;
	smtp_session_output(session, &before);
	assert_in_range(before, 1024, 4096);
	assert_int_equal(smtp_session_feed(session, "HELP\r\n", 6), 0);
	smtp_session_output(session, &len);
	assert_int_equal(len, before);
	assert_int_equal(smtp_session_state(session), SMTP_IN_COMMAND);
	/* It goes on where it stopped. */
	read_replies(session, &transcript);
	assert_int_equal(smtp_session_feed(session, "HELP\r\n", 6), 6);
	close_session(session, &transcript);
}

static unsigned
count_lines(const char *text, const char *start)
{
	unsigned count = 0;

	while (*text != '\0') {
		count += strncmp(text, start, strlen(start)) == 0;
		text = strchr(text, '\n') + 1;
	}
	return count;
}

static void
hangs_up_on_too_many_errors_or_commands(void **state)
{
	static const struct {
		const char *said, *reply, *end;
		unsigned count;
	} cases[] = {
		{ "WHAT\r\n", "500 ", "421 4.7.0 mx.example Too many errors",
		    SMTP_ERRORS_MAX },
		{ "NOOP\n\r\n", "500 ", "421 4.7.0 mx.example Too many errors",
		    SMTP_ERRORS_MAX },
		{ "NOOP\r\n", "250 ", "421 4.7.0 mx.example Too many commands",
		    60 },
		{ "VRFY x\r\n", "252 ",
		    "421 4.7.0 mx.example Too many commands", 60 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct transcript transcript;
		struct smtp_session *session = open_session(&transcript, 0);

		for (unsigned n = 0; n < 100; n++)
			say(session, &transcript, cases[i].said,
			    strlen(cases[i].said));
		assert_int_equal(smtp_session_state(session), SMTP_OVER);
		assert_int_equal(
		    count_lines(transcript.replies.text, cases[i].reply),
		    cases[i].count);
		assert_int_equal(
		    count_lines(transcript.replies.text, cases[i].end), 1);
		close_session(session, &transcript);
	}
}

static void
counts_errors_and_commands_from_the_last_message(void **state)
{
	static const char round[] = MAIL_NULL RCPT_TRAP
	    "RCPT TO:<no@trap.example>\r\nDATA\r\nx\r\n.\r\n";
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, 0);

	(void)state;
	say(session, &transcript, HELO, strlen(HELO));
	for (unsigned n = 0; n < 100; n++)
		say(session, &transcript, round, strlen(round));
	assert_int_equal(smtp_session_state(session), SMTP_IN_COMMAND);
	assert_int_equal(count_lines(transcript.replies.text, MESSAGE_OK), 100);
	assert_int_equal(count_lines(transcript.replies.text, RCPT_NO), 100);
	close_session(session, &transcript);
}

static void
refuses_long_lines_and_goes_on(void **state)
{
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, 0);
	char line[4096];

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "NOOP ", 5);
	/* 1152 octets with CR LF still are a line. */
	say(session, &transcript, line, 1150);
	say(session, &transcript, "\r\n", 2);
	assert_true(ends_with(&transcript.replies, OK));
	say(session, &transcript, line, 1151);
	say(session, &transcript, "\r\n", 2);
	assert_true(
	    ends_with(&transcript.replies, "500 5.5.2 Line too long\r\n"));
	say(session, &transcript, line, sizeof(line));
	say(session, &transcript, "\n\r\nNOOP\r\n", 9);
	assert_true(
	    ends_with(&transcript.replies, "500 5.5.2 Line too long\r\n" OK));
	for (unsigned n = 0; n < 20; n++)
		say(session, &transcript, line, sizeof(line));
	assert_true(ends_with(&transcript.replies,
	    "421 4.7.0 mx.example Line without an end\r\n"));
	assert_int_equal(smtp_session_state(session), SMTP_OVER);
	close_session(session, &transcript);
}

/* It would come again for days, and then be bounced. */
static void
throws_away_what_is_for_too_long_an_address_behind_lmtp(void **state)
{
	static const char begin[] = LHLO FORWARD MAIL_NULL "RCPT TO:<",
			  end[] =
			      "@trap.example>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n";
	struct transcript transcript;
	struct smtp_session *session;
	char local[4000];

	(void)state;
	memset(local, 'a', sizeof(local));
	session = open_session(&transcript, FRONT);
	say(session, &transcript, begin, strlen(begin));
	say(session, &transcript, local, sizeof(local));
	say(session, &transcript, end, strlen(end));
	assert_true(ends_with(
	    &transcript.replies, MAIL_OK RCPT_OK DATA_OK MESSAGE_OK BYE));
	assert_string_equal(transcript.events.text,
	    "discarded 198.51.100.7  <> for <> reason=2\n");
	close_session(session, &transcript);
}

static void
tells_how_a_connection_ended(void **state)
{
	static const struct {
		const char *said;
		enum smtp_end end;
		const char *reply, *events;
	} cases[] = {
		{ START, SMTP_END_DROPPED, START_OK,
		    "dialogue " FROM_NULL " refused=0\n" },
		{ START, SMTP_END_TIMEOUT,
		    "421 4.4.2 mx.example Time is up, goodbye\r\n",
		    "dialogue " FROM_NULL " refused=0\n" },
		{ START, SMTP_END_SHUTDOWN,
		    "421 4.3.2 mx.example Going down for a while\r\n",
		    "dialogue " FROM_NULL " refused=0\n" },
		{ START "DATA\r\nhalf a mess", SMTP_END_DROPPED, DATA_OK, "" },
		{ START "DATA\r\nhalf a mess", SMTP_END_TIMEOUT,
		    "421 4.4.2 mx.example Time is up, goodbye\r\n", "" },
		{ HELO, SMTP_END_DROPPED, HELO_OK, "" },
		{ HELO MAIL_NULL, SMTP_END_DROPPED, MAIL_OK, "" },
		{ "QUIT\r\n", SMTP_END_SHUTDOWN, BYE, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct transcript transcript;
		struct smtp_session *session = open_session(&transcript, 0);

		say(session, &transcript, cases[i].said, strlen(cases[i].said));
		smtp_session_end(session, cases[i].end);
		read_replies(session, &transcript);
		assert_true(ends_with(&transcript.replies, cases[i].reply));
		assert_string_equal(transcript.events.text, cases[i].events);
		assert_int_equal(smtp_session_state(session), SMTP_OVER);
		close_session(session, &transcript);
	}
}

/* RFC 3207 section 4.2. */
static void
forgets_what_was_said_before_tls(void **state)
{
	static const char before[] =
	    "XCLIENT ADDR=198.51.100.7 HELO=b\r\n" HELO MAIL_NULL
	    "STARTTLS\r\n";
	static const char after[] =
	    MAIL_NULL "EHLO c\r\nSTARTTLS\r\n" MAIL_NULL RCPT_TRAP "QUIT\r\n";
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, MAY_XCLIENT);

	(void)state;
	say(session, &transcript, before, strlen(before));
	assert_true(ends_with(&transcript.replies, TLS_OK));
	assert_int_equal(smtp_session_state(session), SMTP_IN_TLS);
	smtp_session_secured(session);
	strbuf_clear(&transcript.replies);
	strbuf_clear(&transcript.events);
	say(session, &transcript, after, strlen(after));
	assert_string_equal(transcript.replies.text,
	    "503 5.5.1 Please say EHLO or HELO first\r\n"
	    "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 100000\r\n"
	    "250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR "
	    "DESTPORT\r\n" EHLO_END
	    "503 5.5.1 TLS is not offered now\r\n" MAIL_OK RCPT_OK BYE);
	assert_string_equal(transcript.events.text,
	    "dialogue 192.0.2.1 c <> <trap@trap.example> refused=0 politely\n");
	close_session(session, &transcript);
}

static void
bounds_what_comes_in_chunks(void **state)
{
	static const char chunk[] = "BDAT 60000\r\n";
	char octets[60000];
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, 0);

	(void)state;
	memset(octets, '\n', sizeof(octets));
	say(session, &transcript, START, strlen(START));
	for (unsigned n = 0; n < 3; n++) {
		say(session, &transcript, chunk, strlen(chunk));
		say(session, &transcript, octets, sizeof(octets));
	}
	assert_true(ends_with(&transcript.replies,
	    CHUNK_OK "552 5.3.4 Message too big\r\n" ORDER));
	assert_true(transcript.memory == 0);
	say(session, &transcript, MAIL_NULL, strlen(MAIL_NULL));
	assert_true(ends_with(&transcript.replies, MAIL_OK));
	close_session(session, &transcript);
}

static void
throws_away_what_is_too_big_behind_lmtp(void **state)
{
	static const char start[] = LHLO FORWARD MAIL_NULL RCPT_TRAP RCPT_TRAP;
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, FRONT);

	(void)state;
	say(session, &transcript, start, strlen(start));
	say_message(session, &transcript, 200000);
	assert_true(
	    ends_with(&transcript.replies, DATA_OK MESSAGE_OK MESSAGE_OK));
	assert_string_equal(transcript.events.text,
	    "discarded 198.51.100.7  <> <trap@trap.example> for <> reason=3\n");
	close_session(session, &transcript);
}

/* More answers to one message than there is room for at a time. */
static void
answers_lmtp_for_each_recipient(void **state)
{
	static const char nobody[] = "RCPT TO:<nobody@trap.example>\r\n";
	static const char start[] = LHLO FORWARD MAIL_NULL;
	struct smtp_rules many = rules;
	const struct smtp_peer peer = { .lmtp = true, .may_xforward = true };
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, FRONT);

	(void)state;
	smtp_session_free(session);
	many.recipients = many.commands = 1000;
	session = smtp_session_new(&many, &handler, &transcript, &peer);
	say(session, &transcript, start, strlen(start));
	for (unsigned n = 0; n < 900; n++)
		say(session, &transcript, nobody, strlen(nobody));
	strbuf_clear(&transcript.replies);
	say_message(session, &transcript, 1000);
	say(session, &transcript, "NOOP\r\n", 6);
	for (unsigned n = 0; n < 900; n++)
		read_replies(session, &transcript);
	assert_int_equal(count_lines(transcript.replies.text, MESSAGE_OK), 900);
	assert_true(ends_with(&transcript.replies, OK));
	close_session(session, &transcript);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_conversations),
		cmocka_unit_test(answers_the_same_however_the_octets_are_cut),
		cmocka_unit_test(takes_nothing_but_the_dot_line_for_the_end),
		cmocka_unit_test(unstuffs_dots),
		cmocka_unit_test(refuses_too_big_messages_after_their_end),
		cmocka_unit_test(refuses_messages_for_which_no_memory_is_lent),
		cmocka_unit_test(waits_for_the_answer_to_a_message),
		cmocka_unit_test(stops_listening_to_who_does_not_read),
		cmocka_unit_test(hangs_up_on_too_many_errors_or_commands),
		cmocka_unit_test(
		    counts_errors_and_commands_from_the_last_message),
		cmocka_unit_test(refuses_long_lines_and_goes_on),
		cmocka_unit_test(tells_how_a_connection_ended),
		cmocka_unit_test(forgets_what_was_said_before_tls),
		cmocka_unit_test(bounds_what_comes_in_chunks),
		cmocka_unit_test(throws_away_what_is_too_big_behind_lmtp),
		cmocka_unit_test(
		    throws_away_what_is_for_too_long_an_address_behind_lmtp),
		cmocka_unit_test(answers_lmtp_for_each_recipient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
