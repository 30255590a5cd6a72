#include <stdio.h>
#include <string.h>

#include "ctl/options.h"

/*
 * What a shell completes, out of the tables of verbs and options: for bash and
 * for zsh, as `make install` puts it in place.
 */

static bool
is_shown(const struct verb *verb)
{
	return verb->summary != NULL;
}

/* The first word, and how long it is. */
static size_t
first_len(const struct verb *verb)
{
	return strcspn(verb->name, " ");
}

static bool
have_same_first(const struct verb *a, const struct verb *b)
{
	size_t len = first_len(a);

	return first_len(b) == len && strncmp(a->name, b->name, len) == 0;
}

static bool
is_first_of_group(size_t place)
{
	const struct verb *verb = verb_at(place);

	for (size_t i = 0; i < place; i++) {
		if (is_shown(verb_at(i)) && have_same_first(verb, verb_at(i)))
			return false;
	}
	return is_shown(verb);
}

/* --- bash ----------------------------------------------------------------- */

static void
print_options_of(const struct verb *verb)
{
	for (size_t i = 0; i < option_row_count; i++) {
		if ((verb->takes & option_rows[i].option) != 0)
			printf(" --%s", option_rows[i].name);
	}
}

static void
print_second_words(const struct verb *first)
{
	size_t len = first_len(first);
	const struct verb *verb;

	for (size_t i = 0; (verb = verb_at(i)) != NULL; i++) {
		if (is_shown(verb) && have_same_first(first, verb) &&
		    verb->name[len] == ' ')
			printf(" %s", verb->name + len + 1);
	}
}

static void
print_options(void)
{
	const struct verb *verb;

	for (size_t i = 0; (verb = verb_at(i)) != NULL; i++) {
		const char *name = verb->name;
		bool one = strchr(name, ' ') == NULL;

		if (!is_shown(verb) || verb->takes == 0)
			continue;
		printf("\t'%s'%s%s%s) options+='", name, one ? " | '" : "",
		    one ? name : "", one ? " '*" : "");
		print_options_of(verb);
		puts("' ;;");
	}
}

static void
print_words(void)
{
	const struct verb *verb;

	fputs("\tesac\n\tcase \"${words[*]}\" in\n\t'') verbs='", stdout);
	for (size_t i = 0; (verb = verb_at(i)) != NULL; i++) {
		if (is_first_of_group(i))
			printf(" %.*s", (int)first_len(verb), verb->name);
	}
	puts("' ;;");
	for (size_t i = 0; (verb = verb_at(i)) != NULL; i++) {
		if (!is_first_of_group(i) || strchr(verb->name, ' ') == NULL)
			continue;
		printf("\t%.*s) verbs='", (int)first_len(verb), verb->name);
		print_second_words(verb);
		puts("' ;;");
	}
}

static void
print_bash(void)
{
	fputs("# bash completion for bsblctl; made by `bsblctl completion "
	      "bash`\n\n"
	      "_bsblctl()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words=() word skip=\n"
	      "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	      "\t\tif [ -n \"$skip\" ]; then skip=; continue; fi\n"
	      "\t\tcase $word in\n"
	      "\t\t-c | --config",
	    stdout);
	for (size_t i = 0; i < option_row_count; i++) {
		if (option_rows[i].value != NULL)
			printf(" | --%s", option_rows[i].name);
	}
	fputs(") skip=1 ;;\n"
	      "\t\t-*) ;;\n"
	      "\t\t*) words+=(\"$word\") ;;\n"
	      "\t\tesac\n"
	      "\tdone\n"
	      "\tlocal verbs options='--json --config --help'\n"
	      "\tcase \"${words[*]:0:2}\" in\n",
	    stdout);
	print_options();
	print_words();
	fputs("\tesac\n"
	      "\tcase $cur in\n"
	      "\t-*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;;\n"
	      "\t*) COMPREPLY=($(compgen -W \"$verbs\" -- \"$cur\")) ;;\n"
	      "\tesac\n"
	      "\t[ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "
	      "\"$cur\"))\n"
	      "}\n"
	      "complete -o filenames -F _bsblctl bsblctl\n",
	    stdout);
}

/* --- zsh ------------------------------------------------------------------ */

/* In single quotes, for _describe: a colon parts word and meaning. */
static void
print_quoted(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else if (*text == ':')
			fputs("\\:", stdout);
		else
			putchar(*text);
	}
}

static void
print_zsh_second_words(const struct verb *first)
{
	size_t len = first_len(first);
	const struct verb *verb;

	for (size_t i = 0; (verb = verb_at(i)) != NULL; i++) {
		if (!is_shown(verb) || !have_same_first(first, verb) ||
		    verb->name[len] != ' ')
			continue;
		printf(" '%s:", verb->name + len + 1);
		print_quoted(verb->summary);
		putchar('\'');
	}
}

static void
print_zsh_options(void)
{
	const struct verb *verb;

	for (size_t i = 0; (verb = verb_at(i)) != NULL; i++) {
		if (!is_shown(verb) || verb->takes == 0)
			continue;
		printf("\t'%s'%s) options+=(", verb->name,
		    strchr(verb->name, ' ') == NULL ? "*" : "");
		print_options_of(verb);
		puts(") ;;");
	}
}

static void
print_zsh_words(void)
{
	const struct verb *verb;

	fputs("case \"$given\" in\n'') verbs=(", stdout);
	for (size_t i = 0; (verb = verb_at(i)) != NULL; i++) {
		if (!is_first_of_group(i))
			continue;
		printf(" '%.*s:", (int)first_len(verb), verb->name);
		print_quoted(verb->summary);
		putchar('\'');
	}
	puts(") ;;");
	for (size_t i = 0; (verb = verb_at(i)) != NULL; i++) {
		if (!is_first_of_group(i) || strchr(verb->name, ' ') == NULL)
			continue;
		printf("%.*s) verbs=(", (int)first_len(verb), verb->name);
		print_zsh_second_words(verb);
		puts(") ;;");
	}
}

static void
print_zsh(void)
{
	fputs("#compdef bsblctl\n"
	      "# zsh completion for bsblctl; made by `bsblctl completion "
	      "zsh`\n\n"
	      "local -a verbs given\n"
	      "given=(${${words[2,CURRENT-1]}:#-*})\n"
	      "if [[ $words[CURRENT] == -* ]]; then\n"
	      "\tlocal -a options\n"
	      "\toptions=(--json --config --help)\n"
	      "\tcase \"$given[1,2]\" in\n",
	    stdout);
	print_zsh_options();
	puts("\tesac\n\tcompadd -- $options\n\treturn\nfi");
	print_zsh_words();
	fputs("esac\n"
	      "if (( $#verbs )); then _describe verb verbs; else _files; fi\n",
	    stdout);
}

int
verb_completion(struct ctl *ctl, int count, char *words[])
{
	(void)ctl;
	(void)count;
	if (strcmp(words[0], "bash") == 0)
		print_bash();
	else if (strcmp(words[0], "zsh") == 0)
		print_zsh();
	else {
		ctl_say("%s is no shell that is known: bash or zsh", words[0]);
		return CTL_USAGE;
	}
	return CTL_OK;
}
