#include "httpapi/fields.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Eighteen digits never overflow 64 bits. */
#define LENGTH_DIGITS_MAX 18

static const char *const fault_texts[FIELDS_FAULT_COUNT] = {
	[FIELDS_SOUND] = "nothing is wrong",
	[FIELDS_BAD_NAME] = "A header field's name holds an octet that no name "
			    "may hold, such as a space before the colon.",
	[FIELDS_BAD_VALUE] = "A header field's value holds a control octet, or "
			     "goes on in a second line.",
	[FIELDS_HOST_TWICE] = "There is more than one Host field.",
	[FIELDS_HOST_MISSING] = "There is no Host field.",
	[FIELDS_BAD_HOST] = "The Host field is no host with a port.",
	[FIELDS_BAD_LENGTH] = "Content-Length is no number, or is there twice.",
	[FIELDS_LENGTH_AND_CODING] = "Content-Length and Transfer-Encoding "
				     "exclude each other.",
	[FIELDS_UNKNOWN_CODING] = "The Transfer-Encoding is unknown.",
};

const char *
fields_fault_text(enum fields_fault fault)
{
	return fault_texts[fault];
}

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* RFC 9110 section 5.6.2. */
static bool
is_token(const char *text)
{
	const char *next = text;

	while (is_letter_or_digit(*next) ||
	       (*next != '\0' && strchr("!#$%&'*+-.^_`|~", *next) != NULL))
		next++;
	return next > text && *next == '\0';
}

static bool
has_controls(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

/* Most names differ in their first letter (but for 32, the case). */
static bool
is_named(const struct field *field, const char *name)
{
	return ((field->name[0] ^ name[0]) & ~0x20) == 0 &&
	       strcasecmp(field->name, name) == 0;
}

static unsigned
count_of(const struct field *fields, size_t count, const char *name)
{
	unsigned found = 0;

	for (size_t i = 0; i < count; i++)
		found += is_named(&fields[i], name);
	return found;
}

static bool
is_length(const char *text)
{
	size_t len = strspn(text, "0123456789");

	return len > 0 && len <= LENGTH_DIGITS_MAX && text[len] == '\0';
}

/* What may stand in a name (RFC 3986 section 3.2.2), letters apart. */
static const char *
skip_name(const char *text)
{
	while (is_letter_or_digit(*text) ||
	       (*text != '\0' && strchr(".-_~%!$&'()*+,;=", *text) != NULL))
		text++;
	return text;
}

/* uri-host [":" port], and "" where there is no authority: RFC 9110 7.2. */
static bool
is_host(const char *text)
{
	if (*text == '[') {
		text += 1 + strspn(text + 1, "0123456789abcdefABCDEF:.");
		if (*text++ != ']')
			return false;
	} else {
		text = skip_name(text);
	}
	if (*text == ':')
		text += 1 + strspn(text + 1, "0123456789");
	return *text == '\0';
}

/* A server must refuse what is none (RFC 9112 section 3.2). */
static enum fields_fault
check_host(const struct field *fields, size_t count, const char *version)
{
	const char *host = fields_find(fields, count, "Host");

	if (host == NULL)
		return strcmp(version, "HTTP/1.0") != 0 ? FIELDS_HOST_MISSING
							: FIELDS_SOUND;
	if (count_of(fields, count, "Host") > 1)
		return FIELDS_HOST_TWICE;
	return is_host(host) ? FIELDS_SOUND : FIELDS_BAD_HOST;
}

static enum fields_fault
check_framing(const struct field *fields, size_t count)
{
	unsigned lengths = count_of(fields, count, "Content-Length");
	unsigned codings = count_of(fields, count, "Transfer-Encoding");
	const char *length = fields_find(fields, count, "Content-Length");
	const char *coding = fields_find(fields, count, "Transfer-Encoding");

	if (lengths > 0 && codings > 0)
		return FIELDS_LENGTH_AND_CODING;
	if (lengths > 1 || (lengths == 1 && !is_length(length)))
		return FIELDS_BAD_LENGTH;
	if (codings > 1 || (codings == 1 && strcasecmp(coding, "chunked") != 0))
		return FIELDS_UNKNOWN_CODING;
	return FIELDS_SOUND;
}

enum fields_fault
fields_check(const struct field *fields, size_t count, const char *version)
{
	enum fields_fault fault;

	for (size_t i = 0; i < count; i++) {
		if (!is_token(fields[i].name))
			return FIELDS_BAD_NAME;
		if (has_controls(fields[i].value))
			return FIELDS_BAD_VALUE;
	}
	fault = check_framing(fields, count);
	return fault != FIELDS_SOUND ? fault
				     : check_host(fields, count, version);
}

const char *
fields_find(const struct field *fields, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (is_named(&fields[i], name))
			return fields[i].value;
	}
	return NULL;
}
