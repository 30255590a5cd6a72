#ifndef DB_SIGHTING_H
#define DB_SIGHTING_H

#include "db/policy.h"
#include "db/store.h"

/*
 * What policy looks at of one piece of evidence that can have a weight
 * (policy_can_count, so that a changed weight finds what was seen before it):
 * judging an address reads one run of short records and none of the long ones,
 * and what never counts is in nobody's way. Beside it
 * stands what corroboration found out: that so many other networks bear the
 * sighting out. Evidence comes and does not go (but by a purge, which looks
 * again), so what was borne out once stays so.
 */
struct sighting {
	uint64_t id; /* of the evidence */
	struct policy_event event;
	uint8_t borne_by; /* other networks, at least; 0 none found yet */
};

/*
 * May it ever be told to anybody but the operator? One that has no weight may
 * not; nor may one that no other network bears out: else whoever has a server
 * of his own answer to guesses, one by one, would be told by the answer, a day
 * later or at once, which of them are traps. A run that makes servers of
 * several networks answer at the same time he has not in his hand.
 */
bool sighting_may_be_told(
    const struct policy *policy, const struct sighting *sighting);

#define SIGHTING_RECORD_MAX 64
int sighting_encode(
    const struct sighting *sighting, uint8_t *record, size_t size);
/* 0, ERROR_NEWER or ERROR_DAMAGED. `id` comes from the key. */
int sighting_decode(
    uint64_t id, struct octets record, struct sighting *sighting);

int sighting_put(struct store_txn *txn, const struct ipaddr *unit,
    const struct sighting *sighting);
/* 0 or ERROR_NOT_FOUND. */
int sighting_get(struct store_txn *txn, const struct ipaddr *unit, uint64_t id,
    struct sighting *sighting);
int sighting_remove(
    struct store_txn *txn, const struct ipaddr *unit, uint64_t id);

/*
 * One that cannot be read does not count. The newest of a unit, back to
 * `from_id`, newest first, at most `most`. Returns how many, or a negative
 * code.
 */
int sighting_read(struct store_txn *txn, const struct ipaddr *unit,
    uint64_t from_id, struct sighting *sightings, unsigned most);

/*
 * Those from `from_id` on, oldest first, at most `most`; to go on, ask from the
 * last id and one.
 */
int sighting_read_on(struct store_txn *txn, const struct ipaddr *unit,
    uint64_t from_id, struct sighting *sightings, unsigned most);

/*
 * Calls `each` for those of lesser ids, newest first, until it returns
 * non-zero; that value is returned, else 0 or a negative code.
 */
typedef int sighting_each(const struct sighting *sighting, void *context);
int sighting_of_before(struct store_txn *txn, const struct ipaddr *unit,
    uint64_t before_id, sighting_each *each, void *context);

#endif
