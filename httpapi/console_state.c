#include "httpapi/console.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "db/condition.h"
#include "db/probe.h"
#include "db/role.h"
#include "db/told.h"
#include "db/trend.h"
#include "httpapi/console_page.h"
#include "httpapi/view.h"
#include "httpapi/writer.h"

static enum handled
show(struct exchange *exchange, const char *page, const char *at, json_t *view)
{
	exchange->reply.status = 200;
	console_reply(exchange, page, at, view);
	return HANDLED;
}

static const char *
text_of(const struct exchange *exchange, const char *group, const char *name)
{
	char text[64];

	snprintf(text, sizeof(text), "%s.%s", group, name);
	return console_text(exchange, text);
}

/* --- trends --------------------------------------------------------------- */

enum handled
console_trends(struct exchange *exchange)
{
	json_t *view = view_read(exchange, view_activity);
	json_t *lists = json_array();

	for (int by = 0; view != NULL && by < TREND_BY_COUNT; by++) {
		const char *name = trend_by_name((enum trend_by)by);
		json_t *rows =
		    json_object_get(json_object_get(view, "tops"), name);

		json_array_append_new(lists,
		    json_pack("{ss sO}", "title",
			text_of(exchange, "trends.by", name), "rows", rows));
	}
	if (view == NULL) {
		json_decref(lists);
		return HANDLED;
	}
	json_object_set_new(view, "top_lists", lists);
	exchange->reply.script = true;
	return show(exchange, "trends.html", "trends", view);
}

/* --- health --------------------------------------------------------------- */

/* Octets in GiB: nobody counts digits. */
static json_t *
figure(const struct condition_limits *limits, int64_t value)
{
	if (limits->unit[0] == 'B')
		return json_sprintf(
		    "%.1f GiB", (double)value / (double)(INT64_C(1) << 30));
	return json_sprintf("%" PRId64 "%s%s", value,
	    limits->unit[0] != '\0' ? " " : "", limits->unit);
}

/* What is so or not has no figure: its state says it. */
static bool
is_flag(enum condition_measure which)
{
	return which == CONDITION_INGEST_SILENT ||
	       which == CONDITION_HTTPAPI_SILENT || which == CONDITION_FULL ||
	       which == CONDITION_DNSD_SILENT;
}

static json_t *
limit_json(const struct condition_limits *limits, int64_t value)
{
	return value == CONDITION_NEVER ? json_null() : figure(limits, value);
}

static json_t *
value_json(const struct exchange *exchange, const struct condition *condition,
    enum condition_measure which)
{
	const struct condition_limits *limits = &condition_limits[which];
	int64_t value = condition->values[which];

	if (is_flag(which))
		return json_null();
	if (value == CONDITION_EVER)
		return json_string(console_text(exchange, "overview.never"));
	if (limits->unit[0] == 's' && value > 0)
		return console_duration(exchange, value);
	return figure(limits, value);
}

static json_t *
row_json(const struct exchange *exchange, const struct condition *condition,
    enum condition_measure which)
{
	static const char *const states[] = {
		[CONDITION_OK] = "ok",
		[CONDITION_WARNING] = "warning",
		[CONDITION_CRITICAL] = "critical",
	};
	const struct condition_limits *limits = &condition_limits[which];
	int64_t warning = is_flag(which) ? CONDITION_NEVER : limits->warning;
	int64_t critical = is_flag(which) ? CONDITION_NEVER : limits->critical;

	return json_pack("{ss so ss so so sb sb}", "title",
	    text_of(exchange, "health.of", limits->name), "value",
	    value_json(exchange, condition, which), "state",
	    text_of(
		exchange, "health", states[condition_judge(condition, which)]),
	    "warning", limit_json(limits, warning), "critical",
	    limit_json(limits, critical), "both",
	    warning != CONDITION_NEVER && critical != CONDITION_NEVER,
	    "failing", condition_judge(condition, which) != CONDITION_OK);
}

