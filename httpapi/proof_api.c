#include "httpapi/proof_api.h"

#include <stdlib.h>

#include "common/clock.h"
#include "db/exemption.h"
#include "httpapi/lookup_api.h"
#include "httpapi/negotiate.h"
#include "httpapi/network.h"
#include "httpapi/portal.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"

/*
 * Three answers of a name server that is far away; and never more than half of
 * what the request has, so that it is answered and not cut off.
 */
#define PATIENCE_MS 10000

/* --- asking --------------------------------------------------------------- */

static int
read_key(struct service *service, uint8_t key[META_KEY_LEN])
{
	struct reader *reader;
	int code = reader_take(service->readers, &reader);

	if (code != 0)
		return code;
	code = meta_hash_key(reader->txn, key);
	reader_give(service->readers, reader);
	return code;
}

/* Trusted proxies speak for many here as well: they name who asks. */
static bool
spend_quota(struct exchange *exchange, const struct ipprefix *network)
{
	struct quota_state state;

	if (quota_spend(exchange->service->proofs, network, 1,
		exchange->site->proofs_per_minute, clock_seconds(), &state))
		return true;
	problem_reply(exchange, PROBLEM_TOO_MANY_PROOFS, NULL);
	reply_header(
	    &exchange->reply, "Retry-After", "%u", state.reset_seconds);
	return false;
}

/* False: the reply is the reason why it is not asked. */
static bool
may_ask(struct exchange *exchange, const struct ipaddr *address,
    const struct ipprefix *network)
{
	if (exchange->service->prover == NULL) {
		problem_reply(exchange, PROBLEM_NO_RESOLVER, NULL);
		return false;
	}
	/* Nor does anybody have us ask for names of a private network. */
	if (listable_refusal(exchange->site->listable, address) != NULL) {
		problem_reply(exchange, PROBLEM_NOT_LISTED, NULL);
		return false;
	}
	return spend_quota(exchange, network);
}

enum handled
proof_ask(struct exchange *exchange, const struct ipaddr *address, bool record,
    enum handled (*go_on)(struct exchange *exchange))
{
	struct ipprefix network = network_of(&exchange->request.client);
	struct ipaddr unit = listing_unit(address);
	int64_t most_ms = exchange->site->request_ms / 2;
	uint8_t key[META_KEY_LEN];
	struct proving *proving;

	if (!may_ask(exchange, address, &network))
		return HANDLED;
	if (read_key(exchange->service, key) != 0) {
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
		return HANDLED;
	}
	proving = calloc(1, sizeof(*proving));
	if (proving == NULL) {
		problem_reply(exchange, PROBLEM_INTERNAL, NULL);
		return HANDLED;
	}
	proof_make(key, &unit, &network, clock_seconds(), &proving->proof);
	proving->job.address = *address;
	proving->job.proof = record ? &proving->proof : NULL;
	proving->job.patience_ms =
	    most_ms < PATIENCE_MS ? most_ms : PATIENCE_MS;
	exchange->proving = proving;
	exchange->go_on = go_on;
	atomic_fetch_add(&exchange->service->counters.proofs, 1);
	return HANDLED_ASKING;
}

/* --- what was found ------------------------------------------------------- */

bool
proof_failed(struct exchange *exchange)
{
	static const enum problem problems[] = {
		[PROVER_NO_NAME] = PROBLEM_NO_NAME,
		[PROVER_NO_RECORD] = PROBLEM_NO_RECORD,
		[PROVER_OTHER_RECORD] = PROBLEM_OTHER_RECORD,
		[PROVER_SILENT] = PROBLEM_DNS_SILENT,
	};
	const struct prover_job *job = &exchange->proving->job;
	char text[IPADDR_TEXT_MAX];
	json_t *links;

	if (job->outcome == PROVER_FOUND)
		return false;
	links = job->proof != NULL ? proof_links(exchange, &job->address)
				   : json_object();
	json_object_set_new(links, "page",
	    json_sprintf("/l/%s", ipaddr_format(&job->address, text)));
	problem_reply_with(exchange, problems[job->outcome], links);
	return true;
}

bool
proof_is_given(const struct exchange *exchange, const struct ipaddr *unit)
{
	const struct proving *proving = exchange->proving;
	struct ipaddr proved;

	if (proving == NULL || proving->job.proof == NULL ||
	    proving->job.outcome != PROVER_FOUND)
		return false;
	proved = listing_unit(&proving->job.address);
	return ipaddr_equal(&proved, unit);
}

