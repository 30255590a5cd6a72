#include "httpapi/portal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "httpapi/cookie.h"
#include "httpapi/form.h"
#include "httpapi/include.h"
#include "httpapi/lookup_api.h"
#include "httpapi/reader.h"
#include "httpapi/standing.h"
#include "httpapi/template.h"

#define PART(symbol, file) INCLUDE_TEXT(symbol, "httpapi/portal/" file)

PART(portal_head, "head.html");
PART(portal_foot, "foot.html");
PART(portal_form, "form.html");
PART(portal_home_page, "home.html");
PART(portal_result_page, "result.html");
PART(portal_repair, "repair.html");
PART(portal_remedy, "remedy.html");
PART(portal_remove, "remove.html");
PART(portal_step, "step.html");
PART(portal_delisted, "delisted.html");
PART(portal_prove, "prove.html");
PART(portal_problem, "problem.html");
PART(portal_problems, "problems.html");
PART(portal_policy, "policy.html");
PART(portal_faq, "faq.html");
PART(portal_use, "use.html");
PART(portal_trends, "trends.html");
PART(portal_delistings, "delistings.html");
PART(portal_status, "status.html");
PART(portal_privacy, "privacy.html");
PART(portal_lookup, "lookup.txt");
PART(portal_problem_text, "problem.txt");
PART(portal_security, "security.txt");

