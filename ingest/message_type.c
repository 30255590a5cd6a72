#include "ingest/message_private.h"

#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What is looked for among the parameters of a Content-Type. */
enum parameter { CHARSET, BOUNDARY, NAME, REPORT_TYPE, PARAMETER_COUNT };

static const char *const parameter_names[PARAMETER_COUNT] = {
	[CHARSET] = "charset",
	[BOUNDARY] = "boundary",
	[NAME] = "name",
	[REPORT_TYPE] = "report-type",
};

/* All of it is the message's, or for ever. */
struct type {
	const char *name;			 /* in lower case */
	const char *parameters[PARAMETER_COUNT]; /* NULL: not there */
};

/* "text/plain"; no registered type has half as many octets. */
#define TYPE_MAX 128

/* --- as nearly everybody writes it ---------------------------------- */

/*
 * GMime knows every way to write a Content-Type, and makes an object of each
 * parameter. Nearly all are written in one way: type "/" subtype, and then
 * parameters that are tokens or quoted strings of ASCII, without comments,
 * escapes, RFC 2231's stars or encoded words. Those are read here.
 */
#define TOKEN                                                                  \
	"!#$%&'+-.0123456789^_`{|}~"                                           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
/* What many leave without quotes though they should not. */
#define LOOSE TOKEN "/:=@"
#define BLANK " \t\r\n"

static void
note_parameter(struct message *message, struct type *type, const char *name,
    size_t name_len, const char *value, size_t len)
{
	for (int i = 0; i < PARAMETER_COUNT; i++) {
		if (strlen(parameter_names[i]) == name_len &&
		    strncasecmp(parameter_names[i], name, name_len) == 0 &&
		    type->parameters[i] == NULL)
			type->parameters[i] = message_keep(message, value, len);
	}
}

/* The length of a quoted string's inside, or -1. */
static long
quoted_len(const char *text)
{
	size_t len = 0;

	while (text[len] >= ' ' && text[len] != '"' && text[len] != '\\' &&
	       text[len] != 0x7f)
		len++;
	return text[len] == '"' ? (long)len : -1;
}

/* Goes on behind one parameter; NULL when it is written otherwise. */
static const char *
read_parameter(struct message *message, struct type *type, const char *at)
{
	const char *name = at + strspn(at, BLANK), *value;
	size_t name_len = strspn(name, TOKEN);
	bool quoted;
	long len;

	if (name_len == 0 || name[name_len] != '=')
		return NULL;
	value = name + name_len + 1;
	quoted = *value == '"';
	value += quoted;
	len = quoted ? quoted_len(value) : (long)strspn(value, LOOSE);
	if (len < 0 || (!quoted && len == 0))
		return NULL;
	note_parameter(message, type, name, name_len, value, (size_t)len);
	return value + len + quoted;
}

static const char *
keep_name(struct message *message, const char *name, size_t len)
{
	char lower[TYPE_MAX];

	if (len >= sizeof(lower))
		len = sizeof(lower) - 1;
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)g_ascii_tolower(name[i]);
	return message_keep(message, lower, len);
}

static bool
read_plain(struct message *message, const char *raw, struct type *type)
{
	const char *name = raw + strspn(raw, BLANK), *at;
	size_t main_len = strspn(name, TOKEN), sub_len;

	if (strstr(raw, "=?") != NULL || main_len == 0 || name[main_len] != '/')
		return false;
	sub_len = strspn(name + main_len + 1, TOKEN);
	if (sub_len == 0)
		return false;
	at = name + main_len + 1 + sub_len;
	type->name = keep_name(message, name, (size_t)(at - name));
	for (;;) {
		at += strspn(at, BLANK);
		if (*at == '\0')
			return true;
		if (*at != ';')
			return false;
		at++;
		if (at[strspn(at, BLANK)] == '\0')
			return true;
		at = read_parameter(message, type, at);
		if (at == NULL)
			return false;
	}
}

/* --- as anybody may write it ---------------------------------------- */

static const char *
keep_text(struct message *message, const char *text)
{
	return text == NULL ? NULL : message_keep(message, text, strlen(text));
}

/* Unfolded, and without encoded words; within bounds. g_free it. */
static char *
decode(struct message *message, const char *raw)
{
	char *cut = g_strndup(raw, MESSAGE_VALUE_MAX - 1);
	char *unfolded = g_mime_utils_header_unfold(cut);
	char *decoded = message_decode_words(message, unfolded);

	g_free(unfolded);
	g_free(cut);
	return decoded;
}

static void
read_any(struct message *message, const char *raw, struct type *type)
{
	char *value = decode(message, raw);
	GMimeContentType *parsed = g_mime_content_type_parse(NULL, value);
	char name[TYPE_MAX];

	snprintf(name, sizeof(name), "%s/%s",
	    g_mime_content_type_get_media_type(parsed),
	    g_mime_content_type_get_media_subtype(parsed));
	type->name = message_keep_lower(message, name);
	for (int i = 0; i < PARAMETER_COUNT; i++)
		type->parameters[i] =
		    keep_text(message, g_mime_content_type_get_parameter(
					   parsed, parameter_names[i]));
	g_object_unref(parsed);
	g_free(value);
}

static void
read_disposition(
    struct message *message, const char *raw, struct message_part *part)
{
	char *value = decode(message, raw);
	GMimeContentDisposition *parsed =
	    g_mime_content_disposition_parse(NULL, value);
	const char *name =
	    g_mime_content_disposition_get_parameter(parsed, "filename");

	part->attachment =
	    strcasecmp(g_mime_content_disposition_get_disposition(parsed),
		"attachment") == 0;
	if (name != NULL)
		part->filename = message_keep_lower(message, name);
	g_object_unref(parsed);
	g_free(value);
}

/* --- all of it ------------------------------------------------------ */

const char *
message_read_type(struct message *message,
    const struct message_content_fields *content, const char *otherwise,
    struct message_part *part)
{
	struct type type = { .name = otherwise };

	if (content->type != NULL &&
	    !read_plain(message, content->type, &type)) {
		memset(&type, 0, sizeof(type));
		read_any(message, content->type, &type);
	}
	part->type = type.name;
	part->report_type =
	    message_keep_lower(message, type.parameters[REPORT_TYPE]);
	part->filename = message_keep_lower(message, type.parameters[NAME]);
	if (content->disposition != NULL)
		read_disposition(message, content->disposition, part);
	part->content.charset = type.parameters[CHARSET];
	if (content->encoding != NULL)
		part->content.encoding =
		    (int)g_mime_content_encoding_from_string(content->encoding);
	if (part->content.charset != NULL && message->charset == NULL)
		message->charset =
		    g_mime_charset_iconv_name(part->content.charset);
	return type.parameters[BOUNDARY];
}
