#ifndef DB_TRAP_PRIVATE_H
#define DB_TRAP_PRIVATE_H

#include "db/trap.h"

/*
 * What the files of the traps share: trap_record.c keeps them, trap.c knows
 * what may become of them, and whose an address is.
 */
#define TRAP_WEIGHT_MAX 100

/* ERROR_NOT_FOUND. The count of its domain is the caller's to change. */
int trap_delete(struct store_txn *txn, uint64_t id);

/* How many traps name this very domain. */
int trap_count_domain(
    struct store_txn *txn, const char *domain, uint32_t *count);
/* One more of them, or one less. */
int trap_change_domain(struct store_txn *txn, const char *domain, bool add);

#endif
