#include "httpapi/jsonout.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

void
jsonout_init(struct jsonout *json, struct strbuf *out)
{
	*json = (struct jsonout){ .out = out };
}

static void
begin(struct jsonout *json, const char *name)
{
	if (json->more)
		strbuf_putc(json->out, ',');
	json->more = true;
	if (name == NULL)
		return;
	strbuf_putc(json->out, '"');
	strbuf_puts(json->out, name);
	strbuf_add(json->out, "\":", 2);
}

static void
open(struct jsonout *json, const char *name, char bracket)
{
	begin(json, name);
	strbuf_putc(json->out, bracket);
	json->more = false;
}

static void
end(struct jsonout *json, char bracket)
{
	strbuf_putc(json->out, bracket);
	json->more = true;
}

void
jsonout_object(struct jsonout *json, const char *name)
{
	open(json, name, '{');
}

void
jsonout_end_object(struct jsonout *json)
{
	end(json, '}');
}

void
jsonout_array(struct jsonout *json, const char *name)
{
	open(json, name, '[');
}

void
jsonout_end_array(struct jsonout *json)
{
	end(json, ']');
}

/* ASCII that stands for itself between quotes (RFC 8259 section 7). */
static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\')
			return false;
	}
	return true;
}

/* The rest is rare: the library knows how to escape, and what UTF-8 is. */
static void
put_escaped(struct strbuf *out, const char *text)
{
	json_t *string = json_string(text);
	char *escaped =
	    string != NULL ? json_dumps(string, JSON_ENCODE_ANY) : NULL;

	if (escaped != NULL)
		strbuf_puts(out, escaped);
	else
		strbuf_puts(out, "null");
	free(escaped);
	json_decref(string);
}

void
jsonout_text(struct jsonout *json, const char *name, const char *text)
{
	begin(json, name);
	if (text == NULL) {
		strbuf_add(json->out, "null", 4);
	} else if (is_plain(text)) {
		strbuf_putc(json->out, '"');
		strbuf_puts(json->out, text);
		strbuf_putc(json->out, '"');
	} else {
		put_escaped(json->out, text);
	}
}

void
jsonout_integer(struct jsonout *json, const char *name, int64_t number)
{
	char digits[24], *first = digits + sizeof(digits);
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

	do {
		*--first = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (number < 0)
		*--first = '-';
	begin(json, name);
	strbuf_add(json->out, first, (size_t)(digits + sizeof(digits) - first));
}

/* What has two decimals at most needs no printf, which takes thrice as long. */
#define HUNDREDTHS_MOST 99999

void
jsonout_real(struct jsonout *json, const char *name, double number)
{
	double hundredths = number * 100;
	long whole = hundredths >= 0 && hundredths <= HUNDREDTHS_MOST
			 ? (long)(hundredths + 0.5)
			 : 0;
	char digits[] = { (char)('0' + whole / 10 % 10),
		(char)('0' + whole % 10) };

	if (whole == 0 || fabs(hundredths - (double)whole) > 1e-9) {
		begin(json, name);
		strbuf_printf(json->out, "%.6g", number);
		return;
	}
	jsonout_integer(json, name, whole / 100);
	if (whole % 100 == 0)
		return;
	strbuf_putc(json->out, '.');
	strbuf_add(json->out, digits, digits[1] == '0' ? 1 : 2);
}

void
jsonout_bool(struct jsonout *json, const char *name, bool value)
{
	begin(json, name);
	strbuf_puts(json->out, value ? "true" : "false");
}

void
jsonout_null(struct jsonout *json, const char *name)
{
	jsonout_text(json, name, NULL);
}

void
jsonout_time(struct jsonout *json, const char *name, int64_t at)
{
	char text[CLOCK_TEXT_MAX];

	jsonout_text(json, name, at != 0 ? clock_format(at, text) : NULL);
}
