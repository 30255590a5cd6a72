#ifndef HTTPAPI_UNDERTAKING_H
#define HTTPAPI_UNDERTAKING_H

#include <stdbool.h>
#include <stdint.h>

#include "db/listing.h"
#include "db/record.h"
#include "db/trap.h"
#include "httpapi/service.h"

/*
 * What an operator begins by a form and is too long to wait for: a purge, or
 * the merging of two campaigns. It is searched on the searcher's thread, then
 * tried on the writer's, and shown: nothing has changed so far. Once somebody
 * confirms it, with a reason, it is searched anew and done, in one transaction.
 *
 * They are kept in memory alone. After a new start the audit tells which were
 * done; none of the others is half done.
 */
struct undertakings;
int undertakings_new(
    struct service *service, struct undertakings **undertakings);
void undertakings_free(struct undertakings *undertakings);

enum undertaking_state {
	UNDERTAKING_LOOKING, /* what would it do? */
	UNDERTAKING_SHOWN,   /* waits to be confirmed */
	UNDERTAKING_DOING,
	UNDERTAKING_DONE,
	UNDERTAKING_FAILED
};

#define UNDERTAKING_WHO_MAX 64
struct undertaking {
	uint64_t number; /* from 1 on */
	enum undertaking_state state;
	struct purge purge;	     /* but for its reason */
	bool until_now;		     /* its end is when it is searched */
	char subject[TRAP_TEXT_MAX]; /* which, as it was named */
	char who[UNDERTAKING_WHO_MAX];
	char confirmed_by[UNDERTAKING_WHO_MAX];
	char reason[LISTING_REASON_MAX + 1];
	int64_t begun_at, ended_at; /* 0 not yet */
	unsigned percent;	    /* of the search */
	bool searched;		    /* it is tried, or done, now */
	int code;		    /* of a failure */
	struct purge_result would, did;
};

/* So many are remembered; the oldest that is at rest makes room. */
#define UNDERTAKINGS_MAX 16

/*
 * Begins one: purge, until_now, subject and who are taken. *number is its name.
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

/* As it is now. ERROR_NOT_FOUND. */
int undertaking_get(struct undertakings *undertakings, uint64_t number,
    struct undertaking *found);
/* The newest first; how many. */
size_t undertaking_list(struct undertakings *undertakings,
    struct undertaking list[UNDERTAKINGS_MAX]);

#endif
