#include "common/settings.h"

#include <confuse.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "common/settings_scan.h"
#include "common/settings_value.h"

/* A settings file is a few kilobytes; its lists may be long. */
#define FILE_LEN_MAX (1 << 20)

/*
 * The reading that goes on: libConfuse hands its callbacks nothing of ours,
 * and has one scanner for the whole process anyway.
 */
static struct reading {
	const char *path;
	struct settings *settings;
	int *lines; /* of each row, where it was set; 0 when it was not */
	int error;  /* the first fault has been told */
} reading;

static int
complain(const char *path, int line, const char *what)
{
	if (line > 0)
		fprintf(stderr, "%s:%d: %s\n", path, line, what);
	else
		fprintf(stderr, "%s: %s\n", path, what);
	return ERROR_FORMAT;
}

/* --- defaults ------------------------------------------------------------- */

static int
set_defaults(struct settings *settings)
{
	int error = 0;

	settings->path = strdup("");
	if (settings->path == NULL)
		return -ENOMEM;
	for (size_t i = 0; error == 0 && i < settings_count(); i++)
		error = settings_value_reset(settings, settings_row(i));
	return error;
}

void
settings_free(struct settings *settings)
{
	for (size_t i = 0; i < settings_count(); i++)
		settings_value_free(settings, settings_row(i));
	free(settings->path);
	*settings = (struct settings){ 0 };
}

/* --- libConfuse ----------------------------------------------------------- */

/* The library's own complaints; it knows the line, but not always the file. */
__attribute__((format(printf, 2, 0))) static void
on_error(cfg_t *cfg, const char *format, va_list args)
{
	char what[512];

	if (reading.error != 0)
		return;
	vsnprintf(what, sizeof(what), format, args);
	reading.error = complain(reading.path, cfg->line, what);
}

/*
 * Is this the first value since the equal sign? The library has made room for
 * it already.
 */
static bool
begins(const struct settings_row *row, const cfg_opt_t *opt)
{
	return row->storage != SETTINGS_IN_LIST || opt->nvalues <= 1;
}

/* A value of a list or a value alone; a setting is set only once. */
static int
take_value(cfg_t *cfg, const cfg_opt_t *opt, const char *value, size_t i)
{
	const struct settings_row *row = settings_row(i);
	char why[SETTINGS_WHY_MAX], shown[LOG_TEXT_MAX];
	int error;

	if (begins(row, opt) && reading.lines[i] != 0) {
		cfg_error(cfg, "%s is set in line %d already", row->name,
		    reading.lines[i]);
		return ERROR_EXISTS;
	}
	if (begins(row, opt)) {
		reading.lines[i] = cfg->line;
		settings_value_free(reading.settings, row);
	}
	error = settings_value_put(reading.settings, row, value, why);
	if (error == ERROR_FORMAT)
		cfg_error(cfg, "%s = %s: expected %s", row->name,
		    log_escape(value, shown), why);
	else if (error != 0)
		cfg_error(cfg, "%s", error_text(error));
	return error;
}

static int
on_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	*(const char **)result = value;
	for (size_t i = 0; i < settings_count(); i++) {
		const struct settings_row *row = settings_row(i);

		if (strcmp(row->section, cfg_name(cfg)) == 0 &&
		    strcmp(row->name, cfg_opt_name(opt)) == 0)
			return take_value(cfg, opt, value, i);
	}
	cfg_error(cfg, "%s belongs in another section", cfg_opt_name(opt));
	return ERROR_NOT_FOUND;
}

/* The library tells of no value when a list is given as {}. */
static void
take_empty_lists(cfg_t *cfg)
{
	for (size_t i = 0; i < settings_count(); i++) {
		const struct settings_row *row = settings_row(i);
		cfg_t *section = cfg_getsec(cfg, row->section);
		const cfg_opt_t *opt = cfg_getopt(section, row->name);

		if (row->storage == SETTINGS_IN_LIST && opt->nvalues == 0 &&
		    (opt->flags & CFGF_MODIFIED) != 0)
			settings_value_free(reading.settings, row);
	}
}

/*
 * The rows as libConfuse wants them: the options of a section, and a mark at
 * their end. It copies them all.
 */
static void
fill_options(cfg_opt_t *sections, cfg_opt_t *options)
{
	const char *name = NULL;

	for (size_t i = 0; i < settings_count(); i++) {
		const struct settings_row *row = settings_row(i);
		cfg_flag_t flags = CFGF_NODEFAULT;

		if (row->storage == SETTINGS_IN_LIST)
			flags |= CFGF_LIST;
		if (name == NULL || strcmp(name, row->section) != 0) {
			name = row->section;
			options += i > 0;
			*sections++ =
			    (cfg_opt_t)CFG_SEC(name, options, CFGF_NONE);
		}
		*options++ =
		    (cfg_opt_t)CFG_STR_CB(row->name, NULL, flags, on_value);
	}
}

