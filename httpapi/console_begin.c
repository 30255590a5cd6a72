#include "httpapi/console_begin.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/stored.h"
#include "httpapi/act.h"
#include "httpapi/act_input.h"
#include "httpapi/console.h"
#include "httpapi/console_form.h"
#include "httpapi/console_work.h"
#include "httpapi/problem.h"
#include "httpapi/undertaking_api.h"

/* --- beginning one -------------------------------------------------------- */

static void
lead_to(struct exchange *exchange, uint64_t number)
{
	exchange->reply.status = 303;
	reply_header(
	    &exchange->reply, "Location", "/console/work/%" PRIu64, number);
	reply_header(&exchange->reply, "Cache-Control", "no-store");
}

/* Where its form stands, for a refusal. */
struct form {
	const char *name, *field;
	route_handler *page;
};

static enum handled
begin(struct act *act, int code, struct undertaking *what,
    const struct form *form)
{
	struct exchange *exchange = act->exchange;
	uint64_t number;

	snprintf(what->who, sizeof(what->who), "%s", exchange->caller.who);
	if (code == 0)
		code = undertaking_begin(
		    exchange->service->undertakings, what, &number);
	if (code == 0)
		lead_to(exchange, number);
	else if (code == ERROR_FULL)
		problem_reply(exchange, PROBLEM_BUSY, NULL);
	else
		return console_show_again(
		    act, code, form->name, form->field, form->page);
	return HANDLED;
}

static struct act
act_of(struct exchange *exchange, const json_t *input)
{
	return (struct act){ .exchange = exchange,
		.input = input,
		.subject = exchange->subject,
		.now = clock_seconds() };
}

enum handled
console_begin_purge(struct exchange *exchange)
{
	static const struct form form = { "purge", "which", console_purge };
	const char *which = exchange_text(exchange, "which");
	const char *by = exchange_text(exchange, "by");
	struct undertaking what = { .sort = UNDERTAKING_PURGE };
	enum handled handled;
	struct act act;
	json_t *input;
	int code;

	if (strcmp(by, "sensor") != 0 && strcmp(by, "trap") != 0 &&
	    strcmp(by, "campaign") != 0) {
		problem_reply(exchange, PROBLEM_BAD_BODY, NULL);
		return HANDLED;
	}
	input = json_pack("{ss ss ss}", by, which, "from",
	    exchange_text(exchange, "from"), "to",
	    exchange_text(exchange, "to"));
	act = act_of(exchange, input);
	code = act_read_purge(&act, &what.purge);
	what.until_now = exchange_text(exchange, "to")[0] == '\0';
	stored_copy_text(what.subject, sizeof(what.subject), which);
	handled = begin(&act, code, &what, &form);
	json_decref(input);
	return handled;
}

enum handled
console_begin_merge(struct exchange *exchange)
{
	static const struct form form = { "merge", "into", console_campaign };
	struct undertaking what = { .sort = UNDERTAKING_MERGE,
		.until_now = true };
	struct act act = act_of(exchange, exchange->input);
	int code = act_read_merge(&act, &what.purge);

	stored_copy_text(what.subject, sizeof(what.subject), exchange->subject);
	return begin(&act, code, &what, &form);
}

/* What is within the prefix of the form; none is all, where that may be. */
static int
read_where(struct act *act, struct undertaking *what, bool everywhere)
{
	const char *text = exchange_text(act->exchange, "prefix");
	int code;

	what->everywhere = everywhere && text[0] == '\0';
	if (what->everywhere)
		return 0;
	code = act_prefix(act, text, &what->prefix);
	if (code == 0)
		ipprefix_format(&what->prefix, what->subject);
	return code;
}

enum handled
console_begin_guard(struct exchange *exchange)
{
	static const struct form form = { "guard", "prefix", console_guard };
	const char *decision = exchange_text(exchange, "decision");
	bool release = strcmp(decision, "release") == 0;
	struct undertaking what = { .sort = release ? UNDERTAKING_RELEASE
						    : UNDERTAKING_REJECT };
	struct act act = act_of(exchange, exchange->input);
	int code = read_where(&act, &what, true);

	if (code == 0 && !release && strcmp(decision, "reject") != 0)
		code = act_refuse(
		    &act, ERROR_FORMAT, "A decision is release or reject.");
	return begin(&act, code, &what, &form);
}

enum handled
console_begin_removal(struct exchange *exchange)
{
	static const struct form form = { "remove", "prefix",
		console_listings };
	struct undertaking what = { .sort = UNDERTAKING_REMOVE };
	struct act act = act_of(exchange, exchange->input);

	return begin(&act, read_where(&act, &what, false), &what, &form);
}

enum handled
console_begin_exempt(struct exchange *exchange)
{
	static const struct form form = { "exempt", "prefix",
		console_exemptions };
	struct undertaking what = { .sort = UNDERTAKING_EXEMPT };
	struct act act = act_of(exchange, exchange->input);
	const char *reason;
	int code = read_where(&act, &what, false);

	if (code == 0)
		code = act_reason(&act, &reason);
	if (code == 0)
		strcpy(what.reason, reason);
	if (code == 0)
		code = act_until(&act, &what.until);
	return begin(&act, code, &what, &form);
}

/* As much as is listed by hand in one go is done at once. */
bool
console_is_wide(const struct exchange *exchange)
{
	struct ipprefix prefix;

	return ipprefix_parse(exchange_text(exchange, "prefix"), &prefix) ==
		   0 &&
	       bulk_act_is_wide(&prefix);
}

/* --- and confirming, or stopping it --------------------------------------- */

enum handled
console_confirm_begun(struct exchange *exchange)
{
	const char *reason = exchange_text(exchange, "reason");
	struct act act = act_of(exchange, exchange->input);
	struct undertaking found;
	int code;

	if (!console_work_find(exchange, &found))
		return HANDLED;
	if (reason[0] == '\0' || strlen(reason) > LISTING_REASON_MAX)
		code = act_refuse_at(&act, "reason",
		    "A reason must be given, of 200 octets at most.");
	else
		code = undertaking_confirm(exchange->service->undertakings,
		    found.number, exchange->caller.who, reason);
	if (code == ERROR_EXISTS)
		act.why = "It does not wait to be confirmed: somebody has "
			  "done so.";
	if (code == 0)
		lead_to(exchange, found.number);
	else if (code == ERROR_FULL)
		problem_reply(exchange, PROBLEM_BUSY, NULL);
	else
		console_show_again(
		    &act, code, "confirm", NULL, console_undertaking);
	return HANDLED;
}

static void
lead_back(struct act *act, int code)
{
	(void)code;
	lead_to(act->exchange, undertaking_number(act->subject));
}

/* It has ended by itself meanwhile: the page tells. */
enum handled
console_stop_begun(struct exchange *exchange)
{
	struct undertaking found;

	if (!console_work_find(exchange, &found))
		return HANDLED;
	return act_later(exchange, undertaking_end, lead_back);
}
