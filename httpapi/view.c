#include "httpapi/view.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "httpapi/problem.h"

static void
refuse(struct exchange *exchange, int code)
{
	static const struct {
		int code;
		enum problem problem;
	} cases[] = {
		{ ERROR_NOT_FOUND, PROBLEM_NO_SUCH },
		{ ERROR_FORMAT, PROBLEM_BAD_QUERY },
		{ ERROR_REFUSED, PROBLEM_NO_ADDRESS },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (cases[i].code == code) {
			problem_reply(exchange, cases[i].problem, NULL);
			return;
		}
	}
	log_error("view_failed request=%s reason=\"%s\"", exchange->request.id,
	    error_text(code));
	problem_reply(exchange, PROBLEM_DATABASE, NULL);
}

json_t *
view_read(struct exchange *exchange, view_make *make)
{
	struct readers *readers = exchange->service->readers;
	struct view view = { .exchange = exchange, .now = clock_seconds() };
	json_t *query = exchange_query(exchange);
	int code;

	if (query == NULL)
		return NULL;
	view.query = query;
	code = reader_take(readers, &view.reader);
	if (code == 0) {
		view.answer = json_object();
		code = make(&view);
		reader_give(readers, view.reader);
	}
	json_decref(query);
	if (code == 0)
		return view.answer;
	json_decref(view.answer);
	refuse(exchange, code);
	return NULL;
}

enum handled
view_answer(struct exchange *exchange, view_make *make)
{
	json_t *answer = view_read(exchange, make);

	if (answer != NULL)
		reply_view(&exchange->reply, answer);
	return HANDLED;
}

/* --- parts ---------------------------------------------------------------- */

int
view_number(const struct view *view, const char *name, long long least,
    long long most, long long usual, long long *number)
{
	const char *text =
	    json_string_value(json_object_get(view->query, name));
	size_t len = text != NULL ? strspn(text, "0123456789") : 0;

	*number = usual;
	if (text == NULL)
		return 0;
	/* Nineteen digits would be too many for some. */
	if (len == 0 || len > 18 || text[len] != '\0')
		return ERROR_FORMAT;
	*number = strtoll(text, NULL, 10);
	return *number >= least && *number <= most ? 0 : ERROR_FORMAT;
}
