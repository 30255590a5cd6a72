#ifndef DNSD_INDEX_PRIVATE_H
#define DNSD_INDEX_PRIVATE_H

#include <pthread.h>
#include <semaphore.h>

#include "db/zonereader.h"
#include "dnsd/cowmap.h"
#include "dnsd/entrybook.h"
#include "dnsd/index.h"

/*
 * What the files of the index share: index.c (versions, readers, look-ups),
 * index_table.c (a key of the zone's table put in or taken out), index_keep.c
 * (which keys, in which order).
 */

/*
 * Which beginnings of four nibbles some unit of a list has, a bit for each:
 * IPv4 and IPv6 names share one tree of labels, so 2001:db8::/32 makes 1.0.0.2,
 * the name of 2.0.0.1, one with something below it.
 */
#define BEGINNINGS (1u << 16)
struct beginnings {
	uint64_t generation; /* that it was made in */
	uint64_t bits[BEGINNINGS / 64];
};

/* A number in place of an entry's: only the table knows. */
#define ASK_TABLE ENTRYBOOK_MAX

struct index_list {
	const struct cow_table *ipv4;  /* address -> number of its entry */
	const struct cow_table *units; /* mixed unit -> the same */
	const struct beginnings *beginnings;
};

struct index_version {
	struct zone_version zone;
	bool strange; /* there are names that only the table understands */
	const struct entrybook *book;
	struct index_list lists[SUBLIST_COUNT];
};

/*
 * Spreads units, which begin alike, over the map; each has a number of its own
 * (the finaliser of splitmix64 is a bijection).
 */
static inline uint64_t
index_mix(uint64_t unit)
{
	unit = (unit ^ unit >> 30) * 0xbf58476d1ce4e5b9u;
	unit = (unit ^ unit >> 27) * 0x94d049bb133111ebu;
	return unit ^ unit >> 31;
}

/* --- the table in the making: index_table.c ------------------------------- */

/*
 * Changes of one bucket are gathered and made together: as many as come in one
 * transaction of an import, which changes several lists in turns.
 */
#define RUN_MAX 1024
struct index_run {
	uint16_t high;
	size_t count;
	struct cow_change changes[RUN_MAX]; /* rising */
};

struct index_table_list {
	struct cowmap ipv4, units;
	struct beginnings *beginnings;
	uint32_t *unit_counts; /* by beginning */
	uint16_t mapped;       /* test entries' IPv6 names, a bit each */
	struct index_run run;
};

struct index_table {
	struct cow_space space;
	struct entrybook *book;
	struct index_table_list lists[SUBLIST_COUNT];
	uint64_t addresses, units;
	bool strange;	   /* a strange name was met */
	bool strange_gone; /* one was taken out: only a new build tells more */
};

/* 0 or -ENOMEM; after that too index_table_deinit is to be called. */
int index_table_init(struct index_table *table);
void index_table_deinit(struct index_table *table);

/* Empty again; nobody looks at anything of it. 0 or -ENOMEM. */
int index_table_clear(struct index_table *table);

/*
 * Lays everything that is still of use into a new space; `old` then holds what
 * versions before look at, until cow_free. 0, or -ENOMEM and nothing has
 * changed.
 */
int index_table_tidy(struct index_table *table, struct cow_space *old);

/* The name `key` now has `value`; data NULL: it is gone. 0 or -ENOMEM. */
int index_table_set(
    struct index_table *table, struct octets key, struct octets value);
/* Ends what index_table_set began. */
int index_table_flush(struct index_table *table);

/* --- versions: index.c ---------------------------------------------------- */

struct index {
	_Atomic(const struct index_version *) current;
	/* Rises with each version. 0 is never an epoch. */
	atomic_uint_fast64_t epoch;
	pthread_mutex_t lock; /* guards the list */
	struct index_reader *readers;
	sem_t calls;
	atomic_bool called; /* and not yet heard */

	/* The keeper's own. */
	struct index_table table;
	struct zonereader reader;
	enum { INDEX_LOST, INDEX_BUILDING, INDEX_FOLLOWING } state;
	struct zone_version zone; /* published, or when the build began */
	struct zonekey last;	  /* read while building; len 0 none */
	struct zone_place place;  /* in the journal */
	uint32_t book_count;	  /* entries that the build found */

	struct {
		atomic_bool ready;
		atomic_uint_fast32_t serial;
		atomic_uint_fast64_t addresses, units, memory_bytes;
		atomic_uint_fast64_t versions, builds, tidied;
	} shown; /* of struct index_figures */
};

/* The table as it is becomes what readers see of `zone`. 0 or -ENOMEM. */
int index_publish(struct index *index, const struct zone_version *zone);
/* Readers see nothing, and the table is empty. 0 or -ENOMEM. */
int index_withdraw(struct index *index);
/*
 * Between two versions: where changes have left more than memory should hold,
 * that is thrown away, and readers see nothing until the next version.
 */
void index_lighten(struct index *index);

#endif
