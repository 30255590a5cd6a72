#ifndef TESTS_SUPPORT_SMTP_TRANSCRIPT_H
#define TESTS_SUPPORT_SMTP_TRANSCRIPT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/strbuf.h"
#include "ingest/smtp_session.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Include it after cmocka.h. A dialogue is a text of octets in, and two texts
 * out: the replies, and what the handler was told ("message" and "dialogue"
 * lines).
 */
struct transcript {
	struct strbuf replies, events;
	enum smtp_result result; /* of the next message */
	long long memory;	 /* lent to the session */
	long long memory_max;
};

static inline enum smtp_recipient
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

static inline bool
lend_memory(void *context, long long bytes)
{
	struct transcript *transcript = context;

	if (transcript->memory + bytes > transcript->memory_max)
		return false;
	transcript->memory += bytes;
	return true;
}

static inline void
put_envelope(struct strbuf *events, const struct envelope *envelope)
{
	char client[IPADDR_TEXT_MAX];

	strbuf_printf(events, "%s %s <%s>",
	    ipaddr_format(&envelope->client, client), envelope->helo,
	    envelope->sender);
	for (unsigned i = 0; i < envelope->recipient_count; i++)
		strbuf_printf(events, " <%s>", envelope->recipients[i].path);
}

static inline enum smtp_result
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

static inline void
take_dialogue(void *context, const struct envelope *envelope, unsigned refused,
    bool politely)
{
	struct transcript *transcript = context;

	strbuf_puts(&transcript->events, "dialogue ");
	put_envelope(&transcript->events, envelope);
	strbuf_printf(&transcript->events, " refused=%u%s\n", refused,
	    politely ? " politely" : "");
}

static inline void
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

static inline struct smtp_session *
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
static inline void
close_session(struct smtp_session *session, struct transcript *transcript)
{
	smtp_session_free(session);
	assert_true(transcript->memory == 0);
	assert_int_equal(transcript->replies.error, 0);
	assert_int_equal(transcript->events.error, 0);
	strbuf_deinit(&transcript->replies);
	strbuf_deinit(&transcript->events);
}

static inline void
read_replies(struct smtp_session *session, struct transcript *transcript)
{
	const char *output;
	size_t len;

	output = smtp_session_output(session, &len);
	strbuf_add(&transcript->replies, output, len);
	smtp_session_sent(session, len);
}

static inline void
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

/* --- what is said --------------------------------------------------------- */

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

/* `piece` is how many octets are said at a time, or their first part. */
static inline void
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

/* Sends a message of `len` octets between DATA and the dot. */
static inline void
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

static inline bool
ends_with(const struct strbuf *text, const char *end)
{
	size_t len = strlen(end);

	return text->len >= len &&
	       strcmp(text->text + text->len - len, end) == 0;
}

static inline unsigned
count_lines(const char *text, const char *start)
{
	unsigned count = 0;

	while (*text != '\0') {
		count += strncmp(text, start, strlen(start)) == 0;
		text = strchr(text, '\n') + 1;
	}
	return count;
}

#endif
