#include "httpapi/request.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "httpapi/forwarded.h"
#include "httpapi/problem.h"

static const struct {
	const char *name;
	enum http_method method;
} methods[] = {
	{ "GET", HTTP_GET },
	{ "HEAD", HTTP_HEAD },
	{ "POST", HTTP_POST },
	{ "PATCH", HTTP_PATCH },
	{ "DELETE", HTTP_DELETE },
	{ "OPTIONS", HTTP_OPTIONS },
	{ "PUT", HTTP_OTHER },
	{ "TRACE", HTTP_OTHER },
	{ "CONNECT", HTTP_OTHER },
};

static enum http_method
method_of(const char *name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcmp(methods[i].name, name) == 0)
			return methods[i].method;
	}
	return HTTP_UNKNOWN;
}

/* --- the library's memory ------------------------------------------------- */

/* What it notes of a field, in steps of 16 octets. */
#define FIELD_MEMORY 64

/*
 * Once half of its memory is read it makes room for 128 octets at a time: so
 * much may have come that belongs to the next request, and is kept.
 */
#define READ_AHEAD (128 + 16)

/* Our empty field of cookies, what the library finds in it, and a copy. */
#define NO_COOKIES_MEMORY (2 * FIELD_MEMORY + 16)

size_t
request_room(size_t header_size, size_t field_count)
{
	size_t taken = header_size + READ_AHEAD;

	if (taken < REQUEST_MEMORY / 2)
		taken = REQUEST_MEMORY / 2;
	taken += field_count * FIELD_MEMORY + NO_COOKIES_MEMORY;
	return taken < REQUEST_MEMORY ? REQUEST_MEMORY - taken : 0;
}

/*
 * The library would copy the cookies of the first field of that name and note
 * each; so it is given one without any. Should there be no room for that, there
 * is none for a header either.
 */
static const char cookie_name[] = "Cookie";

static void
hide_cookies(struct MHD_Connection *connection)
{
	MHD_set_connection_value(connection, MHD_HEADER_KIND, cookie_name, "");
}

/*
 * It would note each argument of a query, too, and where a hundred of them do
 * not fit it would never answer. It is done with the text but for that.
 */
static void
hide_query(const char *uri)
{
	char *query = strchr(uri, '?');

	if (query != NULL)
		query[1] = '\0';
}

void
request_begin(struct exchange *exchange, struct request_line *line,
    struct MHD_Connection *connection, const char *uri)
{
	hide_cookies(connection);
	line->uri = uri;
	line->uri_len = uri != NULL ? strlen(uri) : 0;
	line->target_code = ERROR_FORMAT;
	if (uri == NULL)
		return;
	line->target_code = target_parse(uri, &exchange->request.target);
	hide_query(uri);
}

bool
request_is_cut(const struct request_line *line)
{
	static const char version[] = "HTTP/";

	return line->uri != NULL && strncmp(line->uri + line->uri_len + 1,
					version, sizeof(version) - 1) != 0;
}

/* --- the octets behind the strings ---------------------------------------- */

/*
 * The library takes the header apart in place: the line ends, the colons and
 * the blanks of the request line have become NULs, and it names each piece by
 * a pointer to its start alone. A NUL that the client sent would thus cut a
 * piece short unseen. So: each piece must end exactly where the next begins,
 * and the last one where the header does. That refuses, too, lines that end in
 * a bare LF and lines that go on in the next one (RFC 9112 section 5.2).
 */
#define LINE_END 2 /* CR LF */

struct walk {
	struct request *request;
	const char *next; /* where the next field must begin */
	bool broken, full;
};