/* What dnsd answered, each by its own words in the page. */
static json_t *
dnsd_json(const struct probe_answer *answer, const struct condition *condition)
{
	return json_pack("{s{sb} sI sI ss}", "dnsd",
	    probe_state_name(answer->state), 1, "served",
	    (json_int_t)answer->serial, "short",
	    (json_int_t)condition->values[CONDITION_DNSD_BEHIND], "rcode",
	    probe_rcode_name(answer->rcode));
}

static json_t *
program_json(
    const struct exchange *exchange, const struct store_life *life, int64_t now)
{
	bool hangs = life->runs && now - life->last >= CONDITION_SILENT_SECONDS;

	return json_pack("{sb so so sb}", "runs", life->runs, "since",
	    told_time(life->since), "age",
	    life->runs ? console_duration(
			     exchange, now > life->last ? now - life->last : 0)
		       : json_null(),
	    "failing", !life->runs || hangs);
}

/* Those that run for long, each with its sign of life; dnsd is asked, too. */
static json_t *
programs_json(const struct exchange *exchange,
    const struct condition *condition, const struct probe_answer *dnsd,
    int64_t now)
{
	json_t *programs = json_array();

	for (int i = 0; i < STORE_PROGRAMS; i++) {
		json_t *program =
		    program_json(exchange, &condition->lives[i], now);

		json_object_set_new(program, "name",
		    json_string(store_program_name((enum store_program)i)));
		if (i == STORE_DNSD)
			json_object_update_new(
			    program, dnsd_json(dnsd, condition));
		json_object_set_new(
		    program, "httpapi", json_boolean(i == STORE_HTTPAPI));
		json_array_append_new(programs, program);
	}
	return programs;
}

static int
make_health(struct view *view)
{
	struct exchange *exchange = view->exchange;
	struct condition condition;
	struct probe_answer dnsd;
	json_t *rows = json_array();
	int code = view_condition(view, &condition, &dnsd);

	for (int i = 0; i < CONDITION_MEASURES; i++)
		json_array_append_new(rows,
		    row_json(exchange, &condition, (enum condition_measure)i));
	json_object_update_new(view->answer,
	    json_pack("{so so sb sI ss si}", "rows", rows, "programs",
		programs_json(exchange, &condition, &dnsd, view->now), "well",
		condition_worst(&condition) == CONDITION_OK, "serial",
		(json_int_t)condition.version.serial, "version", BSBL_VERSION,
		"queue", (int)writer_waiting(exchange->service->writer)));
	return code;
}

/* What is not as it should be, for the overview. */
int
console_failing(struct view *view)
{
	struct condition condition;
	struct probe_answer dnsd;
	json_t *rows = json_array();
	int code = view_condition(view, &condition, &dnsd);

	for (int i = 0; code == 0 && i < CONDITION_MEASURES; i++) {
		enum condition_measure which = (enum condition_measure)i;

		if (condition_judge(&condition, which) != CONDITION_OK)
			json_array_append_new(
			    rows, row_json(view->exchange, &condition, which));
	}
	json_object_set_new(view->answer, "failing", rows);
	return code;
}

enum handled
console_health(struct exchange *exchange)
{
	json_t *view = view_read(exchange, make_health);

	return view != NULL ? show(exchange, "health.html", "health", view)
			    : HANDLED;
}

/* --- tokens --------------------------------------------------------------- */

enum handled
console_tokens(struct exchange *exchange)
{
	json_t *view = view_read(exchange, view_tokens), *token;
	size_t i;

	/* The number is of those alone that hand in events. */
	json_array_foreach(json_object_get(view, "tokens"), i, token)
	{
		const char *role =
		    json_string_value(json_object_get(token, "role"));

		if (strcmp(role, role_name(ROLE_SENSOR)) != 0)
			json_object_del(token, "sensor");
	}
	return view != NULL ? show(exchange, "tokens.html", "tokens", view)
			    : HANDLED;
}
