#include "ingest/message_private.h"

#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/charset.h"
#include "ingest/html.h"

/* Octets of a part that are looked at; base64 needs a third more. */
#define ENCODED_MAX (24u << 10)

/* --- one part ------------------------------------------------------- */

static bool
is_encoded(const struct message_part *part)
{
	return part->content.encoding == GMIME_CONTENT_ENCODING_BASE64 ||
	       part->content.encoding ==
		   GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
	       part->content.encoding == GMIME_CONTENT_ENCODING_UUENCODE;
}

static size_t
undo_encoding(const struct message_part *part, size_t len, char *out)
{
	GMimeEncoding state;

	g_mime_encoding_init_decode(
	    &state, (GMimeContentEncoding)part->content.encoding);
	return g_mime_encoding_step(&state, part->content.octets, len, out);
}

static size_t
copy_without_cr(const char *octets, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len && octets[i] != '\0'; i++) {
		if (octets[i] != '\r' || octets[i + 1] != '\n')
			out[n++] = octets[i];
	}
	return n;
}

/* As UTF-8; returns the length. */
static size_t
convert(const struct message_part *part, char *out, size_t size)
{
	const char *octets = part->content.octets;
	const char *charset = part->content.charset;
	size_t len =
	    part->content.len < ENCODED_MAX ? part->content.len : ENCODED_MAX;
	char *decoded = NULL;

	if (part->childless || is_encoded(part)) {
		decoded = malloc(ENCODED_MAX + 64);
		if (decoded == NULL)
			return 0;
		len = part->childless ? copy_without_cr(octets, len, decoded)
				      : undo_encoding(part, len, decoded);
		octets = decoded;
	}
	if (charset != NULL)
		charset = g_mime_charset_iconv_name(charset);
	len = charset_to_utf8(charset, octets, len, out, size);
	free(decoded);
	return len;
}

static bool
is_html(const struct message_part *part)
{
	return strcmp(part->type, "text/html") == 0;
}

const char *
message_part_text(
    struct message *message, const struct message_part *part, size_t *len)
{
	char *text;

	*len = 0;
	if (part->content.octets == NULL)
		return "";
	text = message_reserve(message, MESSAGE_TEXT_MAX);
	if (text == NULL)
		return "";
	*len = convert(part, text, MESSAGE_TEXT_MAX);
	if (is_html(part))
		*len = html_to_text(text, *len);
	/* What it did not need is free again. */
	message->used -= MESSAGE_TEXT_MAX - *len - 1;
	return text;
}

/* --- what a reader sees --------------------------------------------- */

/* In an alternative one form is enough: the plain one, if it says anything. */
static bool
is_second_form(const struct message *message, unsigned index, bool have_plain)
{
	const struct message_part *part = &message->parts[index];

	return have_plain && is_html(part) && part->parent >= 0 &&
	       strcmp(message->parts[part->parent].type,
		   "multipart/alternative") == 0;
}

static bool
is_readable(const struct message_part *part)
{
	return !part->quoted &&
	       (part->childless || strcmp(part->type, "text/plain") == 0 ||
		   is_html(part) || strcmp(part->type, "text/enriched") == 0 ||
		   strcmp(part->type, "text/") == 0 ||
		   strcmp(part->type, "text/text") == 0);
}

/* Little is said by fewer octets than that. */
#define PLAIN_ENOUGH 40

static void
gather_text(struct message *message, char *text, size_t *used)
{
	bool have_plain = false;

	for (unsigned i = 0; i < message->part_count; i++) {
		const struct message_part *part = &message->parts[i];
		const char *more;
		size_t len, mark = message->used;

		if (!is_readable(part) ||
		    is_second_form(message, i, have_plain))
			continue;
		more = message_part_text(message, part, &len);
		if (len > MESSAGE_TEXT_MAX - 2 - *used)
			len = MESSAGE_TEXT_MAX - 2 - *used;
		memcpy(text + *used, more, len);
		*used += len;
		text[(*used)++] = '\n';
		have_plain =
		    have_plain || (!is_html(part) && len > PLAIN_ENOUGH);
		message->used = mark;
		if (*used >= MESSAGE_TEXT_MAX - 2)
			break;
	}
}

const char *
message_text(struct message *message, size_t *len)
{
	char *text;
	size_t used = 0;

	if (message->text == NULL) {
		text = message_reserve(message, MESSAGE_TEXT_MAX);
		message->text = "";
		if (text != NULL) {
			gather_text(message, text, &used);
			text[used] = '\0';
			message->text = text;
			message->text_len = used;
		}
	}
	*len = message->text_len;
	return message->text;
}
