#include "httpapi/console_page.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "db/role.h"
#include "httpapi/form.h"
#include "httpapi/include.h"
#include "httpapi/reader.h"
#include "httpapi/template.h"

#define PART(symbol, file) INCLUDE_TEXT(symbol, "httpapi/console/" file)

PART(console_head, "head.html");
PART(console_foot, "foot.html");
PART(console_login, "login.html");
PART(console_overview_page, "overview.html");
PART(console_requests_page, "requests.html");
PART(console_listings_page, "listings.html");
PART(console_listing_page, "listing.html");
PART(console_guard_page, "guard.html");
PART(console_traps_page, "traps.html");
PART(console_exemptions_page, "exemptions.html");
PART(console_audit_page, "audit.html");
PART(console_words, "en.json");

static const struct template_part parts[] = {
	{ "head.html", console_head },
	{ "foot.html", console_foot },
	{ "login.html", console_login },
	{ "overview.html", console_overview_page },
	{ "requests.html", console_requests_page },
	{ "listings.html", console_listings_page },
	{ "listing.html", console_listing_page },
	{ "guard.html", console_guard_page },
	{ "traps.html", console_traps_page },
	{ "exemptions.html", console_exemptions_page },
	{ "audit.html", console_audit_page },
};

static json_t *texts;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The file was read by a test before it became part of the program. */
static void
load(void)
{
	texts = json_loads(console_words, JSON_REJECT_DUPLICATES, NULL);
	assert(json_is_object(texts));
}

const char *
console_text(const char *name)
{
	const char *text;

	pthread_once(&once, load);
	text = json_string_value(json_object_get(texts, name));
	return text != NULL ? text : "";
}

/* What a link says was done, in our words: never its own. */
static void
add_done(const struct exchange *exchange, json_t *view)
{
	const char *query = exchange->request.target.query, *done;
	json_t *form = NULL;
	char name[64];

	if (form_parse(query, strlen(query), &form) != 0)
		return;
	done = json_string_value(json_object_get(form, "done"));
	snprintf(name, sizeof(name), "done.%s", done != NULL ? done : "");
	if (done != NULL && console_text(name)[0] != '\0')
		json_object_set_new(
		    view, "done", json_string(console_text(name)));
	json_decref(form);
}

static void
add_common(struct exchange *exchange, const char *at, json_t *view)
{
	const struct caller *caller = &exchange->caller;
	const char *name = strchr(caller->who, ':');
	struct reader *reader;

	if (name != NULL) {
		json_object_set_new(view, "account", json_string(name + 1));
		json_object_set_new(
		    view, "role", json_string(role_name(caller->role)));
		json_object_set_new(view, "csrf", json_string(caller->form));
		json_object_set_new(view, "may_decide",
		    json_boolean((caller->permits & PERMIT_DECIDE) != 0));
		add_done(exchange, view);
	}
	if (at != NULL)
		json_object_set_new(view, "at", json_pack("{sb}", at, 1));
	if (reader_take(exchange->service->readers, &reader) != 0)
		return;
	json_object_set_new(view, "zone", json_string(reader->zone_name));
	reader_give(exchange->service->readers, reader);
}

void
console_reply(
    struct exchange *exchange, const char *page, const char *at, json_t *view)
{
	struct reply *reply = &exchange->reply;
	int code = -ENOMEM;

	pthread_once(&once, load);
	reply->type = "text/html; charset=utf-8";
	reply_header(reply, "Cache-Control", "no-store");
	if (view != NULL) {
		add_common(exchange, at, view);
		code = template_render(parts, sizeof(parts) / sizeof(parts[0]),
		    page, view, texts, TEMPLATE_HTML, &reply->body);
	}
	json_decref(view);
	if (code == 0)
		return;
	log_error("page_failed page=%s request=%s reason=\"%s\"", page,
	    exchange->request.id, error_text(code));
	reply->status = 500;
	strbuf_clear(&reply->body);
	strbuf_puts(&reply->body, "This page cannot be shown: our fault.\n");
}
