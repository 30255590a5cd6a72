#ifndef DB_REPLAY_H
#define DB_REPLAY_H

#include "db/record.h"

/*
 * Recorded history judged by other rules, unit by unit: what would be listed
 * now had they been in force all along. Reads only.
 *
 * Episodes of before are left out, since they were made by the rules in force;
 * what people did - delistings, removals, exemptions - stays. Evidence older
 * than is kept is not there to be judged.
 */
#define REPLAY_TRAPS_MAX 16

struct replay {
	struct listing listing;	     /* as it is */
	struct policy_result result; /* as it would be; never pending */
	bool shared;		     /* would be; result.strict knows it */
	/*
	 * Traps whose sightings bear the result out, the first so many of
	 * trap_count; a trap that is gone has an id all the same.
	 */
	uint64_t traps[REPLAY_TRAPS_MAX];
	unsigned trap_count;
};

/*
 * The first unit at or behind *from that has sightings or a listing; *from is
 * then where to go on. 0, ERROR_NOT_FOUND behind the last, or a negative code.
 */
int replay_next(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, struct ipaddr *from, struct replay *replay);

#endif
