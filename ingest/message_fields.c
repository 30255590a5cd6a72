#include "ingest/message_private.h"

#include <glib.h>
#include <string.h>
#include <strings.h>

#include "ingest/charset.h"
#include "ingest/fold.h"

/*
 * Tells most names apart by their length and three letters, so that few are
 * compared: a message is asked for a hundred fields.
 */
uint32_t
message_hash_name(const char *name, size_t len)
{
	const uint32_t case_bit = 0x20;
	uint32_t hash;

	if (len == 0)
		return 0;
	hash = ((uint8_t)name[0] | case_bit) |
	       ((uint8_t)name[len / 2] | case_bit) << 8 |
	       ((uint8_t)name[len - 1] | case_bit) << 16;
	return hash ^ (uint32_t)len << 24;
}

static void
unfold(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		if (*from == '\r' || *from == '\n')
			continue;
		*to++ = *from == '\t' ? ' ' : *from;
	}
	while (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
}

/* Decodes in place; what grows beyond `size` is cut. */
static void
decode_words(struct message *message, char *text, size_t size)
{
	char *decoded = message_decode_words(message, text);

	g_strlcpy(text, decoded, size);
	g_free(decoded);
}

static const char *
decode_value(struct message *message, const char *raw)
{
	char octets[MESSAGE_VALUE_MAX], utf8[MESSAGE_VALUE_MAX * 2];
	size_t len;

	raw += strspn(raw, " \t\r\n");
	len = strnlen(raw, MESSAGE_VALUE_MAX - 1);
	memcpy(octets, raw, len);
	/* Its line end, which says that the last character is not cut. */
	if (len < MESSAGE_VALUE_MAX - 1)
		octets[len++] = '\n';
	/* Raw octets are most likely in the charset of the text. */
	charset_to_utf8(fold_is_utf8(octets, len) ? NULL : message->charset,
	    octets, len, utf8, sizeof(utf8));
	unfold(utf8);
	if (strstr(utf8, "=?") != NULL)
		decode_words(message, utf8, sizeof(utf8));
	return message_keep(message, utf8, strnlen(utf8, MESSAGE_VALUE_MAX));
}

struct message_fields *
message_fields(struct message *message)
{
	return &message->fields;
}

const char *
message_next_field(struct message *message, struct message_fields *fields,
    const char *name, unsigned *from)
{
	uint32_t hash = message_hash_name(name, strlen(name));

	for (unsigned i = *from; i < fields->count; i++) {
		struct message_field *field = &fields->list[i];

		if (field->hash != hash || strcasecmp(field->name, name) != 0)
			continue;
		if (field->value == NULL)
			field->value = decode_value(message, field->raw);
		*from = i + 1;
		return field->value;
	}
	*from = fields->count;
	return NULL;
}

const char *
message_field(struct message *message, const char *name)
{
	unsigned from = 0;

	return message_next_field(message, &message->fields, name, &from);
}

const char *
message_subject(struct message *message)
{
	const char *value;
	size_t size;
	char *folded;

	if (message->subject != NULL)
		return message->subject;
	value = message_field(message, "Subject");
	message->subject = "";
	if (value != NULL) {
		size = strlen(value) + 1;
		folded = message_reserve(message, size);
		if (folded != NULL) {
			fold_text(value, size - 1, folded, size);
			message->subject = folded;
		}
	}
	return message->subject;
}

/* --- fields within a text ------------------------------------------- */

/* Length of the name if the line is a field, else 0. */
static size_t
field_name_len(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && n < 64 && line[n] > ' ' && line[n] < 0x7f &&
	       line[n] != ':')
		n++;
	return n > 0 && n < len && line[n] == ':' ? n : 0;
}

struct message_fields
message_scan_fields(
    struct message *message, const char *text, size_t len, size_t *end)
{
	struct message_fields fields = { NULL, 0 };
	size_t at = 0;

	*end = 0;
	fields.list =
	    message_reserve_aligned(message, 64 * sizeof(fields.list[0]));
	if (fields.list == NULL)
		return fields;
	while (at < len && fields.count < 64) {
		size_t name_len = field_name_len(text + at, len - at);
		size_t next = at;

		if (name_len == 0)
			break;
		do { /* with the lines that continue it */
			const char *lf = memchr(text + next, '\n', len - next);

			next = lf == NULL ? len : (size_t)(lf - text) + 1;
		} while (
		    next < len && (text[next] == ' ' || text[next] == '\t'));
		fields.list[fields.count++] = (struct message_field){
			.name = message_keep(message, text + at, name_len),
			.raw = message_keep(message, text + at + name_len + 1,
			    next - at - name_len - 1),
			.hash = message_hash_name(text + at, name_len),
		};
		at = next;
	}
	*end = at;
	return fields;
}
