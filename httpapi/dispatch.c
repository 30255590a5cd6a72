#include "httpapi/dispatch.h"

#include <inttypes.h>
#include <string.h>

#include "httpapi/form.h"
#include "httpapi/hash.h"
#include "httpapi/negotiate.h"
#include "httpapi/problem.h"

/* --- before the body ------------------------------------------------------ */

static void
answer_options(struct exchange *exchange, unsigned methods)
{
	struct reply *reply = &exchange->reply;
	char allow[ROUTE_ALLOW_MAX];

	reply->status = 204;
	reply_header(reply, "Allow", "%s", route_allow(methods, allow));
	reply_header(reply, "Cache-Control", "no-store");
}

/*
 * A browser asks before it lets another site's page send anything but a plain
 * GET (the fetch standard, "CORS preflight"). Only reads are open to that.
 */
static void
allow_preflight(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;

	reply_header(reply, "Access-Control-Allow-Methods", "GET, HEAD");
	reply_header(reply, "Access-Control-Allow-Headers", "If-None-Match");
	reply_header(reply, "Access-Control-Max-Age", "86400");
}

/* The route that GET has there, for OPTIONS and its flags. */
static const struct route *
route_of_get(const struct exchange *exchange)
{
	const struct route *route;
	unsigned methods;
	char rest[TARGET_MAX + 1];

	route_find(routes, route_count, exchange->request.target.path, HTTP_GET,
	    &route, &methods, rest);
	return route;
}

void
dispatch_begin(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	enum route_outcome outcome;
	unsigned methods, refusal;
	char allow[ROUTE_ALLOW_MAX];

	if (request->method == HTTP_OPTIONS &&
	    strcmp(request->target.path, "*") == 0) {
		answer_options(
		    exchange, HTTP_GET | HTTP_HEAD | HTTP_POST | HTTP_OPTIONS);
		return;
	}
	outcome = route_find(routes, route_count, request->target.path,
	    request->method, &exchange->route, &methods, exchange->subject);
	if (outcome == ROUTE_NO_PATH) {
		problem_reply(exchange, PROBLEM_NOT_FOUND, NULL);
	} else if (outcome == ROUTE_BAD_PATH) {
		problem_reply(exchange, PROBLEM_NO_ADDRESS, NULL);
	} else if (outcome == ROUTE_NO_METHOD) {
		problem_reply(exchange, PROBLEM_METHOD, NULL);
		reply_header(&exchange->reply, "Allow", "%s",
		    route_allow(methods, allow));
	} else if (request->method == HTTP_OPTIONS) {
		answer_options(exchange, methods);
		exchange->route = route_of_get(exchange);
		if (exchange->route != NULL &&
		    (exchange->route->flags & ROUTE_CORS) != 0)
			allow_preflight(exchange);
	} else {
		refusal = route_body_refusal(exchange->route, request);
		if (refusal != 0)
			problem_reply(
			    exchange, problem_of_status(refusal), NULL);
	}
}

/* --- with the body -------------------------------------------------------- */

static json_t *
read_body(const struct exchange *exchange)
{
	const struct strbuf *body = &exchange->request.body;
	json_t *input = NULL;

	if (!negotiate_is_type(
		exchange_field(exchange, "Content-Type"), "application/json")) {
		form_parse(body->text, body->len, &input);
		return input;
	}
	input = json_loadb(body->text, body->len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(input)) {
		json_decref(input);
		return NULL;
	}
	return input;
}

enum handled
dispatch_handle(struct exchange *exchange)
{
	if (exchange->route->bodies != BODY_NONE) {
		exchange->input = read_body(exchange);
		if (exchange->input == NULL) {
			problem_reply(exchange, PROBLEM_BAD_BODY, NULL);
			return HANDLED;
		}
	}
	return exchange->route->handler(exchange);
}

/* --- the reply ------------------------------------------------------------ */

static void
tag(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;
	const char *body =
	    reply->fixed != NULL ? reply->fixed : reply->body.text;
	size_t len = reply->fixed != NULL ? strlen(body) : reply->body.len;
	char etag[24];

	snprintf(etag, sizeof(etag), "\"%016" PRIx64 "\"",
	    hash_octets(body, len, 0));
	reply_header(reply, "ETag", "%s", etag);
	if (!negotiate_etag_matches(
		exchange_field(exchange, "If-None-Match"), etag))
		return;
	reply->status = 304;
	reply->fixed = NULL;
	strbuf_clear(&reply->body);
}

static void
count(struct exchange *exchange)
{
	size_t row = exchange->route != NULL
			 ? (size_t)(exchange->route - routes)
			 : SERVICE_ROUTES_MAX - 1;

	atomic_fetch_add_explicit(
	    &exchange->service->counters
		 .replies[row][exchange->reply.status / 100],
	    1, memory_order_relaxed);
}

void
dispatch_finish(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;

	if (reply->body.error != 0)
		problem_reply(exchange, PROBLEM_INTERNAL, NULL);
	if (reply->tagged && reply->status == 200)
		tag(exchange);
	if (exchange->route != NULL && (exchange->route->flags & ROUTE_CORS))
		reply_header(reply, "Access-Control-Allow-Origin", "*");
	count(exchange);
}
