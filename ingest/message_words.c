#include "ingest/message_private.h"

#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>

/* --- what they cost ------------------------------------------------- */

/*
 * Each other charset that a field names, in encoded words (RFC 2047) or
 * parameters (RFC 2231), makes iconv load a converter: a tenth of a
 * millisecond, for sixteen octets of mail. Real mail changes between two or
 * three.
 */
#define CHANGES_MAX 128

/* UTF-8 needs no converter. */
static bool
is_free(const char *name, size_t len)
{
	return len == 5 && strncasecmp(name, "utf-8", len) == 0;
}

static bool
is_last(const struct message *message, const char *name, size_t len)
{
	return len < sizeof(message->last_charset) &&
	       message->last_charset[len] == '\0' &&
	       strncasecmp(message->last_charset, name, len) == 0;
}

/*
 * The name that begins behind this '=', if one does; its length, or 0. The
 * "=?=" after padding ends a word.
 */
static size_t
find_name(const char *text, const char *equals, const char **name)
{
	if (equals[1] == '?' && equals[2] != '=') {
		*name = equals + 2;
		return strcspn(*name, "?*");
	}
	if (equals == text || equals[-1] != '*')
		return 0;
	*name = equals + 1 + strspn(equals + 1, " \t\r\n\"");
	return strcspn(*name, "'");
}

/* How much of the text may be decoded. */
static size_t
afford(struct message *message, const char *text)
{
	const char *at, *name;

	for (at = strchr(text, '='); at != NULL; at = strchr(at + 1, '=')) {
		size_t len = find_name(text, at, &name);

		if (len == 0 || is_free(name, len) ||
		    is_last(message, name, len))
			continue;
		if (message->charset_changes >= CHANGES_MAX)
			return (size_t)(at - text);
		message->charset_changes++;
		if (len >= sizeof(message->last_charset))
			len = sizeof(message->last_charset) - 1;
		memcpy(message->last_charset, name, len);
		message->last_charset[len] = '\0';
	}
	return strlen(text);
}

/* --- what they say -------------------------------------------------- */

/* Where the next encoded word begins, if one stands there; else NULL. */
static char *
next_word(char *at)
{
	at += strspn(at, " \t");
	return at[0] == '=' && at[1] == '?' ? at : NULL;
}

static void
append_decoded(GString *decoded, const char *text)
{
	char *part = g_mime_utils_header_decode_text(NULL, text);

	g_string_append(decoded, part);
	g_free(part);
}

char *
message_decode_words(struct message *message, const char *text)
{
	char *copy = g_strndup(text, afford(message, text));
	char *from = copy, *at = copy;
	GString *decoded = g_string_new(NULL);

	while ((at = strstr(at, "=?=")) != NULL) {
		char *next = next_word(at + 3), kept;

		at += 3;
		if (next == NULL)
			continue;
		kept = *at;
		*at = '\0';
		append_decoded(decoded, from);
		*at = kept;
		from = at = next;
	}
	append_decoded(decoded, from);
	g_free(copy);
	return g_string_free(decoded, FALSE);
}
