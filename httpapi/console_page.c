#include "httpapi/console_page.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "db/role.h"
#include "httpapi/form.h"
#include "httpapi/include.h"
#include "httpapi/portal.h"
#include "httpapi/reader.h"
#include "httpapi/template.h"

#define DAY 86400

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
PART(console_campaigns_page, "campaigns.html");
PART(console_campaign_page, "campaign.html");
PART(console_sensors_page, "sensors.html");
PART(console_purge_page, "purge.html");
PART(console_work_page, "work.html");
PART(console_undertaking_page, "undertaking.html");
PART(console_session_page, "session.html");
PART(console_trends_page, "trends.html");
PART(console_health_page, "health.html");
PART(console_accounts_page, "accounts.html");
PART(console_account_page, "account.html");
PART(console_sessions_page, "sessions.html");
PART(console_secret_page, "secret.html");
PART(console_account_removal, "account_removal.html");
PART(console_problem_page, "problem.html");
PART(console_tokens_page, "tokens.html");
PART(console_token_page, "token.html");

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
	{ "campaigns.html", console_campaigns_page },
	{ "campaign.html", console_campaign_page },
	{ "sensors.html", console_sensors_page },
	{ "purge.html", console_purge_page },
	{ "work.html", console_work_page },
	{ "undertaking.html", console_undertaking_page },
	{ "session.html", console_session_page },
	{ "trends.html", console_trends_page },
	{ "health.html", console_health_page },
	{ "accounts.html", console_accounts_page },
	{ "account.html", console_account_page },
	{ "sessions.html", console_sessions_page },
	{ "secret.html", console_secret_page },
	{ "account_removal.html", console_account_removal },
	{ "problem.html", console_problem_page },
	{ "tokens.html", console_tokens_page },
	{ "token.html", console_token_page },
};

static const char *
text_of(const struct language *language, const char *name)
{
	const char *text =
	    json_string_value(json_object_get(language->console, name));

	return text != NULL ? text : "";
}

const char *
console_text(const struct exchange *exchange, const char *name)
{
	return text_of(portal_language(exchange), name);
}

json_t *
console_duration(const struct exchange *exchange, int64_t seconds)
{
	if (seconds > 2 * DAY)
		seconds -= seconds % DAY;
	return portal_duration(seconds, portal_language(exchange));
}

/* What a link says was done, in our words: never its own. */
static void
add_done(const struct exchange *exchange, const struct language *language,
    json_t *view)
{
	const char *query = exchange->request.target.query, *done;
	json_t *form = NULL;
	char name[64];

	if (form_parse(query, strlen(query), &form) != 0)
		return;
	done = json_string_value(json_object_get(form, "done"));
	snprintf(name, sizeof(name), "done.%s", done != NULL ? done : "");
	/*
	 * To whoever is not signed in one thing alone can have been done; and
	 * where none is to sign in he is not asked to.
	 */
	if (exchange->caller.who[0] == '\0' &&
	    (exchange->request.in_clear || strcmp(name, "done.password") != 0))
		done = NULL;
	if (done != NULL && text_of(language, name)[0] != '\0')
		json_object_set_new(
		    view, "done", json_string(text_of(language, name)));
	json_decref(form);
}

/* Passwords are typed anew. */
static json_t *
typed(const struct exchange *exchange)
{
	static const char *const secrets[] = { "token", "current", "new",
		"again" };
	json_t *typed = json_copy(exchange->input);

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		json_object_del(typed, secrets[i]);
	return typed;
}

/* What a form was refused for, where, and what was typed into it. */
static void
add_refusal(const struct exchange *exchange, const struct language *language,
    json_t *view)
{
	const char *form = exchange->refused.form;
	const char *field = exchange->refused.field;
	char name[192];

	snprintf(name, sizeof(name), "said.%s", exchange->refused.words);
	json_object_update_new(
	    view, json_pack("{ss s{so}}", "wrong",
		      language_text(language, name, exchange->refused.words),
		      "again", form, typed(exchange)));
	if (field != NULL)
		json_object_set_new(
		    view, "at_fault", json_pack("{s{sb}}", form, field, 1));
}

/* The zone, and where its pages are had without anybody reading along. */
static void
add_zone(const struct reader *reader, json_t *view)
{
	json_object_set_new(view, "zone", json_string(reader->zone_name));
	if (strncmp(reader->zone.portal, "https://", 8) == 0)
		json_object_set_new(
		    view, "secure", portal_base(reader->zone.portal));
}

static void
add_common(struct exchange *exchange, const struct language *language,
    const char *at, json_t *view)
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
		json_object_set_new(view, "may_manage",
		    json_boolean((caller->permits & PERMIT_MANAGE) != 0));
	}
	if (exchange->refused.words != NULL)
		add_refusal(exchange, language, view);
	else
		add_done(exchange, language, view);
	if (at != NULL)
		json_object_set_new(view, "at", json_pack("{sb}", at, 1));
	if (reader_take(exchange->service->readers, &reader) != 0)
		return;
	add_zone(reader, view);
	reader_give(exchange->service->readers, reader);
}

void
console_reply(
    struct exchange *exchange, const char *page, const char *at, json_t *view)
{
	struct reply *reply = &exchange->reply;
	const struct language *language = portal_language(exchange);
	int code = -ENOMEM;

	if (exchange->refused.words != NULL)
		reply->status = exchange->refused.status;
	reply->type = "text/html; charset=utf-8";
	reply_header(reply, "Cache-Control", "no-store");
	if (view != NULL) {
		portal_add_languages(exchange, language, view);
		add_common(exchange, language, at, view);
		code = template_render(parts, sizeof(parts) / sizeof(parts[0]),
		    page, view, language->console, TEMPLATE_HTML, &reply->body);
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
