#ifndef DB_AUDIT_H
#define DB_AUDIT_H

#include <stdbool.h>

#include "db/meta.h"
#include "db/store.h"

/*
 * Every decision with who, when and why, in the order it was made. `who` is a
 * program ("ingest", "sweep") or a person ("bsblctl:root", "public"); `what`
 * an event name as in the log; `details` key=value pairs.
 *
 * The entries are a chain: each bears a hash of itself and of the chain before
 * it, and the database remembers both ends. So an entry that was changed, left
 * out or cut off at the end shows (audit_check); and whoever has kept an old
 * end (audit_ends) can tell whether history was written anew.
 */
struct audit_entry {
	uint64_t number;
	int64_t at;
	char who[64];
	char what[32];
	char subject[64]; /* address or prefix, "" for none */
	char details[256];
	uint8_t chain[META_CHAIN_LEN];
};
#define AUDIT_RECORD_MAX 512
int audit_encode(const struct audit_entry *entry, uint8_t *record, size_t size);
int audit_decode(
    uint64_t number, struct octets record, struct audit_entry *entry);

/* Texts that are too long are cut. */
int audit_add(struct store_txn *txn, int64_t now, const char *who,
    const char *what, const char *subject, const char *details, ...)
    __attribute__((format(printf, 6, 7)));
typedef int audit_each(const struct audit_entry *entry, void *context);
/* From the newest back, until `each` returns non-zero; that is returned. */
int audit_newest(struct store_txn *txn, audit_each *each, void *context);
/* The same, of those with lesser numbers alone: to turn pages. */
int audit_before(
    struct store_txn *txn, uint64_t number, audit_each *each, void *context);

/* --- the chain ------------------------------------------------------------ */

/*
 * What the chain begins behind (the last entry that was trimmed; all zero for
 * none), and its last entry.
 */
struct audit_end {
	uint64_t number;
	uint8_t chain[META_CHAIN_LEN];
};
struct audit_ends {
	struct audit_end checkpoint, head;
};
int audit_ends(struct store_txn *txn, struct audit_ends *ends);

/*
 * One step of a check from the checkpoint on: does the record follow on
 * *before, which then becomes this entry? NULL, or what is wrong, in words.
 */
const char *audit_check(
    struct audit_end *before, uint64_t number, struct octets record);

/*
 * Drops entries of before `before`, from the oldest on, at most `most`; the
 * last of them becomes the checkpoint, and the newest entry stays. How many.
 */
int audit_trim(struct store_txn *txn, int64_t before, unsigned most);

/*
 * For `bsblctl upgrade`: chains entries of format 1, which bore no hash. The
 * caller hands them over in order, and writes *len octets back.
 */
int audit_chain_old(struct audit_end *before, uint64_t number,
    struct octets record, uint8_t out[AUDIT_RECORD_MAX], size_t *len);
int audit_put_ends(struct store_txn *txn, const struct audit_ends *ends);

/* --- for the public (audit_public.c) -------------------------------------- */

/*
 * What everybody may see of an entry: false when it is nobody's business.
 * People are "operator"; an address is the /24 or /48 it lies in; times are
 * whole hours; of the details only those of a table remain. No trap, no count
 * that a bouncing server could recognise itself by.
 */
bool audit_redact(
    const struct audit_entry *entry, struct audit_entry *redacted);

#endif
