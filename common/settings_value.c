#include "common/settings_value.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/ipaddr.h"
#include "common/listen.h"

#define PRESET "preset"

struct unit {
	const char *name;
	long long factor;
};

/* From the largest, so that the first that divides a value writes it best. */
static const struct unit octets[] = {
	{ "TiB", 1LL << 40 },
	{ "GiB", 1LL << 30 },
	{ "MiB", 1LL << 20 },
	{ "KiB", 1LL << 10 },
	{ "", 1 },
};
static const struct unit seconds[] = {
	{ "d", 86400 },
	{ "h", 3600 },
	{ "m", 60 },
	{ "s", 1 },
	{ "", 1 },
};
static const struct unit plain[] = { { "", 1 } };

/* What a type's values look like, and the units of its numbers. */
static const struct {
	const char *expected;
	const struct unit *units;
	size_t unit_count;
} types[] = {
	[SETTINGS_TEXT] = { "text of at most 1024 octets", NULL, 0 },
	[SETTINGS_CHOICE] = { "one of", NULL, 0 },
	[SETTINGS_COUNT] = { "a whole number", plain, 1 },
	[SETTINGS_SECONDS] = { "a time such as 300, 5m, 12h or 7d", seconds,
	    sizeof(seconds) / sizeof(seconds[0]) },
	[SETTINGS_OCTETS] = { "a size such as 1048576, 10MiB or 64GiB", octets,
	    sizeof(octets) / sizeof(octets[0]) },
	[SETTINGS_DECIMAL] = { "a number such as 1.5", NULL, 0 },
	[SETTINGS_ADDRESS] = { "an IP address", NULL, 0 },
	[SETTINGS_PREFIX] = { "an IP address, or a network such as "
			      "192.0.2.0/24 without host bits",
	    NULL, 0 },
	[SETTINGS_LISTEN] = { "ADDRESS:PORT, [ADDRESS]:PORT, *:PORT or the "
			      "path of a socket",
	    NULL, 0 },
};

static void *
field_of(const struct settings *settings, const struct settings_row *row)
{
	return (char *)(uintptr_t)settings + row->offset;
}

static bool
has_preset(const struct settings_row *row)
{
	return strcmp(row->default_text, PRESET) == 0;
}

/* Digits, then a unit. */
static int
read_whole(const struct settings_row *row, const char *text, long long *value)
{
	size_t digits = strspn(text, "0123456789");
	long long number;

	/* Eighteen digits always fit a long long. */
	if (digits == 0 || digits > 18)
		return ERROR_FORMAT;
	number = strtoll(text, NULL, 10);
	for (size_t i = 0; i < types[row->type].unit_count; i++) {
		const struct unit *unit = &types[row->type].units[i];

		if (strcmp(text + digits, unit->name) != 0)
			continue;
		if (number > row->most / unit->factor)
			return ERROR_LIMIT;
		*value = number * unit->factor;
		return *value < row->least ? ERROR_LIMIT : 0;
	}
	return ERROR_FORMAT;
}

/* No exponents, signs, infinities and hexadecimal digits: strtod() has them. */
static int
read_decimal(const struct settings_row *row, const char *text, double *value)
{
	size_t whole = strspn(text, "0123456789");
	size_t len = whole;

	if (text[whole] == '.')
		len += 1 + strspn(text + whole + 1, "0123456789");
	if (whole == 0 || len > 24 || text[len] != '\0' || text[len - 1] == '.')
		return ERROR_FORMAT;
	*value = strtod(text, NULL);
	return *value < (double)row->least || *value > (double)row->most
		   ? ERROR_LIMIT
		   : 0;
}

static bool
is_word_of(const char *text, const char *words)
{
	size_t len = strlen(text);

	while (*words != '\0') {
		size_t word = strcspn(words, " ");

		if (word == len && memcmp(words, text, len) == 0)
			return true;
		words += word;
		words += strspn(words, " ");
	}
	return false;
}

static bool
is_of_type(const struct settings_row *row, const char *text)
{
	struct ipaddr address;
	struct ipprefix prefix;
	struct listen_address listen;

	switch (row->type) {
	case SETTINGS_CHOICE:
		return is_word_of(text, row->choices);
	case SETTINGS_ADDRESS:
		return ipaddr_parse(text, &address) == 0;
	case SETTINGS_PREFIX:
		return ipprefix_parse(text, &prefix) == 0;
	case SETTINGS_LISTEN:
		return listen_parse(text, &listen) == 0;
	default:
		return strlen(text) <= SETTINGS_TEXT_LEN;
	}
}

static int
put_string(char **field, const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		return -ENOMEM;
	free(*field);
	*field = copy;
	return 0;
}

static int
put_item(struct settings_list *list, const char *text)
{
	char **items;

	if (list->count >= SETTINGS_ITEMS)
		return ERROR_LIMIT;
	items = realloc(list->items, (list->count + 1) * sizeof(*items));
	if (items == NULL)
		return -ENOMEM;
	list->items = items;
	items[list->count] = strdup(text);
	if (items[list->count] == NULL)
		return -ENOMEM;
	list->count++;
	return 0;
}

static int
put_long(const struct settings_row *row, const char *text, void *field)
{
	long long value = -1;
	int error = 0;

	if (!has_preset(row) || strcmp(text, PRESET) != 0)
		error = read_whole(row, text, &value);
	if (error != 0)
		return error;
	if (row->storage == SETTINGS_IN_LONG)
		*(long *)field = (long)value;
	else
		*(long long *)field = value;
	return 0;
}