static enum MHD_Result
take_field(
    void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct walk *walk = context;
	struct request *request = walk->request;
	size_t name_len;

	(void)kind;
	if (name == cookie_name)
		return MHD_YES;
	name_len = strlen(name);
	if (value == NULL || name != walk->next)
		walk->broken = true;
	if (request->field_count == FIELDS_MAX)
		walk->full = true;
	if (walk->broken || walk->full)
		return MHD_NO;
	walk->next = name + name_len + 1;
	walk->next += strspn(walk->next, " \t");
	/* An empty value's pointer stands behind its blanks as well. */
	if (value != walk->next) {
		walk->broken = true;
		return MHD_NO;
	}
	walk->next = value + strlen(value) + LINE_END;
	request->fields[request->field_count].name = name;
	request->fields[request->field_count].value = value;
	request->field_count++;
	return MHD_YES;
}

static bool
line_is_whole(
    const struct request_line *line, const char *method, const char *version)
{
	return line->uri == method + strlen(method) + 1 &&
	       version == line->uri + line->uri_len + 1;
}

/* Octets from the method to the end of the empty line. */
static size_t
header_size(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return info != NULL ? info->header_size : 0;
}

/* Blanks behind a value are no part of it (RFC 9112 section 5). */
static void
trim(struct request *request)
{
	for (size_t i = 0; i < request->field_count; i++) {
		char *value = (char *)request->fields[i].value;
		size_t len = strlen(value);

		while (len > 0 &&
		       (value[len - 1] == ' ' || value[len - 1] == '\t'))
			value[--len] = '\0';
	}
}

/* --- the whole ------------------------------------------------------------ */

static int
refuse(struct exchange *exchange, enum problem problem, const char *detail)
{
	problem_reply(exchange, problem, detail);
	exchange->reply.close = true;
	return ERROR_FORMAT;
}

static int
read_fields(struct exchange *exchange, const struct request_line *line,
    struct MHD_Connection *connection, const char *method, const char *version)
{
	struct request *request = &exchange->request;
	struct walk walk = {
		.request = request,
		.next = version + strlen(version) + LINE_END,
	};
	enum fields_fault fault;
	size_t size;

	if (line->target_code != ERROR_LIMIT &&
	    !line_is_whole(line, method, version))
		return refuse(exchange, PROBLEM_MALFORMED,
		    "The request line holds octets that it may not hold.");
	MHD_get_connection_values(
	    connection, MHD_HEADER_KIND, take_field, &walk);
	if (walk.full)
		return refuse(exchange, PROBLEM_TOO_MANY_FIELDS, NULL);
	size = header_size(connection);
	if (request_room(size, request->field_count) < REQUEST_REPLY_ROOM)
		return refuse(exchange, PROBLEM_HEADER_TOO_LONG, NULL);
	if (walk.broken || walk.next + LINE_END != method + size)
		return refuse(exchange, PROBLEM_MALFORMED,
		    fields_fault_text(FIELDS_BAD_VALUE));
	trim(request);
	fault = fields_check(request->fields, request->field_count, version);
	if (fault != FIELDS_SOUND)
		return refuse(
		    exchange, PROBLEM_MALFORMED, fields_fault_text(fault));
	return 0;
}

int
request_read(struct exchange *exchange, const struct request_line *line,
    struct MHD_Connection *connection, const struct ipaddr *peer,
    const char *method, const char *version)
{
	struct request *request = &exchange->request;
	const char *length;
	int code;

	request->method = method_of(method);
	code = read_fields(exchange, line, connection, method, version);
	if (code != 0)
		return code;
	if (line->target_code == ERROR_LIMIT)
		return refuse(exchange, PROBLEM_TARGET_TOO_LONG, NULL);
	if (line->target_code != 0)
		return refuse(exchange, PROBLEM_MALFORMED,
		    "The request's target is none.");
	length = exchange_field(exchange, "Content-Length");
	request->has_length = length != NULL;
	request->has_coding =
	    exchange_field(exchange, "Transfer-Encoding") != NULL;
	if (length != NULL)
		request->content_length = strtoull(length, NULL, 10);
	request->client =
	    forwarded_client(peer, request->fields, request->field_count,
		exchange->site->proxies.list, exchange->site->proxies.count);
	request->in_clear =
	    !request->tls &&
	    forwarded_in_clear(peer, request->fields, request->field_count,
		exchange->site->proxies.list, exchange->site->proxies.count);
	return 0;
}
