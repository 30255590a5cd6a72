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

static void
add(struct MHD_Response *response, const char *name, const char *value)
{
	MHD_add_response_header(response, name, value);
}

static const char *
policy_of(const struct reply *reply, bool page)
{
	if (!page)
		return POLICY_OTHER;
	return reply->script ? POLICY_SCRIPT : POLICY_PAGE;
}

static void
add_headers(struct MHD_Response *response, const struct exchange *exchange)
{
	const struct reply *reply = &exchange->reply;
	bool page = strncmp(reply->type, "text/html", 9) == 0;

	/* 204 and 304 have no content that could have a type. */
	if (reply->status != 204 && reply->status != 304)
		add(response, "Content-Type", reply->type);
	add(response, "X-Request-Id", exchange->request.id);
	add(response, "X-Content-Type-Options", "nosniff");
	add(response, "Content-Security-Policy", policy_of(reply, page));
	if (page) {
		add(response, "Referrer-Policy", "no-referrer");
		/* For browsers that do not know frame-ancestors. */
		add(response, "X-Frame-Options", "DENY");
	}
	for (unsigned i = 0; i < reply->header_count; i++)
		add(response, reply->headers[i].name, reply->headers[i].value);
	if (reply->close)
		add(response, "Connection", "close");
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

/* Of unknown length: in chunks (RFC 9112 section 7.1). */
static struct MHD_Response *
make_stream(struct reply *reply)
{
	struct MHD_Response *response =
	    MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK,
		take_from_source, reply->source, free_source);

	if (response != NULL)
		reply->source = NULL;
	return response;
}

static struct MHD_Response *
make_response(struct reply *reply)
{
	if (reply->source != NULL)
		return make_stream(reply);
	if (reply->fixed != NULL)
		return MHD_create_response_from_buffer(reply->fixed_len,
		    (void *)reply->fixed, MHD_RESPMEM_PERSISTENT);
	return MHD_create_response_from_buffer(
	    reply->body.len, reply->body.text, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result
reply_send(struct exchange *exchange, struct MHD_Connection *connection)
{
	struct MHD_Response *response = make_response(&exchange->reply);
	enum MHD_Result result;

	if (response == NULL)
		return MHD_NO;
	add_headers(response, exchange);
	result =
	    MHD_queue_response(connection, exchange->reply.status, response);
	MHD_destroy_response(response);
	return result;
}
