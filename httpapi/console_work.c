#include "httpapi/console_work.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/role.h"
#include "db/stored.h"
#include "httpapi/act.h"
#include "httpapi/act_input.h"
#include "httpapi/console.h"
#include "httpapi/console_form.h"
#include "httpapi/console_page.h"
#include "httpapi/problem.h"
#include "httpapi/undertaking.h"
#include "httpapi/view.h"

static bool
may_see(const struct exchange *exchange, const struct undertaking *of)
{
	unsigned needs =
	    undertaking_is_purge(of->sort) ? PERMIT_MANAGE : PERMIT_DECIDE;

	return (exchange->caller.permits & needs) != 0;
}

static bool
is_busy(const struct undertaking *of)
{
	return of->state == UNDERTAKING_LOOKING ||
	       of->state == UNDERTAKING_DOING;
}

/* --- in words ------------------------------------------------------------- */

/* Each sort's name in the texts, and the page that leads to it. */
static const struct {
	const char *name, *page;
	bool dangerous; /* nothing brings it back */
} sorts[UNDERTAKING_SORTS] = {
	[UNDERTAKING_PURGE] = { "purge", "purge", true },
	[UNDERTAKING_MERGE] = { "merge", "campaigns", true },
	[UNDERTAKING_RELEASE] = { "release", "guard", false },
	[UNDERTAKING_REJECT] = { "reject", "guard", true },
	[UNDERTAKING_REMOVE] = { "remove", "listings", true },
	[UNDERTAKING_EXEMPT] = { "exempt", "exemptions", true },
};

static const char *
kind_of(const struct undertaking *of)
{
	static const char *const kinds[] = {
		[PURGE_SENSOR] = "sensor",
		[PURGE_TRAP] = "trap",
		[PURGE_CAMPAIGN] = "campaign",
	};

	return of->sort == UNDERTAKING_PURGE ? kinds[of->purge.by]
					     : sorts[of->sort].name;
}

static const char *
text_of(const struct exchange *exchange, const char *group, const char *kind,
    const char *more)
{
	char name[64];

	snprintf(name, sizeof(name), "undertaking.%s.%s%s", group, kind, more);
	return console_text(exchange, name);
}

/* "Purge of sensor {name}", and the name. */
static json_t *
what_json(const struct exchange *exchange, const struct undertaking *of)
{
	const char *text =
	    text_of(exchange, "of", kind_of(of), of->everywhere ? "_all" : "");
	const char *after = strchr(text, '}');

	return json_sprintf("%.*s%s%s", (int)strcspn(text, "{"), text,
	    after != NULL ? of->subject : "", after != NULL ? after + 1 : "");
}

static const char *
said_of(const struct exchange *exchange, const struct undertaking *of)
{
	static const char *const names[] = {
		[UNDERTAKING_LOOKING] = "undertaking.looking",
		[UNDERTAKING_SHOWN] = "undertaking.shown",
		[UNDERTAKING_DOING] = "undertaking.doing",
		[UNDERTAKING_DONE] = "undertaking.done",
		[UNDERTAKING_STOPPED] = "undertaking.stopped",
		[UNDERTAKING_FAILED] = "undertaking.failed_state",
	};

	if (of->state == UNDERTAKING_LOOKING && of->searched)
		return console_text(exchange, "undertaking.trying");
	if (of->state == UNDERTAKING_DOING && !of->searched)
		return console_text(exchange, "undertaking.searching");
	if (of->state == UNDERTAKING_FAILED && of->done > 0)
		return console_text(exchange, "undertaking.failed_on_way");
	return console_text(exchange, names[of->state]);
}

/* Of the search, and then of what is done: a page shows one bar. */
static unsigned
percent_of(const struct undertaking *of)
{
	if (undertaking_is_purge(of->sort) || !of->searched || of->total == 0)
		return of->percent;
	return (unsigned)(of->done * 100 / of->total);
}

static json_t *
undertaking_json(const struct exchange *exchange, const struct undertaking *of)
{
	return json_pack("{sI so ss ss so si sI sI sb}", "number",
	    (json_int_t)of->number, "what", what_json(exchange, of), "said",
	    said_of(exchange, of), "who", of->who, "begun_at",
	    view_time(of->begun_at), "percent", (int)percent_of(of), "total",
	    (json_int_t)of->total, "so_far", (json_int_t)of->done, "busy",
	    is_busy(of));
}

/* --- the lists ------------------------------------------------------------ */

unsigned
console_work_count(struct exchange *exchange)
{
	struct undertaking list[UNDERTAKINGS_MAX];
	size_t count = undertaking_list(exchange->service->undertakings, list);
	unsigned waiting = 0;

	for (size_t i = 0; i < count; i++)
		waiting +=
		    may_see(exchange, &list[i]) &&
		    (is_busy(&list[i]) || list[i].state == UNDERTAKING_SHOWN);
	return waiting;
}

enum handled
console_work(struct exchange *exchange)
{
	struct undertaking list[UNDERTAKINGS_MAX];
	size_t count = undertaking_list(exchange->service->undertakings, list);
	json_t *rows = json_array();

	for (size_t i = 0; i < count; i++) {
		if (may_see(exchange, &list[i]))
			json_array_append_new(
			    rows, undertaking_json(exchange, &list[i]));
	}
	exchange->reply.status = 200;
	console_reply(exchange, "work.html", "work",
	    json_pack("{sb so}", "any", json_array_size(rows) > 0,
		"undertakings", rows));
	return HANDLED;
}

