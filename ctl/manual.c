#include <stdio.h>
#include <string.h>

#include "ctl/verb.h"

/*
 * The parts of the manual that tables know: docs/update puts them into the
 * pages, and a test looks whether they are there as they should be. In
 * mdoc(7).
 */

/* A line of text as mdoc reads it: nothing of it is a macro or an escape. */
static void
print_literal(const char *text, size_t len)
{
	if (len > 0 && (text[0] == '.' || text[0] == '\''))
		fputs("\\&", stdout);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\')
			fputs("\\e", stdout);
		else if (text[i] == '-')
			fputs("\\-", stdout);
		else
			putchar(text[i]);
	}
	putchar('\n');
}

/* Running text: each sentence begins a line, as mdoc wants it. */
static void
print_text(const char *text, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if (text[i] != '.' || text[i + 1] != ' ')
			continue;
		print_literal(text, i + 1);
		text += i + 2;
		len -= i + 2;
		i = 0;
	}
	print_literal(text, len);
}

/* Paragraphs, with indented lines as they are. */
static void
print_details(const char *text)
{
	bool literal = false;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		bool indented = len > 0 && text[0] == ' ';

		if (indented && !literal)
			puts(".Bd -literal -offset indent");
		if (!indented && literal)
			puts(".Ed");
		literal = indented;
		if (indented)
			print_literal(text + 2, len - 2);
		else if (len > 0)
			print_text(text, len);
		else if (text[1] != ' ')
			puts(".Pp");
		text += len;
		if (*text != '\0')
			text++;
	}
	if (literal)
		puts(".Ed");
}

static void
print_verbs(void)
{
	const struct verb *verb;

	puts(".Bl -tag -width Ds");
	for (size_t i = 0; (verb = verb_at(i)) != NULL; i++) {
		if (verb->summary == NULL)
			continue;
		printf(".It Cm %s%s", verb->name,
		    verb->arguments[0] != '\0' ? " No " : "\n");
		if (verb->arguments[0] != '\0')
			print_literal(verb->arguments, strlen(verb->arguments));
		printf(
		    "%c%s.\n", verb->summary[0] - 'a' + 'A', verb->summary + 1);
		puts(".Pp");
		print_details(verb->details);
	}
	puts(".El");
}

/* --- settings ------------------------------------------------------------- */

static const char *const type_words[][2] = {
	[SETTINGS_TEXT] = { "text", "texts" },
	[SETTINGS_CHOICE] = { "one word", "words" },
	[SETTINGS_COUNT] = { "a number", "numbers" },
	[SETTINGS_SECONDS] = { "a time", "times" },
	[SETTINGS_OCTETS] = { "a size", "sizes" },
	[SETTINGS_DECIMAL] = { "a decimal number", "decimal numbers" },
	[SETTINGS_ADDRESS] = { "an address", "addresses" },
	[SETTINGS_PREFIX] = { "a prefix", "prefixes" },
	[SETTINGS_LISTEN] = { "an address with port", "addresses with ports" },
};

/* The largest unit that divides the number; 1 comes last. */
struct unit {
	long long size;
	const char *name;
};
static const struct unit times[] = { { 604800, "w" }, { 86400, "d" },
	{ 3600, "h" }, { 60, "m" }, { 1, "s" } };
static const struct unit sizes[] = { { 1LL << 40, "TiB" }, { 1LL << 30, "GiB" },
	{ 1LL << 20, "MiB" }, { 1LL << 10, "KiB" }, { 1, "" } };
static const struct unit plain[] = { { 1, "" } };

static void
print_bound(const char *before, enum settings_type type, long long bound)
{
	const struct unit *unit = type == SETTINGS_SECONDS  ? times
				  : type == SETTINGS_OCTETS ? sizes
							    : plain;

	while (bound == 0 ? unit->size > 1 : bound % unit->size != 0)
		unit++;
	printf("%s%lld%s", before, bound / unit->size,
	    bound == 0 ? "" : unit->name);
}

static void
print_setting(const struct settings_row *row)
{
	bool list = row->storage == SETTINGS_IN_LIST;

	printf(".It Cm %s\n", row->name);
	printf("(%s%s", list ? "a list of " : "", type_words[row->type][list]);
	if (row->choices != NULL)
		printf(" of: %s", row->choices);
	else if (row->least < row->most) {
		print_bound(" from ", row->type, row->least);
		print_bound(" to ", row->type, row->most);
	}
	puts(")");
	print_text(row->help, strlen(row->help));
	if (row->default_text[0] == '\0')
		return;
	fputs("The default is\n.Ql ", stdout);
	print_literal(row->default_text, strlen(row->default_text));
}

static void
print_settings(void)
{
	const struct settings_row *row;
	const char *section = "";

	for (size_t i = 0; (row = settings_row(i)) != NULL; i++) {
		if (strcmp(row->section, section) != 0) {
			if (*section != '\0')
				puts(".El");
			section = row->section;
			printf(".Ss %s\n.Bl -tag -width Ds\n", section);
		}
		print_setting(row);
	}
	puts(".El");
}

int
verb_manual(struct ctl *ctl, int count, char *words[])
{
	(void)ctl;
	(void)count;
	if (strcmp(words[0], "verbs") == 0)
		print_verbs();
	else if (strcmp(words[0], "settings") == 0)
		print_settings();
	else
		return CTL_USAGE;
	return CTL_OK;
}
