#ifndef DB_APPEAL_H
#define DB_APPEAL_H

#include "common/ipaddr.h"
#include "db/delisting.h"
#include "db/store.h"

/*
 * A removal that the operator is asked for, since the steps that need nobody
 * are spent: it waits here until it is granted (record_delisting, by the
 * operator's step) or refused. One a unit, so that nobody fills the queue.
 */
struct appeal {
	struct ipaddr unit;
	int64_t at;			   /* the first time it was asked */
	struct ipaddr requester;	   /* never shown to the public */
	char note[DELISTING_NOTE_MAX + 1]; /* as last given */
};
#define APPEAL_RECORD_MAX 256
int appeal_encode(const struct appeal *appeal, uint8_t *record, size_t size);
int appeal_decode(
    const struct ipaddr *unit, struct octets record, struct appeal *appeal);

/*
 * Asked once more it keeps its place, and has the newer words. ERROR_FULL: as
 * many wait already as people can look at.
 */
#define APPEAL_MAX 1000
int appeal_put(struct store_txn *txn, const struct appeal *appeal);
/* ERROR_NOT_FOUND. */
int appeal_get(
    struct store_txn *txn, const struct ipaddr *unit, struct appeal *appeal);
int appeal_remove(struct store_txn *txn, const struct ipaddr *unit);
/* The same, as the operator's decision: it has its line in the audit. */
int appeal_refuse(struct store_txn *txn, const struct ipaddr *unit,
    const char *reason, const char *who, int64_t now);

/* In the order of the units, until `each` returns non-zero. */
typedef int appeal_each(const struct appeal *appeal, void *context);
int appeal_list(struct store_txn *txn, appeal_each *each, void *context);

#endif
