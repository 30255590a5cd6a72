#include "ingest/message.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ingest/bounds.h"
#include "ingest/charset.h"
#include "ingest/fold.h"
#include "ingest/html.h"

/*
 * Strings live in one block that is never moved. Beyond it values are empty:
 * enough for MESSAGE_FIELDS_MAX ordinary fields and three texts.
 */
#define ARENA_SIZE (160u << 10)

/* Octets of a part that are looked at; base64 needs a third more. */
#define ENCODED_MAX (24u << 10)

struct message {
	size_t read; /* octets given to the parser */
	GMimeMessage *gmime;
	struct message_fields fields;
	struct message_part parts[MESSAGE_PARTS_MAX];
	unsigned part_count;
	const char *text, *subject;
	const char *charset; /* of the first part that names one, or NULL */
	size_t text_len;
	size_t used;
	char arena[ARENA_SIZE];
};

/* --- names of charsets ---------------------------------------------- */

/*
 * GMime keeps every name of a charset that it ever saw, and a message can make
 * up one for each eight octets, of a hundred octets of memory. So its table is
 * dropped now and then, while nobody uses names out of it.
 */
#define NAMES_OCTETS_MAX (1u << 20)

static pthread_mutex_t names_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t names_free = PTHREAD_COND_INITIALIZER;
static unsigned names_users;		  /* messages */
static size_t names_octets;		  /* read since the table was dropped */
static _Thread_local unsigned names_held; /* of this thread's messages */

static void
use_names(void)
{
	pthread_mutex_lock(&names_lock);
	/* Who holds names already must not wait for itself. */
	while (names_octets > NAMES_OCTETS_MAX && names_users > 0 &&
	       names_held == 0)
		pthread_cond_wait(&names_free, &names_lock);
	if (names_octets > NAMES_OCTETS_MAX && names_users == 0) {
		g_mime_charset_map_shutdown();
		g_mime_charset_map_init();
		names_octets = 0;
	}
	names_users++;
	names_held++;
	pthread_mutex_unlock(&names_lock);
}

static void
release_names(size_t octets)
{
	pthread_mutex_lock(&names_lock);
	names_octets += octets;
	names_held--;
	if (--names_users == 0)
		pthread_cond_broadcast(&names_free);
	pthread_mutex_unlock(&names_lock);
}

/* --- the arena ------------------------------------------------------ */

static char *
reserve(struct message *message, size_t size)
{
	char *at = message->arena + message->used;

	if (size > ARENA_SIZE - message->used)
		return NULL;
	message->used += size;
	return at;
}

static const char *
keep(struct message *message, const char *text, size_t len)
{
	char *copy = reserve(message, len + 1);

	if (copy == NULL)
		return "";
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

static const char *
keep_lower(struct message *message, const char *text)
{
	size_t len = text == NULL ? 0 : strnlen(text, 255);
	char *copy = len == 0 ? NULL : reserve(message, len + 1);

	if (copy == NULL)
		return "";
	for (size_t i = 0; i < len; i++)
		copy[i] = (char)g_ascii_tolower(text[i]);
	copy[len] = '\0';
	return copy;
}

static void *
reserve_aligned(struct message *message, size_t size)
{
	size_t align = sizeof(void *);
	size_t gap = (align - message->used % align) % align;

	return reserve(message, gap) == NULL ? NULL : reserve(message, size);
}

/* --- fields --------------------------------------------------------- */

/* FNV-1a over the lower-case name. */
static uint32_t
hash_name(const char *name, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)g_ascii_tolower(name[i])) * 16777619u;
	return hash;
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

/* Where the next encoded word begins, if one stands there; else NULL. */
static char *
next_word(char *at)
{
	at += strspn(at, " ");
	return at[0] == '=' && at[1] == '?' ? at : NULL;
}

/*
 * Decodes in place, which never makes it longer than `size`. GMime takes
 * encoded words that stand together for one, and base64's padding at the first
 * one's end for the end of all: what follows padding is decoded by itself.
 */
static void
decode_words(char *text, size_t size)
{
	char *from = text, *at = text;
	GString *decoded = g_string_new(NULL);

	while ((at = strstr(at, "=?=")) != NULL) {
		char *next = next_word(at + 3), *part, kept;

		at += 3;
		if (next == NULL)
			continue;
		kept = *at;
		*at = '\0';
		part = g_mime_utils_header_decode_text(NULL, from);
		*at = kept;
		g_string_append(decoded, part);
		g_free(part);
		from = at = next;
	}
	from = g_mime_utils_header_decode_text(NULL, from);
	g_string_append(decoded, from);
	g_free(from);
	g_strlcpy(text, decoded->str, size);
	g_string_free(decoded, TRUE);
}