static cfg_t *
open_parser(void)
{
	/* No more sections than rows; zeros are the mark of the end. */
	size_t most = 2 * settings_count() + 1;
	cfg_opt_t *sections = calloc(most, sizeof(*sections));
	cfg_opt_t *options = calloc(most, sizeof(*options));
	cfg_t *cfg = NULL;

	if (sections != NULL && options != NULL) {
		fill_options(sections, options);
		cfg = cfg_init(sections, CFGF_NONE);
	}
	if (cfg != NULL)
		cfg_set_error_function(cfg, on_error);
	free(options);
	free(sections);
	return cfg;
}

/* --- the file ------------------------------------------------------------- */

/* What a full disk leaves of a file must not pass for the defaults. */
static bool
sets_nothing(cfg_t *cfg)
{
	for (size_t i = 0; i < settings_count(); i++) {
		const struct settings_row *row = settings_row(i);
		cfg_t *section = cfg_getsec(cfg, row->section);
		const cfg_opt_t *opt = cfg_getopt(section, row->name);

		if ((opt->flags & CFGF_MODIFIED) != 0)
			return false;
	}
	return true;
}

/* `text` ends with a NUL that `len` does not count. */
static int
parse(char *text, size_t len)
{
	const char *why;
	int line = settings_scan(text, len, &why);
	cfg_t *cfg;

	if (line != 0)
		return complain(reading.path, line, why);
	cfg = open_parser();
	if (cfg == NULL)
		return complain(reading.path, 0, error_text(-ENOMEM));
	if (cfg_parse_buf(cfg, text) == CFG_SUCCESS) {
		take_empty_lists(cfg);
		if (sets_nothing(cfg))
			reading.error = complain(
			    reading.path, 0, "sets nothing; was it cut off?");
	} else if (reading.error == 0)
		reading.error =
		    complain(reading.path, cfg->line, error_text(ERROR_FORMAT));
	cfg_free(cfg);
	return reading.error;
}

static int
parse_file(FILE *file)
{
	char *text = malloc(FILE_LEN_MAX + 2);
	size_t len;
	int error;

	if (text == NULL)
		return complain(reading.path, 0, error_text(-ENOMEM));
	len = fread(text, 1, FILE_LEN_MAX + 1, file);
	if (ferror(file)) {
		error = complain(reading.path, 0, error_text(-errno));
	} else if (len > FILE_LEN_MAX) {
		error = complain(reading.path, 0, "larger than 1 MiB");
	} else {
		text[len++] = '\n';
		text[len] = '\0';
		error = parse(text, len);
	}
	free(text);
	return error;
}

static int
read_over_defaults(const char *path, struct settings *settings)
{
	FILE *file = fopen(path, "re");
	int error;

	if (file == NULL) {
		error = -errno;
		complain(path, 0, error_text(error));
		return error;
	}
	free(settings->path);
	settings->path = strdup(path);
	reading = (struct reading){ .path = path, .settings = settings };
	reading.lines = calloc(settings_count(), sizeof(*reading.lines));
	if (settings->path == NULL || reading.lines == NULL)
		error = complain(path, 0, error_text(-ENOMEM));
	else
		error = parse_file(file);
	free(reading.lines);
	fclose(file);
	return error;
}

int
settings_read(const char *path, struct settings *settings)
{
	int error;

	*settings = (struct settings){ 0 };
	error = set_defaults(settings);
	if (error != 0)
		complain("settings", 0, error_text(error));
	else if (path != NULL)
		error = read_over_defaults(path, settings);
	if (error != 0)
		settings_free(settings);
	return error;
}

/* --- in force ------------------------------------------------------------- */

static void
print_row(const struct settings *settings, const struct settings *defaults,
    const struct settings_row *row, FILE *out)
{
	struct strbuf value, usual;

	strbuf_init(&value, SIZE_MAX);
	strbuf_init(&usual, SIZE_MAX);
	settings_value_format(settings, row, &value);
	settings_value_format(defaults, row, &usual);
	fprintf(out, "\t%s = %s%s\n", row->name, value.text,
	    strcmp(value.text, usual.text) == 0 ? " # default" : "");
	strbuf_deinit(&usual);
	strbuf_deinit(&value);
}

void
settings_print(const struct settings *settings, FILE *out)
{
	struct settings defaults = { 0 };
	const char *section = NULL;

	set_defaults(&defaults);
	for (size_t i = 0; i < settings_count(); i++) {
		const struct settings_row *row = settings_row(i);

		if (section == NULL || strcmp(section, row->section) != 0) {
			fprintf(out, "%s%s {\n", section != NULL ? "}\n\n" : "",
			    row->section);
			section = row->section;
		}
		print_row(settings, &defaults, row, out);
	}
	fprintf(out, "}\n");
	settings_free(&defaults);
}
