#include "httpapi/ladder.h"

static bool
is_free(const struct ladder_facts *facts, int64_t now, enum delisting_step step)
{
	int64_t used_at = facts->last_used_at[step];

	return used_at == 0 || used_at <= now - LADDER_AGAIN_SECONDS;
}

enum ladder_outcome
ladder_climb(
    const struct ladder_facts *facts, int64_t now, enum delisting_step *step)
{
	bool asking = is_free(facts, now, DELISTING_ASKED);
	bool proving = is_free(facts, now, DELISTING_FROM_ADDRESS);

	if (!facts->listed)
		return facts->manual ? LADDER_BY_HAND : LADDER_NOT_LISTED;
	if (asking && facts->asked_last_hour < facts->per_hour &&
	    facts->asked_by_network < facts->per_network) {
		*step = DELISTING_ASKED;
		return LADDER_DELIST;
	}
	if (proving && facts->from_address) {
		*step = DELISTING_FROM_ADDRESS;
		return LADDER_DELIST;
	}
	if (asking)
		return LADDER_LIMITED;
	return proving ? LADDER_PROVE : LADDER_SPENT;
}
