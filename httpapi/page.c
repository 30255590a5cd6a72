#include "httpapi/page.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "db/backscatter.h"
#include "httpapi/health.h"
#include "httpapi/policy_api.h"
#include "httpapi/portal.h"
#include "httpapi/problem.h"
#include "httpapi/trail.h"
#include "httpapi/trends.h"

#define DAY ((int64_t)86400)

/* RFC 9116 section 2.5.5: well below a year, and asked for anew each day. */
#define SECURITY_VALID_SECONDS (180 * DAY)

/* A page that may be kept, and is asked for anew. NULL: no database. */
static enum handled
show(struct exchange *exchange, const char *page, const char *at, json_t *view)
{
	if (view == NULL) {
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
		return HANDLED;
	}
	exchange->reply.status = 200;
	exchange->reply.tagged = true;
	reply_header(&exchange->reply, "Cache-Control", "no-cache");
	portal_reply(exchange, page, at, view);
	return HANDLED;
}

/* --- policy --------------------------------------------------------------- */

/* The view has all lists, in the order of the table. */
static json_t *
lists_in_words(const json_t *lists, const struct language *language)
{
	json_t *rows = json_array(), *list;
	size_t i;

	json_array_foreach(lists, i, list)
	{
		const char *label = sublists[i].label;
		char name[64];

		snprintf(name, sizeof(name), "list.%s",
		    label[0] != '\0' ? label : "main");
		json_array_append_new(rows,
		    json_pack("{sO ss so}", "zone",
			json_object_get(list, "zone"), "contains",
			language_text(language, name, sublists[i].contains),
			"codes",
			portal_joined(json_object_get(list, "codes"))));
	}
	return rows;
}

/* Durations of the view by where they stand in it. */
static void
add_durations(
    json_t *words, const json_t *view, const struct language *language)
{
	static const struct {
		const char *word, *part, *member;
	} rows[] = {
		{ "span", "listing", "span_seconds" },
		{ "half_life", NULL, "half_life_seconds" },
		{ "expiry", "expiry", "first_seconds" },
		{ "expiry_most", "expiry", "most_seconds" },
		{ "history", "expiry", "doubles_within_seconds" },
		{ "again", "delisting", "each_step_again_after_seconds" },
		{ "caches", "caches", "listed_seconds" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const json_t *part = rows[i].part != NULL
					 ? json_object_get(view, rows[i].part)
					 : view;
		json_int_t seconds =
		    json_integer_value(json_object_get(part, rows[i].member));

		json_object_set_new(
		    words, rows[i].word, portal_duration(seconds, language));
	}
}

/* The policy, and what is said of it; NULL: no database. */
static json_t *
policy_in_words(struct exchange *exchange)
{
	json_t *view = policy_view(exchange);
	json_t *words = json_object();
	const struct language *language = portal_language(exchange);

	add_durations(words, view, language);
	json_object_set_new(words, "lists",
	    lists_in_words(json_object_get(view, "lists"), language));
	if (view != NULL)
		json_object_set(view, "words", words);
	json_decref(words);
	return view;
}

enum handled
page_policy(struct exchange *exchange)
{
	return show(
	    exchange, "policy.html", "policy", policy_in_words(exchange));
}

/* Its numbers are the policy's. */
enum handled
page_faq(struct exchange *exchange)
{
	return show(exchange, "faq.html", "faq", policy_in_words(exchange));
}

enum handled
page_use(struct exchange *exchange)
{
	return show(exchange, "use.html", "use", json_object());
}

enum handled
page_trends(struct exchange *exchange)
{
	exchange->reply.script = true;
	return show(exchange, "trends.html", "trends",
	    trends_view(exchange, TRENDS_DAYS_USUAL));
}

/* --- delistings ----------------------------------------------------------- */

static json_t *
trail_rows(const json_t *entries, const struct language *language)
{
	json_t *rows = json_array(), *entry;
	size_t i;

	json_array_foreach(entries, i, entry)
	{
		const char *step =
		    json_string_value(json_object_get(entry, "step"));
		char name[64];

		snprintf(name, sizeof(name), "step.%s", step);
		json_array_append_new(
		    rows, json_pack("{so sO ss}", "at",
			      portal_time(json_object_get(entry, "at")), "unit",
			      json_object_get(entry, "unit"), "step",
			      language_text(language, name, step)));
	}
	return rows;
}

enum handled
page_delistings(struct exchange *exchange)
{
	json_t *query = exchange_query(exchange), *view;
	long long before;
	bool good;

	if (query == NULL)
		return HANDLED;
	good = exchange_number(
	    exchange, query, "before", 0, INT64_MAX, INT64_MAX, &before);
	json_decref(query);
	if (!good)
		return HANDLED;
	view = trail_view(exchange, (uint64_t)before, TRAIL_LIMIT_USUAL);
	if (view != NULL) {
		json_t *rows = trail_rows(json_object_get(view, "delistings"),
		    portal_language(exchange));

		json_object_set_new(view, "has_delistings",
		    json_boolean(json_array_size(rows) > 0));
		json_object_set_new(view, "rows", rows);
	}
	return show(exchange, "delistings.html", "delistings", view);
}

/* --- status --------------------------------------------------------------- */

enum handled
page_status(struct exchange *exchange)
{
	enum health health;
	json_t *view = health_view(exchange, &health);
	json_t *policy = policy_view(exchange);
	json_int_t ttl = json_integer_value(json_object_get(
	    json_object_get(policy, "caches"), "listed_seconds"));

	json_decref(policy);
	if (view == NULL)
		return show(exchange, NULL, NULL, NULL);
	json_object_set_new(view, "well", json_boolean(health == HEALTH_OK));
	json_object_set_new(view, "words",
	    json_pack("{so}", "caches",
		portal_duration(ttl, portal_language(exchange))));
	exchange->reply.status = health != HEALTH_FAILING ? 200 : 503;
	reply_header(&exchange->reply, "Cache-Control", "no-store");
	portal_reply(exchange, "status.html", "status", view);
	return HANDLED;
}

enum handled
page_security(struct exchange *exchange)
{
	char until[CLOCK_TEXT_MAX];
	int64_t now = clock_seconds();

	if (exchange->site->contact[0] == '\0') {
		problem_reply(exchange, PROBLEM_NOT_FOUND, NULL);
		return HANDLED;
	}
	clock_format(now - now % DAY + SECURITY_VALID_SECONDS, until);
	exchange->reply.status = 200;
	reply_header(&exchange->reply, "Cache-Control", "max-age=86400");
	portal_reply_text(
	    exchange, "security.txt", json_pack("{ss}", "until", until));
	return HANDLED;
}
