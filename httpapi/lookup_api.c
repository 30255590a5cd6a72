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
#include "httpapi/proof_api.h"
#include "httpapi/reader.h"

int
lookup_put(struct reader *reader, const struct site *site,
    const struct ipaddr *address, struct strbuf *out)
{
	int64_t now = clock_seconds();
	struct lookup lookup;
	int code;

	code = lookup_read(reader->txn, address, &site->rules.policy,
	    reader->apart, now, &lookup);
	if (code != 0)
		return code;
	if (lookup_is_unknown(&lookup))
		lookup_add_unknown(&lookup, &reader->unknown, out);
	else
		lookup_write(
		    &lookup, &reader->zone, reader->zone_name, now, out);
	return out->error;
}

static void
refuse(struct exchange *exchange, int code)
{
	static struct log_gate gate = LOG_GATE(5);

	if (log_gate_open(&gate, "lookup_failed"))
		log_error("lookup_failed request=%s reason=\"%s\"",
		    exchange->request.id, error_text(code));
	problem_reply(exchange,
	    code == -ENOMEM ? PROBLEM_INTERNAL : PROBLEM_DATABASE, NULL);
}

/* --- with exact facts, or for a page -------------------------------------- */

/*
 * Exact facts are for whoever has proved control by DNS, or asks from the
 * address itself; but not for the pages of others that a browser behind it has
 * open: those name their origin.
 */
static bool
may_see_exact(const struct exchange *exchange, const struct ipaddr *address)
{
	struct ipaddr own = listing_unit(&exchange->request.client);
	struct ipaddr unit = listing_unit(address);

	if (proof_is_given(exchange, &unit))
		return true;
	return ipaddr_equal(&own, &unit) &&
	       exchange_field(exchange, "Origin") == NULL;
}

static int
add_exact(const struct exchange *exchange, struct reader *reader,
    const struct ipaddr *address, json_t *view)
{
	bool listed = json_is_true(json_object_get(view, "listed"));
	struct ipaddr unit = listing_unit(address);
	json_t *exact;
	int code;

	exact = exact_json(reader->txn, &unit, &exchange->site->rules.policy,
	    listed, clock_seconds(), &code);
	if (exact != NULL)
		json_object_set_new(view, "exact", exact);
	return exact != NULL ? 0 : code;
}

static int
read_view(const struct exchange *exchange, struct reader *reader,
    const struct ipaddr *address, json_t **view)
{
	struct strbuf text;
	int code;

	strbuf_init(&text, REPLY_BODY_MAX);
	code = lookup_put(reader, exchange->site, address, &text);
	*view = code == 0 ? json_loadb(text.text, text.len, 0, NULL) : NULL;
	strbuf_deinit(&text);
	if (code == 0 && *view == NULL)
		code = -ENOMEM;
	if (code == 0 && may_see_exact(exchange, address))
		code = add_exact(exchange, reader, address, *view);
	return code;
}

json_t *
lookup_view(struct exchange *exchange, const struct ipaddr *address)
{
	struct reader *reader;
	json_t *view = NULL;
	int code;

	code = reader_take(exchange->service->readers, &reader);
	if (code == 0) {
		code = read_view(exchange, reader, address, &view);
		reader_give(exchange->service->readers, reader);
	}
	if (code == 0)
		return view;
	json_decref(view);
	refuse(exchange, code);
	return NULL;
}

/* --- the answer that is asked for all the time ---------------------------- */

static void
answer_public(struct exchange *exchange, const struct ipaddr *address)
{
	struct reply *reply = &exchange->reply;
	struct reader *reader;
	int code;

	code = reader_take(exchange->service->readers, &reader);
	if (code == 0) {
		code =
		    lookup_put(reader, exchange->site, address, &reply->body);
		reader_give(exchange->service->readers, reader);
	}
	if (code != 0) {
		refuse(exchange, code);
		return;
	}
	strbuf_putc(&reply->body, '\n');
	reply->status = 200;
	reply->tagged = true;
	reply->type = "application/json";
	reply_header_fixed(reply, "Cache-Control", "no-cache");
	reply_header_fixed(reply, "Vary", "Accept");
}

static void
answer_view(
    struct exchange *exchange, const struct ipaddr *address, bool as_text)
{
	struct reply *reply = &exchange->reply;
	json_t *view = lookup_view(exchange, address);

	if (view == NULL)
		return;
	reply->status = 200;
	reply->tagged = true;
	reply_header(reply, "Cache-Control",
	    json_object_get(view, "exact") != NULL ? "no-store" : "no-cache");
	reply_header(reply, "Vary", "Accept");
	if (as_text) {
		portal_add_words(view, language_at(0));
		portal_reply_text(exchange, "lookup.txt", view);
	} else {
		reply->type = "application/json";
		reply_json(reply, view);
	}
}

enum handled
lookup_get(struct exchange *exchange)
{
	static const char *const offers[] = { "application/json",
		"text/plain" };
	const char *accept = exchange_field(exchange, "Accept");
	bool as_text = negotiate_type(accept, offers, 2) == 1;
	struct subject subject;

	if (subject_parse(exchange->subject, &subject) != 0)
		problem_reply(exchange, PROBLEM_NO_ADDRESS, NULL);
	else if (as_text || may_see_exact(exchange, &subject.address))
		answer_view(exchange, &subject.address, as_text);
	else
		answer_public(exchange, &subject.address);
	return HANDLED;
}
