#include "httpapi/console_purge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "httpapi/act.h"
#include "httpapi/console.h"
#include "httpapi/console_page.h"
#include "httpapi/problem.h"
#include "httpapi/undertaking.h"
#include "httpapi/view.h"

/* --- in words ------------------------------------------------------------- */

static const char *
kind_of(const struct undertaking *undertaking)
{
	static const char *const kinds[] = {
		[PURGE_SENSOR] = "sensor",
		[PURGE_TRAP] = "trap",
		[PURGE_CAMPAIGN] = "campaign",
	};

	return undertaking->purge.into != 0 ? "merge"
					    : kinds[undertaking->purge.by];
}

/* "Purge of sensor {name}", and the name. */
static json_t *
what_json(const struct exchange *exchange, const struct undertaking *of)
{
	char name[64];
	const char *text, *after;

	snprintf(name, sizeof(name), "undertaking.of.%s", kind_of(of));
	text = console_text(exchange, name);
	after = strchr(text, '}');
	return json_sprintf("%.*s%s%s", (int)strcspn(text, "{"), text,
	    of->subject, after != NULL ? after + 1 : "");
}

static const char *
said_of(const struct exchange *exchange, const struct undertaking *of)
{
	static const char *const names[] = {
		[UNDERTAKING_LOOKING] = "undertaking.looking",
		[UNDERTAKING_SHOWN] = "undertaking.shown",
		[UNDERTAKING_DOING] = "undertaking.doing",
		[UNDERTAKING_DONE] = "undertaking.done",
		[UNDERTAKING_FAILED] = "undertaking.failed_state",
	};

	if (of->state == UNDERTAKING_LOOKING && of->searched)
		return console_text(exchange, "undertaking.trying");
	return console_text(exchange, names[of->state]);
}

static json_t *
undertaking_json(const struct exchange *exchange, const struct undertaking *of)
{
	return json_pack("{sI so ss ss so si}", "number",
	    (json_int_t)of->number, "what", what_json(exchange, of), "said",
	    said_of(exchange, of), "who", of->who, "begun_at",
	    view_time(of->begun_at), "percent", (int)of->percent);
}

/* --- pages ---------------------------------------------------------------- */

/* A link of another page may have filled the form in. */
static int
make_purge(struct view *view)
{
	struct exchange *exchange = view->exchange;
	struct undertaking list[UNDERTAKINGS_MAX];
	size_t count = undertaking_list(exchange->service->undertakings, list);
	const char *by = json_string_value(json_object_get(view->query, "by"));
	json_t *which = json_object_get(view->query, "which");
	json_t *rows = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(
		    rows, undertaking_json(exchange, &list[i]));
	json_object_update_new(view->answer,
	    json_pack("{so sb s{sb} so}", "undertakings", rows, "any",
		count > 0, "by", by != NULL ? by : "sensor", 1, "which",
		which != NULL ? json_incref(which) : json_string("")));
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

/* The counts, and whether there is anything to confirm. */
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
	json_object_set_new(view, "result", json_true());
	json_object_set_new(view, "any_ended", json_boolean(result->ended > 0));
	json_object_set_new(view, "empty", json_boolean(result->evidence == 0));
	json_object_set_new(
	    view, "confirmable", json_boolean(shown && result->evidence > 0));
}

