#ifndef HTTPAPI_UNDERTAKING_PRIVATE_H
#define HTTPAPI_UNDERTAKING_PRIVATE_H

#include <pthread.h>

#include "httpapi/search.h"
#include "httpapi/undertaking.h"
#include "httpapi/writer.h"

/*
 * What the files of undertaking share, and nobody else includes: undertaking.c
 * (from outside), undertaking_purge.c (one transaction), undertaking_bulk.c
 * (many listings, in steps).
 */

/* The units of many listings, as they were found. */
struct bulk_plan {
	struct bulk_act act;
	struct ipaddr *units; /* owned */
	size_t count, size;
	size_t next;	     /* of them */
	struct ipaddr place; /* how far the search is */
	uint64_t looked_at;
	bool begun; /* its record is written */
};

/* One of them, and what it is done by. */
struct slot {
	struct undertaking shown; /* under the lock */
	struct undertakings *of;
	struct writer_job job; /* the searcher's, then the writer's */
	struct purge_plan purge;
	struct bulk_plan bulk;
	bool stop; /* under the lock: no step more */
	int code;
};

struct undertakings {
	struct service *service;
	pthread_mutex_t lock;
	struct slot slots[UNDERTAKINGS_MAX];
	uint64_t last_number;
};

/* What the sorts differ in. */
struct undertaking_way {
	void (*prepare)(struct slot *slot); /* with the lock held */
	search_step *search;
	/*
	 * With the lock held: what was found, where a look is no more than
	 * that; NULL: it needs the writer's thread, too.
	 */
	void (*show)(struct slot *slot);
	/* On the writer's thread; `done` comes after `run`, as a job's. */
	void (*run)(struct writer_job *job, void *context);
	void (*done)(struct writer_job *job, void *context);
	void (*clear)(struct slot *slot); /* whatever came of it */
};
extern const struct undertaking_way undertaking_purging, undertaking_in_bulk;

struct slot *undertaking_slot(struct writer_job *job);
bool undertaking_is_stopped(struct slot *slot);
/* Of the search. */
void undertaking_tell_percent(struct slot *slot, unsigned percent);
/*
 * It is at rest: shown, done, stopped or failed. `result` is a purge's, NULL
 * else.
 */
void undertaking_rest(
    struct slot *slot, int code, const struct purge_result *result);
/* Those under way as their records say, each in a slot, to be gone on with. */
int undertaking_read_bulk(struct undertakings *all);
/* With the lock held, and a place of the searcher's. */
void undertaking_start(struct slot *slot, enum undertaking_state state);
/* With the lock held: never used, or the oldest at rest; NULL: none. */
struct slot *undertaking_find_room(struct undertakings *all);

#endif
