#include "httpapi/problem.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "httpapi/console_door.h"
#include "httpapi/console_page.h"
#include "httpapi/negotiate.h"
#include "httpapi/portal.h"

static const struct {
	unsigned status;
	const char *name;
	const char *title;
	const char *detail;
} problems[PROBLEM_COUNT] = {
	[PROBLEM_MALFORMED] = { 400, "malformed", "Malformed request",
	    "The request is not in the form that HTTP prescribes (RFC 9112). "
	    "The connection is closed." },
	[PROBLEM_NO_ADDRESS] = { 400, "no-address", "Not an IP address",
	    "An IPv4 address (192.0.2.1), an IPv6 address (2001:db8::1) or "
	    "its /64 is expected here. A server's name is none, and no larger "
	    "network is looked up as a whole." },
	[PROBLEM_BAD_BODY] = { 400, "bad-body", "The body cannot be read",
	    "This address takes a JSON object or a form as "
	    "/v1/openapi.yaml describes it." },
	[PROBLEM_BAD_QUERY] = { 400, "bad-query", "The query cannot be read",
	    "What stands behind the question mark is not what this address "
	    "takes: /v1/openapi.yaml describes it." },
	[PROBLEM_UNAUTHORIZED] = { 401, "unauthorized", "A token is needed",
	    "This part of the interface is the operator's. It takes a token "
	    "that is in force, as Authorization: Bearer." },
	[PROBLEM_FORBIDDEN] = { 403, "forbidden", "Not allowed",
	    "Who asks is known, and may not do this." },
	[PROBLEM_IN_CLEAR] = { 403, "in-clear", "The token was not encrypted",
	    "The request came without TLS, so that others on its way could "
	    "read the token. Please consider it known to them: have it "
	    "revoked, and send its successor to an https address only." },
	[PROBLEM_OTHER_SITE] = { 403, "other-site",
	    "Sent by a page of another site",
	    "A browser sent this from a page that is not ours, perhaps without "
	    "the knowledge of whoever sits there. Please ask on a page of this "
	    "list, or by a program that sends no Origin." },
	[PROBLEM_BY_HAND] = { 403, "by-hand", "Listed by the operator",
	    "This address was listed by hand, by the operator of the list. "
	    "Please write to the contact address." },
	[PROBLEM_PROVE_CONTROL] = { 403, "prove-control",
	    "Please ask from the address itself",
	    "This address was delisted on request within the last 30 days and "
	    "was seen again. Once more it comes off at once when the request "
	    "comes from the address itself: run the same request on that "
	    "server. If that is not possible, a record in its DNS proves the "
	    "same, where the member proof says how; or please write to the "
	    "contact address." },
	[PROBLEM_PROVE_BY_DNS] = { 403, "prove-by-dns",
	    "Please publish a record in DNS",
	    "This address was delisted on request and from the address itself "
	    "within the last 30 days, and was seen again each time. Once more "
	    "it comes off at once when a record in DNS shows that you speak "
	    "for the server: the member proof says how. Please repair the "
	    "cause first; after that the operator decides." },
	[PROBLEM_NOT_FOUND] = { 404, "not-found", "There is nothing here",
	    "No page and no part of the interface has this path." },
	[PROBLEM_NO_SUCH] = { 404, "no-such", "There is no such thing",
	    "What the request names is not there, or no longer." },
	[PROBLEM_METHOD] = { 405, "method", "Method not allowed",
	    "The Allow field names the methods that this address takes." },
	[PROBLEM_NOT_LISTED] = { 409, "not-listed", "Not listed",
	    "This address is not listed, so there is nothing to remove. Where "
	    "mail is still refused, a cached answer may live on for a few "
	    "minutes, or another list is meant." },
	[PROBLEM_STEPS_SPENT] = { 409, "steps-spent", "The operator decides",
	    "Every way to take this address off without the operator was used "
	    "within the last 30 days, and it was seen again each time. The "
	    "cause needs repair first. Your request waits for the operator "
	    "now, who is glad to help: to say more, please write to the "
	    "contact address. The listing ends by itself when nothing more is "
	    "seen." },
	[PROBLEM_NO_NAME] = { 409, "no-name",
	    "The address has no name that leads back to it",
	    "For a proof by DNS the address needs a name in reverse DNS (a "
	    "PTR record), and that name an A or AAAA record with the address. "
	    "Of IPv6 the server's own address is to be named, not its "
	    "network." },
	[PROBLEM_NO_RECORD] = { 409, "no-record",
	    "The record is not in DNS yet",
	    "No name of the address has the TXT record that was asked for. "
	    "Once it is published, please try again; name servers may need "
	    "some minutes, and remember for a while that there was none." },
	[PROBLEM_OTHER_RECORD] = { 409, "other-record",
	    "There is another record in DNS",
	    "A record is there, but it is older than a day or two, or was "
	    "made for a request from another network. Please ask anew what to "
	    "publish, from where you are." },
	[PROBLEM_EXISTS] = { 409, "exists", "It is there already",
	    "What was to be added is there already; nothing was changed." },
	[PROBLEM_REFUSED] = { 409, "refused", "The rules forbid it",
	    "The rules of the list forbid it; nothing was changed." },
	[PROBLEM_TOO_OLD] = { 410, "too-old",
	    "What changed since then cannot be told",
	    "The serial is too old, or of another life of this list. Please "
	    "take the whole list once, without since." },
	[PROBLEM_LENGTH_REQUIRED] = { 411, "length-required",
	    "Content-Length is needed",
	    "Bodies are taken with a Content-Length field only." },
	[PROBLEM_PRECONDITION] = { 412, "precondition",
	    "The condition does not hold",
	    "If-Match names no entity tag of what is there now, and nothing "
	    "was changed. What is changed has no entity tags here: it takes "
	    "no condition but the star." },
	[PROBLEM_BODY_TOO_LARGE] = { 413, "body-too-large",
	    "The body is too large",
	    "This address takes no body of that length." },
	[PROBLEM_TARGET_TOO_LONG] = { 414, "target-too-long",
	    "The address of the request is too long",
	    "No address of ours is that long." },
	[PROBLEM_BODY_TYPE] = { 415, "body-type", "Wrong type of body",
	    "This address takes no body of that type: /v1/openapi.yaml says "
	    "which it takes." },
	[PROBLEM_TOO_MANY_ADDRESSES] = { 422, "too-many-addresses",
	    "Too many addresses at once",
	    "JSON takes 1,000 addresses at a time. A body of text/plain, an "
	    "address a line, takes as many as fit." },
	[PROBLEM_WRONG_LINES] = { 422, "wrong-lines", "Some lines are wrong",
	    "The lines that are named here were not taken. All others were, "
	    "and are on disk." },
	[PROBLEM_TOO_MANY_REQUESTS] = { 429, "too-many-requests",
	    "Too many requests",
	    "This client, or its network, has asked more within a minute than "
	    "it may. Please "
	    "go on when Retry-After is over; many addresses are best looked "
	    "up in one request, or in DNS." },
	[PROBLEM_TOO_MANY_ATTEMPTS] = { 429, "too-many-attempts",
	    "Too many wrong attempts",
	    "Your network has tried more than it may within a minute. Please "
	    "wait for the next minute." },
	[PROBLEM_TOO_MANY_DELISTINGS] = { 429, "too-many-delistings",
	    "Too many delistings within the hour",
	    "More delistings without proof were asked for within the last hour "
	    "than the list allows, by your network, by its provider or over "
	    "all who ask. "
	    "Please come back in an hour. A request from the address itself "
	    "is not limited." },
	[PROBLEM_TOO_MANY_PROOFS] = { 429, "too-many-proofs",
	    "Too many proofs looked for",
	    "Your network has asked for more proofs by DNS within a minute "
	    "than it may. Please go on when Retry-After is over." },
	[PROBLEM_TOO_MANY_FIELDS] = { 431, "too-many-fields",
	    "Too many header fields",
	    "The request has more header fields than are read here." },
	[PROBLEM_HEADER_TOO_LONG] = { 431, "header-too-long",
	    "Too long a header",
	    "The header of the request is longer than is read here. It is "
	    "mostly cookies that make it so: a browser sends those of all "
	    "sites of this domain, and can be told to forget them." },
	[PROBLEM_INTERNAL] = { 500, "internal", "Something failed here",
	    "This is our fault. The operator finds the reason in the log under "
	    "the request's number." },
	[PROBLEM_UNKNOWN_METHOD] = { 501, "unknown-method",
	    "The method is unknown",
	    "No address here takes a method of that name. Methods are spelled "
	    "in capital letters." },
	[PROBLEM_NO_RESOLVER] = { 501, "no-resolver", "No proofs by DNS here",
	    "This list does not look for proofs in DNS. Please ask from the "
	    "address itself, or write to the contact address." },
	[PROBLEM_BUSY] = { 503, "busy", "Too much to do",
	    "Please try again in a few seconds." },
	[PROBLEM_DATABASE] = { 503, "database", "The database does not answer",
	    "Please try again in a minute." },
	[PROBLEM_DNS_SILENT] = { 503, "dns-silent", "DNS gives no answer",
	    "What DNS has of this address could not be learned: a name server "
	    "was silent, failed, or answered what cannot be read. Please try "
	    "again in a moment; if it stays so, please look at the name "
	    "servers of the address and of its name." },
	[PROBLEM_NO_ROOM] = { 503, "no-room", "No room for evidence",
	    "The space that is left is kept for giving back. What was taken "
	    "before is on disk; please tell the rest again later." },
};

