#ifndef HTTPAPI_JSONOUT_H
#define HTTPAPI_JSONOUT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/strbuf.h"

/*
 * JSON written as it goes, straight into a buffer: for the answer that is
 * asked for all the time, where a tree of objects would cost more than the
 * look-up. Compact, in the order of the calls. In an object each value has a
 * name, which is text of ours and is not escaped; in an array it is NULL.
 * Whether all went well the buffer knows.
 */
struct jsonout {
	struct strbuf *out;
	char *to, *end; /* where the next octet goes; what room there is */
	bool more;	/* something stands before: a comma has to come */
};
void jsonout_init(struct jsonout *json, struct strbuf *out);
/* Until then the buffer does not know what was written. */
void jsonout_done(struct jsonout *json);

/* Text from anywhere, escaped; null where it is NULL or no UTF-8. */
void jsonout_text(struct jsonout *json, const char *name, const char *text);
void jsonout_integer(struct jsonout *json, const char *name, int64_t number);
/* Six digits: they hide what binary fractions make of 1.4. */
void jsonout_real(struct jsonout *json, const char *name, double number);
/* RFC 3339; null for 0, which stands for never. */
void jsonout_time(struct jsonout *json, const char *name, int64_t at);
/* What DNS answers, as "codes": an array, of CODE_BIT(n) each. */
void jsonout_codes(struct jsonout *json, uint16_t codes);

/*
 * The rest is in the header: names and texts of ours are literals, whose length
 * and octets the compiler then knows.
 */

/* A comma, the quotes of a name, a colon. */
#define JSONOUT_AROUND 4

/* Room for so many octets more, which are rarely missing: where, or NULL. */
char *jsonout_grow(struct jsonout *json, size_t len);

/*
 * Writes what stands before a value, with room for `len` octets of that behind
 * it: where those go, or NULL.
 */
static inline char *
jsonout_begin(struct jsonout *json, const char *name, size_t len)
{
	size_t name_len = name != NULL ? strlen(name) : 0;
	char *to = json->to;

	len += JSONOUT_AROUND + name_len;
	if ((size_t)(json->end - to) < len)
		to = jsonout_grow(json, len);
	if (to == NULL)
		return NULL;
	if (json->more)
		*to++ = ',';
	json->more = true;
	if (name == NULL)
		return to;
	*to++ = '"';
	memcpy(to, name, name_len);
	to += name_len;
	*to++ = '"';
	*to++ = ':';
	return to;
}

/* A value as it is to stand there. */
static inline void
jsonout_put(
    struct jsonout *json, const char *name, const char *value, size_t len)
{
	char *to = jsonout_begin(json, name, len);

	if (to == NULL)
		return;
	memcpy(to, value, len);
	json->to = to + len;
}

/* Text that needs no escaping: of ours, or what is made of digits. */
static inline void
jsonout_plain(struct jsonout *json, const char *name, const char *text)
{
	size_t len = strlen(text);
	char *to = jsonout_begin(json, name, len + 2);

	if (to == NULL)
		return;
	*to++ = '"';
	memcpy(to, text, len);
	to += len;
	*to++ = '"';
	json->to = to;
}

static inline void
jsonout_bool(struct jsonout *json, const char *name, bool value)
{
	if (value)
		jsonout_put(json, name, "true", 4);
	else
		jsonout_put(json, name, "false", 5);
}

static inline void
jsonout_null(struct jsonout *json, const char *name)
{
	jsonout_put(json, name, "null", 4);
}

static inline void
jsonout_object(struct jsonout *json, const char *name)
{
	jsonout_put(json, name, "{", 1);
	json->more = false;
}

static inline void
jsonout_array(struct jsonout *json, const char *name)
{
	jsonout_put(json, name, "[", 1);
	json->more = false;
}

static inline void
jsonout_end(struct jsonout *json, char bracket)
{
	json->more = false;
	jsonout_put(json, NULL, &bracket, 1);
}

static inline void
jsonout_end_object(struct jsonout *json)
{
	jsonout_end(json, '}');
}

static inline void
jsonout_end_array(struct jsonout *json)
{
	jsonout_end(json, ']');
}

#endif
