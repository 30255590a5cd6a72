#include "httpapi/limit.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "db/listing.h"
#include "httpapi/hash.h"

/*
 * A chained table of fixed size. Who takes when no holder is free goes
 * uncounted: that is one more than the server has connections.
 */
struct holder {
	struct ipaddr unit;
	unsigned count;
	struct holder *next;
};

struct limit {
	pthread_mutex_t lock;
	uint64_t seed; /* no client chooses its bucket */
	size_t mask;
	struct holder **buckets;
	struct holder *holders, *unused;
};

int
limit_new(size_t clients, struct limit **out)
{
	struct limit *limit = calloc(1, sizeof(*limit));
	size_t buckets = 16;

	while (buckets < clients)
		buckets *= 2;
	if (limit == NULL)
		return -ENOMEM;
	pthread_mutex_init(&limit->lock, NULL);
	limit->mask = buckets - 1;
	limit->buckets = calloc(buckets, sizeof(*limit->buckets));
	limit->holders = calloc(clients, sizeof(*limit->holders));
	if (limit->buckets == NULL || limit->holders == NULL) {
		limit_free(limit);
		return -ENOMEM;
	}
	for (size_t i = 0; i < clients; i++) {
		limit->holders[i].next = limit->unused;
		limit->unused = &limit->holders[i];
	}
	limit->seed = hash_seed();
	*out = limit;
	return 0;
}

void
limit_free(struct limit *limit)
{
	if (limit == NULL)
		return;
	pthread_mutex_destroy(&limit->lock);
	free(limit->buckets);
	free(limit->holders);
	free(limit);
}

/* Where the unit's holder hangs, or would. */
static struct holder **
find(struct limit *limit, const struct ipaddr *unit)
{
	struct holder **at;
	uint64_t hash =
	    hash_octets(unit->octets, sizeof(unit->octets), limit->seed);

	at = &limit->buckets[hash & limit->mask];
	while (*at != NULL && !ipaddr_equal(&(*at)->unit, unit))
		at = &(*at)->next;
	return at;
}

bool
limit_allows(struct limit *limit, const struct ipaddr *client, unsigned most)
{
	struct ipaddr unit = listing_unit(client);
	struct holder *holder;
	bool allowed;

	pthread_mutex_lock(&limit->lock);
	holder = *find(limit, &unit);
	allowed = holder == NULL ? most > 0 : holder->count < most;
	pthread_mutex_unlock(&limit->lock);
	return allowed;
}

bool
limit_take(struct limit *limit, const struct ipaddr *client, unsigned most)
{
	struct ipaddr unit = listing_unit(client);
	struct holder **at;
	bool within;

	pthread_mutex_lock(&limit->lock);
	at = find(limit, &unit);
	if (*at == NULL && limit->unused != NULL) {
		*at = limit->unused;
		limit->unused = (*at)->next;
		**at = (struct holder){ .unit = unit };
	}
	if (*at != NULL)
		(*at)->count++;
	within = *at == NULL || (*at)->count <= most;
	pthread_mutex_unlock(&limit->lock);
	return within;
}

void
limit_give(struct limit *limit, const struct ipaddr *client)
{
	struct ipaddr unit = listing_unit(client);
	struct holder **at, *holder;

	pthread_mutex_lock(&limit->lock);
	at = find(limit, &unit);
	holder = *at;
	if (holder != NULL && --holder->count == 0) {
		*at = holder->next;
		holder->next = limit->unused;
		limit->unused = holder;
	}
	pthread_mutex_unlock(&limit->lock);
}
