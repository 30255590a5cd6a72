#ifndef DB_EVIDENCE_H
#define DB_EVIDENCE_H

#include <stdint.h>

#include "common/ipaddr.h"
#include "db/backscatter.h"
#include "db/store.h"

/*
 * One sighting: who sent what to which trap, when, and how well it is proved.
 * Messages that turned out to be no backscatter are kept as well, with kind
 * BACKSCATTER_NONE, so that an operator can see what came and why it did not
 * count.
 */
enum evidence_flag {
	EVIDENCE_DELAY = 1 << 0,      /* a delay notice */
	EVIDENCE_SUBMISSION = 1 << 1, /* original by an own user or script */
	EVIDENCE_WEB_FORM = 1 << 2,   /* weight 0 without proof of a mail */
	EVIDENCE_MDN_MANUAL = 1 << 3, /* weight 0 */
	EVIDENCE_FINGERPRINTED =
	    1 << 4,		     /* campaign is of the original's content */
	EVIDENCE_RELAYED = 1 << 5,   /* address read behind a trusted relay */
	EVIDENCE_UNCOUNTED = 1 << 6, /* recorded only (role address, ...) */
	EVIDENCE_SUCCESS = 1 << 7,   /* a success DSN: weight 0 */
	EVIDENCE_QUARANTINED = 1 << 8, /* by a new sensor; db/sensor.h */
	/*
	 * Its digest is of a mark of its own - a relay's Received line, an
	 * event's id or time: who comes with the same brings the same.
	 */
	EVIDENCE_ONCE = 1 << 9,
	/* Its digest is of what the next of its kind may say as well. */
	EVIDENCE_VAGUE = 1 << 10,
};

/* Those that tell people something, by the names that JSON has for them. */
struct evidence_flag_name {
	uint32_t flag;
	const char *name;
};
extern const struct evidence_flag_name evidence_flag_names[];
extern const size_t evidence_flag_name_count;

/* Longer texts are cut when a record is made; lengths without the NUL. */
#define EVIDENCE_NAME_MAX 255
#define EVIDENCE_TEXT_MAX 512

struct evidence {
	uint64_t id;	 /* microseconds of Unix time, unique and rising */
	int64_t seen_at; /* seconds */
	struct ipaddr address; /* as connected, IPv6 in full */
	enum backscatter_kind kind;
	enum proof_grade grade;
	uint32_t flags;	     /* enum evidence_flag */
	uint64_t trap;	     /* its id; a wildcard domain is one trap */
	uint64_t campaign;   /* fingerprint, or of trap and hour; 0 none */
	uint64_t original;   /* hash of the original's Message-ID; 0 none */
	uint64_t digest;     /* of the message as received; 0 none */
	int64_t original_at; /* when the original arrived there; 0 unknown */
	uint32_t sensor;     /* 0: this machine's own feeds */

	char helo[EVIDENCE_NAME_MAX + 1];
	char reverse_path[EVIDENCE_NAME_MAX + 1]; /* "" is the null one */
	char reporting_mta[EVIDENCE_NAME_MAX + 1];
	char software[64];
	char queue_id[64];
	char status[16]; /* RFC 3463, "5.1.1" */
	char cause[32];	 /* a name of db/cause.h's table */
	char diagnostic[EVIDENCE_TEXT_MAX + 1];
	char signs[EVIDENCE_TEXT_MAX + 1]; /* names, separated by spaces */
};

/*
 * A campaign for what quotes no original: of trap and hour (trap and seen_at
 * are set). It tells repeats, not campaigns. `key` is meta_hash_key's.
 */
uint64_t evidence_hash_hour(
    const struct evidence *evidence, const uint8_t *key);

/* Octets of a record at most. */
#define EVIDENCE_RECORD_MAX 4096

/* Returns the length, or ERROR_LIMIT (cannot happen with texts in bounds). */
int evidence_encode(
    const struct evidence *evidence, uint8_t *record, size_t size);
/* 0, ERROR_NEWER, or ERROR_DAMAGED. `id` comes from the key. */
int evidence_decode(
    uint64_t id, struct octets record, struct evidence *evidence);

/*
 * The id for a sighting at `seen_at` (Unix seconds): the first of that second,
 * or one more than the last id.
 */
int evidence_next_id(struct store_txn *txn, int64_t seen_at, uint64_t *id);
/*
 * Writes the record and its place in the address' index. ERROR_EXISTS when its
 * id is not past every other.
 */
int evidence_put(struct store_txn *txn, const struct evidence *evidence);
/* Writes one anew that is there, of the same address and time. */
int evidence_rewrite(struct store_txn *txn, const struct evidence *evidence);
/*
 * Takes both away. ERROR_NOT_FOUND. Of one that cannot be read nobody knows its
 * place in the index: then evidence_forget takes it away alone.
 */
int evidence_remove(struct store_txn *txn, const struct evidence *evidence);
int evidence_forget(struct store_txn *txn, uint64_t id);

/* 0 or ERROR_NOT_FOUND. */
int evidence_get(struct store_txn *txn, uint64_t id, struct evidence *evidence);
/*
 * The one with the lowest id, whose time runs out first. When it cannot be read
 * its id is set all the same.
 */
int evidence_oldest(struct store_txn *txn, struct evidence *evidence);

/*
 * Calls `each` for the evidence of a listed unit (listing_unit), newest first,
 * until it returns non-zero; that value is returned, else 0 or a negative code.
 * `each` changes nothing in the database. What cannot be read is passed by.
 * evidence_of_before: those with lesser ids alone.
 */
typedef int evidence_each(const struct evidence *evidence, void *context);
int evidence_of_newest(struct store_txn *txn, const struct ipaddr *unit,
    evidence_each *each, void *context);
int evidence_of_before(struct store_txn *txn, const struct ipaddr *unit,
    uint64_t before_id, evidence_each *each, void *context);

/* All of it that can be read, by rising ids from one on, in the same way. */
int evidence_list(struct store_txn *txn, uint64_t from_id, evidence_each *each,
    void *context);

#endif
