#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/error.h"
#include "ingest/policy_service.h"

/*
 * The first octet is how many dialogues are remembered; the rest is what
 * Postfix sends. However it is cut, the requests are the same, and what the
 * service remembers stays within its bound.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct summary {
	unsigned requests, callouts;
	uint64_t hash;
	bool malformed;
};

static void
mix(struct summary *summary, const char *text)
{
	do
		summary->hash = (summary->hash ^ (unsigned char)*text) *
				UINT64_C(1099511628211);
	while (*text++ != '\0');
}

static int
find(void *context, struct envelope_recipient *recipient)
{
	(void)context;
	recipient->trap = (uint64_t)(recipient->path[0] & 3);
	return recipient->path[0] == 'x' ? ERROR_NOT_FOUND : 0;
}

static void
ask(struct policy_service *service, const struct policy_request *request,
    unsigned most, struct summary *summary)
{
	const struct ipaddr server = { { 1 } };

	mix(summary, request->instance);
	mix(summary, request->sender);
	mix(summary, request->recipient);
	mix(summary, request->helo);
	mix(summary, request->client_text);
	summary->hash += request->stage + 2u * request->cut;
	policy_service_ask(
	    service, &server, request, find, NULL, summary->requests++, 1000);
	assert(policy_service_count(service) <= (most > 0 ? most : 1));
}

static void
end(struct policy_service *service, struct summary *summary)
{
	struct policy_callout callout;

	while (policy_service_due(service, INT64_MAX / 2, &callout) !=
	       ERROR_NOT_FOUND) {
		assert(callout.envelope.recipients[0].trap != 0);
		assert(callout.envelope.recipient_count == 1);
		summary->callouts++;
		policy_service_drop(service);
	}
	assert(policy_service_count(service) == 0);
	policy_service_free(service);
}

static struct summary
play(unsigned most, const uint8_t *said, size_t len, size_t piece)
{
	struct summary summary = { 0 };
	struct policy_service *service = policy_service_new(5, most);
	struct policy_reader *reader = malloc(sizeof(*reader));
	size_t at = 0, taken;

	assert(service != NULL && reader != NULL);
	policy_reader_init(reader);
	while (at < len && !summary.malformed) {
		size_t n = piece < len - at ? piece : len - at;
		enum policy_outcome outcome = policy_reader_feed(
		    reader, (const char *)said + at, n, &taken);

		assert(taken <= n);
		assert(outcome != POLICY_MORE || taken == n);
		at += taken;
		summary.malformed = outcome == POLICY_MALFORMED;
		if (outcome == POLICY_COMPLETE)
			ask(service, &reader->request, most, &summary);
	}
	free(reader);
	end(service, &summary);
	return summary;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t pieces[] = { 1, 3, 64 };
	struct summary whole;

	if (size == 0)
		return 0;
	whole = play(data[0] % 8, data + 1, size - 1, size);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct summary cut =
		    play(data[0] % 8, data + 1, size - 1, pieces[i]);

		assert(cut.requests == whole.requests);
		assert(cut.callouts == whole.callouts);
		assert(cut.hash == whole.hash);
		assert(cut.malformed == whole.malformed);
	}
	return 0;
}
