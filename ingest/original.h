#ifndef INGEST_ORIGINAL_H
#define INGEST_ORIGINAL_H

#include <stdbool.h>
#include <stdint.h>

#include "db/meta.h"
#include "ingest/message.h"

/*
 * The original message that a bounce or an automatic reply quotes: as a part
 * (message/rfc822, text/rfc822-headers) or behind a separator in the text.
 * Whose sender was it, how did it come there, what was it about?
 */
struct original {
	bool found;    /* with fields that only a mail system writes */
	bool attached; /* as a part of its own */
	/* How much of message_text() is the notice's own words. */
	size_t own_text_len;

	struct message_fields fields;
	const char *body; /* may be empty */
	size_t body_len;
	char return_path[MESSAGE_ADDRESS_MAX];
	char from[MESSAGE_ADDRESS_MAX];
	char reply_to[MESSAGE_ADDRESS_MAX];
	char sender[MESSAGE_ADDRESS_MAX];
	char message_id[MESSAGE_ADDRESS_MAX]; /* without brackets */
	const char *subject;
	int64_t arrived_at;    /* its topmost Received line; 0 unknown */
	char received_by[256]; /* the host that wrote that line */
	char queue_id[64];     /* and the id it gave */
};

void original_find(struct message *message, struct original *original);

/*
 * How the bouncing server's own organisation took it in: the lowest of the
 * Received lines that it wrote itself, from the top without a gap. A name of
 * ours ("submission-authenticated", "submission-local", "submission-script",
 * "submission-internal"), or NULL if it came from outside.
 */
const char *original_submission(
    struct message *message, const struct original *original);

/*
 * What the bouncing server had found out about the sender before it answered:
 * "original-spf-fail", "original-spf-pass", "original-dkim-pass", or NULL where
 * the original bears no such result (RFC 8601, RFC 7208 section 9.1).
 */
const char *original_authentication(
    struct message *message, const struct original *original);

/*
 * The campaign: keyed hash of the sender's domain and the subject with all
 * that varies taken out (case, accents, digits, random words); where too
 * little of the subject is left, of the text's words and links as well. 0 if
 * there is nothing to go by.
 */
uint64_t original_fingerprint(
    const struct original *original, const uint8_t key[META_KEY_LEN]);

#endif