static const struct template_part parts[] = {
	{ "head.html", portal_head },
	{ "foot.html", portal_foot },
	{ "form.html", portal_form },
	{ "home.html", portal_home_page },
	{ "result.html", portal_result_page },
	{ "repair.html", portal_repair },
	{ "remedy.html", portal_remedy },
	{ "remove.html", portal_remove },
	{ "step.html", portal_step },
	{ "delisted.html", portal_delisted },
	{ "prove.html", portal_prove },
	{ "problem.html", portal_problem },
	{ "problems.html", portal_problems },
	{ "policy.html", portal_policy },
	{ "faq.html", portal_faq },
	{ "use.html", portal_use },
	{ "trends.html", portal_trends },
	{ "delistings.html", portal_delistings },
	{ "status.html", portal_status },
	{ "privacy.html", portal_privacy },
	{ "lookup.txt", portal_lookup },
	{ "problem.txt", portal_problem_text },
	{ "security.txt", portal_security },
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

/* --- languages ------------------------------------------------------------ */

#define TAG_MAX 15

/* "/l/" and an address. */
#define PLACE_MAX (IPADDR_TEXT_MAX + 4)

/* The caller's; NULL where there is none. */
static json_t *
read_query(const struct exchange *exchange)
{
	const char *text = exchange->request.target.query;
	json_t *query = NULL;

	form_parse(text, strlen(text), &query);
	return query;
}

const struct language *
portal_language(const struct exchange *exchange)
{
	json_t *query = read_query(exchange);
	const char *wanted = json_string_value(json_object_get(query, "lang"));
	const struct language *language;
	char chosen[TAG_MAX + 1];

	cookie_read(
	    exchange_field(exchange, "Cookie"), "lang", chosen, sizeof(chosen));
	language = language_choose(
	    wanted, chosen, exchange_field(exchange, "Accept-Language"));
	json_decref(query);
	return language;
}

static void
remember_choice(struct exchange *exchange, const struct language *language)
{
	json_t *query = read_query(exchange);
	const char *wanted = json_string_value(json_object_get(query, "lang"));

	if (wanted != NULL && strcmp(wanted, language->tag) == 0)
		reply_header(&exchange->reply, "Set-Cookie",
		    "lang=%s; Path=/; Max-Age=%d; SameSite=Lax; HttpOnly",
		    language->tag, PORTAL_LANGUAGE_SECONDS);
	json_decref(query);
}

/*
 * What came of a form is not to be had again: from there another language leads
 * to the page of the address, or to the first one.
 */
static const char *
place_to_choose(
    const struct exchange *exchange, const json_t *view, char place[PLACE_MAX])
{
	static const char console[] = "/console/";
	const char *address =
	    json_string_value(json_object_get(view, "address"));
	const char *page = json_string_value(json_object_get(view, "page"));

	if (exchange->request.method != HTTP_POST)
		return "";
	if (strncmp(exchange->request.target.path, console,
		sizeof(console) - 1) == 0)
		return exchange->caller.who[0] != '\0' ? "/console/"
						       : "/console/login";
	if (address == NULL)
		return page != NULL ? page : "/";
	snprintf(place, PLACE_MAX, "/l/%s", address);
	return place;
}

static json_t *
languages_json(const char *place)
{
	json_t *list = json_array();

	for (size_t i = 0; i < language_count; i++) {
		const struct language *language = language_at(i);

		json_array_append_new(
		    list, json_pack("{ss ss ss}", "tag", language->tag, "label",
			      language_text(language, "language", ""), "place",
			      place));
	}
	return list;
}

void
portal_add_languages(
    struct exchange *exchange, const struct language *language, json_t *view)
{
	char place[PLACE_MAX];

	remember_choice(exchange, language);
	json_object_set_new(view, "lang", json_string(language->tag));
	json_object_set_new(view, "languages",
	    languages_json(place_to_choose(exchange, view, place)));
}

/* --- rendering ------------------------------------------------------------ */

json_t *
portal_base(const char *portal)
{
	const char *host = strstr(portal, "://");
	size_t len = host != NULL
			 ? (size_t)(host + 3 - portal) + strcspn(host + 3, "/")
			 : 0;

	return json_stringn(portal, len);
}

/* Where the page is, for who has it on paper; of what was sent there is no such
 * address. */
static void
add_place(const struct exchange *exchange, const char *portal, json_t *view)
{
	json_t *base = portal_base(portal);

	if (exchange->request.method != HTTP_POST)
		json_object_set_new(view, "here",
		    json_sprintf("%s%s", json_string_value(base),
			exchange->request.target.path));
	json_object_set_new(view, "base", base);
}

/* What stands on every page. */
static void
add_common(struct exchange *exchange, const char *at, json_t *view)
{
	const char *contact = exchange->site->contact;
	struct reader *reader;

	if (at != NULL)
		json_object_set_new(view, "at", json_pack("{sb}", at, 1));
	if (contact[0] != '\0')
		json_object_set_new(view, "contact", json_string(contact));
	json_object_set_new(
	    view, "provable", json_boolean(exchange->service->prover != NULL));
	if (reader_take(exchange->service->readers, &reader) != 0)
		return;
	json_object_set_new(view, "zone", json_string(reader->zone_name));
	add_place(exchange, reader->zone.portal, view);
	reader_give(exchange->service->readers, reader);
}

static void
render(struct exchange *exchange, const char *page,
    const struct language *language, json_t *view, enum template_escape escape)
{
	struct strbuf *body = &exchange->reply.body;
	int code = -ENOMEM;

	if (view != NULL)
		code = template_render(
		    parts, PARTS, page, view, language->texts, escape, body);
	json_decref(view);
	if (code == 0)
		return;
	log_error("page_failed page=%s request=%s reason=\"%s\"", page,
	    exchange->request.id, error_text(code));
	exchange->reply.status = 500;
	exchange->reply.tagged = false;
	strbuf_clear(body);
	strbuf_puts(body, "This page cannot be shown: our fault.\n");
}

void
portal_reply(
    struct exchange *exchange, const char *page, const char *at, json_t *view)
{
	const struct language *language = portal_language(exchange);

	exchange->reply.type = "text/html; charset=utf-8";
	reply_header(
	    &exchange->reply, "Vary", "Accept, Accept-Language, Cookie");
	if (view != NULL) {
		portal_add_languages(exchange, language, view);
		add_common(exchange, at, view);
	}
	render(exchange, page, language, view, TEMPLATE_HTML);
}

void
portal_reply_text(struct exchange *exchange, const char *page, json_t *view)
{
	const struct language *language = language_at(0);

	exchange->reply.type = "text/plain; charset=utf-8";
	if (view != NULL)
		add_common(exchange, NULL, view);
	render(exchange, page, language, view, TEMPLATE_TEXT);
}

/* --- pages ---------------------------------------------------------------- */

static void
found_at(struct exchange *exchange, const struct subject *subject)
{
	char address[IPADDR_TEXT_MAX];

	exchange->reply.status = 303;
	exchange->reply.type = "text/plain; charset=utf-8";
	reply_header(&exchange->reply, "Location", "/l/%s",
	    ipaddr_format(&subject->address, address));
}

/* The form again, with what was typed and a word about it. */
static void
ask_again(struct exchange *exchange, const char *typed)
{
	exchange->reply.status = 400;
	reply_header(&exchange->reply, "Cache-Control", "no-store");
	portal_reply(exchange, "home.html", "home",
	    json_pack("{ss sb}", "typed", typed, "wrong", 1));
}

static void
show_home(struct exchange *exchange)
{
	char client[IPADDR_TEXT_MAX];

	exchange->reply.status = 200;
	reply_header(&exchange->reply, "Cache-Control", "no-store");
	ipaddr_format(&exchange->request.client, client);
	portal_reply(exchange, "home.html", "home",
	    json_pack("{ss ss}", "typed", "", "client", client));
}

enum handled
portal_home(struct exchange *exchange)
{
	json_t *query = read_query(exchange);
	const char *typed =
	    json_string_value(json_object_get(query, "address"));
	struct subject subject;

	if (query == NULL)
		ask_again(exchange, "");
	else if (typed == NULL)
		show_home(exchange);
	else if (subject_parse_loosely(typed, &subject) == 0)
		found_at(exchange, &subject);
	else
		ask_again(exchange, typed);
	json_decref(query);
	return HANDLED;
}

void
portal_add_way_out(
    struct exchange *exchange, const struct ipaddr *address, json_t *view)
{
	struct ipaddr unit = listing_unit(address);
	json_t *ladder;

	if (json_is_false(json_object_get(view, "judged")))
		return;
	ladder = standing_view(exchange, &unit);
	json_object_set_new(view, "has_button",
	    json_boolean(ladder == NULL ||
			 json_object_get(ladder, "delist") != NULL ||
			 json_object_get(ladder, "spent") != NULL));
	json_object_set_new(view, "ladder", ladder);
}

enum handled
portal_result(struct exchange *exchange)
{
	struct subject subject;
	json_t *view;

	if (subject_parse_loosely(exchange->subject, &subject) != 0) {
		ask_again(exchange, exchange->subject);
		return HANDLED;
	}
	view = lookup_view(exchange, &subject.address);
	if (view == NULL)
		return HANDLED;
	portal_add_words(view, portal_language(exchange));
	portal_add_way_out(exchange, &subject.address, view);
	json_object_set_new(view, "typed", json_string(""));
	exchange->reply.status = 200;
	exchange->reply.tagged = true;
	reply_header(&exchange->reply, "Cache-Control",
	    json_object_get(view, "exact") != NULL ? "no-store" : "no-cache");
	portal_reply(exchange, "result.html", NULL, view);
	return HANDLED;
}
