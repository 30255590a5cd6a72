#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/trap.h"
#include "httpapi/act.h"
#include "httpapi/act_input.h"
#include "httpapi/search.h"
#include "httpapi/survey.h"
#include "httpapi/view.h"

/* --- which ---------------------------------------------------------------- */

/* As bsblctl reads them: a distance is one back from now. */
static int
read_past(struct act *act, const char *name, int64_t usual, int64_t *at)
{
	const char *text = json_string_value(json_object_get(act->input, name));
	int64_t distance;

	*at = usual;
	if (text == NULL || text[0] == '\0')
		return 0;
	if (clock_parse_distance(text, &distance) == 0)
		*at = act->now - distance;
	else if (clock_parse(text, act->now, at) != 0)
		return act_refuse_at(act, name,
		    "A time is 12h, 30d, 2026-12-31 or "
		    "2026-12-31T12:00:00Z.");
	return 0;
}

static int
read_number(
    struct act *act, const char *text, int base, uint64_t most, uint64_t *to)
{
	char *end;

	errno = 0;
	*to = strtoull(text, &end, base);
	if (errno != 0 || end == text || *end != '\0' || *text == '-' ||
	    *to > most)
		return act_refuse_at(act, "which",
		    "A sensor is a number; a campaign has 16 hexadecimal "
		    "figures.");
	return 0;
}

static int
read_trap(struct act *act, const char *text, uint64_t *id)
{
	struct store_txn *txn;
	int code = store_begin_read(act->exchange->service->store, &txn);

	if (code != 0)
		return code;
	code = trap_id_of(txn, text, id);
	store_abort(txn);
	if (code == ERROR_FORMAT || code == ERROR_REFUSED)
		return act_refuse_at(act, "which",
		    "A trap is user@domain, @domain or @.domain.");
	return code;
}

/* One of the three, as text; a sensor may be a number, too. */
static int
read_which(struct act *act, struct purge *purge)
{
	const json_t *number = json_object_get(act->input, "sensor");
	const char *sensor = json_string_value(number);
	const char *trap =
	    json_string_value(json_object_get(act->input, "trap"));
	const char *campaign =
	    json_string_value(json_object_get(act->input, "campaign"));

	if ((number != NULL) + (trap != NULL) + (campaign != NULL) != 1)
		return act_refuse_at(
		    act, "which", "Name one of sensor, trap and campaign.");
	purge->by = trap != NULL       ? PURGE_TRAP
		    : campaign != NULL ? PURGE_CAMPAIGN
				       : PURGE_SENSOR;
	if (trap != NULL)
		return read_trap(act, trap, &purge->which);
	if (campaign != NULL)
		return read_number(
		    act, campaign, 16, UINT64_MAX, &purge->which);
	if (sensor != NULL)
		return read_number(act, sensor, 10, UINT32_MAX, &purge->which);
	purge->which = (uint64_t)json_integer_value(number);
	return json_is_integer(number) && purge->which <= UINT32_MAX
		   ? 0
		   : act_refuse_at(act, "which", "A sensor is a number.");
}

static int
read_reason(struct act *act, struct purge *purge)
{
	purge->reason =
	    json_string_value(json_object_get(act->input, "reason"));
	if (purge->reason != NULL && strlen(purge->reason) > LISTING_REASON_MAX)
		return act_refuse_at(
		    act, "reason", "The reason is longer than 200 octets.");
	return 0;
}

int
act_read_purge(struct act *act, struct purge *purge)
{
	int code = read_which(act, purge);

	if (code == 0)
		code = read_past(act, "from", -1, &purge->from);
	if (code == 0)
		code = read_past(act, "to", act->now + 1, &purge->to);
	if (code == 0 && purge->from < 0)
		code =
		    act_refuse_at(act, "from", "From when on has to be named.");
	if (code == 0 && purge->from >= purge->to)
		code = act_refuse_at(act, "from", "From must lie before to.");
	return code != 0 ? code : read_reason(act, purge);
}

/* All of its evidence, whenever it came. */
int
act_read_merge(struct act *act, struct purge *purge)
{
	const char *into =
	    json_string_value(json_object_get(act->input, "into"));

	purge->by = PURGE_CAMPAIGN;
	purge->from = 0;
	purge->to = act->now + 1;
	if (into == NULL || view_parse_campaign(into, &purge->into) != 0 ||
	    view_parse_campaign(act->subject, &purge->which) != 0)
		return act_refuse_at(act, "into",
		    "A campaign has 16 hexadecimal figures, in lower case.");
	return read_reason(act, purge);
}