static const char *
decode_value(struct message *message, const char *raw)
{
	char utf8[MESSAGE_VALUE_MAX * 2];
	size_t len;

	raw += strspn(raw, " \t\r\n");
	len = strnlen(raw, MESSAGE_VALUE_MAX - 1);
	/* Raw octets are most likely in the charset of the text. */
	charset_to_utf8(fold_is_utf8(raw, len) ? NULL : message->charset, raw,
	    len, utf8, sizeof(utf8));
	unfold(utf8);
	if (strstr(utf8, "=?") != NULL)
		decode_words(utf8, sizeof(utf8));
	return keep(message, utf8, strnlen(utf8, MESSAGE_VALUE_MAX));
}

static void
append_headers(struct message_fields *fields, GMimeHeaderList *headers)
{
	int count = headers == NULL ? 0 : g_mime_header_list_get_count(headers);

	for (int i = 0; i < count && fields->count < MESSAGE_FIELDS_MAX; i++) {
		GMimeHeader *header =
		    g_mime_header_list_get_header_at(headers, i);
		const char *name = g_mime_header_get_name(header);
		const char *raw = g_mime_header_get_raw_value(header);

		if (name == NULL || raw == NULL)
			continue;
		fields->list[fields->count++] = (struct message_field){
			.name = name,
			.raw = raw,
			.hash = hash_name(name, strlen(name)),
		};
	}
}

/* GMime keeps the fields Content-* with the outermost part. */
static struct message_fields
collect_fields(struct message *message, GMimeMessage *gmime)
{
	GMimeObject *body = g_mime_message_get_mime_part(gmime);
	GMimeHeaderList *own =
	    g_mime_object_get_header_list(GMIME_OBJECT(gmime));
	GMimeHeaderList *content =
	    body == NULL ? NULL : g_mime_object_get_header_list(body);
	struct message_fields fields = { NULL, 0 };
	int count = g_mime_header_list_get_count(own);

	if (content != NULL)
		count += g_mime_header_list_get_count(content);
	if (count > MESSAGE_FIELDS_MAX)
		count = MESSAGE_FIELDS_MAX;
	fields.list =
	    reserve_aligned(message, (size_t)count * sizeof(fields.list[0]));
	if (fields.list == NULL)
		return fields;
	append_headers(&fields, own);
	append_headers(&fields, content);
	return fields;
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
	uint32_t hash = hash_name(name, strlen(name));

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
		folded = reserve(message, size);
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
	fields.list = reserve_aligned(message, 64 * sizeof(fields.list[0]));
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
			.name = keep(message, text + at, name_len),
			.raw = keep(message, text + at + name_len + 1,
			    next - at - name_len - 1),
			.hash = hash_name(text + at, name_len),
		};
		at = next;
	}
	*end = at;
	return fields;
}

/* --- parts ---------------------------------------------------------- */

static void add_parts(struct message *message, GMimeObject *object, int parent,
    unsigned depth, bool quoted);

static void
add_inner(struct message *message, GMimeObject *object, int index)
{
	struct message_part *part = &message->parts[index];
	GMimeMessage *inner =
	    g_mime_message_part_get_message((GMimeMessagePart *)object);

	if (inner == NULL)
		return;
	part->inner = collect_fields(message, inner);
	if (g_mime_message_get_mime_part(inner) != NULL)
		add_parts(message, g_mime_message_get_mime_part(inner), index,
		    part->depth + 1, true);
}

static void
add_children(struct message *message, GMimeObject *object, int index)
{
	GMimeMultipart *multipart = (GMimeMultipart *)object;
	const struct message_part *part = &message->parts[index];
	int count = g_mime_multipart_get_count(multipart);

	for (int i = 0; i < count && message->part_count < MESSAGE_PARTS_MAX;
	     i++)
		add_parts(message, g_mime_multipart_get_part(multipart, i),
		    index, part->depth + 1, part->quoted);
}

static const char *
file_name(GMimeObject *object, GMimeContentType *type)
{
	const char *name =
	    g_mime_object_get_content_disposition_parameter(object, "filename");

	return name != NULL ? name
			    : g_mime_content_type_get_parameter(type, "name");
}

static void
add_parts(struct message *message, GMimeObject *object, int parent,
    unsigned depth, bool quoted)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	const char *disposition = g_mime_object_get_disposition(object);
	int index = (int)message->part_count;
	const char *charset;
	char name[128];

	if (depth > MESSAGE_DEPTH_MAX || index == MESSAGE_PARTS_MAX)
		return;
	snprintf(name, sizeof(name), "%s/%s",
	    g_mime_content_type_get_media_type(type),
	    g_mime_content_type_get_media_subtype(type));
	message->parts[message->part_count++] = (struct message_part){
		.type = keep_lower(message, name),
		.report_type = keep_lower(message,
		    g_mime_content_type_get_parameter(type, "report-type")),
		.filename = keep_lower(message, file_name(object, type)),
		.depth = depth,
		.parent = parent,
		.quoted = quoted,
		.attachment = disposition != NULL &&
			      strcasecmp(disposition, "attachment") == 0,
		.object = object,
	};
	charset = g_mime_content_type_get_parameter(type, "charset");
	if (charset != NULL && message->charset == NULL)
		message->charset = g_mime_charset_iconv_name(charset);
	if (GMIME_IS_MULTIPART(object))
		add_children(message, object, index);
	else if (GMIME_IS_MESSAGE_PART(object))
		add_inner(message, object, index);
}

