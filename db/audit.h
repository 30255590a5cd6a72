#ifndef DB_AUDIT_H
#define DB_AUDIT_H

#include "db/store.h"

/*
 * Every decision with who, when and why, in the order it was made. `who` is a
 * program ("ingest", "sweep") or a person ("bsblctl:root", "public"); `what`
 * an event name as in the log; `details` key=value pairs.
 */
struct audit_entry {
	uint64_t number;
	int64_t at;
	char who[64];
	char what[32];
	char subject[64]; /* address or prefix, "" for none */
	char details[256];
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

#endif
