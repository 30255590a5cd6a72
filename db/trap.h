#ifndef DB_TRAP_H
#define DB_TRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/store.h"
#include "db/trap_pattern.h"

/*
 * Spamtraps: addresses, whole domains ("@trap.example") and domains with
 * everything below ("@.trap.example"). Local parts are kept as keyed hashes:
 * a stolen database names no trap address. A whole domain is ONE trap.
 */
enum trap_state {
	TRAP_ACTIVE,
	TRAP_CONDITIONING, /* until policy.conditioning_seconds are over */
	TRAP_RETIRED,
	TRAP_STATE_COUNT
};
const char *trap_state_name(enum trap_state state);

#define TRAP_REASON_MAX 200
struct trap {
	uint64_t id; /* keyed hash of its pattern; never 0 */
	enum trap_state state;
	int64_t added_at;    /* or put into conditioning */
	int64_t last_hit_at; /* 0 never */
	uint64_t hits;
	uint8_t weight; /* of what it sees, in percent: 1 to 100 */
	char domain[TRAP_DOMAIN_MAX + 1];
	bool whole_domain, subdomains;
	uint64_t local_hash;		  /* the id; 0 for whole domains */
	char reason[TRAP_REASON_MAX + 1]; /* why it is one; "" not said */
};

#define TRAP_RECORD_MAX 512
int trap_encode(const struct trap *trap, uint8_t *record, size_t size);
int trap_decode(uint64_t id, struct octets record, struct trap *trap);

/* ERROR_EXISTS, ERROR_FORMAT, ERROR_REFUSED. */
int trap_add(
    struct store_txn *txn, const char *pattern, int64_t now, struct trap *trap);
int trap_remove(struct store_txn *txn, const char *pattern);
/*
 * What is to be changed; what is NULL or TRAP_KEEP stays. What is put into
 * conditioning counts as added at `now`. ERROR_LIMIT: the reason is longer than
 * TRAP_REASON_MAX.
 */
#define TRAP_KEEP (-1)
struct trap_change {
	int state;
	int weight;
	const char *reason;
};
int trap_set(struct store_txn *txn, const char *pattern,
    const struct trap_change *change, int64_t now, struct trap *trap);
/* Writes one anew that is there. */
int trap_put(struct store_txn *txn, const struct trap *trap);
int trap_state_parse(const char *name); /* or ERROR_FORMAT */

/* By its id, as evidence names it. ERROR_NOT_FOUND. */
int trap_get(struct store_txn *txn, uint64_t id, struct trap *trap);
/* The id that a pattern has, or had before it was removed. ERROR_FORMAT, ... */
int trap_id_of(struct store_txn *txn, const char *pattern, uint64_t *id);

/*
 * What an envelope recipient (without angle brackets) is. Local parts compare
 * without regard to case; a "+tag" is ignored when the address without it is a
 * trap. The address itself comes first, then its domain, then the nearest
 * domain above with everything below.
 */
enum trap_match {
	TRAP_MATCH_NONE,
	TRAP_MATCH_TRAP, /* *trap says which, and in what state it is */
	TRAP_MATCH_ROLE, /* postmaster@ or abuse@ of a trap domain: accepted,
			  * never counted; also plain "postmaster" */
};
/* An enum trap_match, or a negative code: it cannot be told. */
int trap_find(struct store_txn *txn, const char *mailbox, struct trap *trap);
int trap_hit(struct store_txn *txn, uint64_t id, int64_t now);
/* Takes so many hits back; when the last was stays. ERROR_NOT_FOUND. */
int trap_unhit(struct store_txn *txn, uint64_t id, uint64_t many);

typedef int trap_each(const struct trap *trap, void *context);
int trap_list(struct store_txn *txn, trap_each *each, void *context);
/* Each domain that traps name, with how many do. */
typedef int trap_domain_each(const char *domain, uint32_t count, void *context);
int trap_domains(struct store_txn *txn, trap_domain_each *each, void *context);
/* "@trap.example" or "#1a2b3c4d@trap.example" for hashed local parts. */
#define TRAP_TEXT_MAX 300
char *trap_format(const struct trap *trap, char text[TRAP_TEXT_MAX]);

#endif
