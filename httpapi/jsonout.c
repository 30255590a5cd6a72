#include "httpapi/jsonout.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "db/backscatter.h"

/* Up to the buffer's own end, a NUL left out, and up to its bound. */
static void
take_room(struct jsonout *json)
{
	const struct strbuf *out = json->out;
	size_t most = out->size > 0 ? out->size - 1 : 0;

	json->to = json->end = out->text + out->len;
	if (out->error == 0)
		json->end =
		    out->text + (most < out->max_len ? most : out->max_len);
}

void
jsonout_init(struct jsonout *json, struct strbuf *out)
{
	json->out = out;
	json->more = false;
	take_room(json);
}

void
jsonout_done(struct jsonout *json)
{
	size_t len = (size_t)(json->to - json->out->text) - json->out->len;

	if (len > 0)
		strbuf_wrote(json->out, len);
}

char *
jsonout_grow(struct jsonout *json, size_t len)
{
	jsonout_done(json);
	strbuf_room(json->out, len);
	take_room(json);
	return json->out->error == 0 ? json->to : NULL;
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

/* The rest is rare: the library knows how to escape, and what UTF-8 is. In
   ASCII as in exchange.c. */
static void
put_escaped(struct jsonout *json, const char *name, const char *text)
{
	json_t *string = json_string(text);
	char *escaped =
	    string != NULL
		? json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII)
		: NULL;

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
	json->to = to;
}

/* Room for the longest number, and digits behind it. */
#define NUMBER_MAX 32

/* Written before `end`: returns where it begins. */
static char *
put_digits(char *end, uint64_t number)
{
	do {
		*--end = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	return end;
}

static void
put_number(
    struct jsonout *json, const char *name, const char *first, const char *end)
{
	jsonout_put(json, name, first, (size_t)(end - first));
}

void
jsonout_integer(struct jsonout *json, const char *name, int64_t number)
{
	char digits[NUMBER_MAX], *end = digits + NUMBER_MAX;
	char *first =
	    put_digits(end, number < 0 ? -(uint64_t)number : (uint64_t)number);

	if (number < 0)
		*--first = '-';
	put_number(json, name, first, end);
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
	char digits[NUMBER_MAX], *end = digits + NUMBER_MAX, *point = end - 3;

	if (whole < 0 || fabs(hundredths - (double)whole) > 1e-9) {
		put_printed(json, name, number);
		return;
	}
	end[-1] = (char)('0' + whole % 10);
	end[-2] = (char)('0' + whole / 10 % 10);
	*point = '.';
	if (whole % 100 == 0)
		end = point;
	else if (whole % 10 == 0)
		end--;
	put_number(json, name, put_digits(point, (uint64_t)whole / 100), end);
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

void
jsonout_codes(struct jsonout *json, uint16_t codes)
{
	static const char answers[][12] = { "127.0.0.0", "127.0.0.1",
		"127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6",
		"127.0.0.7", "127.0.0.8", "127.0.0.9", "127.0.0.10",
		"127.0.0.11", "127.0.0.12", "127.0.0.13", "127.0.0.14",
		"127.0.0.15" };

	jsonout_array(json, "codes");
	for (unsigned code = 0; codes >> code != 0; code++) {
		if ((codes & CODE_BIT(code)) != 0)
			jsonout_plain(json, NULL, answers[code]);
	}
	jsonout_end_array(json);
}
