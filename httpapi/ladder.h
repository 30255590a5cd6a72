#ifndef HTTPAPI_LADDER_H
#define HTTPAPI_LADDER_H

#include <stdbool.h>
#include <stdint.h>

#include "db/delisting.h"

/*
 * Who may take an address off the list by asking, and how often: free and at
 * once the first time, from anywhere; then from the address itself; then with a
 * record in its DNS (proof.h); then with the operator. Each step is good once
 * in 30 days, and whoever can take a later one need not take the one before.
 * The hourly limits, over all who ask and for the network and the provider of
 * each (network.h), bound only what is asked without proof, and never use up a
 * proven step. Pure.
 */
#define LADDER_AGAIN_SECONDS ((int64_t)30 * 86400)

struct ladder_facts {
	bool listed;	   /* for what was seen */
	bool manual;	   /* by the operator's hand */
	bool from_address; /* the request comes from the address itself */
	bool by_dns;	   /* the record was found */
	bool dns_asked;	   /* here there is a resolver to look for it */
	int64_t last_used_at[DELISTING_STEP_COUNT]; /* 0 never */
	unsigned asked_last_hour;  /* steps DELISTING_ASKED, all addresses */
	unsigned per_hour;	   /* of them allowed */
	unsigned asked_by_network; /* of them by the requester's network */
	unsigned per_network;	   /* of those allowed */
	unsigned asked_by_provider, per_provider; /* the same of all its */
};

enum ladder_outcome {
	LADDER_DELIST, /* *step says by which step */
	LADDER_NOT_LISTED,
	LADDER_BY_HAND,
	LADDER_LIMITED, /* come again in an hour, or prove control */
	LADDER_PROVE,	/* must come from the address itself, or by DNS */
	LADDER_PUBLISH, /* by DNS alone */
	LADDER_SPENT	/* the operator's turn */
};
enum ladder_outcome ladder_climb(
    const struct ladder_facts *facts, int64_t now, enum delisting_step *step);

#endif
