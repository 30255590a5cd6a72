#include "httpapi/exchange.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "httpapi/hash.h"
#include "httpapi/limit.h"
#include "httpapi/negotiate.h"
#include "httpapi/network.h"
#include "httpapi/problem.h"

/* Sixteen digits, and a NUL. */
static void
format_hex(uint64_t number, char *text)
{
	for (int shift = 60; shift >= 0; shift -= 4)
		*text++ = "0123456789abcdef"[number >> shift & 15];
	*text = '\0';
}

static void
init_request(struct request *request, uint64_t number)
{
	request->method = HTTP_UNKNOWN;
	request->target.path[0] = request->target.query[0] = '\0';
	request->client = (struct ipaddr){ 0 };
	request->tls = request->in_clear = false;
	request->field_count = 0;
	request->has_length = request->has_coding = false;
	request->content_length = 0;
	strbuf_init(&request->body, REQUEST_BODY_MAX);
	/* Mixing is a bijection: no number comes twice. */
	format_hex(hash_mix(number), request->id);
}

static void
init_reply(struct reply *reply)
{
	reply->status = 0;
	reply->type = "text/plain; charset=utf-8";
	reply->fixed = NULL;
	reply->source = NULL;
	reply->header_count = 0;
	reply->tagged = reply->close = reply->script = false;
	strbuf_init(&reply->body, REPLY_BODY_MAX);
}

void
exchange_init(struct exchange *exchange, struct service *service)
{
	uint64_t number = atomic_fetch_add(&service->request_number, 1);

	exchange->service = service;
	exchange->site = atomic_load(&service->site);
	exchange->route = NULL;
	exchange->subject[0] = '\0';
	exchange->input = NULL;
	exchange->proving = NULL;
	exchange->feeds = false;
	exchange->quota.most = 0;
	exchange->caller = (struct caller){ .permits = 0 };
	exchange->refused.words = NULL;
	exchange->thread = NULL;
	init_request(&exchange->request, service->request_seed + number);
	init_reply(&exchange->reply);
}

void
exchange_deinit(struct exchange *exchange)
{
	strbuf_deinit(&exchange->request.body);
	strbuf_deinit(&exchange->reply.body);
	json_decref(exchange->input);
	exchange->input = NULL;
	if (exchange->feeds) {
		struct ipprefix network = network_of(&exchange->request.client);

		limit_give(exchange->service->feeding, &network.address);
	}
	exchange->feeds = false;
	free(exchange->proving);
	exchange->proving = NULL;
	if (exchange->reply.source != NULL)
		exchange->reply.source->free(exchange->reply.source);
	exchange->reply.source = NULL;
}

const char *
exchange_field(const struct exchange *exchange, const char *name)
{
	return fields_find(
	    exchange->request.fields, exchange->request.field_count, name);
}

const char *
exchange_text(const struct exchange *exchange, const char *name)
{
	const char *text =
	    json_string_value(json_object_get(exchange->input, name));

	return text != NULL ? text : "";
}

/* `value` is there: the place's own text, or a literal. */
static void
count_header(struct reply *reply, const char *name, const char *value)
{
	reply->headers[reply->header_count].name = name;
	reply->headers[reply->header_count++].value = value;
}

void
reply_header_fixed(struct reply *reply, const char *name, const char *literal)
{
	if (reply->header_count < REPLY_HEADERS_MAX)
		count_header(reply, name, literal);
}

static void
copy_header(struct reply *reply, const char *name, const char *value)
{
	size_t len = strlen(value);

	if (reply->header_count == REPLY_HEADERS_MAX ||
	    len >= REPLY_HEADER_VALUE_MAX)
		return;
	memcpy(reply->headers[reply->header_count].text, value, len + 1);
	count_header(reply, name, reply->headers[reply->header_count].text);
}

void
reply_header(struct reply *reply, const char *name, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	if (reply->header_count == REPLY_HEADERS_MAX)
		return;
	/* Most are the same always, and need no formatting. */
	if (strchr(format, '%') == NULL) {
		reply_header_fixed(reply, name, format);
		return;
	}
	text = reply->headers[reply->header_count].text;
	va_start(args, format);
	len = vsnprintf(text, REPLY_HEADER_VALUE_MAX, format, args);
	va_end(args);
	if (len >= 0 && len < REPLY_HEADER_VALUE_MAX)
		count_header(reply, name, text);
}

void
reply_tag(struct exchange *exchange, uint64_t tag)
{
	struct reply *reply = &exchange->reply;
	char digits[REQUEST_ID_LEN + 1], etag[REQUEST_ID_LEN + 3];

	format_hex(tag, digits);
	strcpy(stpcpy(stpcpy(etag, "\""), digits), "\"");
	if (!negotiate_etag_holds(exchange_field(exchange, "If-Match"), etag)) {
		problem_reply(exchange, PROBLEM_PRECONDITION, NULL);
		return;
	}
	copy_header(reply, "ETag", etag);
	if (!negotiate_etag_matches(
		exchange_field(exchange, "If-None-Match"), etag))
		return;
	reply->status = 304;
}

/*
 * Six digits hide what binary fractions make of 1.4. In ASCII, for a terminal
 * obeys C1 and marks of direction in UTF-8, too.
 */
#define DUMP_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(6) | JSON_ENSURE_ASCII)

/* One look-up fits; what is longer is written a second time. */
#define DUMP_FIRST_SIZE 4096

static void
put_json(struct strbuf *out, json_t *json)
{
	char text[DUMP_FIRST_SIZE];
	size_t len = json_dumpb(json, text, sizeof(text), DUMP_FLAGS);

	if (len > 0 && len <= sizeof(text)) {
		strbuf_add(out, text, len);
	} else {
		char *longer = json_dumps(json, DUMP_FLAGS);

		if (longer != NULL)
			strbuf_puts(out, longer);
		else
			out->error = -ENOMEM;
		free(longer);
	}
	json_decref(json);
}

void
reply_json(struct reply *reply, json_t *json)
{
	put_json(&reply->body, json);
	strbuf_putc(&reply->body, '\n');
}

void
reply_view(struct reply *reply, json_t *json)
{
	reply->status = 200;
	reply->type = "application/json";
	reply->tagged = true;
	reply_header(reply, "Cache-Control", "no-cache");
	reply_json(reply, json);
}
