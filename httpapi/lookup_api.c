#include "httpapi/lookup_api.h"

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "httpapi/lookup.h"
#include "httpapi/negotiate.h"
#include "httpapi/portal.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"

json_t *
lookup_view(struct exchange *exchange, const struct ipaddr *address)
{
	static struct log_gate gate = LOG_GATE(5);
	int64_t now = clock_seconds();
	struct reader *reader;
	struct lookup lookup;
	json_t *view = NULL;
	int code;

	code = reader_take(exchange->service->readers, &reader);
	if (code == 0) {
		code = lookup_read(reader->txn, address,
		    &exchange->site->rules.policy, now, &lookup);
		if (code == 0)
			view = lookup_json(
			    &lookup, &reader->zone, reader->zone_name, now);
		reader_give(exchange->service->readers, reader);
	}
	if (code == 0 && view == NULL) {
		problem_reply(exchange, PROBLEM_INTERNAL, NULL);
	} else if (code != 0) {
		if (log_gate_open(&gate, "lookup_failed"))
			log_error("lookup_failed request=%s reason=\"%s\"",
			    exchange->request.id, error_text(code));
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
	}
	return view;
}

enum handled
lookup_get(struct exchange *exchange)
{
	static const char *const offers[] = { "application/json",
		"text/plain" };
	struct reply *reply = &exchange->reply;
	struct subject subject;
	json_t *view;

	if (subject_parse(exchange->subject, &subject) != 0) {
		problem_reply(exchange, PROBLEM_NO_ADDRESS, NULL);
		return HANDLED;
	}
	view = lookup_view(exchange, &subject.address);
	if (view == NULL)
		return HANDLED;
	reply->status = 200;
	reply->tagged = true;
	reply_header(reply, "Cache-Control", "no-cache");
	reply_header(reply, "Vary", "Accept");
	if (negotiate_type(exchange_field(exchange, "Accept"), offers, 2) ==
	    1) {
		portal_add_words(view);
		portal_reply_text(exchange, "lookup.txt", view);
	} else {
		reply->type = "application/json";
		reply_json(reply, view);
	}
	return HANDLED;
}
