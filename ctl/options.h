#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

#include "ctl/verb.h"

/*
 * The options of the command line: one table is what is read, checked against
 * the verb, named in complaints, and completed by shells.
 */
struct option_row {
	const char *name;  /* without the hyphens */
	const char *value; /* as help names it; NULL: takes none */
	unsigned option;   /* enum verb_option; 0: every verb takes it */
};
extern const struct option_row option_rows[];
extern const size_t option_row_count;

#define OPTION_ROWS_MAX 32
struct options {
	const char *config_path;
	bool config_is_usual; /* none was named */
	bool help, version, json;
	const char *values[OPTION_ROWS_MAX]; /* by row; borrowed from argv */
	unsigned given;			     /* enum verb_option */
};

/*
 * Options may stand before the verb, behind it and between its words; getopt's
 * optind says afterwards where the words begin. CTL_OK or CTL_USAGE.
 */
int options_read(int argc, char *argv[], struct options *options);

/* Does the verb take what was given, and was given what it needs? */
int options_check(
    const struct verb *verb, const struct options *options, int count);

/* Fills what verbs work with; a status, after saying what is wrong. */
int options_take(struct ctl *ctl, const struct options *options);

#endif
