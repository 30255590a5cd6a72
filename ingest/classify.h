#ifndef INGEST_CLASSIFY_H
#define INGEST_CLASSIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/evidence.h"
#include "db/meta.h"
#include "ingest/envelope.h"

/*
 * Message and envelope -> what it is, how well that is proved, and why. Reads
 * nothing but its arguments; bounded in time and memory whatever comes in.
 */

/*
 * The signs found, by name, in the order they were found. Names are static
 * strings out of the modules' tables: "report-delivery-status",
 * "null-sender", "subject-bounce-de".
 */
#define SIGNS_MAX 32
struct signs {
	const char *names[SIGNS_MAX];
	unsigned count;
};
void signs_add(struct signs *signs, const char *name); /* once each */
bool signs_have(const struct signs *signs, const char *name);
bool signs_have_prefix(const struct signs *signs, const char *prefix);
/* Joined by spaces, cut at a name's end to fit. Returns `text`. */
char *signs_format(const struct signs *signs, char *text, size_t size);

/* `evidence` bears kind, grade, flags, texts, campaign, original. */
struct classification {
	struct signs signs;
	/* Why it is no backscatter ("list-mail", "feedback-report"), or NULL.
	 */
	const char *veto;
	struct evidence evidence;
};

/*
 * `recipient` indexes envelope->recipients: whose trap the proof is about.
 * `hash_key` keys campaign and Message-ID hashes. Always gives an answer: what
 * cannot be read is kind none, grade E, with a sign that says so.
 */
void classify_message(const struct envelope *envelope, unsigned recipient,
    const uint8_t *octets, size_t len, const uint8_t hash_key[META_KEY_LEN],
    struct classification *result);

/*
 * The same for several recipients of one message, which is read once. NULL:
 * no memory. End it soon, on the same thread (ingest/message.h); `envelope` is
 * borrowed until then.
 */
struct classify_reading;
struct classify_reading *classify_read(
    const struct envelope *envelope, const uint8_t *octets, size_t len);
void classify_for(const struct classify_reading *reading, unsigned recipient,
    const uint8_t hash_key[META_KEY_LEN], struct classification *result);
void classify_end(struct classify_reading *reading); /* NULL does nothing */

/* A dialogue that ended after RCPT: callout, dictionary attack, or neither. */
void classify_dialogue(const struct envelope *envelope, unsigned recipient,
    enum dialogue_end end, unsigned refused_recipients,
    const uint8_t hash_key[META_KEY_LEN], struct classification *result);

/* Once per process, before the first message. */
void classify_init(void);

#endif
