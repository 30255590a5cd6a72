#ifndef TESTS_SIM_BEHAVIOUR_H
#define TESTS_SIM_BEHAVIOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/evidence.h"

/*
 * The model: runs of forged mail, and the named behaviours of the servers
 * that they reach. Tables, so that whoever doubts a number changes it and
 * simulates again; README.md says where they come from.
 */

/* One way of answering; a server takes one by weight for each message. */
struct sim_reply {
	enum backscatter_kind kind;
	enum proof_grade grade;
	uint32_t flags;
	/* The original is quoted: its Message-ID and its content are known. */
	bool quotes;
	unsigned weight;
};
#define SIM_REPLIES_MAX 4

enum sim_course {
	SIM_ALWAYS,   /* in each run that reaches it */
	SIM_ONCE,     /* in one run of all, within an hour */
	SIM_WEEKEND,  /* in the runs of one weekend */
	SIM_REPAIRED, /* always, until some time after it was listed */
	SIM_POISONED, /* by an attacker, with traps that he knows */
	SIM_ABUSED,   /* an own user's account sends, once or twice */
};

struct sim_behaviour {
	const char *name;
	unsigned servers; /* of a thousand */
	enum sim_course course;
	double reached; /* how likely one run is to reach it */
	/* Messages it answers in one run (attack, incident), log-uniform. */
	unsigned least_hits, most_hits;
	unsigned known_traps; /* of the attacker */
	bool innocent;	      /* in the main zone it is our mistake */
	bool shared;	      /* sends from a shared pool's network */
	struct sim_reply replies[SIM_REPLIES_MAX];
};

enum sim_behaviour_name {
	SIM_CHRONIC_LARGE,
	SIM_CHRONIC_SMALL,
	SIM_VACATION,
	SIM_CHALLENGE,
	SIM_SCANNER,
	SIM_SLIP_ONCE,
	SIM_SLIPS_RARE,
	SIM_MISCONFIGURED,
	SIM_BIG_HOST,
	SIM_SHARED_POOL,
	SIM_FORWARDER,
	SIM_CALLOUTS,
	SIM_POISONED_ONE,
	SIM_POISONED_THREE,
	SIM_REPAIRS,
	SIM_ABUSED_USERS,
	SIM_BEHAVIOUR_COUNT
};
extern const struct sim_behaviour sim_behaviours[SIM_BEHAVIOUR_COUNT];

/* Forged mail comes in runs. Of a hundred runs, so many forge n domains. */
#define SIM_RUN_TRAPS_MAX 5
struct sim_breadth {
	unsigned traps, percent;
};
extern const struct sim_breadth sim_breadths[];
extern const size_t sim_breadth_count;

#define SIM_RUNS_WEEK_LEAST 1
#define SIM_RUNS_WEEK_MOST 20
#define SIM_RUN_HOURS_LEAST 2
#define SIM_RUN_HOURS_MOST 36

#endif