/* A link of another page may have filled the form in. */
static int
make_purge(struct view *view)
{
	const json_t *from = view->exchange->refused.words != NULL
				 ? view->exchange->input
				 : view->query;
	const char *by = json_string_value(json_object_get(from, "by"));
	const char *which = json_string_value(json_object_get(from, "which"));

	json_object_update_new(view->answer,
	    json_pack("{s{sb} ss}", "by", by != NULL ? by : "sensor", 1,
		"which", which != NULL ? which : ""));
	return 0;
}

enum handled
console_purge(struct exchange *exchange)
{
	json_t *view = view_read(exchange, make_purge);

	if (view == NULL)
		return HANDLED;
	exchange->reply.status = 200;
	console_reply(exchange, "purge.html", "purge", view);
	return HANDLED;
}

/* --- one of them ---------------------------------------------------------- */

/* A purge's counts, and whether there is anything to confirm. */
static void
add_result(json_t *view, const struct undertaking *of)
{
	bool shown = of->state == UNDERTAKING_SHOWN;
	bool done = of->state == UNDERTAKING_DONE;
	const struct purge_result *result = done ? &of->did : &of->would;

	if (!shown && !done)
		return;
	json_object_update_new(view, act_purge_json(result, done));
	/* Each page's word of what was done has that name. */
	json_object_del(view, "done");
	json_object_update_new(
	    view, json_pack("{sb sb sb sb}", "result", 1, "any_ended",
		      result->ended > 0, "empty", result->evidence == 0,
		      "confirmable", shown && result->evidence > 0));
}

/* An exemption says something even where it covers none that is listed. */
static void
add_bulk(json_t *view, const struct undertaking *of)
{
	bool shown = of->state == UNDERTAKING_SHOWN;
	bool empty = of->total == 0 && of->sort != UNDERTAKING_EXEMPT;
	json_t *first = json_array();
	char text[IPPREFIX_TEXT_MAX];

	for (uint64_t i = 0; shown && i < of->total && i < PURGE_SHOWN_MAX; i++)
		json_array_append_new(first,
		    json_string(listing_unit_format(&of->first[i], text)));
	json_object_update_new(view,
	    json_pack("{sb sb sb sb sb so so sb sb}", "bulk", 1, "counted",
		shown || of->state == UNDERTAKING_DONE, "stepping",
		of->state == UNDERTAKING_DOING && of->searched, "stoppable",
		of->state == UNDERTAKING_DOING, "cut",
		of->state == UNDERTAKING_STOPPED ||
		    (of->state == UNDERTAKING_FAILED && of->done > 0),
		"first", first, "next_unit",
		of->searched && of->done < of->total
		    ? json_string(listing_unit_format(&of->next, text))
		    : json_null(),
		"empty", shown && empty, "confirmable", shown && !empty));
}

static void
show(struct exchange *exchange, const struct undertaking *of)
{
	json_t *view = undertaking_json(exchange, of);
	const char *kind = kind_of(of);

	json_object_update_new(
	    view, json_pack("{sb sb sb ss ss ss ss sb s{sb} sb}", "is_shown",
		      of->state == UNDERTAKING_SHOWN, "is_done",
		      of->state == UNDERTAKING_DONE, "is_failed",
		      of->state == UNDERTAKING_FAILED, "confirmed_by",
		      of->confirmed_by, "reason", of->reason, "back",
		      sorts[of->sort].page, "back_text",
		      text_of(exchange, "back", sorts[of->sort].page, ""),
		      "dangerous", sorts[of->sort].dangerous, "sort", kind, 1,
		      "purges", of->sort == UNDERTAKING_PURGE));
	if (undertaking_is_purge(of->sort))
		add_result(view, of);
	else
		add_bulk(view, of);
	exchange->reply.script = is_busy(of);
	exchange->reply.status = 200;
	console_reply(exchange, "undertaking.html", "work", view);
}

/* 0: it is none. */
static uint64_t
number_of(const char *text)
{
	size_t len = strspn(text, "0123456789");

	/* Nineteen digits would be too many for some. */
	return len > 0 && len <= 18 && text[len] == '\0'
		   ? strtoull(text, NULL, 10)
		   : 0;
}

/* False: the reply is the problem. */
static bool
find(struct exchange *exchange, struct undertaking *found)
{
	int code = undertaking_get(exchange->service->undertakings,
	    number_of(exchange->subject), found);

	if (code == 0 && may_see(exchange, found))
		return true;
	if (code == 0)
		problem_reply(exchange, PROBLEM_FORBIDDEN, NULL);
	else
		problem_reply(exchange, PROBLEM_NO_SUCH,
		    "Nothing is known of that any more. What was done stands "
		    "in the audit.");
	return false;
}

enum handled
console_undertaking(struct exchange *exchange)
{
	struct undertaking found;

	if (find(exchange, &found))
		show(exchange, &found);
	return HANDLED;
}

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

	what.purge.reason = NULL; /* it is asked for when it is confirmed */
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

	if (ipprefix_parse(exchange_text(exchange, "prefix"), &prefix) != 0)
		return false;
	return ipaddr_is_ipv4(&prefix.address) ? prefix.length < 120
					       : prefix.length < 64;
}

/* --- and confirming, or stopping it --------------------------------------- */

enum handled
console_confirm_begun(struct exchange *exchange)
{
	const char *reason = exchange_text(exchange, "reason");
	struct act act = act_of(exchange, exchange->input);
	struct undertaking found;
	int code;

	if (!find(exchange, &found))
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

/* It has ended by itself meanwhile: the page tells. */
enum handled
console_stop_begun(struct exchange *exchange)
{
	struct undertaking found;

	if (!find(exchange, &found))
		return HANDLED;
	undertaking_stop(exchange->service->undertakings, found.number);
	lead_to(exchange, found.number);
	return HANDLED;
}
