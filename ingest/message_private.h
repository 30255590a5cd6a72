#ifndef INGEST_MESSAGE_PRIVATE_H
#define INGEST_MESSAGE_PRIVATE_H

#include "ingest/message.h"

/*
 * What the files of a message share: message.c makes and ends it,
 * message_parts.c and message_reader.c find its fields and parts,
 * message_type.c what a part says of itself, message_fields.c, message_words.c
 * and message_text.c decode.
 */

/*
 * Strings live in one block that is never moved. Beyond it values are empty:
 * enough for MESSAGE_FIELDS_MAX ordinary fields and three texts.
 */
#define MESSAGE_ARENA_SIZE (160u << 10)

struct message {
	size_t len; /* of the octets, which are within bounds.h */
	struct message_fields fields;
	struct message_part parts[MESSAGE_PARTS_MAX];
	unsigned part_count;
	const char *text, *subject;
	const char *charset;   /* of the first part that names one, or NULL */
	char last_charset[32]; /* that a field named; no real name is longer */
	unsigned charset_changes;
	size_t text_len;
	size_t used;
	char arena[MESSAGE_ARENA_SIZE];
	char octets[]; /* and a NUL; fields and parts point into them */
};

/* NULL when there is no room. */
char *message_reserve(struct message *message, size_t size);
void *message_reserve_aligned(struct message *message, size_t size);
/* A copy, or "" when there is no room; the second in lower case, cut at 255. */
const char *message_keep(struct message *message, const char *text, size_t len);
const char *message_keep_lower(struct message *message, const char *text);

uint32_t message_hash_name(const char *name, size_t len);

/*
 * A field's text with its encoded words (RFC 2047) decoded; it ends where the
 * message has named too many charsets. GMime takes words that stand together
 * for one, and base64's padding at the first one's end for the end of all:
 * what follows padding is decoded by itself. g_free it.
 */
char *message_decode_words(struct message *message, const char *text);

/* Finds fields and parts of the octets, which it divides by NULs. */
void message_find_parts(struct message *message);

/* What the fields Content-* of a part say, as they came; NULL without one. */
struct message_content_fields {
	const char *type, *disposition, *encoding;
};
/*
 * Fills type, names, charset, encoding and attachment of the part; its
 * boundary is returned, NULL if it names none. `otherwise` is what it is when
 * it does not say so (RFC 2045 section 5.2, RFC 2046 section 5.1.5).
 */
const char *message_read_type(struct message *message,
    const struct message_content_fields *content, const char *otherwise,
    struct message_part *part);

#endif
