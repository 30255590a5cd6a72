#include "httpapi/portal.h"

#include <errno.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "httpapi/form.h"
#include "httpapi/lookup_api.h"
#include "httpapi/reader.h"
#include "httpapi/template.h"

/*
 * The assembler puts the files in as they are, with a NUL behind each; make
 * knows that this object depends on them.
 */
#define PORTAL_FILE(symbol, file)                                              \
	extern const char symbol[];                                            \
	__asm__(".pushsection .rodata\n"                                       \
		".global " #symbol "\n" #symbol ":\n"                          \
		".incbin \"httpapi/portal/" file "\"\n"                        \
		".byte 0\n"                                                    \
		".popsection\n")

PORTAL_FILE(portal_head_html, "head.html");
PORTAL_FILE(portal_foot_html, "foot.html");
PORTAL_FILE(portal_form_html, "form.html");
PORTAL_FILE(portal_home_html, "home.html");
PORTAL_FILE(portal_result_html, "result.html");
PORTAL_FILE(portal_delisted_html, "delisted.html");
PORTAL_FILE(portal_problem_html, "problem.html");
PORTAL_FILE(portal_problems_html, "problems.html");
PORTAL_FILE(portal_lookup_txt, "lookup.txt");

static const struct template_part parts[] = {
	{ "head.html", portal_head_html },
	{ "foot.html", portal_foot_html },
	{ "form.html", portal_form_html },
	{ "home.html", portal_home_html },
	{ "result.html", portal_result_html },
	{ "delisted.html", portal_delisted_html },
	{ "problem.html", portal_problem_html },
	{ "problems.html", portal_problems_html },
	{ "lookup.txt", portal_lookup_txt },
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

/* What stands on every page. */
static void
add_common(struct exchange *exchange, json_t *view)
{
	const char *contact = exchange->site->contact;
	struct reader *reader;

	if (contact[0] != '\0')
		json_object_set_new(view, "contact", json_string(contact));
	if (json_object_get(view, "zone") != NULL ||
	    reader_take(exchange->service->readers, &reader) != 0)
		return;
	json_object_set_new(view, "zone", json_string(reader->zone_name));
	reader_give(exchange->service->readers, reader);
}

static void
render(struct exchange *exchange, const char *page, json_t *view,
    enum template_escape escape)
{
	struct strbuf *body = &exchange->reply.body;
	int code = -ENOMEM;

	if (view != NULL) {
		add_common(exchange, view);
		code = template_render(parts, PARTS, page, view, escape, body);
		json_decref(view);
	}
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
portal_reply(struct exchange *exchange, const char *page, json_t *view)
{
	exchange->reply.type = "text/html; charset=utf-8";
	render(exchange, page, view, TEMPLATE_HTML);
}

void
portal_reply_text(struct exchange *exchange, const char *page, json_t *view)
{
	exchange->reply.type = "text/plain; charset=utf-8";
	render(exchange, page, view, TEMPLATE_TEXT);
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
	portal_reply(exchange, "home.html",
	    json_pack("{ss sb}", "typed", typed, "wrong", 1));
}

static enum handled
answer_query(struct exchange *exchange, const json_t *query)
{
	const char *typed =
	    json_string_value(json_object_get(query, "address"));
	struct subject subject;

	if (typed != NULL && subject_parse_loosely(typed, &subject) == 0)
		found_at(exchange, &subject);
	else
		ask_again(exchange, typed != NULL ? typed : "");
	return HANDLED;
}

enum handled
portal_home(struct exchange *exchange)
{
	const char *query_text = exchange->request.target.query;
	char client[IPADDR_TEXT_MAX];
	json_t *query;

	if (query_text[0] != '\0') {
		if (form_parse(query_text, strlen(query_text), &query) != 0) {
			ask_again(exchange, "");
			return HANDLED;
		}
		answer_query(exchange, query);
		json_decref(query);
		return HANDLED;
	}
	exchange->reply.status = 200;
	reply_header(&exchange->reply, "Cache-Control", "no-store");
	ipaddr_format(&exchange->request.client, client);
	portal_reply(exchange, "home.html",
	    json_pack("{ss ss}", "typed", "", "client", client));
	return HANDLED;
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
	portal_add_words(view);
	json_object_set_new(view, "typed", json_string(""));
	exchange->reply.status = 200;
	exchange->reply.tagged = true;
	reply_header(&exchange->reply, "Cache-Control", "no-cache");
	portal_reply(exchange, "result.html", view);
	return HANDLED;
}
