#include "httpapi/lookup_api.h"

#include <errno.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "httpapi/exact.h"
#include "httpapi/lookup.h"
#include "httpapi/negotiate.h"
#include "httpapi/portal.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"

int
lookup_view_in(struct reader *reader, const struct site *site,
    const struct ipaddr *address, json_t **view)
{
	int64_t now = clock_seconds();
	struct lookup lookup;
	int code;

	code = lookup_read(
	    reader->txn, address, &site->rules.policy, now, &lookup);
	if (code != 0)
		return code;
	*view = lookup_json(&lookup, &reader->zone, reader->zone_name, now);
	return *view != NULL ? 0 : -ENOMEM;
}

static int
add_exact(const struct exchange *exchange, struct reader *reader,
    const struct ipaddr *unit, json_t *view)
{
	bool listed = json_is_true(json_object_get(view, "listed"));
	json_t *exact;
	int code;

	exact = exact_json(reader->txn, unit, &exchange->site->rules.policy,
	    listed, clock_seconds(), &code);
	if (exact != NULL)
		json_object_set_new(view, "exact", exact);
	return exact != NULL ? 0 : code;
}

json_t *
lookup_view(struct exchange *exchange, const struct ipaddr *address)
{
	static struct log_gate gate = LOG_GATE(5);
	struct ipaddr own = listing_unit(&exchange->request.client);
	struct ipaddr unit = listing_unit(address);
	struct reader *reader;
	json_t *view = NULL;
	int code;

	code = reader_take(exchange->service->readers, &reader);
	if (code == 0) {
		code = lookup_view_in(reader, exchange->site, address, &view);
		if (code == 0 && ipaddr_equal(&own, &unit))
			code = add_exact(exchange, reader, &unit, view);
		reader_give(exchange->service->readers, reader);
	}
	if (code == 0)
		return view;
	if (log_gate_open(&gate, "lookup_failed"))
		log_error("lookup_failed request=%s reason=\"%s\"",
		    exchange->request.id, error_text(code));
	json_decref(view);
	problem_reply(exchange,
	    code == -ENOMEM ? PROBLEM_INTERNAL : PROBLEM_DATABASE, NULL);
	return NULL;
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
	reply_header(reply, "Cache-Control",
	    json_object_get(view, "exact") != NULL ? "no-store" : "no-cache");
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
