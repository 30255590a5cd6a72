#include "ingest/culprit.h"

#include "ingest/received.h"

/* More relays of our own in a row are a loop. */
#define HOPS_MAX 16

static bool
is_relay(
    const struct ipprefix *relays, unsigned count, const struct ipaddr *address)
{
	for (unsigned i = 0; i < count; i++) {
		if (ipprefix_contains(&relays[i], address))
			return true;
	}
	return false;
}

bool
culprit_find(struct message *message, const struct ipprefix *relays,
    unsigned relay_count, struct ipaddr *address)
{
	struct message_fields *fields = message_fields(message);
	unsigned from = 0;

	for (unsigned hops = 0; hops < HOPS_MAX; hops++) {
		struct received line;
		const char *value;

		if (!is_relay(relays, relay_count, address))
			return true;
		value = message_next_field(message, fields, "Received", &from);
		if (value == NULL)
			return false;
		received_parse(value, &line);
		/* A relay's hand-over within itself names no client. */
		if (line.by_user || (!line.client_known && !*line.helo))
			continue;
		if (!line.client_known)
			return false;
		*address = line.client;
	}
	return false;
}
