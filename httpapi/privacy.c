#include "httpapi/privacy.h"

#include "db/trend.h"
#include "httpapi/portal.h"
#include "httpapi/site.h"

#define DAY ((int64_t)86400)

/* How long each thing is kept, in words. */
static json_t *
durations(const struct site *site, const struct language *language)
{
	const struct policy *policy = &site->rules.policy;
	const struct {
		const char *name;
		int64_t seconds;
	} rows[] = {
		/* db/record_sweep.c trims by these. */
		{ "evidence", policy->evidence_seconds },
		{ "history", policy->history_seconds },
		{ "audit", site->rules.audit_seconds },
		{ "trends", TREND_KEPT_DAYS * DAY },
		{ "session", site->session_seconds },
		{ "cookie", PORTAL_LANGUAGE_SECONDS },
	};
	json_t *words = json_object();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		json_object_set_new(words, rows[i].name,
		    portal_duration(rows[i].seconds, language));
	return words;
}

enum handled
privacy_page(struct exchange *exchange)
{
	const struct site *site = exchange->site;
	json_t *view = json_pack("{sb so}", "proxied", site->proxies.count > 0,
	    "words", durations(site, portal_language(exchange)));

	if (site->run_by[0] != '\0')
		json_object_set_new(
		    view, "operator", json_string(site->run_by));
	if (site->logged_hits > 0)
		json_object_set_new(
		    view, "logged_hits", json_integer(site->logged_hits));
	exchange->reply.status = 200;
	exchange->reply.tagged = true;
	reply_header(&exchange->reply, "Cache-Control", "no-cache");
	portal_reply(exchange, "privacy.html", "privacy", view);
	return HANDLED;
}
