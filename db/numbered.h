#ifndef DB_NUMBERED_H
#define DB_NUMBERED_H

#include "db/store.h"

/*
 * Records in TABLE_META, which has others as well, that are known by a word
 * and a number: their keys are the one and then the other.
 */
#define NUMBERED_WORD_MAX 16

int numbered_put(struct store_txn *txn, const char *word, uint64_t number,
    struct octets record);
/* ERROR_NOT_FOUND, as _end. */
int numbered_get(struct store_txn *txn, const char *word, uint64_t number,
    struct octets *record);
int numbered_end(struct store_txn *txn, const char *word, uint64_t number);

/* By number, until `each` returns non-zero; that is returned. */
typedef int numbered_each(uint64_t number, struct octets record, void *context);
int numbered_list(struct store_txn *txn, const char *word, numbered_each *each,
    void *context);

#endif
