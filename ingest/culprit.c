#include "ingest/culprit.h"

#include <errno.h>
#include <string.h>

#include "common/error.h"
#include "ingest/received.h"

/* More relays of our own in a row are a loop. */
#define HOPS_MAX 16

static bool
is_settled(const struct culprit *culprit, const struct prefixes *relays)
{
	return culprit->known && !prefixes_hold(relays, &culprit->address);
}

bool
culprit_find(struct message *message, const struct prefixes *relays,
    struct culprit *culprit)
{
	struct message_fields *fields = message_fields(message);
	unsigned from = 0;

	for (unsigned hops = 0; hops < HOPS_MAX; hops++) {
		struct received line;
		const char *value;

		if (is_settled(culprit, relays))
			return true;
		value = message_next_field(message, fields, "Received", &from);
		if (value == NULL)
			return false;
		received_parse(value, &line);
		/* All that stands below is a local user's word. */
		if (line.by_user)
			return false;
		/* A relay's hand-over within itself names no client. */
		if (!line.client_known && !*line.helo)
			continue;
		if (!line.client_known)
			return false;
		culprit->address = line.client;
		culprit->known = culprit->relayed = true;
		memcpy(culprit->helo, line.helo, sizeof(culprit->helo));
	}
	return is_settled(culprit, relays);
}

/* Up to the empty line; all of it where there is none. */
static size_t
header_len(const char *octets, size_t len)
{
	const char *at = octets, *end = octets + len;

	while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		at++;
		if (at < end && *at == '\r')
			at++;
		if (at < end && *at == '\n')
			return (size_t)(at - octets);
	}
	return len;
}

int
culprit_settle(struct envelope *envelope, const char *octets, size_t len,
    const struct prefixes *relays)
{
	struct culprit culprit = { .address = envelope->client,
		.known = envelope->client_known };
	struct message *message;
	bool good;

	if (is_settled(&culprit, relays))
		return 0;
	message =
	    message_read((const uint8_t *)octets, header_len(octets, len));
	if (message == NULL)
		return -ENOMEM;
	good = culprit_find(message, relays, &culprit);
	message_free(message);
	if (!culprit.known)
		return ERROR_NOT_FOUND;
	envelope->client = culprit.address;
	envelope->client_known = true;
	envelope->relayed = culprit.relayed;
	envelope->own_relay = !good;
	if (culprit.relayed)
		memcpy(envelope->helo, culprit.helo, sizeof(envelope->helo));
	return 0;
}