const struct message_part *
message_parts(const struct message *message, unsigned *count)
{
	*count = message->part_count;
	return message->parts;
}

/* --- text ----------------------------------------------------------- */

/* The transfer encoding undone; returns the length. */
static size_t
decode_content(GMimePart *part, char *out)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *stream =
	    content == NULL ? NULL : g_mime_data_wrapper_get_stream(content);
	GMimeEncoding state;
	ssize_t n;
	char *encoded;
	size_t len;

	if (stream == NULL)
		return 0;
	encoded = g_malloc(ENCODED_MAX);
	g_mime_stream_reset(stream);
	n = g_mime_stream_read(stream, encoded, ENCODED_MAX);
	g_mime_encoding_init_decode(
	    &state, g_mime_data_wrapper_get_encoding(content));
	len =
	    n <= 0 ? 0 : g_mime_encoding_step(&state, encoded, (size_t)n, out);
	g_free(encoded);
	return len;
}

static bool
is_html(const struct message_part *part)
{
	return strcmp(part->type, "text/html") == 0;
}

/* A multipart without parts: its boundary was lost, its text is there. */
static size_t
copy_prologue(GMimeMultipart *multipart, char *out)
{
	const char *text = g_mime_multipart_get_prologue(multipart);
	size_t len = text == NULL ? 0 : strnlen(text, ENCODED_MAX);

	if (len > 0)
		memcpy(out, text, len);
	return len;
}

static bool
is_childless(const struct message_part *part)
{
	return GMIME_IS_MULTIPART(part->object) &&
	       g_mime_multipart_get_count(part->object) == 0;
}

const char *
message_part_text(
    struct message *message, const struct message_part *part, size_t *len)
{
	GMimeObject *object = part->object;
	const char *charset;
	char *octets, *text;

	*len = 0;
	if (!GMIME_IS_PART(object) && !is_childless(part))
		return "";
	text = reserve(message, MESSAGE_TEXT_MAX);
	if (text == NULL)
		return "";
	octets = g_malloc(ENCODED_MAX + 64);
	*len = GMIME_IS_PART(object)
		   ? decode_content((GMimePart *)object, octets)
		   : copy_prologue((GMimeMultipart *)object, octets);
	charset = g_mime_object_get_content_type_parameter(object, "charset");
	if (charset != NULL)
		charset = g_mime_charset_iconv_name(charset);
	*len = charset_to_utf8(charset, octets, *len, text, MESSAGE_TEXT_MAX);
	g_free(octets);
	if (is_html(part))
		*len = html_to_text(text, *len);
	/* What it did not need is free again. */
	message->used -= MESSAGE_TEXT_MAX - *len - 1;
	return text;
}

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
	       (is_childless(part) || strcmp(part->type, "text/plain") == 0 ||
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
		text = reserve(message, MESSAGE_TEXT_MAX);
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

/* --- small things --------------------------------------------------- */

int64_t
message_date(const char *value)
{
	GDateTime *date;
	int64_t seconds;

	if (value == NULL || strlen(value) > 128)
		return 0;
	date = g_mime_utils_header_decode_date(value);
	if (date == NULL)
		return 0;
	seconds = g_date_time_to_unix(date);
	g_date_time_unref(date);
	return seconds > 0 ? seconds : 0;
}

/* --- life ----------------------------------------------------------- */

void
message_init(void)
{
	g_mime_init();
}

struct message *
message_read(const uint8_t *octets, size_t len)
{
	struct message *message = malloc(sizeof(*message));
	GByteArray *bytes;
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeObject *body;

	if (message == NULL)
		return NULL;
	memset(message, 0, offsetof(struct message, arena));
	use_names();
	bytes = g_byte_array_sized_new(
	    (guint)(len < BOUNDS_OCTETS_MAX ? len : BOUNDS_OCTETS_MAX) + 1);
	message->read = bounds_copy(octets, len, bytes->data);
	g_byte_array_set_size(bytes, (guint)message->read);
	stream = g_mime_stream_mem_new_with_byte_array(bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), TRUE);
	parser = g_mime_parser_new_with_stream(stream);
	message->gmime = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	if (message->gmime == NULL)
		return message;
	message->fields = collect_fields(message, message->gmime);
	body = g_mime_message_get_mime_part(message->gmime);
	if (body != NULL)
		add_parts(message, body, -1, 0, false);
	return message;
}

void
message_free(struct message *message)
{
	if (message == NULL)
		return;
	if (message->gmime != NULL)
		g_object_unref(message->gmime);
	release_names(message->read);
	free(message);
}
