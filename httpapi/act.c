#include "httpapi/act.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "httpapi/problem.h"
#include "httpapi/site.h"

/* --- running -------------------------------------------------------------- */

static int
step(struct act *act)
{
	struct store *store = act->exchange->service->store;
	int code = store_begin_write(store, &act->txn), error;

	if (code != 0)
		return code;
	code = act->exchange->act.run(act);
	if (code >= 0) {
		error = store_commit(act->txn);
		code = error != 0 ? error : code;
	} else {
		store_abort(act->txn);
	}
	record_log_decisions(&act->rules, code >= 0);
	return code;
}

/* Those in force: between two steps they may have been read anew. */
static void
take_rules(struct act *act)
{
	const struct site *site = atomic_load(&act->exchange->service->site);

	act->rules = site->rules;
	act->rules.who = act->exchange->caller.who;
}

void
act_begin(struct act *act, struct writer_job *job)
{
	struct exchange *exchange = exchange_of_job(job);

	*act = (struct act){
		.exchange = exchange,
		.input = exchange->input,
		.subject = exchange->subject,
		.now = clock_seconds(),
		.answer = json_object(),
	};
	take_rules(act);
}

/* One of several steps, between which others have their turn. */
struct act_steps {
	struct act act;
	void (*done)(struct writer_job *job, void *context); /* the last's */
};

static void
go_on(struct writer_job *job, void *context)
{
	const struct exchange *exchange = exchange_of_job(job);

	(void)context;
	writer_again(exchange->service->writer, job);
}

/* Without the memory for it the next step follows at once. */
static struct act_steps *
begin_steps(const struct act *act, struct writer_job *job)
{
	struct act_steps *steps = calloc(1, sizeof(*steps));

	if (steps == NULL)
		return NULL;
	steps->act = *act;
	steps->done = job->done;
	job->done = go_on;
	act->exchange->act.steps = steps;
	return steps;
}

static void
finish(struct act *act, int code)
{
	act->exchange->act.reply(act, code);
	json_decref(act->answer);
}

static void
run_on(struct writer_job *job, void *context)
{
	struct exchange *exchange = exchange_of_job(job);
	struct act_steps *steps = exchange->act.steps;
	int code;

	(void)context;
	take_rules(&steps->act);
	code = step(&steps->act);
	if (code == ACT_AGAIN)
		return;
	job->done = steps->done;
	exchange->act.steps = NULL;
	finish(&steps->act, code);
	free(steps);
}

static void
run(struct writer_job *job, void *context)
{
	struct act act;
	int code;

	(void)context;
	act_begin(&act, job);
	do
		code = step(&act);
	while (code == ACT_AGAIN && begin_steps(&act, job) == NULL);
	if (code == ACT_AGAIN)
		job->run = run_on;
	else
		finish(&act, code);
}

enum handled
act_later(struct exchange *exchange, act_run *what, act_reply *reply)
{
	exchange->act.run = what;
	exchange->act.reply = reply;
	exchange->job.run = run;
	return HANDLED_LATER;
}

/* --- answering ------------------------------------------------------------ */

static const struct {
	int code;
	enum problem problem;
	const char *words;
} cases[] = {
	{ ERROR_FORMAT, PROBLEM_BAD_BODY, "What was given cannot be read." },
	{ ERROR_NOT_FOUND, PROBLEM_NO_SUCH, "There is no such thing." },
	{ ERROR_EXISTS, PROBLEM_EXISTS, "That is there already." },
	{ ERROR_REFUSED, PROBLEM_REFUSED, "The rules forbid it." },
	{ ERROR_LIMIT, PROBLEM_REFUSED, "That is more than a bound allows." },
	{ ERROR_BUSY, PROBLEM_BUSY, "There is too much to do just now." },
};

static size_t
case_of(int code)
{
	size_t i = 0;

	while (i < sizeof(cases) / sizeof(cases[0]) && cases[i].code != code)
		i++;
	return i;
}

const char *
act_words(const struct act *act, int code)
{
	size_t i = case_of(code);

	if (act->why != NULL)
		return act->why;
	return i < sizeof(cases) / sizeof(cases[0])
		   ? cases[i].words
		   : "The database could not take it; nothing was changed.";
}

void
act_answer(struct act *act, int code)
{
	struct exchange *exchange = act->exchange;
	size_t i = case_of(code);

	if (code == 0) {
		exchange->reply.status = 200;
		exchange->reply.type = "application/json";
		reply_header(&exchange->reply, "Cache-Control", "no-store");
		reply_json(&exchange->reply, json_incref(act->answer));
	} else if (i < sizeof(cases) / sizeof(cases[0])) {
		problem_reply(exchange, cases[i].problem, act->why);
	} else {
		log_error("act_failed request=%s reason=\"%s\"",
		    exchange->request.id, error_text(code));
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
	}
}
