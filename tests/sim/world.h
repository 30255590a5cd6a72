#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "common/ipaddr.h"
#include "tests/sim/behaviour.h"
#include "tests/sim/chance.h"

/*
 * What happens in a simulated world: runs of forged mail over some weeks, and
 * what each server sends to which trap, when. Nothing is judged here.
 */
#define SIM_HOUR INT64_C(3600)
#define SIM_DAY (24 * SIM_HOUR)
#define SIM_WEEK (7 * SIM_DAY)
/* A Monday, which is when worlds begin. */
#define SIM_BEGIN (INT64_C(20003) * SIM_DAY)

struct sim_terms {
	uint64_t seed;
	unsigned servers, traps, weeks;
	/*
	 * The share of runs in which no two messages have the same content, so
	 * that each has a fingerprint of its own.
	 */
	double varied;
};

struct sim_event {
	int64_t seen_at;
	int64_t original_at;
	uint64_t trap, campaign, original;
	uint32_t server;
	uint32_t flags;
	uint32_t run; /* 0: none of the runs */
	enum backscatter_kind kind;
	enum proof_grade grade;
};

struct sim_server {
	const struct sim_behaviour *behaviour;
	int64_t repair_seconds; /* from listing to repair */
};

struct sim_world {
	struct sim_terms terms;
	int64_t ends_at;
	struct sim_server *servers;
	struct sim_run *runs;
	unsigned run_count;
	struct sim_event *events; /* by time */
	size_t event_count, event_room;
};

/* Aborts when there is no memory. */
void sim_world_make(struct sim_world *world, const struct sim_terms *terms);
void sim_world_free(struct sim_world *world);

/*
 * Servers stand thinly in public space, some with a neighbour in their /24;
 * shared pools in a network of their own, for up to 170,000 servers.
 */
struct ipaddr sim_address(const struct sim_world *world, uint32_t server);
uint32_t sim_server_of(const struct ipaddr *address);
/* Where the shared pools are. */
#define SIM_POOL_NETWORK "11.0.0.0/8"

#endif
