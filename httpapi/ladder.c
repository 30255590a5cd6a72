#include "httpapi/ladder.h"

#include <stddef.h>

static bool
is_free(const struct ladder_facts *facts, int64_t now, enum delisting_step step)
{
	int64_t used_at = facts->last_used_at[step];

	return used_at == 0 || used_at <= now - LADDER_AGAIN_SECONDS;
}

/* Without proof, and within the limits that are for that. */
static bool
may_ask(const struct ladder_facts *facts)
{
	return facts->asked_last_hour < facts->per_hour &&
	       facts->asked_by_network < facts->per_network &&
	       facts->asked_by_provider < facts->per_provider;
}

/* What the requester can do about it. */
static enum ladder_outcome
what_is_left(const struct ladder_facts *facts, int64_t now)
{
	if (is_free(facts, now, DELISTING_ASKED))
		return LADDER_LIMITED;
	if (is_free(facts, now, DELISTING_FROM_ADDRESS))
		return LADDER_PROVE;
	return facts->dns_asked && is_free(facts, now, DELISTING_BY_DNS)
		   ? LADDER_PUBLISH
		   : LADDER_SPENT;
}

enum ladder_outcome
ladder_climb(
    const struct ladder_facts *facts, int64_t now, enum delisting_step *step)
{
	const struct {
		enum delisting_step step;
		bool open;
	} steps[] = {
		{ DELISTING_ASKED, may_ask(facts) },
		{ DELISTING_FROM_ADDRESS, facts->from_address },
		{ DELISTING_BY_DNS, facts->by_dns },
	};

	if (!facts->listed)
		return facts->manual ? LADDER_BY_HAND : LADDER_NOT_LISTED;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (!steps[i].open || !is_free(facts, now, steps[i].step))
			continue;
		*step = steps[i].step;
		return LADDER_DELIST;
	}
	return what_is_left(facts, now);
}
