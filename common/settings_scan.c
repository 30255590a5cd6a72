#include "common/settings_scan.h"

#include <stdbool.h>
#include <string.h>

struct scan {
	char *next;
	const char *end;
	int line;
	/* Braces not closed yet, and the lines they stand on: a list may stand
	 * in a section; what is deeper the library finds by itself. */
	unsigned depth;
	int opened_at[2];
	const char *why; /* the first fault, or NULL */
};

/* What stands `ahead` octets further, a newline at the end. */
static char
look(const struct scan *scan, size_t ahead)
{
	if (ahead >= (size_t)(scan->end - scan->next))
		return '\n';
	return scan->next[ahead];
}

static bool
at(const struct scan *scan, const char *text)
{
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (look(scan, i) != text[i])
			return false;
	}
	return true;
}

static bool
is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t') || c == 0x7f;
}

/* One octet; the line ends of files from elsewhere ("\r\n") become ours. */
static void
pass(struct scan *scan)
{
	if (at(scan, "\r\n"))
		*scan->next = ' ';
	if (*scan->next == '\n')
		scan->line++;
	else if (is_control(*scan->next))
		scan->why = "a control character";
	scan->next++;
}

static void
blank(struct scan *scan, size_t len)
{
	while (len-- > 0) {
		char *octet = scan->next;

		pass(scan);
		if (*octet != '\n')
			*octet = ' ';
	}
}

static void
line_comment(struct scan *scan)
{
	while (scan->next < scan->end && *scan->next != '\n')
		blank(scan, 1);
}

static void
block_comment(struct scan *scan)
{
	int start = scan->line;

	blank(scan, 2);
	while (scan->next < scan->end && !at(scan, "*/"))
		blank(scan, 1);
	if (scan->next == scan->end) {
		scan->why = "a comment that does not end";
		scan->line = start;
		return;
	}
	blank(scan, 2);
}

static void
string(struct scan *scan)
{
	char quote = *scan->next++;

	while (scan->why == NULL && look(scan, 0) != quote) {
		if (look(scan, 0) == '\n')
			scan->why = "a string that does not end on its line";
		else if (is_control(look(scan, 0)))
			scan->why = "a control character";
		else if (at(scan, "${"))
			scan->why = "\"${\" is not expanded here";
		else if (look(scan, 0) == '\\' && look(scan, 1) != '\\' &&
			 look(scan, 1) != quote)
			scan->why = "a backslash that hides neither a quote "
				    "nor a backslash";
		else
			scan->next += look(scan, 0) == '\\' ? 2 : 1;
	}
	if (scan->why == NULL)
		scan->next++;
}

/* What may stand in a word without quotes. */
static bool
is_word(char c)
{
	return !is_control(c) && strchr(" \t#\"'={}()+,*|$", c) == NULL;
}

static void
word(struct scan *scan)
{
	while (is_word(look(scan, 0))) {
		/* A slash at the end is lost, and two begin a comment. */
		if (look(scan, 0) == '/' &&
		    (look(scan, 1) == '/' || !is_word(look(scan, 1))))
			break;
		scan->next++;
	}
	if (strchr("/#*+($|\"'", look(scan, 0)) != NULL)
		scan->why = "a value that must be put in quotes";
}

static void
brace(struct scan *scan)
{
	if (look(scan, 0) == '{') {
		if (scan->depth < 2)
			scan->opened_at[scan->depth] = scan->line;
		scan->depth++;
	} else if (scan->depth > 0) {
		scan->depth--;
	}
	pass(scan);
}

static void
step(struct scan *scan)
{
	char c = look(scan, 0);

	if (c == '#' || at(scan, "//"))
		line_comment(scan);
	else if (at(scan, "/*"))
		block_comment(scan);
	else if (c == '"' || c == '\'')
		string(scan);
	else if (at(scan, "+="))
		scan->why = "a list is written whole, with \"=\"";
	else if (c == '{' || c == '}')
		brace(scan);
	else if (strchr(" \t\n\r=,", c) != NULL)
		pass(scan);
	else if (is_control(c))
		scan->why = "a control character";
	else if (is_word(c) && (c != '/' || is_word(look(scan, 1))))
		word(scan);
	else
		scan->why = "a value that must be put in quotes";
}

int
settings_scan(char *text, size_t len, const char **why)
{
	struct scan scan = { .next = text, .end = text + len, .line = 1 };

	while (scan.why == NULL && scan.next < scan.end)
		step(&scan);
	if (scan.why == NULL && scan.depth > 0) {
		scan.why = "a brace that is never closed";
		scan.line = scan.opened_at[scan.depth > 1];
	}
	*why = scan.why;
	return scan.why != NULL ? scan.line : 0;
}
