#include "httpapi/quota.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "httpapi/hash.h"

#define MINUTE 60

/* Half a megabyte: clients of one minute at a busy site fit many times. */
#define PLACES (1u << 16)

/*
 * A place is one word: which minute, whose (a part of the hash), how
 * much. Twenty bits of minutes are two years, after which old words may be
 * taken for new ones: once, by a client that was here then.
 */
#define USED_BITS 20
#define MINUTE_BITS 20
#define USED_MOST ((1u << USED_BITS) - 1)
#define MINUTE_MASK ((1u << MINUTE_BITS) - 1)

struct quota {
	uint64_t seed; /* no client chooses its place */
	_Atomic uint64_t places[PLACES];
};

int
quota_new(struct quota **out)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return -ENOMEM;
	(*out)->seed = hash_seed();
	return 0;
}

void
quota_free(struct quota *quota)
{
	free(quota);
}

bool
quota_spend(struct quota *quota, const struct ipprefix *whom, unsigned cost,
    unsigned most, int64_t now, struct quota_state *state)
{
	uint64_t hash = hash_octets(whom, sizeof(*whom), quota->seed);
	_Atomic uint64_t *place = &quota->places[hash % PLACES];
	uint64_t minute = (uint64_t)(now / MINUTE) & MINUTE_MASK;
	uint64_t whose =
	    (hash >> (USED_BITS + MINUTE_BITS) << MINUTE_BITS | minute)
	    << USED_BITS;
	uint64_t before = atomic_load_explicit(place, memory_order_relaxed);
	uint64_t used;

	if (most > USED_MOST)
		most = USED_MOST;
	state->most = most;
	state->reset_seconds = MINUTE - (unsigned)(now % MINUTE);
	do {
		used = (before & ~(uint64_t)USED_MOST) == whose
			   ? before & USED_MOST
			   : 0;
		state->left = used < most ? most - (unsigned)used : 0;
		if (cost > state->left)
			return false;
	} while (!atomic_compare_exchange_weak_explicit(place, &before,
	    whose | (used + cost), memory_order_relaxed, memory_order_relaxed));
	state->left -= cost;
	return true;
}
