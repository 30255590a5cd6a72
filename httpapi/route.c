#include "httpapi/route.h"

#include <string.h>

#include "httpapi/negotiate.h"
#include "httpapi/percent.h"

static const struct {
	enum http_method method;
	const char *name;
} methods_named[] = {
	{ HTTP_GET, "GET" },
	{ HTTP_HEAD, "HEAD" },
	{ HTTP_POST, "POST" },
	{ HTTP_PATCH, "PATCH" },
	{ HTTP_DELETE, "DELETE" },
	{ HTTP_OPTIONS, "OPTIONS" },
};

static const struct {
	enum route_body body;
	const char *type;
} body_types[] = {
	{ BODY_JSON, "application/json" },
	{ BODY_FORM, "application/x-www-form-urlencoded" },
	{ BODY_TEXT, "text/plain" },
	{ BODY_LINES, "application/x-ndjson" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What of the path stands at the pattern's "{}"; NULL when they differ. */
static const char *
rest_of(const char *pattern, const char *path)
{
	while (*pattern != '\0' && *pattern != '{' && *pattern == *path) {
		pattern++;
		path++;
	}
	if (*pattern == '\0')
		return *path == '\0' ? path : NULL;
	return *pattern == '{' && *path != '\0' ? path : NULL;
}

enum route_outcome
route_find(const struct route *table, size_t count, const char *path,
    enum http_method method, const struct route **route, unsigned *methods,
    char *rest)
{
	enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
	const char *encoded = NULL;

	*route = NULL;
	*methods = 0;
	rest[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		const char *found = rest_of(table[i].path, path);

		if (found == NULL && encoded == NULL)
			continue;
		if (found == NULL)
			break;
		encoded = found;
		*methods |= table[i].method | HTTP_OPTIONS;
		if (table[i].method == HTTP_GET)
			*methods |= HTTP_HEAD;
		if (table[i].method == wanted)
			*route = &table[i];
	}
	if (encoded == NULL)
		return ROUTE_NO_PATH;
	if (percent_decode(
		encoded, strlen(encoded), false, rest, TARGET_MAX + 1) != 0)
		return ROUTE_BAD_PATH;
	return (*methods & method) != 0 ? ROUTE_FOUND : ROUTE_NO_METHOD;
}

const char *
route_method(enum http_method method)
{
	size_t i = 0;

	while (
	    i + 1 < COUNT(methods_named) && methods_named[i].method != method)
		i++;
	return methods_named[i].name;
}

char *
route_allow(unsigned methods, char text[ROUTE_ALLOW_MAX])
{
	text[0] = '\0';
	for (size_t i = 0; i < COUNT(methods_named); i++) {
		if ((methods & methods_named[i].method) == 0)
			continue;
		if (text[0] != '\0')
			strcat(text, ", ");
		strcat(text, methods_named[i].name);
	}
	return text;
}

unsigned
route_body_refusal(const struct route *route, const struct request *request)
{
	const char *type =
	    fields_find(request->fields, request->field_count, "Content-Type");

	/* Without a length nobody knows where to stop: RFC 9110 15.5.12. */
	if (request->has_coding)
		return 411;
	if (request->content_length > route->body_max)
		return 413;
	if (route->bodies == BODY_NONE)
		return 0;
	if (!request->has_length)
		return 411;
	for (size_t i = 0; i < COUNT(body_types); i++) {
		if ((route->bodies & body_types[i].body) != 0 &&
		    negotiate_is_type(type, body_types[i].type))
			return 0;
	}
	return 415;
}
