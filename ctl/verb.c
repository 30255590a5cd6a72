#include "ctl/verb.h"

#include <string.h>

#include "ctl/verb_table.h"

static const struct verb_family *const families[] = {
	&verbs_database,
	&verbs_traps,
	&verbs_listings,
	&verbs_evidence,
	&verbs_people,
	&verbs_ending,
};

const struct verb *
verb_at(size_t place)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (place < families[i]->count)
			return &families[i]->verbs[place];
		place -= families[i]->count;
	}
	return NULL;
}

/* How many of the words make the verb's name; 0 when they do not. */
static int
matches(const struct verb *verb, int count, char *words[])
{
	const char *space = strchr(verb->name, ' ');
	size_t len =
	    space != NULL ? (size_t)(space - verb->name) : strlen(verb->name);

	if (count < 1 || strlen(words[0]) != len ||
	    memcmp(words[0], verb->name, len) != 0)
		return 0;
	if (space == NULL)
		return 1;
	return count > 1 && strcmp(words[1], space + 1) == 0 ? 2 : 0;
}

const struct verb *
verb_find(int count, char *words[], int *used)
{
	const struct verb *verb, *found = NULL;

	*used = 0;
	for (size_t i = 0; (verb = verb_at(i)) != NULL; i++) {
		int n = matches(verb, count, words);

		if (n > *used) {
			*used = n;
			found = verb;
		}
	}
	return found;
}

static bool
begins_with_word(const struct verb *verb, const char *word)
{
	size_t len = strlen(word);

	return strncmp(verb->name, word, len) == 0 &&
	       (verb->name[len] == ' ' || verb->name[len] == '\0');
}

bool
verb_is_group(const char *word)
{
	const struct verb *verb;

	for (size_t i = 0; (verb = verb_at(i)) != NULL; i++) {
		if (begins_with_word(verb, word))
			return true;
	}
	return false;
}

void
verb_help(const struct verb *verb, FILE *out)
{
	fprintf(out, "usage: bsblctl [-c FILE] [--json] %s%s%s\n\n", verb->name,
	    verb->arguments[0] != '\0' ? " " : "", verb->arguments);
	if (verb->summary != NULL)
		fprintf(out, "%c%s.\n\n", verb->summary[0] - 'a' + 'A',
		    verb->summary + 1);
	fputs(verb->details, out);
}

void
verb_list(const char *word, FILE *out)
{
	const struct verb *verb;

	fputs("usage: bsblctl [-c FILE] [--json] VERB ...\n\n", out);
	for (size_t i = 0; (verb = verb_at(i)) != NULL; i++) {
		if (verb->summary != NULL &&
		    (word == NULL || begins_with_word(verb, word)))
			fprintf(out, "  %-17s %s\n", verb->name, verb->summary);
	}
	fputs("\n  -c FILE  settings, /etc/bsbl/bsbl.conf where not given\n"
	      "  --json   answer in JSON\n"
	      "  -h       help; `bsblctl VERB -h` tells what a verb does\n"
	      "\nExit status: 0 done or yes, 1 not found or no, 2 wrong usage,"
	      "\n3 database or settings refused, 4 refused by the rules.\n",
	    out);
}
