#include "ingest/reason.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ingest/fold.h"

/* An explanation is a few lines; what follows is a transcript. */
#define LINES_MAX 4

/* Between the address and what is said of it. */
#define SEPARATORS " \t>:;,.-()\"'"

struct line {
	const char *at;
	size_t len;
};

static bool
next_line(const char **at, const char *end, struct line *line)
{
	const char *lf;

	if (*at >= end)
		return false;
	lf = memchr(*at, '\n', (size_t)(end - *at));
	line->at = *at;
	line->len = (size_t)((lf == NULL ? end : lf) - *at);
	*at = lf == NULL ? end : lf + 1;
	while (line->len > 0 && isspace((unsigned char)*line->at)) {
		line->at++;
		line->len--;
	}
	while (line->len > 0 && isspace((unsigned char)line->at[line->len - 1]))
		line->len--;
	return true;
}

static const char *
find_text(const struct line *line, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; n > 0 && i + n <= line->len; i++) {
		if (strncasecmp(line->at + i, word, n) == 0)
			return line->at + i + n;
	}
	return NULL;
}

/* "<user@example.net>: ..." -> where the address ends, else NULL. */
static const char *
pass_address(const struct line *line)
{
	size_t i = 0;
	bool at = false;

	while (i < line->len && strchr("<\"*- ", line->at[i]) != NULL)
		i++;
	while (i < line->len && (isalnum((unsigned char)line->at[i]) ||
				    strchr("@._+-=/", line->at[i]) != NULL))
		at = line->at[i++] == '@' || at;
	return at ? line->at + i : NULL;
}

static size_t
append(char *reason, size_t size, size_t used, const char *text, size_t len)
{
	if (len == 0 || used + 2 >= size)
		return used;
	if (used > 0)
		reason[used++] = ' ';
	if (len > size - 1 - used)
		len = size - 1 - used;
	memcpy(reason + used, text, len);
	reason[used + len] = '\0';
	return used + len;
}

/* The rest of the address' line, and what is left of the paragraph. */
static size_t
take_paragraph(const char *at, const char *end, const struct line *first,
    const char *rest, char *reason, size_t size)
{
	size_t left = (size_t)(first->at + first->len - rest), used;
	size_t gap = 0;
	struct line line;

	while (gap < left && strchr(SEPARATORS, rest[gap]) != NULL)
		gap++;
	used = append(reason, size, 0, rest + gap, left - gap);
	for (unsigned lines = 1;
	     lines < LINES_MAX && next_line(&at, end, &line); lines++) {
		if (line.len == 0 || pass_address(&line) != NULL)
			break;
		used = append(reason, size, used, line.at, line.len);
	}
	while (used > 0 && strchr("\"'", reason[used - 1]) != NULL)
		reason[--used] = '\0';
	return used;
}

size_t
reason_find(const char *text, size_t len, const char *recipient, char *reason,
    size_t size)
{
	const char *at = text, *end = text + len, *rest;
	bool any = recipient == NULL || *recipient == '\0';
	struct line line;
	size_t used;

	*reason = '\0';
	while (next_line(&at, end, &line)) {
		rest = any ? pass_address(&line) : find_text(&line, recipient);
		if (rest == NULL)
			continue;
		used = take_paragraph(at, end, &line, rest, reason, size);
		if (used > 0)
			return used;
	}
	return 0;
}

bool
reason_is_remote(const char *reason)
{
	static const char *const words[] = { "remote", " said:", "responded",
		"returned:", "in reply to", "did not like", "does not like" };

	if ((reason[0] == '4' || reason[0] == '5') &&
	    isdigit((unsigned char)reason[1]) &&
	    isdigit((unsigned char)reason[2]) &&
	    !isalnum((unsigned char)reason[3]))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (fold_find(reason, words[i]) != NULL)
			return true;
	}
	return false;
}

/* "5.1.1" at the beginning; its length, or 0. */
static size_t
status_length(const char *text)
{
	size_t n = 2, digits;

	if ((text[0] != '4' && text[0] != '5') || text[1] != '.')
		return 0;
	for (unsigned part = 0; part < 2; part++) {
		digits = strspn(text + n, "0123456789");
		if (digits == 0 || digits > 3)
			return 0;
		n += digits;
		if (part == 0 && text[n++] != '.')
			return 0;
	}
	return text[n] == '.' && isdigit((unsigned char)text[n + 1]) ? 0 : n;
}

void
reason_status(const char *reason, char *status, size_t size)
{
	*status = '\0';
	for (const char *at = reason; *at != '\0'; at++) {
		size_t n = status_length(at);

		if (n == 0 || n >= size ||
		    (at > reason &&
			(isalnum((unsigned char)at[-1]) || at[-1] == '.')))
			continue;
		memcpy(status, at, n);
		status[n] = '\0';
		return;
	}
}
