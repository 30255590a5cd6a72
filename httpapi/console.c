#include "httpapi/console.h"

#include <string.h>

#include "db/role.h"
#include "httpapi/act.h"
#include "httpapi/console_account.h"
#include "httpapi/console_door.h"
#include "httpapi/console_page.h"
#include "httpapi/console_purge.h"
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
	return show_list(
	    exchange, view_exemptions, "exemptions", "exemptions.html");
}

enum handled
console_audit(struct exchange *exchange)
{
	json_t *view = view_read(exchange, view_audit);

	return view != NULL ? show(exchange, "audit.html", "audit", view)
			    : HANDLED;
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
	mark_campaigns(json_object_get(seen, "evidence"));
	json_object_set(view, "evidence", json_object_get(seen, "evidence"));
	json_object_set(view, "older", json_object_get(seen, "next"));
	json_decref(seen);
	return show(exchange, "listing.html", "listings", view);
}

enum handled
console_find(struct exchange *exchange)
{
	json_t *query = exchange_query(exchange);
	const char *text = json_string_value(json_object_get(query, "address"));
	char address[IPADDR_TEXT_MAX];
	struct subject subject;

	if (query == NULL)
		return HANDLED;
	if (text != NULL && subject_parse_loosely(text, &subject) == 0) {
		exchange->reply.status = 303;
		reply_header(&exchange->reply, "Location",
		    "/console/listings/%s",
		    ipaddr_format(&subject.address, address));
	} else {
		problem_reply(exchange, PROBLEM_NO_ADDRESS, NULL);
	}
	json_decref(query);
	return HANDLED;
}

enum handled
console_guard(struct exchange *exchange)
{
	json_t *view = view_read(exchange, view_guard);
	bool may = (exchange->caller.permits & PERMIT_DECIDE) != 0;

	if (view == NULL)
		return HANDLED;
	json_object_set_new(view, "decidable",
	    json_boolean(may && json_integer_value(
				    json_object_get(view, "pending")) > 0));
	return show(exchange, "guard.html", "guard", view);
}

/* As the page of health has it. False: the reply is the problem. */
static bool
add_health(struct exchange *exchange, json_t *view)
{
	json_t *condition = view_read(exchange, view_health), *health, *age;
	const char *state =
	    json_string_value(json_object_get(condition, "health"));
	bool well;

	if (condition == NULL)
		return false;
	health = health_view(exchange, &well);
	json_object_update(view, health);
	age = json_object_get(
	    json_object_get(health, "sweep"), "heartbeat_age_seconds");
	json_object_set_new(view, "ingest",
	    json_is_integer(age)
		? console_duration(exchange, json_integer_value(age))
		: json_string(console_text(exchange, "overview.never")));
	json_object_set_new(
	    view, "well", json_boolean(well && strcmp(state, "OK") == 0));
	json_decref(health);
	json_decref(condition);
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
	json_decref(requests);
	if (add_health(exchange, view))
		return show(exchange, "overview.html", "overview", view);
	json_decref(view);
	return HANDLED;
}

/* --- acts ----------------------------------------------------------------- */

static int
act_trap(struct act *act)
{
	const char *how = json_string_value(json_object_get(act->input, "how"));
	json_t *input = (json_t *)act->exchange->input;

	if (how != NULL && strcmp(how, "add") == 0)
		return act_trap_add(act);
	act->subject =
	    json_string_value(json_object_get(act->input, "pattern"));
	if (act->subject == NULL)
		act->subject = "";
	if (how != NULL && strcmp(how, "remove") == 0)
		return act_trap_remove(act);
	json_object_set_new(
	    input, "state", json_string(how != NULL ? how : "none"));
	return act_trap_set(act);
}

/* The secret is shown once, so this leads nowhere. */
static void
show_token(struct act *act, int code)
{
	struct exchange *exchange = act->exchange;

	if (code != 0) {
		act_answer(act, code);
		return;
	}
	exchange->reply.status = 200;
	console_reply(
	    exchange, "token.html", "tokens", json_incref(act->answer));
}

