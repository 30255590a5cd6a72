#ifndef DNSD_INDEX_H
#define DNSD_INDEX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "db/meta.h"
#include "db/store.h"
#include "db/zonedata.h"
#include "dnsd/indexname.h"

/*
 * The zone's addresses in memory, with what their entries say: it answers for
 * every name in the form of an IPv4 address, or of what stands above one, and
 * of an address in a /64, in the main list or another. For the rest, and
 * whenever it is not sure, it says so and the table is asked.
 *
 * One thread keeps it (index_step). It is only ever used by those whose read
 * transaction shows the very version of the zone that it holds: a version in
 * memory never changes, so what it says is what the table would have said.
 *
 * Nothing on the way of a query waits, locks or allocates: readers announce
 * themselves for a batch, and the keeper frees nothing they may look at.
 */
struct index;
struct index_version;

/* 0, -ENOMEM or what the store says. It answers nothing yet. */
int index_new(struct store *store, struct index **index);
/* No reader is left. NULL does nothing. */
void index_free(struct index *index);

/* --- keeping -------------------------------------------------------------- */

/*
 * A bounded step towards what the database holds now: by the journal, or where
 * that does not lead (at the start, after a new lineage) through the whole
 * table. 1: there is more to do. 0: it is what the database was when the step
 * began. Or a negative code; calling again is right after any of them. Waits
 * for readers that are in a batch.
 */
int index_step(struct index *index);

/* What it holds, for those who watch; from any thread. */
struct index_figures {
	bool ready;
	uint64_t addresses, units; /* entries of all lists together */
	uint64_t memory_bytes;	   /* of entries, garbage among them */
	uint64_t versions;	   /* published so far */
	uint64_t builds;	   /* of the whole table */
	uint64_t tidied;	   /* how often garbage was thrown away */
	uint32_t serial;
};
void index_figures(struct index *index, struct index_figures *figures);

/*
 * Waits until a reader has met another version of the zone than the index has,
 * or for so long, or for index_call.
 */
void index_await_call(struct index *index, unsigned milliseconds);
void index_call(struct index *index);

/* --- reading -------------------------------------------------------------- */

/* One for each thread that looks; it must not move. */
struct index_reader {
	_Alignas(64) atomic_uint_fast64_t since; /* 0: looks at nothing */
	_Alignas(64) struct index *index;
	struct index_reader *next;
};
void index_reader_init(struct index_reader *reader, struct index *index);
void index_reader_deinit(struct index_reader *reader);

/*
 * The index where it is of this version of the zone, else NULL. To be looked
 * at until index_end, which belongs before any wait.
 */
const struct index_version *index_begin(
    struct index_reader *reader, const struct zone_version *zone);
void index_end(struct index_reader *reader);

enum index_outcome {
	INDEX_FOUND,   /* an entry, of the name's own or of a /64 */
	INDEX_EMPTY,   /* the name exists, without records */
	INDEX_NOTHING, /* no such name, and nothing below it */
	INDEX_SILENT   /* ask the table */
};
struct index_entry {
	const struct zone_entry *entry; /* valid until index_end */
	enum sublist list;
	bool is_unit;
	uint64_t number; /* of the unit, or the IPv4 address */
};

/*
 * A question on its way: what is known of it is far apart in memory, and the
 * memory of several questions can be waited for at once. Call index_ask for
 * some, index_fetch for all of them, then index_find (which may also come
 * without index_fetch, and is slower then).
 */
struct index_question {
	enum indexname_kind kind;
	struct indexname name;
	void *const *place; /* of the bucket; NULL: there is none */
};

/*
 * For the first `count` labels of a wire name, the i-th at name + labels[i]; at
 * least four octets lie behind the last.
 */
void index_ask(const struct index_version *version, const uint8_t *name,
    const uint8_t *labels, unsigned count, struct index_question *question);
void index_fetch(const struct index_question *question);

/* *found is set with INDEX_FOUND. */
enum index_outcome index_find(const struct index_version *version,
    const struct index_question *question, struct index_entry *found);

/* Whose entry it is. */
struct ipaddr index_unit(const struct index_entry *found);

#endif
