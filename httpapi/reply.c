#include "httpapi/reply.h"

#include <stdlib.h>
#include <string.h>

/*
 * Pages load nothing but our own style and icon, run nothing (but those that
 * draw charts or look again, by our own scripts), send their form to us alone
 * and stand in no other site's frame. What is no page is inert.
 */
#define POLICY_PAGE                                                            \
	"default-src 'none'; style-src 'self'; img-src 'self'; "               \
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
#define POLICY_SCRIPT POLICY_PAGE "; script-src 'self'; connect-src 'self'"
#define POLICY_OTHER "default-src 'none'; frame-ancestors 'none'"

/* What a stream writes at a time: a dozen look-ups. */
#define STREAM_BLOCK (16 << 10)

static const char *
policy_of(const struct reply *reply, bool page)
{
	if (!page)
		return POLICY_OTHER;
	return reply->script ? POLICY_SCRIPT : POLICY_PAGE;
}

static void
fix(struct stock_fields *fields, const char *name, const char *value)
{
	fields->fixed[fields->fixed_count].name = name;
	fields->fixed[fields->fixed_count++].value = value;
}

static void
own(struct stock_fields *fields, const char *name, const char *value)
{
	fields->own[fields->own_count].name = name;
	fields->own[fields->own_count++].value = value;
}

/* With the Date, which the library would take longer to find out. */
static void
collect(const struct exchange *exchange, struct lane *lane,
    struct stock_fields *fields)
{
	const struct reply *reply = &exchange->reply;
	bool page = strncmp(reply->type, "text/html", 9) == 0;

	fields->fixed_count = fields->own_count = 0;
	/* 204 and 304 have no content that could have a type. */
	if (reply->status != 204 && reply->status != 304)
		fix(fields, "Content-Type", reply->type);
	fix(fields, "X-Content-Type-Options", "nosniff");
	fix(fields, "Content-Security-Policy", policy_of(reply, page));
	if (page) {
		/* Without it our own forms would name no Origin. */
		fix(fields, "Referrer-Policy", "same-origin");
		/* For browsers that do not know frame-ancestors. */
		fix(fields, "X-Frame-Options", "DENY");
	}
	if (reply->close)
		fix(fields, "Connection", "close");
	for (unsigned i = 0; i < reply->header_count; i++) {
		if (reply->headers[i].value == reply->headers[i].text)
			own(fields, reply->headers[i].name,
			    reply->headers[i].value);
		else
			fix(fields, reply->headers[i].name,
			    reply->headers[i].value);
	}
	own(fields, "X-Request-Id", exchange->request.id);
	own(fields, "Date", lane_date(lane));
}

static ssize_t
take_from_source(void *source, uint64_t position, char *to, size_t size)
{
	struct reply_source *from = source;
	ssize_t len = from->more(from, to, size);

	(void)position;
	if (len < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	return len > 0 ? len : MHD_CONTENT_READER_END_OF_STREAM;
}

static void
free_source(void *source)
{
	struct reply_source *from = source;

	from->free(from);
}

/*
 * Of unknown length: in chunks (RFC 9112 section 7.1). But to HEAD the library
 * would send the last of them, in which the client would see the beginning of
 * its next answer; so this one ends the connection.
 */
static struct MHD_Response *
make_stream(struct reply *reply, enum http_method method)
{
	struct MHD_Response *response =
	    MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK,
		take_from_source, reply->source, free_source);

	if (response == NULL)
		return NULL;
	reply->source = NULL;
	if (method == HTTP_HEAD)
		MHD_set_response_options(
		    response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
	return response;
}

/*
 * Of a 304 the library sends no body; but it has to know it, since it tells the
 * length, which has to be that of the 200 (RFC 9110 section 8.6).
 */
static struct MHD_Response *
make_response(struct reply *reply, enum http_method method)
{
	if (reply->source != NULL)
		return make_stream(reply, method);
	if (reply->fixed != NULL)
		return MHD_create_response_from_buffer(reply->fixed_len,
		    (void *)reply->fixed, MHD_RESPMEM_PERSISTENT);
	return MHD_create_response_from_buffer(
	    reply->body.len, reply->body.text, MHD_RESPMEM_PERSISTENT);
}

static void
add(struct MHD_Response *response, const struct stock_field *fields,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		MHD_add_response_header(
		    response, fields[i].name, fields[i].value);
}

static enum MHD_Result
send_once(struct exchange *exchange, const struct stock_fields *fields,
    struct MHD_Connection *connection)
{
	struct MHD_Response *response =
	    make_response(&exchange->reply, exchange->request.method);
	enum MHD_Result result;

	if (response == NULL)
		return MHD_NO;
	add(response, fields->fixed, fields->fixed_count);
	add(response, fields->own, fields->own_count);
	result =
	    MHD_queue_response(connection, exchange->reply.status, response);
	MHD_destroy_response(response);
	return result;
}

/* Of good answers there are many; of what else, a few at a time. */
static bool
is_usual(const struct reply *reply)
{
	return reply->status == 200 && reply->tagged && !reply->close &&
	       reply->source == NULL && reply->fixed == NULL &&
	       reply->body.len <= STOCK_BODY_MAX;
}

enum MHD_Result
reply_send(struct exchange *exchange, struct MHD_Connection *connection,
    struct lane *lane, struct stocked **taken)
{
	const struct reply *reply = &exchange->reply;
	struct stock_fields fields;

	collect(exchange, lane, &fields);
	if (!is_usual(reply))
		return send_once(exchange, &fields, connection);
	*taken =
	    stock_take(lane->stock, &fields, reply->body.text, reply->body.len);
	return *taken != NULL ? MHD_queue_response(connection, reply->status,
				    stock_response(*taken))
			      : MHD_NO;
}

static void
write_fields(struct strbuf *out, const struct stock_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		strbuf_printf(
		    out, "%s: %s\r\n", fields[i].name, fields[i].value);
}

void
reply_write(
    const struct exchange *exchange, struct lane *lane, struct strbuf *out)
{
	const struct strbuf *body = &exchange->reply.body;
	unsigned status = exchange->reply.status;
	struct stock_fields fields;

	collect(exchange, lane, &fields);
	strbuf_printf(out, "HTTP/1.1 %u %s\r\n", status,
	    MHD_get_reason_phrase_for(status));
	write_fields(out, fields.fixed, fields.fixed_count);
	write_fields(out, fields.own, fields.own_count);
	strbuf_printf(out, "Content-Length: %zu\r\n\r\n", body->len);
	if (exchange->request.method != HTTP_HEAD)
		strbuf_add(out, body->text, body->len);
}
