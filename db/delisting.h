#ifndef DB_DELISTING_H
#define DB_DELISTING_H

#include "common/ipaddr.h"
#include "db/store.h"

/*
 * A removal request: free, immediate, needs no account the first time. The
 * steps are a ladder; each may be used once in 30 days.
 */
enum delisting_step {
	DELISTING_ASKED,
	DELISTING_FROM_ADDRESS,
	DELISTING_BY_DNS,
	DELISTING_BY_OPERATOR,
	DELISTING_STEP_COUNT
};
const char *delisting_step_name(enum delisting_step step);

#define DELISTING_NOTE_MAX 200
struct delisting {
	uint64_t id;
	int64_t at;
	struct ipaddr unit;
	struct ipaddr requester; /* never shown to the public */
	enum delisting_step step;
	char note[DELISTING_NOTE_MAX + 1];
};
#define DELISTING_RECORD_MAX 256
int delisting_encode(
    const struct delisting *delisting, uint8_t *record, size_t size);
int delisting_decode(
    uint64_t id, struct octets record, struct delisting *delisting);

/* Gives it its id: rising, of its time in microseconds. */
int delisting_put(struct store_txn *txn, struct delisting *delisting);
int delisting_get(
    struct store_txn *txn, uint64_t id, struct delisting *delisting);
/* All that can be read, oldest first, until `each` returns non-zero. */
typedef int delisting_each(const struct delisting *delisting, void *context);
int delisting_list(struct store_txn *txn, delisting_each *each, void *context);
/* Those with lesser ids alone, newest first. */
int delisting_list_before(struct store_txn *txn, uint64_t before_id,
    delisting_each *each, void *context);
/* The last time this step was used for the unit, or ERROR_NOT_FOUND. */
int delisting_last(struct store_txn *txn, const struct ipaddr *unit,
    enum delisting_step step, struct delisting *delisting);
/* Uses of one step since `since`, over all units: the hourly limit. */
int delisting_count_since(struct store_txn *txn, int64_t since,
    enum delisting_step step, unsigned *count);
/* The same of those that a requester within `prefix` asked for. */
int delisting_count_from(struct store_txn *txn, int64_t since,
    enum delisting_step step, const struct ipprefix *prefix, unsigned *count);

/*
 * Drops requests of before `before`, oldest first, at most `most`; how many, or
 * a negative code. What cannot be read goes by the time of its id.
 */
int delisting_trim(struct store_txn *txn, int64_t before, unsigned most);

#endif
