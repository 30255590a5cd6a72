#include "httpapi/dispatch.h"

#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "httpapi/access.h"
#include "httpapi/console_door.h"
#include "httpapi/form.h"
#include "httpapi/forwarded.h"
#include "httpapi/hash.h"
#include "httpapi/negotiate.h"
#include "httpapi/network.h"
#include "httpapi/origin.h"
#include "httpapi/problem.h"
#include "httpapi/quota.h"

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

/*
 * What is changed has no entity tag, so that no condition on one holds; to go
 * on all the same would undo what others have changed (RFC 9110 13.1.1).
 */
static bool
condition_fails(const struct exchange *exchange)
{
	const unsigned reads = HTTP_GET | HTTP_HEAD | HTTP_OPTIONS;

	return (exchange->request.method & reads) == 0 &&
	       !negotiate_etag_holds(
		   exchange_field(exchange, "If-Match"), NULL);
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

/*
 * The fields are those of draft-ietf-httpapi-ratelimit-headers-10; the newest
 * libraries read them, others Retry-After.
 */
static void
tell_quota(struct exchange *exchange)
{
	const struct quota_state *state = &exchange->quota;
	struct reply *reply = &exchange->reply;

	if (state->most == 0)
		return;
	if (!exchange->quota_left)
		reply_header(reply, "Retry-After", "%u", state->reset_seconds);
	reply_header(reply, "RateLimit-Policy", "\"%s\";q=%u;w=60",
	    exchange->quota_of, state->most);
	reply_header(reply, "RateLimit", "\"%s\";r=%u;t=%u", exchange->quota_of,
	    state->left, state->reset_seconds);
}

/* What a look-up of one costs; a body costs one for each of these octets. */
#define QUOTA_BODY_UNIT 2048

/*
 * The client's comes first: who is refused by that takes nothing from others of
 * the network.
 */
static bool
spend(struct exchange *exchange, unsigned cost)
{
	const struct site *site = exchange->site;
	const struct ipaddr *asks = &exchange->request.client;
	struct ipprefix client = network_of_client(asks), network;
	struct quota_state state;
	int64_t now = clock_seconds();

	exchange->quota_of = "minute";
	if (!quota_spend(exchange->service->quota, &client, cost,
		site->per_minute, now, &exchange->quota))
		return false;
	if (ipaddr_is_ipv4(asks) || site->network_per_minute == 0)
		return true;
	network = network_of(asks);
	if (quota_spend(exchange->service->networks, &network, cost,
		site->network_per_minute, now, &state))
		return true;
	exchange->quota_of = "network";
	exchange->quota = state;
	return false;
}

static void
spend_quota(struct exchange *exchange)
{
	const struct site *site = exchange->site;
	struct request *request = &exchange->request;
	unsigned cost =
	    1 + (unsigned)(request->content_length / QUOTA_BODY_UNIT);

	if (site->per_minute == 0 || !(exchange->route->flags & ROUTE_QUOTA) ||
	    forwarded_is_trusted(
		&request->client, site->proxies.list, site->proxies.count))
		return;
	exchange->quota_left = spend(exchange, cost);
	if (!exchange->quota_left)
		problem_reply(exchange, PROBLEM_TOO_MANY_REQUESTS, NULL);
}

/* False: the reply is there. */
static bool
may_ask(struct exchange *exchange)
{
	const struct request *request = &exchange->request;

	if ((exchange->route->flags & ROUTE_OWN) != 0 &&
	    origin_is_foreign(request->fields, request->field_count)) {
		problem_reply(exchange, PROBLEM_OTHER_SITE, NULL);
		return false;
	}
	if (exchange->route->needs == 0)
		return true;
	return (exchange->route->flags & ROUTE_CONSOLE) != 0
		   ? door_enter(exchange)
		   : access_by_token(exchange);
}

/* Nothing answers there. */
static void
refuse_target(
    struct exchange *exchange, enum route_outcome outcome, unsigned methods)
{
	char allow[ROUTE_ALLOW_MAX];

	if (outcome == ROUTE_NO_PATH) {
		problem_reply(exchange, PROBLEM_NOT_FOUND, NULL);
	} else if (outcome == ROUTE_BAD_PATH) {
		problem_reply(exchange, PROBLEM_NO_ADDRESS, NULL);
	} else {
		problem_reply(exchange, PROBLEM_METHOD, NULL);
		reply_header(&exchange->reply, "Allow", "%s",
		    route_allow(methods, allow));
	}
}

static void
answer_options_of_path(struct exchange *exchange, unsigned methods)
{
	answer_options(exchange, methods);
	exchange->route = route_of_get(exchange);
	if (exchange->route != NULL &&
	    (exchange->route->flags & ROUTE_CORS) != 0)
		allow_preflight(exchange);
}

/* By all that is known before the body. */
static void
admit(struct exchange *exchange)
{
	unsigned refusal;

	if (!may_ask(exchange))
		return;
	refusal = route_body_refusal(exchange->route, &exchange->request);
	if (refusal != 0)
		problem_reply(exchange, problem_of_status(refusal), NULL);
	else if (condition_fails(exchange))
		problem_reply(exchange, PROBLEM_PRECONDITION, NULL);
	else
		spend_quota(exchange);
}

void
dispatch_begin(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	enum route_outcome outcome;
	unsigned methods;

	if (request->method == HTTP_UNKNOWN) {
		problem_reply(exchange, PROBLEM_UNKNOWN_METHOD, NULL);
		return;
	}
	if (request->method == HTTP_OPTIONS &&
	    strcmp(request->target.path, "*") == 0) {
		answer_options(exchange, HTTP_GET | HTTP_HEAD | HTTP_POST |
					     HTTP_PATCH | HTTP_DELETE |
					     HTTP_OPTIONS);
		return;
	}
	outcome = route_find(routes, route_count, request->target.path,
	    request->method, &exchange->route, &methods, exchange->subject);
	if (outcome != ROUTE_FOUND)
		refuse_target(exchange, outcome, methods);
	else if (request->method == HTTP_OPTIONS)
		answer_options_of_path(exchange, methods);
	else
		admit(exchange);
}

/* --- with the body -------------------------------------------------------- */

/* NULL: it is none. */
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
	const char *type = exchange_field(exchange, "Content-Type");

	if ((exchange->route->bodies & (BODY_JSON | BODY_FORM)) != 0 &&
	    !negotiate_is_type(type, "text/plain")) {
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

/* The request's number leads from what a client reports to this line. */
static void
tell_refusal(const struct exchange *exchange)
{
	static struct log_gate gate = LOG_GATE(5);
	char client[IPADDR_TEXT_MAX];

	if (exchange->reply.status < 400 ||
	    !log_gate_open(&gate, "request_refused"))
		return;
	log_info("request_refused request=%s client=%s route=%s status=%u",
	    exchange->request.id,
	    ipaddr_format(&exchange->request.client, client),
	    exchange->route != NULL ? exchange->route->name : "none",
	    exchange->reply.status);
}

/*
 * Of the fields a page of another site is shown a handful alone, but for those
 * named here. A browser names the page's origin when it asks for one.
 */
static void
allow_reading(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;

	reply_header_fixed(reply, "Access-Control-Allow-Origin", "*");
	if (exchange_field(exchange, "Origin") != NULL)
		reply_header_fixed(reply, "Access-Control-Expose-Headers",
		    "ETag, RateLimit, RateLimit-Policy, Retry-After, "
		    "X-Request-Id");
}

void
dispatch_finish(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;

	if (reply->body.error != 0)
		problem_reply(exchange, PROBLEM_INTERNAL, NULL);
	if (reply->tagged && reply->status == 200)
		reply_tag(exchange,
		    hash_octets(reply->body.text, reply->body.len, 0));
	tell_quota(exchange);
	if (exchange->request.tls && exchange->site->hsts_seconds > 0)
		reply_header(reply, "Strict-Transport-Security", "max-age=%ld",
		    exchange->site->hsts_seconds);
	if (exchange->route != NULL && (exchange->route->flags & ROUTE_CORS))
		allow_reading(exchange);
	count(exchange);
	tell_refusal(exchange);
}
