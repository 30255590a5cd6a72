#include "httpapi/lookup_bulk.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "httpapi/jsonout.h"
#include "httpapi/lookup_api.h"
#include "httpapi/negotiate.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"

/* A result has a few hundred octets, with evidence and repair five thousand. */
#define RESULT_MAX (64 << 10)

/* What is no address is told back as far as this. */
#define QUERY_SHOWN_MAX 64

struct bulk {
	struct reply_source source;
	struct service *service;
	const struct site *site;
	bool lines;	     /* of JSON; else one object */
	struct strbuf input; /* an address a line */
	const char *next;    /* in it; NULL: all is said */
	bool begun;
	struct strbuf result; /* made, and sent up to `sent` */
	size_t sent;
};

static void
bulk_free(struct reply_source *source)
{
	struct bulk *bulk = (struct bulk *)(void *)source;

	strbuf_deinit(&bulk->input);
	strbuf_deinit(&bulk->result);
	free(bulk);
}

/* --- results -------------------------------------------------------------- */

static void
put_error(struct strbuf *out, const char *line, size_t len, const char *error)
{
	size_t shown = len < QUERY_SHOWN_MAX ? len : QUERY_SHOWN_MAX;
	char query[QUERY_SHOWN_MAX + 1];
	struct jsonout json;

	/* Between two characters of UTF-8. */
	while (shown < len && shown > 0 &&
	       ((unsigned char)line[shown] & 0xc0) == 0x80)
		shown--;
	memcpy(query, line, shown);
	query[shown] = '\0';
	jsonout_init(&json, out);
	jsonout_object(&json, NULL);
	jsonout_text(&json, "query", query);
	jsonout_text(&json, "error", error);
	jsonout_end_object(&json);
	jsonout_done(&json);
}

static void
look_up(struct bulk *bulk, struct reader *reader, const char *line, size_t len)
{
	char text[QUERY_SHOWN_MAX];
	struct subject subject;
	int code;

	if (len >= sizeof(text)) {
		put_error(&bulk->result, line, len, "no-address");
		return;
	}
	memcpy(text, line, len);
	text[len] = '\0';
	code = subject_parse_loosely(text, &subject);
	if (code != 0)
		put_error(&bulk->result, line, len, "no-address");
	else if (lookup_put(
		     reader, bulk->site, &subject.address, &bulk->result) != 0)
		put_error(&bulk->result, line, len, "database");
}

/* Empty lines are none. */
static size_t
next_line(struct bulk *bulk, const char **line)
{
	const char *end;

	bulk->next += strspn(bulk->next, "\r\n");
	*line = bulk->next;
	end = bulk->next + strcspn(bulk->next, "\r\n");
	bulk->next = *end != '\0' ? end : NULL;
	return (size_t)(end - *line);
}

static void
add_result(struct bulk *bulk, struct reader *reader)
{
	const char *line;
	size_t len = next_line(bulk, &line);

	if (len > 0) {
		if (!bulk->lines)
			strbuf_puts(&bulk->result,
			    bulk->begun ? "," : "{\"results\":[");
		bulk->begun = true;
		look_up(bulk, reader, line, len);
		if (bulk->lines)
			strbuf_putc(&bulk->result, '\n');
	}
	if (bulk->next == NULL && !bulk->lines)
		strbuf_puts(
		    &bulk->result, bulk->begun ? "]}\n" : "{\"results\":[]}\n");
}

/* Others of the thread have their turn between two blocks. */
#define BLOCK_MS 10

/* Until there is a block's worth, or all of it, or time is up. */
static int
make_results(struct bulk *bulk, size_t wanted)
{
	int64_t end_ms = clock_monotonic_ms() + BLOCK_MS;
	struct reader *reader;
	int code;

	bulk->sent = 0;
	strbuf_clear(&bulk->result);
	code = reader_take(bulk->service->readers, &reader);
	if (code != 0)
		return code;
	while (bulk->next != NULL && bulk->result.len < wanted &&
	       (bulk->result.len == 0 || clock_monotonic_ms() < end_ms))
		add_result(bulk, reader);
	reader_give(bulk->service->readers, reader);
	return bulk->result.error;
}

static ssize_t
bulk_more(struct reply_source *source, char *to, size_t size)
{
	static struct log_gate gate = LOG_GATE(5);
	struct bulk *bulk = (struct bulk *)(void *)source;
	size_t left = bulk->result.len - bulk->sent;

	if (left == 0 && bulk->next != NULL) {
		int code = make_results(bulk, size);

		if (code != 0 && log_gate_open(&gate, "bulk_failed"))
			log_error(
			    "bulk_failed reason=\"%s\"", error_text(code));
		if (code != 0)
			return code;
		left = bulk->result.len;
	}
	if (left > size)
		left = size;
	memcpy(to, bulk->result.text + bulk->sent, left);
	bulk->sent += left;
	return (ssize_t)left;
}

/* --- the request ---------------------------------------------------------- */

static bool
add_input(struct bulk *bulk, const json_t *value)
{
	const char *text = json_string_value(value);

	/* One string is one address, whatever it holds. */
	if (text == NULL || text[0] == '\0' || strpbrk(text, "\r\n") != NULL)
		return false;
	strbuf_puts(&bulk->input, text);
	strbuf_putc(&bulk->input, '\n');
	return true;
}

static bool
read_json(struct exchange *exchange, struct bulk *bulk)
{
	json_t *list = json_object_get(exchange->input, "addresses");
	size_t count = json_array_size(list);
	bool good = json_is_array(list);

	if (good && count > BULK_MAX) {
		problem_reply(exchange, PROBLEM_TOO_MANY_ADDRESSES, NULL);
		return false;
	}
	for (size_t i = 0; good && i < count; i++)
		good = add_input(bulk, json_array_get(list, i));
	if (!good)
		problem_reply(exchange, PROBLEM_BAD_BODY,
		    "The body has to be an object with the member addresses, "
		    "an array of strings.");
	return good;
}

static bool
read_body(struct exchange *exchange, struct bulk *bulk)
{
	const struct strbuf *body = &exchange->request.body;

	if (!bulk->lines)
		return read_json(exchange, bulk);
	if (memchr(body->text, '\0', body->len) != NULL) {
		problem_reply(exchange, PROBLEM_BAD_BODY,
		    "The body has to be text, an address a line.");
		return false;
	}
	strbuf_add(&bulk->input, body->text, body->len);
	return true;
}

enum handled
lookup_post(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;
	struct bulk *bulk = calloc(1, sizeof(*bulk));

	if (bulk == NULL) {
		problem_reply(exchange, PROBLEM_INTERNAL, NULL);
		return HANDLED;
	}
	bulk->source.more = bulk_more;
	bulk->source.free = bulk_free;
	bulk->service = exchange->service;
	bulk->site = exchange->site;
	bulk->lines = exchange->input == NULL;
	strbuf_init(&bulk->input, BULK_BODY_MAX);
	strbuf_init(&bulk->result, RESULT_MAX);
	if (!read_body(exchange, bulk)) {
		bulk_free(&bulk->source);
		return HANDLED;
	}
	bulk->next = bulk->input.text;
	reply->status = 200;
	reply->type = bulk->lines ? "application/x-ndjson" : "application/json";
	reply_header(reply, "Cache-Control", "no-store");
	reply->source = &bulk->source;
	return HANDLED;
}