/* --- doing it ------------------------------------------------------------- */

static int
step(struct store_txn *txn, void *context, int64_t deadline_ms)
{
	return record_purge_prepare(txn, context, deadline_ms);
}

json_t *
act_purge_json(const struct purge_result *result, bool done)
{
	json_t *first = json_array();
	char text[IPPREFIX_TEXT_MAX];

	for (uint64_t i = 0; i < result->ended && i < PURGE_SHOWN_MAX; i++)
		json_array_append_new(first,
		    json_string(
			listing_unit_format(&result->first_ended[i], text)));
	return json_pack("{sb sI sI sI sI sI sI so}", "done", done, "evidence",
	    (json_int_t)result->evidence, "addresses",
	    (json_int_t)result->addresses, "judged", (json_int_t)result->judged,
	    "ended", (json_int_t)result->ended, "no_longer_held",
	    (json_int_t)result->unheld, "begun", (json_int_t)result->begun,
	    "first_ended", first);
}

/* A look is the whole work, thrown away. */
static int
purge(struct act *act, struct purge_plan *plan, bool keep)
{
	struct purge_result result = { .evidence = 0 };
	int code = store_begin_write(act->exchange->service->store, &act->txn);

	if (code != 0)
		return code;
	code = record_purge(act->txn, &act->rules, plan, act->now, &result);
	if (code == 0 && keep)
		code = store_commit(act->txn);
	else
		store_abort(act->txn);
	record_log_decisions(&act->rules, code == 0 && keep);
	if (code == 0)
		json_object_update_new(
		    act->answer, act_purge_json(&result, keep));
	return code;
}

/* On its way from the searcher's thread to the writer's. */
struct act_purging {
	struct purge_plan plan;
	void (*done)(struct writer_job *job, void *context);
};

static struct exchange *
exchange_of(struct writer_job *job)
{
	return (struct exchange *)(void *)((char *)job -
					   offsetof(struct exchange, job));
}

static void
run_on_writer(struct writer_job *job, void *context)
{
	struct act_purging *purging = exchange_of(job)->act.purging;
	const struct purge *which = &purging->plan.purge;
	struct act act;
	bool keep;
	int code;

	(void)context;
	act_begin(&act, job);
	keep = json_is_false(json_object_get(act.input, "dry_run"));
	code = purge(&act, &purging->plan, keep);
	if (code == 0 && keep)
		survey_spoil(act.exchange->service->survey);
	if (code == ERROR_REFUSED && which->into != 0)
		act.why = "They are one campaign already.";
	act.exchange->act.reply(&act, code);
	json_decref(act.answer);
	purge_plan_deinit(&purging->plan);
	free(purging);
}

static void
hand_over(struct writer_job *job, void *context)
{
	struct exchange *exchange = exchange_of(job);

	(void)context;
	job->run = run_on_writer;
	job->done = exchange->act.purging->done;
	writer_submit(exchange->service->writer, job);
}

/* 0: it is found, and a place of the writer's is kept for what follows. */
static int
search(struct act *act, struct purge_plan *plan)
{
	struct service *service = act->exchange->service;
	struct purge which = { .into = 0 };
	int code = act->subject[0] != '\0' ? act_read_merge(act, &which)
					   : act_read_purge(act, &which);

	if (code != 0)
		return code;
	purge_plan_init(plan, &which);
	code = search_walk(service, step, plan);
	if (code == 0 && !writer_reserve(service->writer))
		code = ERROR_BUSY;
	if (code != 0)
		purge_plan_deinit(plan);
	return code;
}

/* Nobody waits for the writer's thread meanwhile. */
static void
run_on_searcher(struct writer_job *job, void *context)
{
	struct act_purging *purging = calloc(1, sizeof(*purging));
	struct act act;
	int code;

	(void)context;
	act_begin(&act, job);
	code = purging != NULL ? search(&act, &purging->plan) : -ENOMEM;
	if (code == 0) {
		purging->done = job->done;
		act.exchange->act.purging = purging;
		job->done = hand_over;
	} else {
		free(purging);
		act.exchange->act.reply(&act, code);
	}
	json_decref(act.answer);
}

enum handled
act_purge(struct exchange *exchange, act_reply *reply)
{
	exchange->act.reply = reply;
	exchange->job.run = run_on_searcher;
	exchange->thread = exchange->service->searcher;
	return HANDLED_LATER;
}
