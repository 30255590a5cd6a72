#ifndef HTTPAPI_UNDERTAKING_H
#define HTTPAPI_UNDERTAKING_H

#include <stdbool.h>
#include <stdint.h>

#include "db/bulk_act.h"
#include "db/listing.h"
#include "db/purge_act.h"
#include "db/trap.h"
#include "httpapi/service.h"

/*
 * What an operator begins by a form, or a program by the API, and is too long
 * to wait for. In the console it is first looked what it would do, on the
 * searcher's thread, and shown: nothing has changed so far. Once somebody
 * confirms it, with a reason, it is searched anew and done, on the writer's
 * thread; what a program begins is done at once.
 *
 * All of them are done in steps, between which others write. They are gone on
 * with where the program that did them fell, and what bsblctl does of them is
 * known here; of what is looked at, or over, memory alone knows, and after a
 * new start the audit tells what was done.
 */
struct undertakings;
int undertakings_new(
    struct service *service, struct undertakings **undertakings);
/*
 * Goes on with what a stop or a fall cut short, of whatever program: once all
 * threads run, and then each second, but for half a minute after the disk has
 * failed one.
 */
int undertakings_resume(struct undertakings *undertakings);
void undertakings_free(struct undertakings *undertakings);

enum undertaking_sort {
	UNDERTAKING_PURGE,
	UNDERTAKING_MERGE,
	UNDERTAKING_RELEASE,
	UNDERTAKING_REJECT,
	UNDERTAKING_REMOVE,
	UNDERTAKING_EXEMPT,
	UNDERTAKING_SORTS
};

const char *undertaking_sort_name(enum undertaking_sort sort); /* "purge" */

enum undertaking_state {
	UNDERTAKING_LOOKING, /* what would it do? */
	UNDERTAKING_SHOWN,   /* waits to be confirmed */
	UNDERTAKING_DOING,
	UNDERTAKING_DONE,
	UNDERTAKING_STOPPED, /* on the way: what was done stays */
	UNDERTAKING_FAILED
};

#define UNDERTAKING_WHO_MAX BULK_WHO_MAX
struct undertaking {
	uint64_t number; /* grows, past a new start as well */
	enum undertaking_sort sort;
	enum undertaking_state state;
	char subject[TRAP_TEXT_MAX]; /* which, as it was named */
	char who[UNDERTAKING_WHO_MAX];
	char confirmed_by[UNDERTAKING_WHO_MAX]; /* "" not yet */
	bool only_looks;			/* and is over then */
	char reason[LISTING_REASON_MAX + 1];	/* proposed, then confirmed */
	int64_t begun_at, ended_at;		/* 0 not yet */
	unsigned percent;			/* of the search */
	bool searched;				/* it is tried, or done, now */
	int code;				/* of a failure */

	/* Of a purge or merge. */
	struct purge purge;
	bool until_now; /* its end is when it is searched */
	bool taken;	/* all evidence: too late to stop it */
	struct purge_result would, did;

	uint64_t total, done; /* sightings of a purge or merge, else units */

	/* Of all others. */
	bool everywhere; /* or within the prefix alone */
	struct ipprefix prefix;
	int64_t until;			      /* of an exemption; 0 for good */
	struct ipaddr first[PURGE_SHOWN_MAX]; /* of the total */
	struct ipaddr next;		      /* once it is searched */
};
bool undertaking_is_purge(enum undertaking_sort sort);
bool undertaking_is_at_rest(const struct undertaking *of);
/* Of the search, and then of what is done: as one bar shows it. */
unsigned undertaking_percent(const struct undertaking *of);
/* Of a path; 0: it is none. */
uint64_t undertaking_number(const char *text);
struct caller;
bool undertaking_may_see(
    const struct caller *caller, const struct undertaking *of);

/* So many are remembered; the oldest that is at rest makes room. */
#define UNDERTAKINGS_MAX 16

/*
 * Begins one: what its sort needs, subject, who and a reason that is proposed
 * are taken; where somebody has confirmed it, it is done. *number is its name.
 * ERROR_FULL: too many are under way.
 */
int undertaking_begin(struct undertakings *undertakings,
    const struct undertaking *what, uint64_t *number);
/*
 * ERROR_NOT_FOUND; ERROR_EXISTS: it does not wait to be confirmed, since
 * somebody else has done so; ERROR_FULL.
 */
int undertaking_confirm(struct undertakings *undertakings, uint64_t number,
    const char *who, const char *reason);
/*
 * No step more by this program, on the writer's thread, which has its record
 * say so, too; of a purge no more evidence is taken, and what was is carried
 * through. ERROR_NOT_FOUND; ERROR_REFUSED: it is not under way, or all of its
 * evidence is taken.
 */
int undertaking_stop(struct undertakings *undertakings, uint64_t number);

/* As it is now. ERROR_NOT_FOUND. */
int undertaking_get(struct undertakings *undertakings, uint64_t number,
    struct undertaking *found);
/* The newest first; how many. */
size_t undertaking_list(struct undertakings *undertakings,
    struct undertaking list[UNDERTAKINGS_MAX]);
/* The same, and what other programs do, as far as there is room. */
#define UNDERTAKINGS_MOST (2 * UNDERTAKINGS_MAX)
int undertaking_find_any(struct undertakings *undertakings,
    struct store_txn *txn, uint64_t number, struct undertaking *found);
int undertaking_list_all(struct undertakings *undertakings,
    struct store_txn *txn, struct undertaking list[UNDERTAKINGS_MOST],
    size_t *count);

/*
 * A request that waits for one: a job's `done`. It is answered
 * (undertaking_api.h) when that rests, when its time is over, or when
 * everybody is sent away, since the program ends.
 */
struct writer_job;
void undertaking_await(struct writer_job *job, void *context);
/* Each second, and whenever one rests. */
void undertakings_wake(struct undertakings *undertakings, bool everybody);

#endif
