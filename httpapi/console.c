#include "httpapi/console.h"

#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "db/guard.h"
#include "db/role.h"
#include "httpapi/console_form.h"
#include "httpapi/console_page.h"
#include "httpapi/console_work.h"
#include "httpapi/health.h"
#include "httpapi/problem.h"
#include "httpapi/target.h"
#include "httpapi/view.h"

/* --- pages ---------------------------------------------------------------- */

static enum handled
show(struct exchange *exchange, const char *page, const char *at, json_t *view)
{
	exchange->reply.status = 200;
	console_reply(exchange, page, at, view);
	return HANDLED;
}

/* A list, and whether there is anything in it. */
static enum handled
show_list(struct exchange *exchange, view_make *make, const char *list,
    const char *page)
{
	json_t *view = view_read(exchange, make);

	if (view == NULL)
		return HANDLED;
	json_object_set_new(view, "any",
	    json_boolean(json_array_size(json_object_get(view, list)) > 0));
	return show(exchange, page, list, view);
}

/* Of forms alike, the one that was refused: what was typed, and its fault. */
static void
mark_refused(const struct exchange *exchange, const char *form, json_t *one,
    const char *key)
{
	const char *subject = json_string_value(json_object_get(one, key));
	const char *field = exchange->refused.field;

	if (exchange->refused.words == NULL ||
	    strcmp(exchange->refused.form, form) != 0 ||
	    strcmp(exchange->subject, subject) != 0)
		return;
	json_object_set_new(one, "refused",
	    json_pack("{ss sb}", "typed", exchange_text(exchange, "reason"),
		field != NULL ? field : "subject", 1));
}

/* How long the guard looks back, in words. */
static void
add_window(struct exchange *exchange, json_t *view)
{
	json_t *seconds = json_object_get(view, "within_seconds");

	json_object_set_new(view, "within",
	    console_duration(exchange, json_integer_value(seconds)));
}

/* How long each waits, and after how long that is too long, in words. */
static void
add_waits(struct exchange *exchange, json_t *view)
{
	json_t *after = json_object_get(view, "overdue_after_seconds");
	json_t *request;
	size_t i;

	json_array_foreach(json_object_get(view, "requests"), i, request)
	{
		json_t *age = json_object_get(request, "age_seconds");

		json_object_set_new(request, "waits",
		    console_duration(exchange, json_integer_value(age)));
		mark_refused(exchange, "decide", request, "unit");
	}
	json_object_set_new(view, "overdue_after",
	    console_duration(exchange, json_integer_value(after)));
}

enum handled
console_requests(struct exchange *exchange)
{
	json_t *view = view_read(exchange, view_requests);

	if (view == NULL)
		return HANDLED;
	add_waits(exchange, view);
	/* Of each one, not of all of them. */
	json_object_del(view, "overdue");
	return show(exchange, "requests.html", "requests", view);
}

enum handled
console_traps(struct exchange *exchange)
{
	return show_list(exchange, view_traps, "traps", "traps.html");
}

enum handled
console_exemptions(struct exchange *exchange)
{
	json_t *view = view_read(exchange, view_exemptions), *exemption;
	size_t i;

	json_array_foreach(json_object_get(view, "exemptions"), i, exemption)
	{
		mark_refused(exchange, "unexempt", exemption, "prefix");
	}
	return view != NULL
		   ? show(exchange, "exemptions.html", "exemptions", view)
		   : HANDLED;
}

enum handled
console_audit(struct exchange *exchange)
{
	json_t *view = view_read(exchange, view_audit);

	return view != NULL ? show(exchange, "audit.html", "audit", view)
			    : HANDLED;
}

/* To a hundredth, as bsblctl and the log have it. */
static void
round_score(json_t *listing)
{
	double score = json_number_value(json_object_get(listing, "score"));

	json_object_set_new(listing, "score", json_sprintf("%.2f", score));
}

static void
round_scores(json_t *list)
{
	json_t *listing;
	size_t i;

	json_array_foreach(list, i, listing) round_score(listing);
}

/* The state that was asked for stays through the pages. */
enum handled
console_listings(struct exchange *exchange)
{
	json_t *view = view_read(exchange, view_listings);
	json_t *query = view != NULL ? exchange_query(exchange) : NULL;
	json_t *state = json_object_get(query, "state");

	if (view == NULL)
		return HANDLED;
	json_object_set_new(view, "wanted",
	    state != NULL ? json_incref(state) : json_string(""));
	if (state != NULL)
		json_object_set_new(
		    view, "is", json_pack("{sb}", json_string_value(state), 1));
	round_scores(json_object_get(view, "listings"));
	json_object_set_new(view, "any",
	    json_boolean(
		json_array_size(json_object_get(view, "listings")) > 0));
	json_decref(query);
	return show(exchange, "listings.html", "listings", view);
}

/* Of an address of which nothing is known there is nothing to show but it. */
static json_t *
listing_or_none(struct exchange *exchange)
{
	struct subject subject;
	struct listing none = { .score = 0 };
	json_t *view = view_read(exchange, view_listing);

	if (view != NULL || exchange->reply.status != 404)
		return view;
	if (subject_parse_loosely(exchange->subject, &subject) != 0)
		return NULL;
	exchange->reply.status = 0;
	exchange->reply.header_count = 0;
	strbuf_clear(&exchange->reply.body);
	none.unit = listing_unit(&subject.address);
	return view_of_listing(&none);
}

