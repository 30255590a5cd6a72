#include "dnsd/transfer_limit.h"

#include <stddef.h>

#define MINUTE_MS 60000

/* Nothing is to be remembered of it. */
static bool
is_over(const struct transfer_client *client, int64_t now_ms)
{
	return client->running == 0 && now_ms - client->minute_ms >= MINUTE_MS;
}

static size_t
place_of(const struct transfer_limit *limit, const struct ipaddr *network)
{
	size_t i = 0;

	while (i < limit->count &&
	       !ipaddr_equal(&limit->clients[i].network, network))
		i++;
	return i;
}

/* A place for one more: a new one, or whose time is over; else none. */
static size_t
free_place(const struct transfer_limit *limit, int64_t now_ms)
{
	size_t i = 0;

	while (i < limit->count && !is_over(&limit->clients[i], now_ms))
		i++;
	return i;
}

bool
transfer_limit_allows(const struct transfer_limit *limit,
    const struct ipaddr *network, const struct transfer_bounds *bounds,
    int64_t now_ms)
{
	size_t i = place_of(limit, network);
	const struct transfer_client *client = &limit->clients[i];

	if (i == limit->count)
		return free_place(limit, now_ms) < TRANSFER_CLIENTS_MAX;
	return client->running < bounds->at_a_time &&
	       (client->begun < bounds->a_minute ||
		   now_ms - client->minute_ms >= MINUTE_MS);
}

void
transfer_limit_begin(
    struct transfer_limit *limit, const struct ipaddr *network, int64_t now_ms)
{
	size_t i = place_of(limit, network);
	struct transfer_client *client;

	if (i == limit->count) {
		i = free_place(limit, now_ms);
		limit->count += i == limit->count;
		limit->clients[i] =
		    (struct transfer_client){ .network = *network,
			    .minute_ms = now_ms };
	}
	client = &limit->clients[i];
	if (now_ms - client->minute_ms >= MINUTE_MS) {
		client->minute_ms = now_ms;
		client->begun = 0;
	}
	client->running++;
	client->begun++;
}

void
transfer_limit_end(struct transfer_limit *limit, const struct ipaddr *network)
{
	size_t i = place_of(limit, network);

	if (i < limit->count)
		limit->clients[i].running--;
}
