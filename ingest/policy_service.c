#include "ingest/policy_service.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "ingest/callout.h"

/* Servers of one operator; what others ask counts for nothing. */
#define SERVERS_MAX 64

/* Chains; a dialogue of each of so many at a time is much for one operator. */
#define BUCKETS 4096

struct dialogue {
	struct dialogue *chain;		  /* of the same bucket */
	struct dialogue *older, *younger; /* all of them, by time */
	struct ipaddr server;
	char instance[POLICY_INSTANCE_MAX + 1];
	int64_t asked_ms;
	struct envelope envelope;
	struct envelope_recipient recipient;
	unsigned others;
};

struct policy_service {
	int64_t wait_ms;
	unsigned most, count;
	struct dialogue *buckets[BUCKETS];
	struct dialogue *oldest, *youngest;
	struct ipaddr servers[SERVERS_MAX]; /* those that ask at all stages */
	unsigned server_count;
};

/* --- servers -------------------------------------------------------------- */

static bool
asks_at_all_stages(
    const struct policy_service *service, const struct ipaddr *server)
{
	for (unsigned i = 0; i < service->server_count; i++) {
		if (ipaddr_equal(&service->servers[i], server))
			return true;
	}
	return false;
}

static void
note_server(struct policy_service *service, const struct ipaddr *server)
{
	if (service->server_count < SERVERS_MAX &&
	    !asks_at_all_stages(service, server))
		service->servers[service->server_count++] = *server;
}

/* --- dialogues ------------------------------------------------------------ */

/* Instances are made by our own servers: nobody makes them collide (FNV-1a). */
static struct dialogue **
bucket_of(struct policy_service *service, const char *instance)
{
	uint32_t hash = UINT32_C(2166136261);

	for (; *instance != '\0'; instance++)
		hash = (hash ^ (unsigned char)*instance) * UINT32_C(16777619);
	return &service->buckets[(hash ^ hash >> 16) % BUCKETS];
}

/* Where it hangs in its chain, or where one would. */
static struct dialogue **
place_of(struct policy_service *service, const struct ipaddr *server,
    const char *instance)
{
	struct dialogue **place = bucket_of(service, instance);

	while (*place != NULL && (strcmp((*place)->instance, instance) != 0 ||
				     !ipaddr_equal(&(*place)->server, server)))
		place = &(*place)->chain;
	return place;
}

static void
forget(struct policy_service *service, struct dialogue *dialogue)
{
	struct dialogue **place =
	    place_of(service, &dialogue->server, dialogue->instance);

	*place = dialogue->chain;
	*(dialogue->older != NULL ? &dialogue->older->younger
				  : &service->oldest) = dialogue->younger;
	*(dialogue->younger != NULL ? &dialogue->younger->older
				    : &service->youngest) = dialogue->older;
	service->count--;
	free(dialogue);
}

static void
fill(struct dialogue *dialogue, const struct policy_request *request,
    const struct envelope_recipient *recipient, int64_t now)
{
	struct envelope *envelope = &dialogue->envelope;

	memcpy(
	    dialogue->instance, request->instance, sizeof(dialogue->instance));
	dialogue->recipient = *recipient;
	envelope->client = request->client;
	envelope->client_known = envelope->sender_known = true;
	memcpy(envelope->helo, request->helo, sizeof(envelope->helo));
	memcpy(envelope->sender, request->sender, sizeof(envelope->sender));
	envelope->recipients = &dialogue->recipient;
	envelope->recipient_count = 1;
	envelope->received_at = now;
}

/* The youngest, at the end of its chain. */
static void
link_dialogue(struct policy_service *service, struct dialogue **place,
    struct dialogue *dialogue)
{
	*place = dialogue;
	dialogue->older = service->youngest;
	*(service->youngest != NULL ? &service->youngest->younger
				    : &service->oldest) = dialogue;
	service->youngest = dialogue;
	service->count++;
}

static enum policy_note
remember(struct policy_service *service, const struct ipaddr *server,
    const struct policy_request *request,
    const struct envelope_recipient *recipient, int64_t now_ms, int64_t now)
{
	bool crowded = service->count >= service->most;
	struct dialogue *dialogue = calloc(1, sizeof(*dialogue));

	if (dialogue == NULL)
		return POLICY_NO_MEMORY;
	while (service->count >= service->most && service->count > 0)
		forget(service, service->oldest);
	dialogue->server = *server;
	dialogue->asked_ms = now_ms;
	fill(dialogue, request, recipient, now);
	link_dialogue(
	    service, place_of(service, server, dialogue->instance), dialogue);
	return crowded ? POLICY_CROWDED : POLICY_NOTED;
}

/* --- what is asked -------------------------------------------------------- */

/* Nobody who logged in asks whether a sender exists. */
static bool
may_be_callout(const struct policy_request *request)
{
	return request->client_known && !request->cut &&
	       request->user[0] == '\0' && request->instance[0] != '\0' &&
	       callout_sender(request->sender);
}

static enum policy_note
ask_recipient(struct policy_service *service, const struct ipaddr *server,
    const struct policy_request *request, policy_find *find, void *context,
    int64_t now_ms, int64_t now)
{
	struct envelope_recipient recipient = { .trap = 0 };
	struct dialogue *known = *place_of(service, server, request->instance);

	memcpy(recipient.path, request->recipient, sizeof(recipient.path));
	if (known != NULL) {
		known->others +=
		    strcmp(known->recipient.path, recipient.path) != 0;
		return POLICY_NOTED;
	}
	if (find(context, &recipient) != 0 || recipient.trap == 0)
		return POLICY_NOTED;
	return remember(service, server, request, &recipient, now_ms, now);
}

enum policy_note
policy_service_ask(struct policy_service *service, const struct ipaddr *server,
    const struct policy_request *request, policy_find *find, void *context,
    int64_t now_ms, int64_t now)
{
	struct dialogue *known;

	if (request->stage == POLICY_STAGE_MESSAGE) {
		note_server(service, server);
		known = *place_of(service, server, request->instance);
		if (known != NULL)
			forget(service, known);
		return POLICY_NOTED;
	}
	if (request->stage != POLICY_STAGE_RCPT || !may_be_callout(request))
		return POLICY_NOTED;
	return ask_recipient(
	    service, server, request, find, context, now_ms, now);
}

/* --- what came of it ------------------------------------------------------ */

int
policy_service_due(struct policy_service *service, int64_t now_ms,
    struct policy_callout *callout)
{
	const struct dialogue *oldest = service->oldest;

	if (oldest == NULL || now_ms - oldest->asked_ms < service->wait_ms)
		return ERROR_NOT_FOUND;
	callout->envelope = oldest->envelope;
	callout->others = oldest->others;
	return asks_at_all_stages(service, &oldest->server) ? 0 : ERROR_REFUSED;
}

void
policy_service_drop(struct policy_service *service)
{
	forget(service, service->oldest);
}

unsigned
policy_service_count(const struct policy_service *service)
{
	return service->count;
}

struct policy_service *
policy_service_new(int64_t wait_ms, unsigned most)
{
	struct policy_service *service = calloc(1, sizeof(*service));

	if (service != NULL)
		policy_service_change(service, wait_ms, most);
	return service;
}

void
policy_service_change(
    struct policy_service *service, int64_t wait_ms, unsigned most)
{
	service->wait_ms = wait_ms;
	service->most = most;
	while (service->count > most)
		forget(service, service->oldest);
}

void
policy_service_free(struct policy_service *service)
{
	while (service != NULL && service->oldest != NULL)
		forget(service, service->oldest);
	free(service);
}
