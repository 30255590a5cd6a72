#include "ingest/html.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Tags whose content nobody reads. */
static const char *const hidden[] = { "style", "script", "head", "title" };

/* Tags that begin a new line for the reader. */
static const char *const breaks[] = { "br", "p", "/p", "div", "/div", "tr",
	"/tr", "li", "hr", "table", "/table", "pre", "/pre", "h1", "h2", "h3",
	"blockquote" };

static const struct {
	const char *name;
	const char *text;
} references[] = {
	{ "amp;", "&" },
	{ "lt;", "<" },
	{ "gt;", ">" },
	{ "quot;", "\"" },
	{ "nbsp;", " " },
	{ "apos;", "'" },
};

static bool
is_tag(const char *tag, size_t len, const char *name)
{
	size_t n = strlen(name);

	return len >= n && strncasecmp(tag, name, n) == 0 &&
	       (len == n || strchr(" \t\r\n>/", tag[n]) != NULL);
}

/* Just behind the end of a hidden tag's content, or the text's end. */
static size_t
pass_hidden(const char *text, size_t len, size_t at, const char *name)
{
	size_t n = strlen(name);

	for (; at + n + 2 < len; at++) {
		const char *lt = memchr(text + at, '<', len - at - n - 2);

		if (lt == NULL)
			break;
		at = (size_t)(lt - text);
		if (text[at + 1] == '/' &&
		    strncasecmp(text + at + 2, name, n) == 0) {
			const char *gt = memchr(text + at, '>', len - at);

			return gt == NULL ? len : (size_t)(gt - text) + 1;
		}
	}
	return len;
}

/*
 * Where a link leads is said to the reader: the address goes before its text.
 * It is shorter than the tag, so that there is room.
 */
static void
write_link(char *text, const char *tag, size_t len, size_t *used)
{
	const char *href = memmem(tag, len, "http", 4);
	size_t n = 0;

	if (href == NULL)
		return;
	len -= (size_t)(href - tag);
	while (n < len && strchr(" \t\r\n\"'>", href[n]) == NULL)
		n++;
	memmove(text + *used, href, n);
	*used += n;
	text[(*used)++] = ' ';
}

/* Passes over the tag at `at`; writes a line end where it makes one. */
static size_t
pass_tag(char *text, size_t len, size_t at, size_t *used)
{
	const char *tag = text + at + 1, *gt;
	size_t left = len - at - 1;

	if (left >= 3 && memcmp(tag, "!--", 3) == 0) {
		gt = memmem(tag, left, "-->", 3);
		return gt == NULL ? len : (size_t)(gt - text) + 3;
	}
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (is_tag(tag, left, hidden[i]))
			return pass_hidden(text, len, at + 1, hidden[i]);
	}
	gt = memchr(tag, '>', left);
	if (gt != NULL && is_tag(tag, left, "a"))
		write_link(text, tag, (size_t)(gt - tag), used);
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		if (is_tag(tag, left, breaks[i])) {
			text[(*used)++] = '\n';
			break;
		}
	}
	return gt == NULL ? len : (size_t)(gt - text) + 1;
}

/* Numeric ones are written as UTF-8 where they are no longer than that. */
static size_t
pass_number(char *text, size_t len, size_t at, size_t *used)
{
	size_t end = at + 2;
	bool hex = end < len && (text[end] == 'x' || text[end] == 'X');
	long c = 0;

	for (end += hex; end < len && end - at < 10 && text[end] != ';';
	     end++) {
		char digit[2] = { text[end], '\0' };
		char *rest;
		long value = strtol(digit, &rest, hex ? 16 : 10);

		if (*rest != '\0' || digit[0] == ' ' || digit[0] == '-' ||
		    digit[0] == '+')
			return at;
		c = c * (hex ? 16 : 10) + value;
	}
	if (end >= len || text[end] != ';' || c < 32 || c > 0xffff ||
	    (c >= 0xd800 && c <= 0xdfff))
		return at;
	if (c < 0x80) {
		text[(*used)++] = (char)c;
	} else if (c < 0x800) {
		text[(*used)++] = (char)(0xc0 | c >> 6);
		text[(*used)++] = (char)(0x80 | (c & 0x3f));
	} else {
		text[(*used)++] = (char)(0xe0 | c >> 12);
		text[(*used)++] = (char)(0x80 | (c >> 6 & 0x3f));
		text[(*used)++] = (char)(0x80 | (c & 0x3f));
	}
	return end + 1;
}

static size_t
pass_reference(char *text, size_t len, size_t at, size_t *used)
{
	if (at + 2 < len && text[at + 1] == '#') {
		size_t next = pass_number(text, len, at, used);

		if (next != at)
			return next;
	}
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]);
	     i++) {
		size_t n = strlen(references[i].name);

		if (len - at - 1 >= n &&
		    memcmp(text + at + 1, references[i].name, n) == 0) {
			text[(*used)++] = references[i].text[0];
			return at + 1 + n;
		}
	}
	text[(*used)++] = '&';
	return at + 1;
}

size_t
html_to_text(char *text, size_t len)
{
	size_t used = 0, at = 0;

	while (at < len) {
		if (text[at] == '<') {
			at = pass_tag(text, len, at, &used);
		} else if (text[at] == '&') {
			at = pass_reference(text, len, at, &used);
		} else {
			text[used++] = text[at++];
		}
	}
	text[used] = '\0';
	return used;
}
