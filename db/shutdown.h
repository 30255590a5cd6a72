#ifndef DB_SHUTDOWN_H
#define DB_SHUTDOWN_H

#include "db/record.h"
#include "db/shutdown_stage.h"

/*
 * The end of the list, in stages (RFC 6471 section 3.4), so that it never lists
 * the world and nobody is taken by surprise: announced, closed, ended. Each
 * follows on the one before; until `ended`, and after it, the whole can be
 * cancelled. The zone itself, and its name, stay.
 */

/*
 * A month at least (RFC 6471 section 3.4: "one or more months").
 * ERROR_REFUSED: sooner, or past that stage. Once more changes end and reason.
 */
#define SHUTDOWN_NOTICE_SECONDS (30 * INT64_C(86400))
int shutdown_announce(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t ends_at, const char *reason, int64_t now);
/* ERROR_REFUSED: not announced, or its end is still ahead. */
int shutdown_close(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now);
/*
 * A step of taking off what is listed, for units in any order: as record_import
 * returns, how many it dealt with.
 */
int shutdown_empty(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *units, size_t count, int64_t deadline_ms, int64_t now);
/* ERROR_REFUSED: not closed, or something is still listed. */
int shutdown_end(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now);
/*
 * Lists again as from now: what was seen meanwhile does not count. The test
 * entries come back. ERROR_REFUSED: there was no shutdown.
 */
int shutdown_cancel(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now);

#endif
