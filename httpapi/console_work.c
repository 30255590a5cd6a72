#include "httpapi/console_work.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "db/purge_json.h"
#include "db/told.h"
#include "httpapi/act.h"
#include "httpapi/console.h"
#include "httpapi/console_page.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"
#include "httpapi/view.h"

/* --- in words ------------------------------------------------------------- */

/* The page that leads to each sort; texts have the sort's own name. */
static const struct {
	const char *page;
	bool dangerous; /* nothing brings it back */
} sorts[UNDERTAKING_SORTS] = {
	[UNDERTAKING_PURGE] = { "purge", true },
	[UNDERTAKING_MERGE] = { "campaigns", true },
	[UNDERTAKING_RELEASE] = { "guard", false },
	[UNDERTAKING_REJECT] = { "guard", true },
	[UNDERTAKING_REMOVE] = { "listings", true },
	[UNDERTAKING_EXEMPT] = { "exemptions", true },
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
					     : undertaking_sort_name(of->sort);
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

static json_t *
undertaking_json(const struct exchange *exchange, const struct undertaking *of)
{
	return json_pack("{sI so ss ss so si sI sI sb}", "number",
	    (json_int_t)of->number, "what", what_json(exchange, of), "said",
	    said_of(exchange, of), "who", of->who, "begun_at",
	    told_time(of->begun_at), "percent", (int)undertaking_percent(of),
	    "total", (json_int_t)of->total, "so_far", (json_int_t)of->done,
	    "busy", !undertaking_is_at_rest(of));
}

/* --- the lists ------------------------------------------------------------ */

/* A program that only looks has its answer. */
static bool
is_shown_to(const struct exchange *exchange, const struct undertaking *of)
{
	return undertaking_may_see(&exchange->caller, of) && !of->only_looks;
}

unsigned
console_work_count(struct exchange *exchange)
{
	struct undertaking list[UNDERTAKINGS_MAX];
	size_t count = undertaking_list(exchange->service->undertakings, list);
	unsigned waiting = 0;

	for (size_t i = 0; i < count; i++)
		waiting += is_shown_to(exchange, &list[i]) &&
			   (!undertaking_is_at_rest(&list[i]) ||
			       list[i].state == UNDERTAKING_SHOWN);
	return waiting;
}

static int
make_work(struct view *view)
{
	struct undertaking list[UNDERTAKINGS_MOST];
	json_t *rows = json_array();
	size_t count;
	int code = undertaking_list_all(view->exchange->service->undertakings,
	    view->reader->txn, list, &count);

	for (size_t i = 0; i < count; i++) {
		if (is_shown_to(view->exchange, &list[i]))
			json_array_append_new(
			    rows, undertaking_json(view->exchange, &list[i]));
	}
	json_object_update_new(
	    view->answer, json_pack("{sb so}", "any", json_array_size(rows) > 0,
			      "undertakings", rows));
	return code;
}

enum handled
console_work(struct exchange *exchange)
{
	json_t *view = view_read(exchange, make_work);

	if (view == NULL)
		return HANDLED;
	exchange->reply.status = 200;
	console_reply(exchange, "work.html", "work", view);
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

/* How far a purge is, and whether there is still something to stop. */
static void
add_purge(json_t *view, const struct undertaking *of)
{
	bool doing = of->state == UNDERTAKING_DOING;

	json_object_update_new(
	    view, json_pack("{sb sb sb}", "takes_back", doing && of->searched,
		      "stoppable", doing && !of->taken, "cut",
		      of->state == UNDERTAKING_STOPPED));
}

/*
 * A purge's counts, and whether there is anything to confirm. One that was
 * stopped has carried through what it had taken.
 */
static void
add_result(json_t *view, const struct undertaking *of)
{
	bool shown = of->state == UNDERTAKING_SHOWN;
	bool done =
	    of->state == UNDERTAKING_DONE || of->state == UNDERTAKING_STOPPED;
	const struct purge_result *result =
	    done && !of->only_looks ? &of->did : &of->would;

	if (!shown && !done)
		return;
	json_object_update_new(view, purge_result_json(result, done));
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
	if (undertaking_is_purge(of->sort)) {
		add_purge(view, of);
		add_result(view, of);
	} else {
		add_bulk(view, of);
	}
	exchange->reply.script = !undertaking_is_at_rest(of);
	exchange->reply.status = 200;
	console_reply(exchange, "undertaking.html", "work", view);
}

static int
find(struct exchange *exchange, struct undertaking *found)
{
	struct service *service = exchange->service;
	struct reader *reader;
	int code = reader_take(service->readers, &reader);

	if (code != 0)
		return code;
	code = undertaking_find_any(service->undertakings, reader->txn,
	    undertaking_number(exchange->subject), found);
	reader_give(service->readers, reader);
	return code;
}

bool
console_work_find(struct exchange *exchange, struct undertaking *found)
{
	int code = find(exchange, found);

	if (code == 0 && undertaking_may_see(&exchange->caller, found))
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

	if (console_work_find(exchange, &found))
		show(exchange, &found);
	return HANDLED;
}