enum problem
problem_of_status(unsigned status)
{
	for (int i = 0; i < PROBLEM_COUNT; i++) {
		if (problems[i].status == status)
			return (enum problem)i;
	}
	return PROBLEM_INTERNAL;
}

static json_t *
problem_json(
    const struct exchange *exchange, enum problem problem, const char *detail)
{
	char type[64];

	snprintf(type, sizeof(type), "/problems#%s", problems[problem].name);
	return json_pack("{ss ss si ss ss}", "type", type, "title",
	    problems[problem].title, "status", (int)problems[problem].status,
	    "detail", detail != NULL ? detail : problems[problem].detail,
	    "instance", exchange->request.id);
}

/* Title and detail in the reader's language, where that has them. */
static const char *
title_in(const struct language *language, enum problem problem)
{
	char name[64];

	snprintf(
	    name, sizeof(name), "problem.%s.title", problems[problem].name);
	return language_text(language, name, problems[problem].title);
}

static const char *
detail_in(const struct language *language, enum problem problem)
{
	char name[64];

	snprintf(
	    name, sizeof(name), "problem.%s.detail", problems[problem].name);
	return language_text(language, name, problems[problem].detail);
}

/* What is wrong this time, by the English sentence. */
static const char *
said_in(const struct language *language, const char *detail)
{
	char name[192];

	snprintf(name, sizeof(name), "said.%s", detail);
	return language_text(language, name, detail);
}

