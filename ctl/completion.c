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
is_first_of_group(size_t place)
{
	size_t len = first_len(&verbs[place]);

	for (size_t i = 0; i < place; i++) {
		if (is_shown(&verbs[i]) && first_len(&verbs[i]) == len &&
		    strncmp(verbs[i].name, verbs[place].name, len) == 0)
			return false;
	}
	return is_shown(&verbs[place]);
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
print_second_words(size_t place)
{
	size_t len = first_len(&verbs[place]);

	for (size_t i = 0; i < verb_count; i++) {
		if (is_shown(&verbs[i]) &&
		    strncmp(verbs[i].name, verbs[place].name, len) == 0 &&
		    verbs[i].name[len] == ' ')
			printf(" %s", verbs[i].name + len + 1);
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
	for (size_t i = 0; i < verb_count; i++) {
		if (!is_shown(&verbs[i]) || verbs[i].takes == 0)
			continue;
		printf("\t'%s'%s%s%s) options+='", verbs[i].name,
		    strchr(verbs[i].name, ' ') == NULL ? " | '" : "",
		    strchr(verbs[i].name, ' ') == NULL ? verbs[i].name : "",
		    strchr(verbs[i].name, ' ') == NULL ? " '*" : "");
		print_options_of(&verbs[i]);
		puts("' ;;");
	}
	fputs("\tesac\n\tcase \"${words[*]}\" in\n\t'') verbs='", stdout);
	for (size_t i = 0; i < verb_count; i++) {
		if (is_first_of_group(i))
			printf(
			    " %.*s", (int)first_len(&verbs[i]), verbs[i].name);
	}
	puts("' ;;");
	for (size_t i = 0; i < verb_count; i++) {
		if (!is_first_of_group(i) || strchr(verbs[i].name, ' ') == NULL)
			continue;
		printf("\t%.*s) verbs='", (int)first_len(&verbs[i]),
		    verbs[i].name);
		print_second_words(i);
		puts("' ;;");
	}
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
print_zsh_words(size_t place)
{
	size_t len = first_len(&verbs[place]);

	for (size_t i = 0; i < verb_count; i++) {
		if (!is_shown(&verbs[i]) ||
		    strncmp(verbs[i].name, verbs[place].name, len) != 0 ||
		    verbs[i].name[len] != ' ')
			continue;
		printf(" '%s:", verbs[i].name + len + 1);
		print_quoted(verbs[i].summary);
		putchar('\'');
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
	for (size_t i = 0; i < verb_count; i++) {
		if (!is_shown(&verbs[i]) || verbs[i].takes == 0)
			continue;
		printf("\t'%s'%s) options+=(", verbs[i].name,
		    strchr(verbs[i].name, ' ') == NULL ? "*" : "");
		print_options_of(&verbs[i]);
		puts(") ;;");
	}
	fputs("\tesac\n\tcompadd -- $options\n\treturn\nfi\n"
	      "case \"$given\" in\n'') verbs=(",
	    stdout);
	for (size_t i = 0; i < verb_count; i++) {
		if (!is_first_of_group(i))
			continue;
		printf(" '%.*s:", (int)first_len(&verbs[i]), verbs[i].name);
		print_quoted(verbs[i].summary);
		putchar('\'');
	}
	puts(") ;;");
	for (size_t i = 0; i < verb_count; i++) {
		if (!is_first_of_group(i) || strchr(verbs[i].name, ' ') == NULL)
			continue;
		printf(
		    "%.*s) verbs=(", (int)first_len(&verbs[i]), verbs[i].name);
		print_zsh_words(i);
		puts(") ;;");
	}
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
