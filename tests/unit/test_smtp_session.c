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

static const struct smtp_handler handler = {
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
};

static struct smtp_session *
open_session(struct transcript *transcript, bool may_xclient)
{
	struct smtp_session *session;
	struct ipaddr client;

	*transcript = (struct transcript){ .result = SMTP_ACCEPTED,
		.memory_max = 1 << 20 };
	strbuf_init(&transcript->replies, 1 << 20);
	strbuf_init(&transcript->events, 1 << 20);
	assert_int_equal(ipaddr_parse("192.0.2.1", &client), 0);
	session = smtp_session_new(
	    &rules, &handler, transcript, &client, may_xclient);
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
#define START HELO MAIL_NULL RCPT_TRAP
#define START_OK HELO_OK MAIL_OK RCPT_OK
#define FROM_NULL "192.0.2.1 a.example <> <trap@trap.example>"

struct dialogue {
	const char *said, *replies, *events;
	bool may_xclient;
};

static const struct dialogue dialogues[] = {
	/* A bounce comes in, and another on the same connection. */
	{ START "DATA\r\nSubject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n",
	    START_OK DATA_OK MESSAGE_OK BYE,
	    "message " FROM_NULL " [Subject: x\r\n\r\nbody\r\n]\n", false },
	{ START "DATA\r\n1\r\n.\r\n" MAIL_NULL RCPT_TRAP
		"DATA\r\n2\r\n.\r\nQUIT\r\n",
	    START_OK DATA_OK MESSAGE_OK MAIL_OK RCPT_OK DATA_OK MESSAGE_OK BYE,
	    "message " FROM_NULL " [1\r\n]\nmessage " FROM_NULL " [2\r\n]\n",
	    false },
	/* What is announced. */
	{ "EHLO a.example\r\n",
	    "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 100000\r\n"
	    "250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n",
	    "", false },
	{ "EHLO a.example\r\n",
	    "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 100000\r\n"
	    "250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT\r\n"
	    "250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n",
	    "", true },
	/* Only our mailboxes; a trap and a role address look the same. */
	{ HELO MAIL_NULL "RCPT TO:<nobody@trap.example>\r\n"
			 "RCPT TO:<trap@elsewhere.example>\r\n"
			 "RCPT TO:<Postmaster>\r\n"
			 "RCPT TO:<unsure@trap.example>\r\n"
			 "DATA\r\n.\r\n",
	    HELO_OK MAIL_OK RCPT_NO RCPT_NO RCPT_OK LATER DATA_OK MESSAGE_OK,
	    "message 192.0.2.1 a.example <> <Postmaster> []\n", false },
	{ HELO MAIL_NULL "RCPT TO:<nobody@trap.example>\r\nDATA\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_NO "554 5.5.1 No valid recipients\r\n" BYE, "",
	    false },
	/* Recipients named twice count once; one too many is for later. */
	{ START "RCPT TO:<TRAP@trap.example>\r\n"
		"RCPT TO:<other@trap.example>\r\n"
		"RCPT TO:<same@trap.example>\r\nDATA\r\n.\r\n",
	    START_OK RCPT_OK RCPT_OK
	    "452 4.5.3 Too many recipients\r\n" DATA_OK MESSAGE_OK,
	    "message " FROM_NULL " <other@trap.example> []\n", false },
	/* The order of commands. */
	{ MAIL_NULL RCPT_TRAP "DATA\r\n" HELO RCPT_TRAP "DATA\r\n",
	    "503 5.5.1 Please say EHLO or HELO first\r\n" ORDER ORDER HELO_OK
		ORDER ORDER,
	    "", false },
	{ HELO MAIL_NULL MAIL_NULL,
	    HELO_OK MAIL_OK "503 5.5.1 Sender given already\r\n", "", false },
	{ "NOOP\r\nRSET\r\nVRFY trap@trap.example\r\nVRFY x\r\nHELP\r\n"
	  "EXPN x\r\nSTARTTLS\r\nWHAT\r\nQUIT\r\n",
	    OK OK "252 2.0.0 Please send the message to find out\r\n"
		  "252 2.0.0 Please send the message to find out\r\n"
		  "214 2.0.0 EHLO HELO MAIL RCPT DATA RSET NOOP VRFY HELP "
		  "QUIT\r\n"
		  "502 5.5.1 Command not offered here\r\n"
		  "502 5.5.1 Command not offered here\r\n" UNSEEN BYE,
	    "", false },
	/* Which address was not understood, RFC 3463 section 3.2. */
	{ HELO "MAIL FROM:<a@>\r\n" MAIL_NULL "RCPT TO:<a@>\r\n",
	    HELO_OK "501 5.1.7 Address not understood\r\n" MAIL_OK
		    "501 5.1.3 Address not understood\r\n",
	    "", false },
	/* Nothing is heard after QUIT. */
	{ "QUIT\r\nNOOP\r\n", BYE, "", false },
	/* Parameters. */
	{ HELO "MAIL FROM:<> SIZE=100001\r\nMAIL FROM:<> SMTPUTF8\r\n"
	       "MAIL FROM:<a@b> BODY=8BITMIME SIZE=100000 RET=HDRS\r\n"
	       "RCPT TO:<trap@trap.example> NOTIFY=NEVER\r\n",
	    HELO_OK "552 5.3.4 Message too big\r\n"
		    "555 5.5.4 Parameter not offered here\r\n" MAIL_OK RCPT_OK,
	    "", false },
	/* Callouts: RSET or QUIT after RCPT; each trap once. */
	{ START "QUIT\r\n", START_OK BYE,
	    "dialogue " FROM_NULL " refused=0 politely\n", false },
	{ START "RSET\r\n" MAIL_NULL RCPT_TRAP "RSET\r\n" MAIL_NULL
		"RCPT TO:<same@trap.example>\r\nRSET\r\n" MAIL_NULL
		"RCPT TO:<other@trap.example>\r\nRSET\r\nQUIT\r\n",
	    START_OK OK MAIL_OK RCPT_OK OK MAIL_OK RCPT_OK OK MAIL_OK RCPT_OK OK
		BYE,
	    "dialogue " FROM_NULL " refused=0 politely\n"
	    "dialogue 192.0.2.1 a.example <> <other@trap.example> refused=0 "
	    "politely\n",
	    false },
	{ HELO "MAIL FROM:<double-bounce@a.example>\r\n"
	       "RCPT TO:<x@trap.example>\r\n" RCPT_TRAP "RSET\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_NO RCPT_OK OK BYE,
	    "dialogue 192.0.2.1 a.example <double-bounce@a.example> "
	    "<trap@trap.example> refused=1 politely\n",
	    false },
	{ START HELO "QUIT\r\n", START_OK HELO_OK BYE,
	    "dialogue " FROM_NULL " refused=0\n", false },
	/* What was asked before a message was asked all the same. */
	{ START "RSET\r\n" MAIL_NULL RCPT_TRAP
		"DATA\r\n.\r\nRSET\r\n" MAIL_NULL RCPT_TRAP "QUIT\r\n",
	    START_OK OK MAIL_OK RCPT_OK DATA_OK MESSAGE_OK OK MAIL_OK RCPT_OK
		BYE,
	    "dialogue " FROM_NULL " refused=0 politely\n"
	    "message " FROM_NULL " []\n",
	    false },
	/* No trap, or a message: no callout. */
	{ HELO MAIL_NULL "RCPT TO:<postmaster@trap.example>\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_OK BYE, "", false },
	{ HELO MAIL_NULL "RCPT TO:<nobody@trap.example>\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_NO BYE, "", false },
	{ START "DATA\r\n.\r\nRSET\r\nQUIT\r\n",
	    START_OK DATA_OK MESSAGE_OK OK BYE, "message " FROM_NULL " []\n",
	    false },
	/* A proxy that we trust, and somebody else. */
	{ HELO
	    "XCLIENT ADDR=198.51.100.7 HELO=b.example\r\n" MAIL_NULL RCPT_TRAP
	    "DATA\r\n.\r\n",
	    HELO_OK GREETING MAIL_OK RCPT_OK DATA_OK MESSAGE_OK,
	    "message 198.51.100.7 b.example <> <trap@trap.example> []\n",
	    true },
	{ "XCLIENT ADDR=IPV6:2001:db8::7\r\n" MAIL_NULL START "QUIT\r\n",
	    GREETING "503 5.5.1 Please say EHLO or HELO first\r\n" START_OK BYE,
	    "dialogue 2001:db8::7 a.example <> <trap@trap.example> refused=0 "
	    "politely\n",
	    true },
	{ "XCLIENT ADDR=[UNAVAILABLE]\r\nXCLIENT ADDR=x\r\n" START
	  "XCLIENT ADDR=198.51.100.7\r\nRSET\r\n",
	    "501 5.5.4 The client's address is needed\r\n"
	    "501 5.5.4 Argument not understood\r\n" START_OK
	    "503 5.5.1 Not within a transaction\r\n" OK,
	    "dialogue " FROM_NULL " refused=0 politely\n", true },
	{ "XCLIENT ADDR=198.51.100.7\r\nXCLIENT x\r\n" START "QUIT\r\n",
	    "550 5.7.0 Not for this client\r\n"
	    "550 5.7.0 Not for this client\r\n" START_OK BYE,
	    "dialogue " FROM_NULL " refused=0 politely\n", false },
	/* Only CR LF ends a command. */
	{ "NOOP\nQUIT\r\nNOOP\rQUIT\r\nNOOP\r\r\nNOOP\r\n",
	    GARBLED GARBLED GARBLED OK, "", false },
	{ "\r\n\n\r\n", UNSEEN GARBLED, "", false },
};

/* `piece` is how many octets are said at a time, or their first part. */
static void
play(const struct dialogue *dialogue, size_t first, size_t piece)
{
	size_t len = strlen(dialogue->said), at = first;
	struct transcript transcript;
	struct smtp_session *session;

	session = open_session(&transcript, dialogue->may_xclient);
	read_replies(session, &transcript);
	say(session, &transcript, dialogue->said, first);
	while (at < len) {
		size_t n = piece < len - at ? piece : len - at;

		say(session, &transcript, dialogue->said + at, n);
		at += n;
	}
	assert_memory_equal(
	    transcript.replies.text, GREETING, strlen(GREETING));
	assert_string_equal(
	    transcript.replies.text + strlen(GREETING), dialogue->replies);
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
			START_OK DATA_OK MESSAGE_OK BYE, events, false };

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
			events, false };

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
		struct smtp_session *session = open_session(&transcript, false);

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
	struct smtp_session *session = open_session(&transcript, false);

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
		struct smtp_session *session = open_session(&transcript, false);

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
	struct smtp_session *session = open_session(&transcript, false);
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
		struct smtp_session *session = open_session(&transcript, false);

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
	struct smtp_session *session = open_session(&transcript, false);

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
	struct smtp_session *session = open_session(&transcript, false);
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
		struct smtp_session *session = open_session(&transcript, false);

		say(session, &transcript, cases[i].said, strlen(cases[i].said));
		smtp_session_end(session, cases[i].end);
		read_replies(session, &transcript);
		assert_true(ends_with(&transcript.replies, cases[i].reply));
		assert_string_equal(transcript.events.text, cases[i].events);
		assert_int_equal(smtp_session_state(session), SMTP_OVER);
		close_session(session, &transcript);
	}
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
