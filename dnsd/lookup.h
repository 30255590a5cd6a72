#ifndef DNSD_LOOKUP_H
#define DNSD_LOOKUP_H

#include "db/zonekey.h"
#include "dnsd/index.h"
#include "dnsd/query.h"

/*
 * What the zone holds at a name, by RFC 1034 section 4.3.2 and RFC 4592: the
 * name itself, something below it, the wildcard of its closest encloser, or
 * nothing. Each worker has one, with a read transaction of its own.
 *
 * Between lookup_begin and lookup_end answers are of one version of the zone,
 * and what they point to stays. End before any wait: a transaction left open
 * pins pages that writers could use again.
 */
struct lookup {
	struct store_txn *txn;
	struct store_cursor *cursor;
	struct index_reader reader;	   /* its `index` NULL: none */
	const struct index_version *index; /* of this version; NULL: none */
	const struct lookup_ahead *ahead;  /* of the next question; or NULL */
};

/* 0 or a negative code. Leaves the look-up ended. */
int lookup_init(struct lookup *lookup, struct store *store);
void lookup_deinit(struct lookup *lookup);

/*
 * Has questions answered from the index where it can; it outlives the look-up.
 */
void lookup_use_index(struct lookup *lookup, struct index *index);

int lookup_begin(struct lookup *lookup);
/* Says which version it is that the transaction shows. */
void lookup_at_version(
    struct lookup *lookup, const struct zone_version *version);
void lookup_end(struct lookup *lookup);

enum lookup_outcome {
	LOOKUP_FOUND,	 /* the name has records of its own */
	LOOKUP_WILDCARD, /* it has not, a wildcard covers it */
	LOOKUP_EMPTY,	 /* it exists, without records */
	LOOKUP_NOTHING,	 /* no such name, and nothing below it */
	LOOKUP_FAILED	 /* the database does not say */
};

/*
 * *value is set where there are records, and *source then says under which key
 * they stand: `key`, or the wildcard's.
 */
enum lookup_outcome lookup_find(struct lookup *lookup,
    const struct zonekey *key, struct octets *value, struct zonekey *source);

/*
 * Questions seen ahead: memory that several of them need can be waited for at
 * once. lookup_see them, lookup_fetch them, then let `ahead` point to that of
 * the question to be answered. None of it is needed for the answer.
 */
struct lookup_ahead {
	const uint8_t *name; /* the question's, to know it by; NULL none */
	struct index_question question;
};
void lookup_see(struct lookup *lookup, const struct query *query,
    unsigned origin_labels, struct lookup_ahead *ahead);
void lookup_fetch(const struct lookup_ahead *ahead);

/* What a question's name has, from wherever it is known. */
struct lookup_found {
	bool is_entry;
	struct zone_entry entry;
	enum sublist list;
	struct octets value; /* of what is no entry */

	/* Whose it is: from the index, or the key under which it stands. */
	bool from_index;
	struct index_entry indexed;
	struct zonekey source;
};

/*
 * The same for the name of a question, `below` octets of which stand before
 * the origin's `origin_labels` labels. *found is set where there are records.
 */
enum lookup_outcome lookup_question(struct lookup *lookup,
    const struct query *query, size_t below, unsigned origin_labels,
    struct lookup_found *found);

/* The unit that an entry is of; false where it is of none. */
bool lookup_unit(const struct lookup_found *found, struct ipaddr *unit);

#endif
