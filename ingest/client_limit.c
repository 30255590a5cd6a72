#include "ingest/client_limit.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct client_limit_entry {
	struct ipaddr client;
	unsigned connections; /* 0: the place is free */
};

static struct ipaddr
client_of(const struct ipaddr *address)
{
	return ipaddr_network(address, 24, 56).address;
}

/*
 * Places are tried one after the other from here. Who would make them all
 * collide can make a row of places as long as there may be connections.
 */
static size_t
first_place(const struct client_limit *limit, const struct ipaddr *client)
{
	uint64_t high, low;

	memcpy(&high, client->octets, sizeof(high));
	memcpy(&low, client->octets + 8, sizeof(low));
	/* Multiplied by odd numbers; the upper bits are the mixed ones. */
	high = (high ^ low * UINT64_C(0x9e3779b97f4a7c15)) *
	       UINT64_C(0xd6e8feb86659fd93);
	return (size_t)(high >> 32) & (limit->size - 1);
}

/* The place of the client, or the free one where it would go. */
static size_t
place_of(const struct client_limit *limit, const struct ipaddr *client)
{
	size_t place = first_place(limit, client);

	while (limit->entries[place].connections > 0 &&
	       !ipaddr_equal(&limit->entries[place].client, client))
		place = (place + 1) & (limit->size - 1);
	return place;
}

void
client_limit_deinit(struct client_limit *limit)
{
	free(limit->entries);
	limit->entries = NULL;
}

int
client_limit_change(
    struct client_limit *limit, unsigned connections, unsigned per_client)
{
	struct client_limit changed = { .size = 16,
		.count = limit->count,
		.connections = connections,
		.per_client = per_client };

	while (changed.size < 2 * (size_t)connections ||
	       changed.size < 2 * limit->count)
		changed.size *= 2;
	changed.entries = calloc(changed.size, sizeof(*changed.entries));
	if (changed.entries == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < limit->size; i++) {
		struct client_limit_entry *entry = &limit->entries[i];

		if (entry->connections > 0)
			changed.entries[place_of(&changed, &entry->client)] =
			    *entry;
	}
	free(limit->entries);
	*limit = changed;
	return 0;
}

enum client_limit_verdict
client_limit_enter(
    struct client_limit *limit, const struct ipaddr *address, bool trusted)
{
	struct ipaddr client = client_of(address);
	struct client_limit_entry *entry;

	if (limit->count >= limit->connections)
		return CLIENT_LIMIT_ALL;
	entry = &limit->entries[place_of(limit, &client)];
	if (entry->connections >= limit->per_client && !trusted)
		return CLIENT_LIMIT_CLIENT;
	entry->client = client;
	entry->connections++;
	limit->count++;
	return CLIENT_LIMIT_OK;
}

bool
client_limit_is_crowded(const struct client_limit *limit)
{
	return limit->count * 4 > (size_t)limit->connections * 3;
}

/*
 * Frees a place: what stands behind it up to the next free place may have been
 * put there because this one was taken, and moves up then.
 */
static void
free_place(struct client_limit *limit, size_t hole)
{
	const size_t mask = limit->size - 1;
	size_t place = hole;

	limit->entries[hole].connections = 0;
	for (;;) {
		size_t wanted;

		place = (place + 1) & mask;
		if (limit->entries[place].connections == 0)
			return;
		wanted = first_place(limit, &limit->entries[place].client);
		if (((place - wanted) & mask) < ((place - hole) & mask))
			continue;
		limit->entries[hole] = limit->entries[place];
		limit->entries[place].connections = 0;
		hole = place;
	}
}

void
client_limit_leave(struct client_limit *limit, const struct ipaddr *address)
{
	struct ipaddr client = client_of(address);
	size_t place = place_of(limit, &client);

	assert(limit->entries[place].connections > 0);
	limit->count--;
	if (--limit->entries[place].connections == 0)
		free_place(limit, place);
}
