#include "httpapi/operator_api.h"

#include <string.h>

#include "httpapi/act.h"
#include "httpapi/act_input.h"
#include "httpapi/problem.h"
#include "httpapi/search.h"
#include "httpapi/undertaking_api.h"
#include "httpapi/view.h"

#define VIEW(handler, make)                                                    \
	enum handled handler(struct exchange *exchange)                        \
	{                                                                      \
		return view_answer(exchange, make);                            \
	}
VIEW(operator_listings, view_listings)
VIEW(operator_listing, view_listing)
VIEW(operator_evidence, view_evidence)
VIEW(operator_traps, view_traps)
VIEW(operator_exemptions, view_exemptions)
VIEW(operator_requests, view_requests)
VIEW(operator_accounts, view_accounts)
VIEW(operator_tokens, view_tokens)
VIEW(operator_sessions, view_sessions)
VIEW(operator_audit, view_audit)
VIEW(operator_guard, view_guard)
VIEW(operator_stats, view_stats)
VIEW(operator_health, view_health)
VIEW(operator_activity, view_activity)

#define SEARCH(handler, make)                                                  \
	static void answer_##handler(struct exchange *exchange)                \
	{                                                                      \
		json_t *view = make(exchange);                                 \
                                                                               \
		if (view != NULL)                                              \
			reply_view(&exchange->reply, view);                    \
	}                                                                      \
	enum handled handler(struct exchange *exchange)                        \
	{                                                                      \
		return search_later(exchange, answer_##handler);               \
	}
SEARCH(operator_campaigns, view_campaigns)
SEARCH(operator_campaign, view_campaign)
SEARCH(operator_sensors, view_sensors)

/* False: the reply is the problem. */
static bool
is_sound(struct exchange *exchange)
{
	const char *why = act_input_refusal(exchange->input);

	if (why != NULL)
		problem_reply(exchange, PROBLEM_BAD_BODY, why);
	return why == NULL;
}

static enum handled
act_by_body(struct exchange *exchange, act_run *run)
{
	return is_sound(exchange) ? act_later(exchange, run, act_answer)
				  : HANDLED;
}

#define ACT(handler, run)                                                      \
	enum handled handler(struct exchange *exchange)                        \
	{                                                                      \
		return act_by_body(exchange, run);                             \
	}
ACT(operator_list, act_list)
ACT(operator_trap_add, act_trap_add)
ACT(operator_trap_set, act_trap_set)
ACT(operator_decide, act_request)
ACT(operator_token_add, act_token_add)

/* DELETE has no body: what there is to say stands in the query. */
static enum handled
act_by_query(struct exchange *exchange, act_run *run)
{
	exchange->input = exchange_query(exchange);
	return exchange->input != NULL ? act_later(exchange, run, act_answer)
				       : HANDLED;
}

#define ACT_BY_QUERY(handler, run)                                             \
	enum handled handler(struct exchange *exchange)                        \
	{                                                                      \
		return act_by_query(exchange, run);                            \
	}
ACT_BY_QUERY(operator_unexempt, act_unexempt)
ACT_BY_QUERY(operator_trap_remove, act_trap_remove)
ACT_BY_QUERY(operator_token_revoke, act_token_revoke)
ACT_BY_QUERY(operator_account_remove, act_account_remove)
ACT_BY_QUERY(operator_session_end, act_session_end)

enum handled
operator_account_add(struct exchange *exchange)
{
	return is_sound(exchange)
		   ? act_with_password(exchange, act_account_add, act_answer)
		   : HANDLED;
}

/* A password is made where it is asked for, and takes its time. */
enum handled
operator_account_set(struct exchange *exchange)
{
	const char *password = exchange_text(exchange, "password");

	if (!is_sound(exchange))
		return HANDLED;
	if (strcmp(password, "once") == 0)
		return act_with_password(exchange, act_account, act_answer);
	if (json_object_get(exchange->input, "password") == NULL)
		return act_later(exchange, act_account, act_answer);
	problem_reply(exchange, PROBLEM_BAD_BODY,
	    "A password is made here, for once: \"once\" asks for one.");
	return HANDLED;
}

/* --- what may be long ----------------------------------------------------- */

static bool
is_wide(const char *text)
{
	struct ipprefix prefix;

	return text != NULL && ipprefix_parse(text, &prefix) == 0 &&
	       bulk_act_is_wide(&prefix);
}

enum handled
operator_unlist(struct exchange *exchange)
{
	if (!is_wide(exchange->subject))
		return act_by_query(exchange, act_unlist);
	exchange->input = exchange_query(exchange);
	return exchange->input != NULL
		   ? undertaking_later(exchange, undertaking_unlist)
		   : HANDLED;
}

static enum handled
undertake(struct exchange *exchange, undertaking_read *read)
{
	return is_sound(exchange) ? undertaking_later(exchange, read) : HANDLED;
}

enum handled
operator_exempt(struct exchange *exchange)
{
	return is_wide(exchange_text(exchange, "prefix"))
		   ? undertake(exchange, undertaking_exempt)
		   : act_by_body(exchange, act_exempt);
}

enum handled
operator_guard_decide(struct exchange *exchange)
{
	return json_is_true(json_object_get(exchange->input, "all"))
		   ? undertake(exchange, undertaking_guard)
		   : act_by_body(exchange, act_guard);
}

enum handled
operator_purge(struct exchange *exchange)
{
	return undertake(exchange, undertaking_purge);
}

enum handled
operator_merge(struct exchange *exchange)
{
	return undertake(exchange, undertaking_merge);
}