json_t *
proof_links(const struct exchange *exchange, const struct ipaddr *address)
{
	char text[IPADDR_TEXT_MAX];

	if (exchange->service->prover == NULL)
		return NULL;
	ipaddr_format(address, text);
	return json_pack("{so so}", "proof",
	    json_sprintf("/v1/proofs/%s", text), "proof_page",
	    json_sprintf("/prove/%s", text));
}

/* --- what to publish ------------------------------------------------------ */

static json_t *
records_json(const struct proving *proving)
{
	json_t *records = json_array();

	for (unsigned i = 0; i < proving->job.name_count; i++)
		json_array_append_new(records,
		    json_pack("{so ss ss}", "name",
			json_sprintf(PROOF_LABEL "%s.", proving->job.names[i]),
			"type", "TXT", "text", proving->proof.texts[0]));
	return records;
}

static enum handled
answer_json(struct exchange *exchange)
{
	const struct proving *proving = exchange->proving;
	char address[IPADDR_TEXT_MAX], unit_text[IPPREFIX_TEXT_MAX];
	struct ipaddr unit = listing_unit(&proving->job.address);
	struct reply *reply = &exchange->reply;
	char ends_at[CLOCK_TEXT_MAX];

	if (proof_failed(exchange))
		return HANDLED;
	reply->status = 200;
	reply->type = "application/json";
	reply_header(reply, "Cache-Control", "no-store");
	reply_json(reply, json_pack("{ss ss so ss}", "address",
			      ipaddr_format(&proving->job.address, address),
			      "unit", listing_unit_format(&unit, unit_text),
			      "records", records_json(proving), "ends_at",
			      clock_format(proving->proof.ends_at, ends_at)));
	return HANDLED;
}

static enum handled
answer_page(struct exchange *exchange)
{
	const struct proving *proving = exchange->proving;
	char ends_at[CLOCK_TEXT_MAX];
	json_t *view, *ends;

	if (proof_failed(exchange))
		return HANDLED;
	view = lookup_view(exchange, &proving->job.address);
	if (view == NULL)
		return HANDLED;
	portal_add_words(view, portal_language(exchange));
	json_object_set_new(view, "records", records_json(proving));
	ends = json_string(clock_format(proving->proof.ends_at, ends_at));
	json_object_set_new(
	    json_object_get(view, "words"), "ends_at", portal_time(ends));
	json_decref(ends);
	exchange->reply.status = 200;
	reply_header(&exchange->reply, "Cache-Control", "no-store");
	portal_reply(exchange, "prove.html", NULL, view);
	return HANDLED;
}

static enum handled
ask_for_names(
    struct exchange *exchange, enum handled (*go_on)(struct exchange *exchange))
{
	struct subject subject;

	if (subject_parse_loosely(exchange->subject, &subject) == 0)
		return proof_ask(exchange, &subject.address, false, go_on);
	problem_reply(exchange, PROBLEM_NO_ADDRESS, NULL);
	return HANDLED;
}

enum handled
proof_get(struct exchange *exchange)
{
	return ask_for_names(exchange, answer_json);
}

enum handled
proof_page(struct exchange *exchange)
{
	return ask_for_names(exchange, answer_page);
}

/* --- exact facts ---------------------------------------------------------- */

static enum handled
answer_exact(struct exchange *exchange)
{
	static const char *const offers[] = { "application/json", "text/html" };
	struct reply *reply = &exchange->reply;
	json_t *view;

	if (proof_failed(exchange))
		return HANDLED;
	view = lookup_view(exchange, &exchange->proving->job.address);
	if (view == NULL)
		return HANDLED;
	reply->status = 200;
	reply_header(reply, "Cache-Control", "no-store");
	if (negotiate_type(exchange_field(exchange, "Accept"), offers, 2) ==
	    1) {
		portal_add_words(view, portal_language(exchange));
		portal_add_way_out(
		    exchange, &exchange->proving->job.address, view);
		json_object_set_new(view, "typed", json_string(""));
		portal_reply(exchange, "result.html", NULL, view);
	} else {
		reply->type = "application/json";
		reply_header(reply, "Vary", "Accept");
		reply_json(reply, view);
	}
	return HANDLED;
}

enum handled
proof_post(struct exchange *exchange)
{
	const char *address =
	    json_string_value(json_object_get(exchange->input, "address"));
	struct subject subject;

	if (address == NULL) {
		problem_reply(exchange, PROBLEM_BAD_BODY, NULL);
		return HANDLED;
	}
	if (subject_parse_loosely(address, &subject) != 0) {
		problem_reply(exchange, PROBLEM_NO_ADDRESS, NULL);
		return HANDLED;
	}
	return proof_ask(exchange, &subject.address, true, answer_exact);
}