/* As people see it who meet it on a page; programs have the words above. */
static const char *
for_people(const struct language *language, enum problem problem,
    const char *member, const char *otherwise)
{
	char name[64];

	snprintf(
	    name, sizeof(name), "people.%s.%s", problems[problem].name, member);
	return language_text(language, name, otherwise);
}

/*
 * Who has lost the way, or has named no address, is given the form to look one
 * up.
 */
static void
add_words(json_t *json, enum problem problem, const char *detail,
    const struct language *language)
{
	const char *title =
	    for_people(language, problem, "title", title_in(language, problem));

	detail = detail != NULL ? said_in(language, detail)
				: for_people(language, problem, "detail",
				      detail_in(language, problem));
	json_object_update_new(json,
	    json_pack("{s{ss ss} sb sb ss}", "words", "title", title, "detail",
		detail, "lost", problem == PROBLEM_NOT_FOUND, "asks",
		problem == PROBLEM_NOT_FOUND || problem == PROBLEM_NO_ADDRESS,
		"typed", ""));
}

/* Asked for by name, a page or a text; to all else the problem itself. */
enum form { FORM_JSON = 1, FORM_PAGE, FORM_TEXT };

static enum form
form_for(const struct exchange *exchange)
{
	static const char *const offers[] = { "application/problem+json",
		"application/json", "text/html", "text/plain" };
	int best =
	    negotiate_type(exchange_field(exchange, "Accept"), offers, 4);

	return best > FORM_JSON ? (enum form)best : FORM_JSON;
}