/* Only a fingerprinted one has a page: others are of a trap and an hour. */
static void
mark_campaigns(json_t *evidence)
{
	json_t *one, *flag;
	size_t i, j;

	json_array_foreach(evidence, i, one)
	{
		json_array_foreach(json_object_get(one, "flags"), j, flag)
		{
			if (strcmp(json_string_value(flag), "fingerprinted") ==
			    0)
				json_object_set_new(
				    one, "fingerprinted", json_true());
		}
	}
}

/* Is there anything to take it off? */
static bool
is_removable(const json_t *listing)
{
	const char *state =
	    json_string_value(json_object_get(listing, "state"));

	return json_is_true(json_object_get(listing, "listed")) ||
	       json_is_object(json_object_get(listing, "manual")) ||
	       !json_is_null(json_object_get(listing, "pending_since")) ||
	       strcmp(state, "listed") == 0;
}

enum handled
console_listing(struct exchange *exchange)
{
	json_t *view = listing_or_none(exchange), *seen;

	if (view == NULL)
		return HANDLED;
	seen = view_read(exchange, view_evidence);
	if (seen == NULL) {
		json_decref(view);
		return HANDLED;
	}
	json_object_set_new(
	    view, "removable", json_boolean(is_removable(view)));
	round_score(view);
	mark_campaigns(json_object_get(seen, "evidence"));
	json_object_set(view, "evidence", json_object_get(seen, "evidence"));
	json_object_set(view, "older", json_object_get(seen, "next"));
	json_decref(seen);
	return show(exchange, "listing.html", "listings", view);
}

/* What is no address is shown where it was typed. */
static enum handled
find_again(struct exchange *exchange)
{
	struct act act = { .exchange = exchange,
		.why = "An IPv4 address (192.0.2.1), an IPv6 address "
		       "(2001:db8::1) or its /64 is expected here." };

	return console_show_again(
	    &act, ERROR_FORMAT, "find", "address", console_listings);
}

enum handled
console_find(struct exchange *exchange)
{
	char address[IPADDR_TEXT_MAX];
	struct subject subject;

	exchange->input = exchange_query(exchange);
	if (exchange->input == NULL)
		return HANDLED;
	if (subject_parse_loosely(
		exchange_text(exchange, "address"), &subject) != 0)
		return find_again(exchange);
	exchange->reply.status = 303;
	reply_header(&exchange->reply, "Location", "/console/listings/%s",
	    ipaddr_format(&subject.address, address));
	return HANDLED;
}

/* Each with its name for the page. */
static void
name_lists(const struct exchange *exchange, json_t *view)
{
	json_t *list;
	char text[32];
	size_t i;

	json_array_foreach(json_object_get(view, "lists"), i, list)
	{
		snprintf(text, sizeof(text), "guard.list.%s",
		    guard_list_name((enum guard_list)i));
		json_object_set_new(
		    list, "title", json_string(console_text(exchange, text)));
	}
}

enum handled
console_guard(struct exchange *exchange)
{
	json_t *view = view_read(exchange, view_guard);
	bool may = (exchange->caller.permits & PERMIT_DECIDE) != 0;
	bool any = json_integer_value(json_object_get(view, "pending")) > 0;

	if (view == NULL)
		return HANDLED;
	round_scores(json_object_get(view, "first"));
	add_window(exchange, view);
	name_lists(exchange, view);
	json_object_set_new(view, "any_pending", json_boolean(any));
	json_object_set_new(view, "decidable", json_boolean(may && any));
	return show(exchange, "guard.html", "guard", view);
}

/* As the page of health has it. False: the reply is the problem. */
static bool
add_health(struct exchange *exchange, json_t *view)
{
	json_t *failing = view_read(exchange, console_failing), *health, *age;
	enum health how;

	if (failing == NULL)
		return false;
	json_object_update(view, failing);
	json_decref(failing);
	failing = json_object_get(view, "failing");
	health = health_view(exchange, &how);
	json_object_update(view, health);
	age = json_object_get(
	    json_object_get(health, "sweep"), "heartbeat_age_seconds");
	json_object_set_new(view, "ingest",
	    json_is_integer(age)
		? console_duration(exchange, json_integer_value(age))
		: json_string(console_text(exchange, "overview.never")));
	json_object_update_new(view,
	    json_pack("{sb sb}", "any_failing", json_array_size(failing) > 0,
		"well", how == HEALTH_OK && json_array_size(failing) == 0));
	json_decref(health);
	return true;
}

enum handled
console_overview(struct exchange *exchange)
{
	json_t *view = view_read(exchange, view_guard), *requests, *list;

	if (view == NULL)
		return HANDLED;
	requests = view_read(exchange, view_requests);
	if (requests == NULL) {
		json_decref(view);
		return HANDLED;
	}
	add_window(exchange, view);
	name_lists(exchange, view);
	list = json_object_get(requests, "requests");
	json_object_set_new(view, "request_count",
	    json_integer((json_int_t)json_array_size(list)));
	json_object_set(
	    view, "oldest", json_object_get(json_array_get(list, 0), "at"));
	json_object_set(view, "overdue", json_object_get(requests, "overdue"));
	json_object_set_new(view, "any_overdue",
	    json_boolean(
		json_integer_value(json_object_get(view, "overdue")) > 0));
	json_object_set_new(view, "overdue_after",
	    console_duration(exchange,
		json_integer_value(
		    json_object_get(requests, "overdue_after_seconds"))));
	if (console_work_count(exchange) > 0)
		json_object_set_new(
		    view, "work", json_integer(console_work_count(exchange)));
	json_decref(requests);
	if (add_health(exchange, view))
		return show(exchange, "overview.html", "overview", view);
	json_decref(view);
	return HANDLED;
}
