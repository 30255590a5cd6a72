#ifndef DB_DIGEST_H
#define DB_DIGEST_H

#include "db/evidence.h"

/*
 * Which evidence a message became, by its digest: a message that its client
 * sends again, because it never got our answer, is the same evidence.
 */
struct digest {
	uint64_t evidence; /* the newest with that digest */
	int64_t recorded_at;
};

#define DIGEST_RECORD_LEN 17
void digest_encode(
    const struct digest *digest, uint8_t record[DIGEST_RECORD_LEN]);
/* 0, ERROR_NEWER or ERROR_DAMAGED. */
int digest_decode(struct octets record, struct digest *digest);

/* ERROR_NOT_FOUND: no such message; a digest of 0 is none. */
int digest_get(struct store_txn *txn, uint64_t number, struct digest *digest);
int digest_put(
    struct store_txn *txn, const struct evidence *evidence, int64_t now);
/* With the evidence; that of a newer message stays. */
int digest_drop(struct store_txn *txn, const struct evidence *evidence);

#endif