static void
show(struct exchange *exchange, const struct undertaking *of)
{
	json_t *view = undertaking_json(exchange, of);
	bool busy =
	    of->state == UNDERTAKING_LOOKING || of->state == UNDERTAKING_DOING;

	json_object_update_new(view,
	    json_pack("{sb sb sb sb sb ss ss}", "busy", busy, "is_shown",
		of->state == UNDERTAKING_SHOWN, "is_done",
		of->state == UNDERTAKING_DONE, "is_failed",
		of->state == UNDERTAKING_FAILED, "merge", of->purge.into != 0,
		"confirmed_by", of->confirmed_by, "reason", of->reason));
	add_result(view, of);
	exchange->reply.script = busy;
	exchange->reply.status = 200;
	console_reply(exchange, "undertaking.html", "purge", view);
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

enum handled
console_undertaking(struct exchange *exchange)
{
	struct undertaking found;

	if (undertaking_get(exchange->service->undertakings,
		number_of(exchange->subject), &found) == 0)
		show(exchange, &found);
	else
		problem_reply(exchange, PROBLEM_NO_SUCH,
		    "Nothing is known of that any more. What was done stands "
		    "in the audit.");
	return HANDLED;
}

/* --- what the forms do ---------------------------------------------------- */

static void
lead_to(struct exchange *exchange, uint64_t number)
{
	exchange->reply.status = 303;
	reply_header(
	    &exchange->reply, "Location", "/console/purge/%" PRIu64, number);
	reply_header(&exchange->reply, "Cache-Control", "no-store");
}

typedef int read_undertaking(struct act *act, struct purge *purge);

/* `input` is freed. */
static enum handled
begin(struct exchange *exchange, read_undertaking *read, json_t *input,
    const char *subject)
{
	struct act act = { .exchange = exchange,
		.input = input,
		.subject = subject,
		.now = clock_seconds() };
	struct undertaking what = { .number = 0 };
	uint64_t number;
	int code = read(&act, &what.purge);

	what.purge.reason = NULL;
	what.until_now = exchange_text(exchange, "to")[0] == '\0';
	snprintf(what.subject, sizeof(what.subject), "%s", subject);
	snprintf(what.who, sizeof(what.who), "%s", exchange->caller.who);
	if (code == 0)
		code = undertaking_begin(
		    exchange->service->undertakings, &what, &number);
	if (code == 0)
		lead_to(exchange, number);
	else if (code == ERROR_FULL)
		problem_reply(exchange, PROBLEM_BUSY, NULL);
	else
		act_answer(&act, code);
	json_decref(input);
	return HANDLED;
}

enum handled
console_begin_purge(struct exchange *exchange)
{
	const char *which = exchange_text(exchange, "which");
	const char *by = exchange_text(exchange, "by");

	if (strcmp(by, "sensor") != 0 && strcmp(by, "trap") != 0 &&
	    strcmp(by, "campaign") != 0) {
		problem_reply(exchange, PROBLEM_BAD_BODY, NULL);
		return HANDLED;
	}
	return begin(exchange, act_read_purge,
	    json_pack("{ss ss ss}", by, which, "from",
		exchange_text(exchange, "from"), "to",
		exchange_text(exchange, "to")),
	    which);
}

enum handled
console_begin_merge(struct exchange *exchange)
{
	return begin(exchange, act_read_merge,
	    json_pack("{ss}", "into", exchange_text(exchange, "into")),
	    exchange->subject);
}

enum handled
console_confirm_begun(struct exchange *exchange)
{
	const char *reason = exchange_text(exchange, "reason");
	uint64_t number = number_of(exchange->subject);
	int code = ERROR_REFUSED;

	if (reason[0] != '\0' && strlen(reason) <= LISTING_REASON_MAX)
		code = undertaking_confirm(exchange->service->undertakings,
		    number, exchange->caller.who, reason);
	if (code == 0)
		lead_to(exchange, number);
	else if (code == ERROR_REFUSED)
		problem_reply(exchange, PROBLEM_BAD_BODY,
		    "A reason must be given, of 200 octets at most.");
	else if (code == ERROR_EXISTS)
		problem_reply(exchange, PROBLEM_EXISTS,
		    "It does not wait to be confirmed: somebody has done so.");
	else if (code == ERROR_NOT_FOUND)
		problem_reply(exchange, PROBLEM_NO_SUCH, NULL);
	else
		problem_reply(exchange, PROBLEM_BUSY, NULL);
	return HANDLED;
}
