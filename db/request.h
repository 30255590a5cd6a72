#ifndef DB_REQUEST_H
#define DB_REQUEST_H

#include "common/ipaddr.h"
#include "db/delisting.h"
#include "db/store.h"

/*
 * A removal that the operator is asked for, since the steps that need nobody
 * are spent: it waits here until it is granted (record_delisting, by the
 * operator's step) or refused. One a unit, so that nobody fills the queue.
 */
struct request {
	struct ipaddr unit;
	int64_t at;			   /* the first time it was asked */
	struct ipaddr requester;	   /* never shown to the public */
	char note[DELISTING_NOTE_MAX + 1]; /* as last given */
};
#define REQUEST_RECORD_MAX 256
int request_encode(const struct request *request, uint8_t *record, size_t size);
int request_decode(
    const struct ipaddr *unit, struct octets record, struct request *request);

/*
 * Asked once more it keeps its place, and has the newer words. ERROR_FULL: as
 * many wait already as people can look at.
 */
#define REQUEST_MAX 10000
int request_put(struct store_txn *txn, const struct request *request);
/* ERROR_NOT_FOUND. */
int request_get(
    struct store_txn *txn, const struct ipaddr *unit, struct request *request);
int request_remove(struct store_txn *txn, const struct ipaddr *unit);
/* The same, as the operator's decision: it has its line in the audit. */
int request_refuse(struct store_txn *txn, const struct ipaddr *unit,
    const char *reason, const char *who, int64_t now);

/* In the order of the units, until `each` returns non-zero. */
typedef int request_each(const struct request *request, void *context);
int request_list(struct store_txn *txn, request_each *each, void *context);

#endif
