#include "httpapi/console_form.h"

#include <string.h>

#include "db/role.h"
#include "httpapi/console.h"
#include "httpapi/console_account.h"
#include "httpapi/console_begin.h"
#include "httpapi/console_door.h"
#include "httpapi/console_page.h"
#include "httpapi/problem.h"
#include "httpapi/target.h"

/* --- refused -------------------------------------------------------------- */

/* What another word in the form could mend. */
static bool
is_the_forms_fault(unsigned status)
{
	return status == 400 || status == 404 || status == 409;
}

enum handled
console_show_again(struct act *act, int code, const char *form,
    const char *usual, route_handler *page)
{
	struct exchange *exchange = act->exchange;
	struct reply *reply = &exchange->reply;

	act_answer(act, code);
	if (!is_the_forms_fault(reply->status))
		return HANDLED;
	exchange->refused.form = form;
	exchange->refused.field = act->at != NULL ? act->at : usual;
	exchange->refused.words = act_words(act, code);
	exchange->refused.status = reply->status;
	reply->status = 0;
	reply->header_count = 0;
	strbuf_clear(&reply->body);
	return page(exchange);
}

/* --- the acts ------------------------------------------------------------- */

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
		console_show_again(act, code, "token", "name", console_tokens);
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

static route_handler begin_exempt;

/*
 * One is done at once and leads back to a page, or is refused on one; or it is
 * begun, and leads on.
 */
static const struct {
	const char *name;
	act_run *run;
	const char *back;
	route_handler *page;
	const char *field; /* what is at fault, where the act does not say */
	route_handler *begin;
	unsigned needs; /* enum permit */
} acts[] = {
	{ "decide", act_request, "requests", console_requests, NULL, NULL,
	    PERMIT_DECIDE },
	{ "list", act_list, "listings", console_listings, "prefix", NULL,
	    PERMIT_DECIDE },
	{ "unlist", act_unlist, "listings", console_listing, NULL, NULL,
	    PERMIT_DECIDE },
	{ "exempt", act_exempt, "exemptions", console_exemptions, "prefix",
	    begin_exempt, PERMIT_DECIDE },
	{ "unexempt", act_unexempt, "exemptions", console_exemptions, NULL,
	    NULL, PERMIT_DECIDE },
	{ "trap", act_trap, "traps", console_traps, "pattern", NULL,
	    PERMIT_DECIDE },
	{ "revoke", act_token_revoke, "tokens", console_tokens, NULL, NULL,
	    PERMIT_MANAGE },
#define BEGINS(name, begin, needs)                                             \
	{                                                                      \
		name, NULL, NULL, NULL, NULL, begin, needs                     \
	}
	BEGINS("account", console_begin_account, PERMIT_MANAGE),
	BEGINS("newcomer", console_begin_newcomer, PERMIT_MANAGE),
	BEGINS("session", console_end_session, PERMIT_READ),
	BEGINS("signout", console_sign_out, PERMIT_READ),
	BEGINS("password", console_set_password, PERMIT_READ),
	BEGINS("token", begin_token, PERMIT_MANAGE),
	BEGINS("purge", console_begin_purge, PERMIT_MANAGE),
	BEGINS("merge", console_begin_merge, PERMIT_MANAGE),
	BEGINS("guard", console_begin_guard, PERMIT_DECIDE),
	BEGINS("remove", console_begin_removal, PERMIT_DECIDE),
	BEGINS("confirm", console_confirm_begun, PERMIT_DECIDE),
	BEGINS("stop", console_stop_begun, PERMIT_DECIDE),
#undef BEGINS
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

/* Back to the page; what went wrong is told on it. */
static void
lead_back(struct act *act, int code)
{
	struct reply *reply = &act->exchange->reply;
	size_t i = 0;

	while (i < ACTS && acts[i].run != act->exchange->act.run)
		i++;
	if (code != 0) {
		console_show_again(
		    act, code, acts[i].name, acts[i].field, acts[i].page);
		return;
	}
	reply->status = 303;
	reply_header(reply, "Location", "/console/%s?done=%s#done",
	    acts[i].back, acts[i].name);
	reply_header(reply, "Cache-Control", "no-store");
}

static enum handled
begin_exempt(struct exchange *exchange)
{
	return console_is_wide(exchange)
		   ? console_begin_exempt(exchange)
		   : act_later(exchange, act_exempt, lead_back);
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
	/* A form names what it is about in a field. */
	exchange->subject[0] = '\0';
	if (subject != NULL && strlen(subject) <= TARGET_MAX)
		strcpy(exchange->subject, subject);
	return acts[i].begin != NULL
		   ? acts[i].begin(exchange)
		   : act_later(exchange, acts[i].run, lead_back);
}