static enum handled
begin_token(struct exchange *exchange)
{
	return act_later(exchange, act_token_add, show_token);
}

/* One is done at once and leads back; or it is begun, and leads on. */
static const struct {
	const char *name;
	act_run *run;
	const char *back;
	route_handler *begin;
	unsigned needs; /* enum permit */
} acts[] = {
	{ "decide", act_request, "requests", NULL, PERMIT_DECIDE },
	{ "list", act_list, "listings", NULL, PERMIT_DECIDE },
	{ "unlist", act_unlist, "listings", NULL, PERMIT_DECIDE },
	{ "exempt", act_exempt, "exemptions", NULL, PERMIT_DECIDE },
	{ "unexempt", act_unexempt, "exemptions", NULL, PERMIT_DECIDE },
	{ "guard", act_guard, "guard", NULL, PERMIT_DECIDE },
	{ "trap", act_trap, "traps", NULL, PERMIT_DECIDE },
	{ "account", NULL, NULL, console_begin_account, PERMIT_MANAGE },
	{ "newcomer", NULL, NULL, console_begin_newcomer, PERMIT_MANAGE },
	{ "session", NULL, NULL, console_end_session, PERMIT_READ },
	{ "signout", NULL, NULL, console_sign_out, PERMIT_READ },
	{ "password", NULL, NULL, console_set_password, PERMIT_READ },
	{ "token", NULL, NULL, begin_token, PERMIT_MANAGE },
	{ "revoke", act_token_revoke, "tokens", NULL, PERMIT_MANAGE },
	{ "purge", NULL, NULL, console_begin_purge, PERMIT_MANAGE },
	{ "merge", NULL, NULL, console_begin_merge, PERMIT_MANAGE },
	{ "confirm", NULL, NULL, console_confirm_begun, PERMIT_MANAGE },
};
#define ACTS (sizeof(acts) / sizeof(acts[0]))

static size_t
find_act(const char *name)
{
	size_t i = 0;

	while (i < ACTS && strcmp(acts[i].name, name) != 0)
		i++;
	return i;
}

/* Back to the page; what went wrong is a page of its own. */
static void
lead_back(struct act *act, int code)
{
	struct reply *reply = &act->exchange->reply;
	size_t i = 0;

	if (code != 0) {
		act_answer(act, code);
		return;
	}
	while (i < ACTS && acts[i].run != act->exchange->act.run)
		i++;
	reply->status = 303;
	reply_header(reply, "Location", "/console/%s?done=%s", acts[i].back,
	    acts[i].name);
	reply_header(reply, "Cache-Control", "no-store");
}

enum handled
console_do(struct exchange *exchange)
{
	size_t i = find_act(exchange->subject);
	const char *subject =
	    json_string_value(json_object_get(exchange->input, "subject"));

	if (i == ACTS) {
		problem_reply(exchange, PROBLEM_NOT_FOUND, NULL);
		return HANDLED;
	}
	if ((exchange->caller.permits & acts[i].needs) == 0) {
		problem_reply(exchange, PROBLEM_FORBIDDEN, NULL);
		return HANDLED;
	}
	if (!door_knows_form(exchange)) {
		problem_reply(exchange, PROBLEM_FORBIDDEN,
		    "The form is not of this session: please open the page "
		    "again.");
		return HANDLED;
	}
	/* A form names what it is about in a field, and has texts alone. */
	exchange->subject[0] = '\0';
	if (subject != NULL && strlen(subject) <= TARGET_MAX)
		strcpy(exchange->subject, subject);
	if (acts[i].begin != NULL)
		return acts[i].begin(exchange);
	if (json_object_get(exchange->input, "all") != NULL)
		json_object_set_new(exchange->input, "all", json_true());
	return act_later(exchange, acts[i].run, lead_back);
}
