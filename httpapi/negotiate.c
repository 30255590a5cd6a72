#include "httpapi/negotiate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t"

/* Weights are thousandths; absent means all of it (RFC 9110 12.4.2). */
#define WEIGHT_MOST 1000

/* The octets up to `stop` outside a quoted string, or to the end. */
static size_t
len_until(const char *text, char stop)
{
	bool quoted = false;
	size_t len = 0;

	for (; text[len] != '\0' && (quoted || text[len] != stop); len++) {
		if (text[len] == '"')
			quoted = !quoted;
		else if (quoted && text[len] == '\\' && text[len + 1] != '\0')
			len++;
	}
	return len;
}

/* "0.5" -> 500; what is no weight counts as nothing. */
static int
parse_weight(const char *text, size_t len)
{
	int weight, place = 100;

	if (len == 0 || text[0] < '0' || text[0] > '1')
		return 0;
	weight = (text[0] - '0') * WEIGHT_MOST;
	for (size_t i = 2; i < len && i < 5 && text[1] == '.'; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		weight += (text[i] - '0') * place;
		place /= 10;
	}
	return weight > WEIGHT_MOST ? WEIGHT_MOST : weight;
}

/* The weight among the parameters of an element, which follow `type_len`. */
static int
weight_of(const char *element, size_t type_len, size_t len)
{
	const char *next = element + type_len, *end = element + len;

	while (next < end) {
		size_t parameter_len;

		next++; /* the ';' */
		next += strspn(next, BLANKS);
		parameter_len = len_until(next, ';');
		if (next >= end || parameter_len > (size_t)(end - next))
			parameter_len = next < end ? (size_t)(end - next) : 0;
		if (parameter_len > 2 && strncasecmp(next, "q=", 2) == 0)
			return parse_weight(next + 2, parameter_len - 2);
		next += parameter_len;
	}
	return WEIGHT_MOST;
}

/* How exactly a range names a type: 3 itself, 2 its family, 1 any, 0 not. */
static int
exactness(const char *range, size_t len, const char *type)
{
	size_t family = strcspn(type, "/") + 1;

	if (len == 3 && strncmp(range, "*/*", 3) == 0)
		return 1;
	if (len == family + 1 && range[len - 1] == '*' &&
	    strncasecmp(range, type, family) == 0)
		return 2;
	return len == strlen(type) && strncasecmp(range, type, len) == 0 ? 3
									 : 0;
}

/* "de-AT" asks for "de"; "*" is no language in particular. */
static int
language_exactness(const char *range, size_t len, const char *tag)
{
	size_t primary = strlen(tag);

	if (len < primary || strncasecmp(range, tag, primary) != 0)
		return 0;
	if (len == primary)
		return 2;
	return range[primary] == '-' ? 1 : 0;
}

/* The most exact range decides, whatever the others say. */
static int
weight_for(const char *accept, const char *type,
    int (*exactness_of)(const char *, size_t, const char *))
{
	int best_exactness = 0, weight = 0;

	while (*accept != '\0') {
		size_t type_len, len, trimmed;
		int exact;

		accept += strspn(accept, BLANKS ",");
		len = len_until(accept, ',');
		type_len = strcspn(accept, ";,");
		if (type_len > len)
			type_len = len;
		trimmed = type_len;
		while (trimmed > 0 && strchr(BLANKS, accept[trimmed - 1]))
			trimmed--;
		exact = exactness_of(accept, trimmed, type);
		if (exact > best_exactness) {
			best_exactness = exact;
			weight = weight_of(accept, type_len, len);
		}
		accept += len;
	}
	return weight;
}

/* The index of the offer that weighs most, the first of those; -1 none. */
static int
best_of(const char *accept, const char *const offers[], size_t count,
    int (*exactness_of)(const char *, size_t, const char *))
{
	int best = -1, best_weight = 0;

	for (size_t i = 0; i < count; i++) {
		int weight = weight_for(accept, offers[i], exactness_of);

		if (weight > best_weight) {
			best_weight = weight;
			best = (int)i;
		}
	}
	return best;
}

int
negotiate_type(const char *accept, const char *const offers[], size_t count)
{
	if (accept == NULL || accept[strspn(accept, BLANKS ",")] == '\0')
		return 0;
	return best_of(accept, offers, count, exactness);
}

int
negotiate_language(const char *accept, const char *const tags[], size_t count)
{
	return accept != NULL ? best_of(accept, tags, count, language_exactness)
			      : -1;
}

/*
 * "*" does not count: plain is right for whoever does not name gzip, or its old
 * name (RFC 9110 section 8.4.1.3), or likes plain better by name.
 */
bool
negotiate_gzip(const char *accept_encoding)
{
	int packed, plain;

	if (accept_encoding == NULL)
		return false;
	packed = weight_for(accept_encoding, "gzip", exactness);
	if (packed == 0)
		packed = weight_for(accept_encoding, "x-gzip", exactness);
	plain = weight_for(accept_encoding, "identity", exactness);
	return packed > 0 && packed >= plain;
}

bool
negotiate_is_type(const char *content_type, const char *type)
{
	size_t len = strlen(type);

	if (content_type == NULL || strncasecmp(content_type, type, len) != 0)
		return false;
	content_type += len;
	content_type += strspn(content_type, BLANKS);
	return *content_type == '\0' || *content_type == ';';
}

/* Weak comparison passes over the mark of a weak tag, strong one never. */
static bool
is_tag(const char *tag, size_t len, const char *etag, bool weakly)
{
	if (weakly && len > 2 && strncmp(tag, "W/", 2) == 0) {
		tag += 2;
		len -= 2;
	}
	while (len > 0 && strchr(BLANKS, tag[len - 1]) != NULL)
		len--;
	return len == strlen(etag) && memcmp(tag, etag, len) == 0;
}

static bool
names_tag(const char *list, const char *etag, bool weakly)
{
	while (*list != '\0') {
		size_t len;

		list += strspn(list, BLANKS ",");
		len = len_until(list, ',');
		if (is_tag(list, len, etag, weakly))
			return true;
		list += len;
	}
	return false;
}

bool
negotiate_etag_matches(const char *if_none_match, const char *etag)
{
	return if_none_match != NULL &&
	       (strcmp(if_none_match, "*") == 0 ||
		   names_tag(if_none_match, etag, true));
}

bool
negotiate_etag_holds(const char *if_match, const char *etag)
{
	return if_match == NULL || strcmp(if_match, "*") == 0 ||
	       (etag != NULL && names_tag(if_match, etag, false));
}

/* The number behind "wait="; -1: it is another preference, or none. */
static long
wait_in(const char *preference, size_t len)
{
	static const char name[] = "wait=";
	char digits[8] = "";
	size_t name_len = sizeof(name) - 1;

	if (len <= name_len || len - name_len >= sizeof(digits) ||
	    strncasecmp(preference, name, name_len) != 0)
		return -1;
	memcpy(digits, preference + name_len, len - name_len);
	return digits[strspn(digits, "0123456789")] == '\0'
		   ? strtol(digits, NULL, 10)
		   : -1;
}

long
negotiate_wait(const char *prefer, long usual)
{
	while (prefer != NULL && *prefer != '\0') {
		size_t len;
		long wait;

		prefer += strspn(prefer, BLANKS ",");
		len = strcspn(prefer, BLANKS ",;");
		if (len == 13 && strncasecmp(prefer, "respond-async", len) == 0)
			return 0;
		wait = wait_in(prefer, len);
		if (wait >= 0)
			return wait;
		prefer += len_until(prefer, ',');
	}
	return usual;
}