static int
put_double(const struct settings_row *row, const char *text, double *field)
{
	double value = -1;
	int error = 0;

	if (!has_preset(row) || strcmp(text, PRESET) != 0)
		error = read_decimal(row, text, &value);
	if (error == 0)
		*field = value;
	return error;
}

static int
put(struct settings *settings, const struct settings_row *row, const char *text)
{
	void *field = field_of(settings, row);

	switch (row->storage) {
	case SETTINGS_IN_LONG:
	case SETTINGS_IN_LONG_LONG:
		return put_long(row, text, field);
	case SETTINGS_IN_DOUBLE:
		return put_double(row, text, field);
	case SETTINGS_IN_LIST:
		return is_of_type(row, text) ? put_item(field, text)
					     : ERROR_FORMAT;
	default:
		return is_of_type(row, text) ? put_string(field, text)
					     : ERROR_FORMAT;
	}
}

static void
put_number(const struct settings_row *row, long long value, struct strbuf *out)
{
	const struct unit *unit = types[row->type].units;

	/* 90 seconds are not written as 1m, and nothing is 0d. */
	while (unit != NULL && unit->name[0] != '\0' &&
	       (value == 0 || value % unit->factor != 0 ||
		   strcmp(unit->name, "s") == 0))
		unit++;
	if (unit == NULL)
		strbuf_printf(out, "%lld", value);
	else
		strbuf_printf(out, "%lld%s", value / unit->factor, unit->name);
}

static void
explain(const struct settings_row *row, int error, char why[SETTINGS_WHY_MAX])
{
	struct strbuf text;

	strbuf_init(&text, SETTINGS_WHY_MAX - 1);
	if (error == ERROR_LIMIT && row->storage == SETTINGS_IN_LIST) {
		strbuf_printf(&text, "at most %d items", SETTINGS_ITEMS);
	} else if (error == ERROR_LIMIT) {
		put_number(row, row->least, &text);
		strbuf_puts(&text, " to ");
		put_number(row, row->most, &text);
	} else {
		strbuf_puts(&text, types[row->type].expected);
		if (row->choices != NULL)
			strbuf_printf(&text, " %s", row->choices);
	}
	if (has_preset(row))
		strbuf_puts(&text, ", or " PRESET);
	memcpy(why, text.text, text.len + 1);
	strbuf_deinit(&text);
}

int
settings_value_put(struct settings *settings, const struct settings_row *row,
    const char *text, char why[SETTINGS_WHY_MAX])
{
	int error = put(settings, row, text);

	if (error == 0 || error == -ENOMEM)
		return error;
	explain(row, error, why);
	return ERROR_FORMAT;
}

static int
reset_list(struct settings *settings, const struct settings_row *row)
{
	const char *next = row->default_text;
	char item[SETTINGS_TEXT_LEN];
	int error = 0;

	while (error == 0 && *next != '\0') {
		size_t len = strcspn(next, " ");

		memcpy(item, next, len);
		item[len] = '\0';
		error = put(settings, row, item);
		next += len;
		next += strspn(next, " ");
	}
	return error;
}

int
settings_value_reset(struct settings *settings, const struct settings_row *row)
{
	settings_value_free(settings, row);
	if (row->storage == SETTINGS_IN_LIST)
		return reset_list(settings, row);
	return put(settings, row, row->default_text);
}

void
settings_value_free(struct settings *settings, const struct settings_row *row)
{
	void *field = field_of(settings, row);
	struct settings_list *list = field;

	if (row->storage == SETTINGS_IN_STRING) {
		free(*(char **)field);
		*(char **)field = NULL;
	} else if (row->storage == SETTINGS_IN_LIST) {
		for (size_t i = 0; i < list->count; i++)
			free(list->items[i]);
		free(list->items);
		*list = (struct settings_list){ 0 };
	}
}

static void
format_text(const char *text, struct strbuf *out)
{
	strbuf_putc(out, '"');
	for (; text != NULL && *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			strbuf_putc(out, '\\');
		strbuf_putc(out, *text);
	}
	strbuf_putc(out, '"');
}

static void
format_list(const struct settings_list *list, struct strbuf *out)
{
	strbuf_putc(out, '{');
	for (size_t i = 0; i < list->count; i++) {
		strbuf_puts(out, i > 0 ? ", " : " ");
		format_text(list->items[i], out);
	}
	strbuf_puts(out, list->count > 0 ? " }" : "}");
}

static void
format_whole(
    const struct settings_row *row, long long value, struct strbuf *out)
{
	if (value < 0)
		strbuf_puts(out, PRESET);
	else
		put_number(row, value, out);
}

/* The shortest digits that read back as the same number. */
static void
format_decimal(double value, struct strbuf *out)
{
	char text[64];
	int precision = 0;

	if (value < 0) {
		strbuf_puts(out, PRESET);
		return;
	}
	do
		snprintf(text, sizeof(text), "%.*f", precision, value);
	while (strtod(text, NULL) != value && ++precision < 24);
	strbuf_puts(out, text);
}

void
settings_value_format(const struct settings *settings,
    const struct settings_row *row, struct strbuf *out)
{
	const void *field = field_of(settings, row);

	switch (row->storage) {
	case SETTINGS_IN_STRING:
		format_text(*(char *const *)field, out);
		break;
	case SETTINGS_IN_LIST:
		format_list(field, out);
		break;
	case SETTINGS_IN_LONG:
		format_whole(row, *(const long *)field, out);
		break;
	case SETTINGS_IN_LONG_LONG:
		format_whole(row, *(const long long *)field, out);
		break;
	case SETTINGS_IN_DOUBLE:
		format_decimal(*(const double *)field, out);
		break;
	}
}
