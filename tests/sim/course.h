#ifndef TESTS_SIM_COURSE_H
#define TESTS_SIM_COURSE_H

#include "db/policy.h"
#include "db/shared.h"
#include "tests/sim/world.h"

/*
 * A world's events judged as they come, by the product's own policy_judge and
 * corroboration, whose tables lie in a database of their own. Only the records
 * of listings, zone and audit are left out, so that a hundred thousand servers
 * take a minute; test_simulation.c shows that record_evidence and record_sweep
 * come to the same listings. The publish guard is not simulated.
 */

/* What became of one server. Times in Unix seconds, 0: it did not happen. */
struct sim_outcome {
	int64_t first_at, last_at; /* counted evidence */
	int64_t listed_at;	   /* the first time, as the world saw it */
	int64_t off_at;		   /* the last end */
	int64_t callout_at;	   /* in the callout list, the first time */
	int64_t listed_seconds;
	unsigned listings;
	bool shared, strict;
	struct policy_result result; /* in the end */

	/* While it was listed for the first time. */
	int64_t first_off_at, first_last_at; /* its end, its last evidence */
	int64_t repaired_at;

	/* A day after its second run began. */
	uint32_t first_run;
	int64_t second_run_at;
	unsigned corroborated_then;
	int64_t corroborated_span_then;
	bool listed_then;
};

/* Was the server repaired before this would have come to it? */
bool sim_is_repaired(
    const struct sim_outcome *outcome, const struct sim_event *event);
/* As ingest would make it, without the texts. */
struct evidence sim_evidence(
    const struct sim_world *world, const struct sim_event *event);

/*
 * `outcomes` is of world->terms.servers. Returns 0 or a negative code after a
 * log line.
 */
int sim_run_course(const struct sim_world *world, const struct policy *policy,
    const struct shared *shared, struct sim_outcome *outcomes);

#endif
