#ifndef DB_BULK_ACT_H
#define DB_BULK_ACT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "db/listing.h"
#include "db/store.h"

/*
 * What an operator has decided about many listings at once. It is done in
 * steps (db/bulk_plan.h), so that the write lock is never held long; while it
 * is under way a record of it is kept beside each step's changes, so that
 * where a program was stopped, or fell, another goes on.
 */
enum bulk_kind {
	BULK_RELEASE, /* what the publish guard holds: into the lists */
	BULK_REJECT,  /* the same: its score is zero then */
	BULK_REMOVE,  /* off every list, and what is pending too */
	BULK_EXEMPT,  /* the same, since an exemption covers it */
	BULK_PURGE,   /* evidence is taken back (db/purge_plan.h) */
	BULK_MERGE,   /* a campaign's becomes another's: the same */
	BULK_KINDS
};

const char *bulk_kind_name(enum bulk_kind kind); /* "release" */
/* What it is about then stands in db/purge_act.h; its units are sightings. */
bool bulk_kind_is_purge(enum bulk_kind kind);

#define BULK_WHO_MAX 64
struct bulk_act {
	uint64_t number; /* its name; its key */
	enum bulk_kind kind;
	bool everywhere; /* whatever the prefix says */
	struct ipprefix prefix;
	int64_t until; /* of an exemption; 0 for good */
	int64_t begun_at;
	char who[BULK_WHO_MAX]; /* for the audit */
	char reason[LISTING_REASON_MAX + 1];
	uint64_t total; /* units it found when it was begun */
	uint64_t done;	/* of them, so far */
	bool mended;	/* not its record, see bulk_act_get */
};

#define BULK_ACT_RECORD_MAX 384
int bulk_act_encode(const struct bulk_act *act, uint8_t *record, size_t size);
int bulk_act_decode(
    uint64_t number, struct octets record, struct bulk_act *act);

/* Writes it, or how far it is. */
int bulk_act_put(struct store_txn *txn, const struct bulk_act *act);
/*
 * ERROR_NOT_FOUND: it is over. Where the record of a purge is damaged, or gone,
 * but the purge is under way: what that tells of it, and `mended`.
 */
int bulk_act_get(struct store_txn *txn, uint64_t number, struct bulk_act *act);
/* It is over. ERROR_NOT_FOUND. */
int bulk_act_end(struct store_txn *txn, uint64_t number);
/*
 * Somebody else than who does it has it stop behind its step. ERROR_NOT_FOUND;
 * ERROR_REFUSED: a purge, of which all is taken.
 */
int bulk_act_stop(struct store_txn *txn, uint64_t number);

typedef int bulk_act_each(const struct bulk_act *act, void *context);
/*
 * Those under way that can be read, the oldest first, until `each` returns
 * non-zero; that is returned.
 */
int bulk_act_list(struct store_txn *txn, bulk_act_each *each, void *context);

/*
 * When a purge or merge was begun that holds new listings back; 0 where none
 * does.
 */
int bulk_act_holds_since(struct store_txn *txn, int64_t *since);

/*
 * Does a prefix hold more than may be listed by hand, which is decided about
 * in one transaction? Pure.
 */
bool bulk_act_is_wide(const struct ipprefix *prefix);

/* Is it about this listing, as it is now? Pure. */
bool bulk_act_wants(const struct bulk_act *act, const struct listing *listing);

#endif
