#include "httpapi/events_api.h"

#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/event.h"
#include "db/token.h"
#include "httpapi/act.h"
#include "httpapi/problem.h"

/* Others wait for their turn to write meanwhile. */
#define STEP_MS 40

/* Where the body is read; kept in the answer from step to step. */
struct lines {
	json_t *wrong;
	json_int_t taken, wrong_count, line;
	size_t offset;
};

/*
 * What a line costs that becomes evidence, as the last ones did, so that others
 * can take as long. The writer's thread is one.
 */
static int64_t line_ns = 50000;
#define LINE_NS_SHARE 16 /* of which the newest has one part */

/* Of the request at hand, of which that thread has one at a time. */
static unsigned strange; /* they name no trap */
static unsigned cheap;	 /* those, and what was told before */

static void
note_wrong(struct lines *lines, const char *why)
{
	lines->wrong_count++;
	if (json_array_size(lines->wrong) < EVENTS_WRONG_MAX)
		json_array_append_new(lines->wrong,
		    json_pack("{sI ss}", "line", lines->line, "reason", why));
}

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* 0, or what ends the whole: the database. */
static int
record(struct act *act, const struct event *event)
{
	/* Large; the writer's thread is one. */
	static struct evidence evidence;
	int64_t begun = now_ns();
	int code = event_evidence(
	    act->txn, event, act->exchange->caller.sensor, act->now, &evidence);

	if (code == ERROR_NOT_FOUND) {
		strange++;
		cheap++;
		return 0;
	}
	if (code == 0)
		code =
		    record_evidence(act->txn, &act->rules, &evidence, act->now);
	if (code == 0)
		line_ns += (now_ns() - begun - line_ns) / LINE_NS_SHARE;
	cheap += code == ERROR_EXISTS;
	return code == ERROR_EXISTS ? 0 : code;
}

/* The same; without room for evidence nobody is told whether it were any. */
static int
take_line(struct act *act, struct lines *lines, const char *text, size_t len)
{
	static struct event event; /* large, too */
	char why[EVENT_WHY_MAX];
	int code;

	if (event_read(text, len, &event, why) != 0) {
		note_wrong(lines, why);
		return 0;
	}
	if (!store_has_room(act->exchange->service->store))
		return ERROR_FULL;
	code = record(act, &event);
	lines->taken += code == 0;
	return code;
}

/* Blank lines count as lines, and are none. */
static int
next_line(struct act *act, struct lines *lines)
{
	const struct strbuf *body = &act->exchange->request.body;
	const char *text = body->text + lines->offset;
	const char *end = memchr(text, '\n', body->len - lines->offset);
	size_t len =
	    end != NULL ? (size_t)(end - text) : body->len - lines->offset;
	int code = 0;

	lines->line++;
	lines->offset += len + (end != NULL ? 1 : 0);
	while (len > 0 && (text[len - 1] == '\r' || text[len - 1] == ' '))
		len--;
	if (len > EVENT_MAX)
		note_wrong(lines, "the line is too long");
	else if (len > 0)
		code = take_line(act, lines, text, len);
	return code;
}

static void
load(const struct act *act, struct lines *lines)
{
	const json_t *answer = act->answer;

	lines->wrong = json_object_get(answer, "lines");
	lines->taken = json_integer_value(json_object_get(answer, "taken"));
	lines->wrong_count =
	    json_integer_value(json_object_get(answer, "wrong"));
	lines->line = json_integer_value(json_object_get(answer, "read"));
	lines->offset = (size_t)act->done;
}

static void
save(struct act *act, const struct lines *lines)
{
	json_t *answer = act->answer;

	json_object_set_new(answer, "taken", json_integer(lines->taken));
	json_object_set_new(answer, "wrong", json_integer(lines->wrong_count));
	json_object_set_new(answer, "read", json_integer(lines->line));
	act->done = lines->offset;
}

/*
 * One step: lines until the time is up, in one transaction. When it fails, what
 * earlier steps have committed stays counted, and nothing of this one is.
 */
static int
run(struct act *act)
{
	size_t len = act->exchange->request.body.len;
	int64_t deadline_ms = clock_monotonic_ms() + STEP_MS;
	struct lines lines;
	int code = 0;

	if (json_object_get(act->answer, "lines") == NULL) {
		json_object_set_new(act->answer, "lines", json_array());
		strange = cheap = 0;
	}
	load(act, &lines);
	/* Something has to be committed, as evidence would be. */
	code = token_use(act->txn, act->exchange->caller.hash, act->now);
	if (code == ERROR_NOT_FOUND)
		code = 0; /* revoked meanwhile: it was let in */
	while (code == 0 && lines.offset < len &&
	       clock_monotonic_ms() < deadline_ms)
		code = next_line(act, &lines);
	if (code != 0)
		return code;
	save(act, &lines);
	return lines.offset < len ? ACT_AGAIN : 0;
}

/* The operator is to know who guesses, or has an old list of traps. */
static void
tell_strange(const struct act *act)
{
	static struct log_gate gate = LOG_GATE(5);

	if (strange > 0 && log_gate_open(&gate, "events_discarded"))
		log_notice("events_discarded who=%s request=%s lines=%u "
			   "reason=\"they name no trap that counts\"",
		    act->exchange->caller.who, act->exchange->request.id,
		    strange);
}

static void
make_up_for_cheap(void)
{
	int64_t owed_ns = cheap * line_ns;
	struct timespec wait = { .tv_sec = owed_ns / 1000000000,
		.tv_nsec = owed_ns % 1000000000 };

	if (owed_ns > 0)
		nanosleep(&wait, NULL);
}

static void
answer(struct act *act, int code)
{
	struct exchange *exchange = act->exchange;
	bool wrong =
	    json_integer_value(json_object_get(act->answer, "wrong")) > 0;

	tell_strange(act);
	make_up_for_cheap();
	if (code == 0 && !wrong) {
		act_answer(act, 0);
	} else if (code == 0 || code == ERROR_FULL) {
		problem_reply_with(exchange,
		    code == 0 ? PROBLEM_WRONG_LINES : PROBLEM_NO_ROOM,
		    json_incref(act->answer));
	} else {
		log_error("events_failed request=%s reason=\"%s\"",
		    exchange->request.id, error_text(code));
		problem_reply_with(
		    exchange, PROBLEM_DATABASE, json_incref(act->answer));
	}
}

enum handled
events_post(struct exchange *exchange)
{
	return act_later(exchange, run, answer);
}
