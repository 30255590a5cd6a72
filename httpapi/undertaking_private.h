#ifndef HTTPAPI_UNDERTAKING_PRIVATE_H
#define HTTPAPI_UNDERTAKING_PRIVATE_H

#include <pthread.h>

#include "db/bulk_plan.h"
#include "db/purge_plan.h"
#include "httpapi/search.h"
#include "httpapi/undertaking.h"
#include "httpapi/writer.h"

/*
 * What the files of undertaking share, and nobody else includes: undertaking.c
 * (from outside), undertaking_purge.c (evidence is taken back),
 * undertaking_bulk.c (many listings), undertaking_others.c (what other programs
 * do), undertaking_wait.c (who waits for one).
 */

/* One of them, and what it is done by. */
struct slot {
	struct undertaking shown; /* under the lock */
	struct undertakings *of;
	struct writer_job job; /* the searcher's, then the writer's */
	struct purge_plan purge;
	bool resumes; /* a purge that another began, as far as it was: */
	struct purge_act resumed;
	struct bulk_plan bulk;
	bool stop; /* under the lock: no step more */
	int code;
};

struct undertakings {
	struct service *service;
	pthread_mutex_t lock;
	struct slot slots[UNDERTAKINGS_MAX];
	uint64_t last_number;
	int64_t again_ms; /* by the monotonic clock: nothing resumes before */
	struct exchange *waiting; /* under the lock */
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
 * else. The last that a job does: its place may be another's at once.
 */
void undertaking_rest(
    struct slot *slot, int code, const struct purge_result *result);
/* With the lock held: those that nobody does, each in a slot. */
int undertaking_read_bulk(struct undertakings *all);
/* With the lock held; NULL: there is none. */
struct slot *undertaking_find(struct undertakings *all, uint64_t number);
/* With the lock held, and a place of the searcher's. */
void undertaking_start(struct slot *slot, enum undertaking_state state);
/* With the lock held: never used, or the oldest at rest; NULL: none. */
struct slot *undertaking_find_room(struct undertakings *all);

#endif
