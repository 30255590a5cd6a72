#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/strbuf.h"
#include "ingest/smtp_session.h"

/*
 * The first octet chooses (bit 0: XCLIENT allowed; bits 1, 2: what becomes of
 * messages; bit 3: how the session ends; bit 4: XFORWARD allowed; bit 5: LMTP);
 * the rest is what the client says. However it is cut, replies and events are
 * the same; replies are well formed, and LMTP's never a refusal for good.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct transcript {
	struct strbuf replies, events;
	enum smtp_result result;
	long long memory;
};

/* Local parts by their first letter: a trap, a role, unsure, else unknown. */
static enum smtp_recipient
find_recipient(void *context, struct envelope_recipient *recipient)
{
	(void)context;
	switch (recipient->path[0]) {
	case 't':
		recipient->trap = (uint64_t)recipient->path[1] + 1;
		return SMTP_RECIPIENT_OURS;
	case 'p':
		return SMTP_RECIPIENT_OURS;
	case 'u':
		return SMTP_RECIPIENT_UNSURE;
	default:
		return SMTP_RECIPIENT_UNKNOWN;
	}
}

static bool
lend_memory(void *context, long long bytes)
{
	struct transcript *transcript = context;

	if (bytes > 0 && transcript->memory + bytes > 1 << 16)
		return false;
	transcript->memory += bytes;
	assert(transcript->memory >= 0);
	return true;
}

static void
put_envelope(struct strbuf *events, const struct envelope *envelope)
{
	strbuf_puts(events, envelope->helo);
	strbuf_putc(events, '|');
	strbuf_puts(events, envelope->sender);
	for (unsigned i = 0; i < envelope->recipient_count; i++) {
		strbuf_putc(events, '|');
		strbuf_puts(events, envelope->recipients[i].path);
	}
}

static enum smtp_result
take_message(
    void *context, const struct envelope *envelope, char *octets, size_t len)
{
	struct transcript *transcript = context;

	assert(envelope->client_known && envelope->recipient_count > 0);
	put_envelope(&transcript->events, envelope);
	strbuf_putc(&transcript->events, '|');
	strbuf_add(&transcript->events, octets, len);
	free(envelope->recipients);
	free(octets);
	return transcript->result;
}

static void
take_dialogue(void *context, const struct envelope *envelope, unsigned refused,
    bool politely)
{
	struct transcript *transcript = context;

	assert(envelope->client_known && envelope->recipient_count > 0);
	put_envelope(&transcript->events, envelope);
	strbuf_putc(&transcript->events, (char)('0' + refused % 10));
	strbuf_putc(&transcript->events, politely ? 'p' : 'd');
}

static void
note_discard(void *context, const struct envelope *envelope,
    const char *recipient, enum smtp_discard reason)
{
	struct transcript *transcript = context;

	put_envelope(&transcript->events, envelope);
	strbuf_puts(&transcript->events, recipient);
	strbuf_putc(&transcript->events, (char)('0' + reason));
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
	.message_bytes = 2000,
	.recipients = 3,
	.commands = 200,
	.tls = true,
};

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
    const uint8_t *octets, size_t len)
{
	for (;;) {
		size_t taken = smtp_session_feed(session, octets, len);

		assert(taken <= len);
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

static void
play(struct transcript *transcript, uint8_t choice, const uint8_t *said,
    size_t len, size_t piece)
{
	const struct smtp_peer peer = {
		.address = { { 0x20, 1 } },
		.address_known = true,
		.may_xclient = choice & 1,
		.may_xforward = choice & 16,
		.lmtp = choice & 32,
	};
	struct smtp_session *session;

	*transcript = (struct transcript){
		.result = (enum smtp_result)(choice >> 1 & 3),
	};
	strbuf_init(&transcript->replies, 1 << 24);
	strbuf_init(&transcript->events, 1 << 24);
	session = smtp_session_new(&rules, &handler, transcript, &peer);
	assert(session != NULL);
	for (size_t at = 0; at < len; at += piece)
		say(session, transcript, said + at,
		    piece < len - at ? piece : len - at);
	smtp_session_end(
	    session, choice & 8 ? SMTP_END_TIMEOUT : SMTP_END_DROPPED);
	read_replies(session, transcript);
	smtp_session_free(session);
	assert(transcript->memory == 0);
}

/* Three digits, space or hyphen, printable text, CR LF. */
static void
check_replies(const char *text, bool lmtp)
{
	while (*text != '\0') {
		assert(text[0] >= '2' && text[0] <= (lmtp ? '4' : '5'));
		assert(isdigit((unsigned char)text[1]));
		assert(isdigit((unsigned char)text[2]));
		assert(text[3] == ' ' || text[3] == '-');
		while (*text >= ' ' && *text <= '~')
			text++;
		assert(text[0] == '\r' && text[1] == '\n');
		text += 2;
	}
}

static bool
is_equal(const struct strbuf *a, const struct strbuf *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static void
forget(struct transcript *transcript)
{
	strbuf_deinit(&transcript->replies);
	strbuf_deinit(&transcript->events);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t pieces[] = { 1, 2, 7 };
	struct transcript whole;

	if (size == 0)
		return 0;
	play(&whole, data[0], data + 1, size - 1, size);
	check_replies(whole.replies.text, data[0] & 32);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct transcript cut;

		play(&cut, data[0], data + 1, size - 1, pieces[i]);
		assert(is_equal(&whole.replies, &cut.replies));
		assert(is_equal(&whole.events, &cut.events));
		forget(&cut);
	}
	forget(&whole);
	return 0;
}
