#include "httpapi/events_api.h"

#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/event.h"
#include "httpapi/act.h"
#include "httpapi/problem.h"

/* Others wait for the lock meanwhile: DESIGN section 4. */
#define STEP_MS 40

/* Where the body is read; kept in the answer from step to step. */
struct lines {
	json_t *wrong;
	json_int_t taken, known, wrong_count, line;
	size_t offset;
};

static void
note_wrong(struct lines *lines, const char *why)
{
	lines->wrong_count++;
	if (json_array_size(lines->wrong) < EVENTS_WRONG_MAX)
		json_array_append_new(lines->wrong,
		    json_pack("{sI ss}", "line", lines->line, "reason", why));
}

/* 0, or what ends the whole: no room, or the database. */
static int
take_line(struct act *act, struct lines *lines, const char *text, size_t len)
{
	/* Both are large; the writer's thread is one. */
	static struct event event;
	static struct evidence evidence;
	char why[EVENT_WHY_MAX];
	int code;

	if (event_read(text, len, &event, why) != 0) {
		note_wrong(lines, why);
		return 0;
	}
	code = event_evidence(act->txn, &event, act->exchange->caller.sensor,
	    act->now, &evidence);
	if (code == ERROR_NOT_FOUND) {
		note_wrong(lines, "trap is none of ours, or does not count");
		return 0;
	}
	if (code == 0)
		code =
		    record_evidence(act->txn, &act->rules, &evidence, act->now);
	lines->taken += code == 0;
	lines->known += code == ERROR_EXISTS;
	return code == ERROR_EXISTS ? 0 : code;
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
	lines->known = json_integer_value(json_object_get(answer, "known"));
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
	json_object_set_new(answer, "known", json_integer(lines->known));
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

	if (json_object_get(act->answer, "lines") == NULL)
		json_object_set_new(act->answer, "lines", json_array());
	load(act, &lines);
	while (code == 0 && lines.offset < len &&
	       clock_monotonic_ms() < deadline_ms)
		code = next_line(act, &lines);
	if (code != 0)
		return code;
	save(act, &lines);
	return lines.offset < len ? ACT_AGAIN : 0;
}

static void
answer(struct act *act, int code)
{
	struct exchange *exchange = act->exchange;
	bool wrong =
	    json_integer_value(json_object_get(act->answer, "wrong")) > 0;

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
