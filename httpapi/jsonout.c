#include "httpapi/jsonout.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

void
jsonout_init(struct jsonout *json, struct strbuf *out)
{
	*json = (struct jsonout){ .out = out };
}

/* Octets that the processor looks at at once. */
#define CHUNK 16
typedef unsigned char chunk __attribute__((vector_size(CHUNK)));

/* ASCII that stands for itself between quotes (RFC 8259 section 7). */
static bool
chunk_is_plain(const char *text)
{
	uint64_t found[CHUNK / sizeof(uint64_t)];
	chunk octets;

	memcpy(&octets, text, CHUNK);
	octets = (chunk)((octets < ' ') | (octets > '~') | (octets == '"') |
			 (octets == '\\'));
	memcpy(found, &octets, CHUNK);
	return (found[0] | found[1]) == 0;
}

/* The last chunk of long text has a part of the one before it. */
static bool
is_plain(const char *text, size_t len)
{
	char padded[CHUNK];

	if (len < CHUNK) {
		memset(padded, ' ', CHUNK);
		memcpy(padded, text, len);
		return chunk_is_plain(padded);
	}
	for (size_t i = 0; i + CHUNK < len; i += CHUNK) {
		if (!chunk_is_plain(text + i))
			return false;
	}
	return chunk_is_plain(text + len - CHUNK);
}

/* The rest is rare: the library knows how to escape, and what UTF-8 is. */
static void
put_escaped(struct jsonout *json, const char *name, const char *text)
{
	json_t *string = json_string(text);
	char *escaped =
	    string != NULL ? json_dumps(string, JSON_ENCODE_ANY) : NULL;

	if (escaped != NULL)
		jsonout_put(json, name, escaped, strlen(escaped));
	else
		jsonout_null(json, name);
	free(escaped);
	json_decref(string);
}

void
jsonout_text(struct jsonout *json, const char *name, const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0;
	char *to;

	if (text == NULL || !is_plain(text, len)) {
		put_escaped(json, name, text);
		return;
	}
	to = jsonout_begin(json, name, len + 2);
	if (to == NULL)
		return;
	*to++ = '"';
	to = mempcpy(to, text, len);
	*to++ = '"';
	jsonout_wrote(json, to);
}

void
jsonout_integer(struct jsonout *json, const char *name, int64_t number)
{
	char digits[24], *first = digits + sizeof(digits);
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

	if (rest < 10 && number >= 0) {
		digits[0] = (char)('0' + rest);
		jsonout_put(json, name, digits, 1);
		return;
	}
	do {
		*--first = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (number < 0)
		*--first = '-';
	jsonout_put(
	    json, name, first, (size_t)(digits + sizeof(digits) - first));
}

static void
put_printed(struct jsonout *json, const char *name, double number)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%.6g", number);

	jsonout_put(json, name, text, (size_t)len);
}

/* What has two decimals at most needs no printf, which takes thrice as long. */
#define HUNDREDTHS_MOST 99999

void
jsonout_real(struct jsonout *json, const char *name, double number)
{
	double hundredths = number * 100;
	long whole = hundredths >= 0 && hundredths <= HUNDREDTHS_MOST
			 ? (long)(hundredths + 0.5)
			 : -1;
	char digits[] = { (char)('0' + whole / 10 % 10),
		(char)('0' + whole % 10) };

	if (whole < 0 || fabs(hundredths - (double)whole) > 1e-9) {
		put_printed(json, name, number);
		return;
	}
	jsonout_integer(json, name, whole / 100);
	if (whole % 100 == 0)
		return;
	strbuf_putc(json->out, '.');
	strbuf_add(json->out, digits, digits[1] == '0' ? 1 : 2);
}

void
jsonout_time(struct jsonout *json, const char *name, int64_t at)
{
	char text[CLOCK_TEXT_MAX];

	if (at != 0)
		jsonout_plain(json, name, clock_format(at, text));
	else
		jsonout_null(json, name);
}