/* Nothing of what was in the reply before is left. */
static void
begin_anew(struct reply *reply, enum problem problem)
{
	reply->status = problems[problem].status;
	reply->tagged = false;
	reply->fixed = NULL;
	if (reply->source != NULL)
		reply->source->free(reply->source);
	reply->source = NULL;
	reply->header_count = 0;
	strbuf_clear(&reply->body);
	if (problem == PROBLEM_TOO_MANY_DELISTINGS)
		reply_header(reply, "Retry-After", "3600");
	else if (problem == PROBLEM_TOO_MANY_ATTEMPTS)
		reply_header(reply, "Retry-After", "60");
	else if (reply->status == 503)
		reply_header(reply, "Retry-After", "10");
}

/* Who is in the console stays in it. */
static void
show(struct exchange *exchange, json_t *json)
{
	if (door_recognise(exchange)) {
		exchange->refused.words = NULL;
		console_reply(exchange, "problem.html", NULL, json);
		return;
	}
	reply_header(&exchange->reply, "Cache-Control", "no-store");
	portal_reply(exchange, "problem.html", NULL, json);
}

static void
answer_program(struct exchange *exchange, enum form form, json_t *json)
{
	struct reply *reply = &exchange->reply;

	reply_header(reply, "Cache-Control", "no-store");
	if (json != NULL && form == FORM_TEXT) {
		portal_reply_text(exchange, "problem.txt", json);
	} else {
		reply->type = "application/problem+json";
		reply_json(reply, json);
	}
	reply_header_fixed(reply, "Vary", "Accept");
}

static void
answer(struct exchange *exchange, enum problem problem, const char *detail,
    json_t *members)
{
	json_t *json = problem_json(exchange, problem, detail);
	enum form form = form_for(exchange);

	begin_anew(&exchange->reply, problem);
	json_object_update(json, members);
	json_decref(members);
	if (json == NULL || form != FORM_PAGE) {
		answer_program(exchange, form, json);
		return;
	}
	add_words(json, problem, detail, portal_language(exchange));
	show(exchange, json);
}

void
problem_reply(
    struct exchange *exchange, enum problem problem, const char *detail)
{
	answer(exchange, problem, detail, NULL);
}

void
problem_reply_with(
    struct exchange *exchange, enum problem problem, json_t *members)
{
	answer(exchange, problem, NULL, members);
}

enum handled
problem_page(struct exchange *exchange)
{
	const struct language *language = portal_language(exchange);
	json_t *list = json_array();

	for (enum problem i = 0; i < PROBLEM_COUNT; i++)
		json_array_append_new(
		    list, json_pack("{ss si ss ss}", "name", problems[i].name,
			      "status", (int)problems[i].status, "title",
			      title_in(language, i), "detail",
			      detail_in(language, i)));
	exchange->reply.status = 200;
	exchange->reply.tagged = true;
	reply_header(&exchange->reply, "Cache-Control", "no-cache");
	portal_reply(exchange, "problems.html", NULL,
	    json_pack("{so}", "problems", list));
	return HANDLED;
}
