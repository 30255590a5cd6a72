#ifndef INGEST_TAKEOVER_H
#define INGEST_TAKEOVER_H

#include "db/bulk_plan.h"
#include "db/purge_plan.h"
#include "ingest/writing.h"

/*
 * What bsblctl or httpapi had begun to do about many listings, or to take back,
 * when it fell is gone on with: by httpapi where one runs, whose console shows
 * it, else here, a step at a time between what else is written.
 */
struct takeover {
	bool busy;   /* with one of the plans */
	bool purges; /* with which */
	bool searched;
	int64_t
	    again_ms; /* by the monotonic clock; not before, once it failed */
	struct bulk_plan plan;
	struct purge_plan purge;
};

/* A step, or a look for work. True: there is more to do, at once. */
bool takeover_step(struct takeover *takeover, struct writing *writing);
void takeover_deinit(struct takeover *takeover);

#endif
