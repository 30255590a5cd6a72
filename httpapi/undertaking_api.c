#include "httpapi/undertaking_api.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/purge_json.h"
#include "db/told.h"
#include "httpapi/act_input.h"
#include "httpapi/negotiate.h"
#include "httpapi/problem.h"

/* Who called by hand is still looking. */
#define USUAL_SECONDS 5

/* --- in JSON -------------------------------------------------------------- */

static const char *
state_of(const struct undertaking *of)
{
	static const char *const names[] = {
		[UNDERTAKING_LOOKING] = "looking",
		[UNDERTAKING_SHOWN] = "shown",
		[UNDERTAKING_DOING] = "doing",
		[UNDERTAKING_DONE] = "done",
		[UNDERTAKING_STOPPED] = "stopped",
		[UNDERTAKING_FAILED] = "failed",
	};

	return names[of->state];
}

/* What is answered where it is done in time; of a purge, or of many. */
static json_t *
result_json(const struct undertaking *of)
{
	static const char *const names[UNDERTAKING_SORTS] = {
		[UNDERTAKING_RELEASE] = "released",
		[UNDERTAKING_REJECT] = "rejected",
		[UNDERTAKING_REMOVE] = "removed",
		[UNDERTAKING_EXEMPT] = "exempt",
	};
	char text[IPPREFIX_TEXT_MAX];

	if (undertaking_is_purge(of->sort))
		return purge_result_json(
		    of->only_looks ? &of->would : &of->did, !of->only_looks);
	if (of->sort == UNDERTAKING_RELEASE || of->sort == UNDERTAKING_REJECT)
		return json_pack("{sI}", names[of->sort], (json_int_t)of->done);
	return json_pack("{ss ss sI}", "prefix",
	    ipprefix_format(&of->prefix, text), "state", names[of->sort],
	    "listings", (json_int_t)of->done);
}

/* A purge that was stopped has carried through what it had taken. */
static bool
has_result(const struct undertaking *of)
{
	return of->state == UNDERTAKING_DONE ||
	       (of->state == UNDERTAKING_STOPPED &&
		   undertaking_is_purge(of->sort));
}

static json_t *
undertaking_json(const struct undertaking *of)
{
	return json_pack("{sI ss ss so ss so so so si sI sI so}", "number",
	    (json_int_t)of->number, "sort", undertaking_sort_name(of->sort),
	    "state", state_of(of), "subject",
	    of->subject[0] != '\0' ? told_text(of->subject) : json_null(),
	    "who", of->confirmed_by[0] != '\0' ? of->confirmed_by : of->who,
	    "reason",
	    of->reason[0] != '\0' ? told_text(of->reason) : json_null(),
	    "begun_at", told_time(of->begun_at), "ended_at",
	    told_time(of->ended_at), "percent", (int)undertaking_percent(of),
	    "total", (json_int_t)of->total, "done", (json_int_t)of->done,
	    "result", has_result(of) ? result_json(of) : json_null());
}

/* --- beginning one -------------------------------------------------------- */

/* Half of the time that a request has is left for its answer. */
static int64_t
until_of(const struct exchange *exchange, long usual_seconds)
{
	int64_t wait_ms =
	    INT64_C(1000) *
	    negotiate_wait(exchange_field(exchange, "Prefer"), usual_seconds);
	int64_t most_ms = exchange->site->request_ms / 2;

	return clock_monotonic_ms() + (wait_ms < most_ms ? wait_ms : most_ms);
}

static int
begin(struct act *act, struct exchange *exchange)
{
	struct undertaking what = { .until_now = false };
	int code = exchange->awaiting.read(act, &what);

	if (code != 0)
		return code;
	snprintf(what.who, sizeof(what.who), "%s", exchange->caller.who);
	if (!what.only_looks)
		strcpy(what.confirmed_by, what.who);
	code = undertaking_begin(
	    exchange->service->undertakings, &what, &exchange->awaiting.number);
	return code == ERROR_FULL ? ERROR_BUSY : code;
}

static void
run(struct writer_job *job, void *context)
{
	struct act act;
	struct exchange *exchange;
	int code;

	(void)context;
	act_begin(&act, job);
	exchange = act.exchange;
	code = begin(&act, exchange);
	if (code != 0) {
		act_answer(&act, code);
	} else {
		exchange->awaiting.until_ms = until_of(exchange, USUAL_SECONDS);
		exchange->awaiting.done = job->done;
		job->done = undertaking_await;
	}
	json_decref(act.answer);
}

enum handled
undertaking_later(struct exchange *exchange, undertaking_read *read)
{
	exchange->awaiting.read = read;
	exchange->job.run = run;
	return HANDLED_LATER;
}

/* --- answering ------------------------------------------------------------ */

static void
reply_document(struct exchange *exchange, unsigned status, json_t *document)
{
	exchange->reply.status = status;
	exchange->reply.type = "application/json";
	reply_header(&exchange->reply, "Cache-Control", "no-store");
	reply_json(&exchange->reply, document);
}

static void
refuse(struct exchange *exchange, const struct undertaking *of)
{
	struct act act = { .exchange = exchange };

	if (of->sort == UNDERTAKING_MERGE && of->code == ERROR_REFUSED)
		act.why = "They are one campaign already.";
	else if (undertaking_is_purge(of->sort) && of->code == ERROR_EXISTS)
		act.why = "Another purge or merge is under way.";
	act_answer(&act, of->code);
}

