#ifndef DB_META_H
#define DB_META_H

#include <stdint.h>

#include "db/store.h"

/*
 * The few facts about the database as a whole, in TABLE_META.
 */

/*
 * The zone's version. `serial` is its SOA serial (RFC 1982); `lineage` is a
 * random number that changes when history is cut (made, restored, promoted,
 * reset): two versions are comparable only within one lineage.
 */
struct zone_version {
	uint64_t lineage;
	uint32_t serial;
};
int meta_zone_version(struct store_txn *txn, struct zone_version *version);

/*
 * The serial for changes of this transaction: max(serial + 1, Unix time) the
 * first time it is asked for in a transaction, the same again later.
 * `*number` counts the calls within the transaction from 0 (the journal's key).
 * "Later than" is RFC 1982's: the numbers may wrap.
 */
int meta_next_change(
    struct store_txn *txn, int64_t now, uint32_t *serial, uint32_t *number);

/*
 * How many addresses, and IPv6 /64s, the zone lists in its main list.
 * db/zonedata.c counts as it puts and removes.
 */
int meta_listed(struct store_txn *txn, uint64_t *count);
int meta_change_listed(struct store_txn *txn, int change);

/* Raises the serial, where it is not past another already. */
int meta_serial_past(struct store_txn *txn, uint32_t serial);
/* A new lineage, its serial well past the old one; the journal is dropped. */
int meta_new_lineage(struct store_txn *txn, int64_t now);

/*
 * The serial of which the lineage began, while the journal has every change
 * since; ERROR_NOT_FOUND once some are gone, which meta_forget_begin says.
 */
int meta_begin(struct store_txn *txn, uint32_t *serial);
int meta_forget_begin(struct store_txn *txn);

/* The secret with which trap local parts and fingerprints are hashed. */
#define META_KEY_LEN 32
int meta_hash_key(struct store_txn *txn, uint8_t key[META_KEY_LEN]);

/*
 * A chain of hashes (BLAKE2b of 256 bits): becomes that of itself and of the
 * octets.
 */
#define META_CHAIN_LEN 32
void meta_chain(uint8_t chain[META_CHAIN_LEN], const void *data, size_t len);

/* Keyed 64-bit hash (BLAKE2b); never 0. */
uint64_t meta_hash(
    const uint8_t key[META_KEY_LEN], const void *data, size_t len);

/*
 * Life signs: the second at which a program last did its round. 0 and
 * *seconds = 0 when it never did.
 */
enum meta_heartbeat {
	HEARTBEAT_SWEEP,
	HEARTBEAT_TRAPS, /* whose conditioning is over was looked for */
};
int meta_heartbeat(
    struct store_txn *txn, enum meta_heartbeat which, int64_t *seconds);
int meta_set_heartbeat(
    struct store_txn *txn, enum meta_heartbeat which, int64_t seconds);

/*
 * Up to where the database has what is in the intake log (db/intake_log.h):
 * entries up to `number` of the log with that random number. 0 and 0 where it
 * never had one. A new mark is of number 0; a restored database has none.
 */
struct intake_mark {
	uint64_t log, number;
};
int meta_intake_mark(struct store_txn *txn, struct intake_mark *mark);
int meta_set_intake_mark(struct store_txn *txn, const struct intake_mark *mark);
int meta_new_intake_mark(struct store_txn *txn, struct intake_mark *mark);
int meta_drop_intake_mark(struct store_txn *txn);

/*
 * What a new database needs: format, lineage, serial (`now`, also for changes
 * in this transaction), key. ERROR_EXISTS when it has them.
 */
int meta_create(struct store_txn *txn, int64_t now);

/* Says that tables and records are of STORE_FORMAT now. */
int meta_set_format(struct store_txn *txn);

#endif
