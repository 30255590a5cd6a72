#ifndef INGEST_UPKEEP_H
#define INGEST_UPKEEP_H

#include <stdint.h>

#include "ingest/takeover.h"
#include "ingest/writing.h"

/*
 * What the thread that writes does between times, where its program runs for
 * long: each second it ends listings whose time is over, drops what is past its
 * own, gives its sign of life and goes on with what others left half done, each
 * minute it reaps readers that died.
 */
struct upkeep {
	int64_t sweep_at_ms, reap_at_ms, heartbeat_at_ms;
	struct takeover takeover;
};

/* A guest leaves it to others: never due. */
void upkeep_init(struct upkeep *upkeep, enum recorder_role role);
/* When it is due again, by the monotonic clock. */
int64_t upkeep_due_ms(const struct upkeep *upkeep);
/* Does what is due. */
void upkeep_do(struct upkeep *upkeep, struct writing *writing);
void upkeep_deinit(struct upkeep *upkeep);

#endif