/* What the program ends in the midst of goes on with its next start. */
static bool
has_failed(const struct undertaking *of)
{
	return of->state == UNDERTAKING_FAILED &&
	       (of->code != -ECANCELED || of->only_looks);
}

static void
answer_begun(struct exchange *exchange, const struct undertaking *of)
{
	bool done = of->state == UNDERTAKING_DONE;

	if (has_failed(of)) {
		refuse(exchange, of);
	} else if (done && of->sort == UNDERTAKING_REMOVE && of->done == 0) {
		problem_reply(
		    exchange, PROBLEM_NO_SUCH, "Nothing of it is listed.");
	} else if (done) {
		reply_document(exchange, 200, result_json(of));
	} else {
		reply_header(&exchange->reply, "Location",
		    "/v1/undertakings/%" PRIu64, of->number);
		reply_document(exchange, 202, undertaking_json(of));
	}
}

static int
view_one(struct view *view)
{
	struct undertaking found;
	int code = undertaking_find_any(view->exchange->service->undertakings,
	    view->reader->txn, undertaking_number(view->exchange->subject),
	    &found);

	if (code == 0 && !undertaking_may_see(&view->exchange->caller, &found))
		code = ERROR_NOT_FOUND;
	if (code == 0)
		json_object_update_new(view->answer, undertaking_json(&found));
	return code;
}

void
undertaking_answer(struct exchange *exchange)
{
	struct undertaking found;

	if (exchange->request.method == HTTP_GET ||
	    exchange->request.method == HTTP_HEAD)
		view_answer(exchange, view_one);
	else if (undertaking_get(exchange->service->undertakings,
		     exchange->awaiting.number, &found) == 0)
		answer_begun(exchange, &found);
	else
		problem_reply(exchange, PROBLEM_NO_SUCH,
		    "Nothing is known of that any more. What was done stands "
		    "in the audit.");
	exchange->awaiting.done(&exchange->job, exchange->service);
}

/* --- following it --------------------------------------------------------- */

static int
view_all(struct view *view)
{
	struct undertaking list[UNDERTAKINGS_MOST];
	json_t *rows = json_array();
	size_t count;
	int code = undertaking_list_all(view->exchange->service->undertakings,
	    view->reader->txn, list, &count);

	for (size_t i = 0; i < count; i++) {
		if (undertaking_may_see(&view->exchange->caller, &list[i]))
			json_array_append_new(rows, undertaking_json(&list[i]));
	}
	json_object_set_new(view->answer, "undertakings", rows);
	return code;
}

enum handled
undertaking_list_get(struct exchange *exchange)
{
	return view_answer(exchange, view_all);
}

/* False: the reply is the problem; what is not there any more is seen later. */
static bool
may_ask(struct exchange *exchange)
{
	struct undertaking found;

	if (undertaking_get(exchange->service->undertakings,
		exchange->awaiting.number, &found) != 0 ||
	    undertaking_may_see(&exchange->caller, &found))
		return true;
	problem_reply(exchange, PROBLEM_FORBIDDEN, NULL);
	return false;
}

static void
rest(struct writer_job *job, void *context)
{
	struct exchange *exchange = exchange_of_job(job);

	(void)context;
	exchange->awaiting.done = job->done;
	job->done = undertaking_await;
}

enum handled
undertaking_one_get(struct exchange *exchange)
{
	exchange->awaiting.number = undertaking_number(exchange->subject);
	exchange->awaiting.until_ms = until_of(exchange, 0);
	if (!may_ask(exchange))
		return HANDLED;
	if (exchange->awaiting.until_ms <= clock_monotonic_ms())
		return view_answer(exchange, view_one);
	exchange->job.run = rest;
	return HANDLED_LATER;
}

/* --- stopping it ---------------------------------------------------------- */

#define TOO_LATE                                                               \
	"It is not under way, or all its evidence is taken: what follows "     \
	"from that is carried through."

/*
 * Where it has a record, that says so before it is answered: whoever goes on
 * with what a fall cut short goes on with no more of it. Ours that has none yet
 * never had a step, and has none now.
 */
static int
stop(struct act *act, uint64_t number)
{
	int ours =
	    undertaking_stop(act->exchange->service->undertakings, number);
	int code = bulk_act_stop(act->txn, number);

	return code == ERROR_NOT_FOUND ? ours : code;
}

int
undertaking_end(struct act *act)
{
	uint64_t number = undertaking_number(act->subject);
	struct undertaking found;
	int code = undertaking_find_any(
	    act->exchange->service->undertakings, act->txn, number, &found);

	if (code == 0 && !undertaking_may_see(&act->exchange->caller, &found))
		return act_refuse(act, ERROR_REFUSED,
		    "Who may not purge may "
		    "not stop a purge.");
	if (code == 0)
		code = stop(act, number);
	if (code == ERROR_REFUSED)
		act->why = TOO_LATE;
	if (code == 0)
		json_object_set_new(
		    act->answer, "stopped", json_integer((json_int_t)number));
	return code;
}

enum handled
undertaking_delete(struct exchange *exchange)
{
	exchange->awaiting.number = undertaking_number(exchange->subject);
	return may_ask(exchange)
		   ? act_later(exchange, undertaking_end, act_answer)
		   : HANDLED;
}
