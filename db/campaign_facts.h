#ifndef DB_CAMPAIGN_FACTS_H
#define DB_CAMPAIGN_FACTS_H

#include <jansson.h>

#include "db/campaign.h"

/*
 * All that the evidence tells of one campaign: who answered it, with what, and
 * which traps it used. For operators alone.
 */
#define CAMPAIGN_SAMPLES 3
struct campaign_facts {
	struct campaign campaign; /* no sightings: nothing is known of it */
	json_t *servers, *networks, *traps, *software; /* counts: db/tops.h */
	struct evidence samples[CAMPAIGN_SAMPLES];     /* the oldest */
	size_t sample_count;
	uint64_t next_id;
};
void campaign_facts_init(struct campaign_facts *facts, uint64_t id);
void campaign_facts_deinit(struct campaign_facts *facts);
/*
 * Reads evidence until the clock reaches `deadline_ms`: 1, there is more: renew
 * the transaction and go on; 0, that was all; or a negative code. Of a campaign
 * that was merged into another it tells the other.
 */
int campaign_facts_read(
    struct store_txn *txn, struct campaign_facts *facts, int64_t deadline_ms);

#endif
