#include "tests/sim/behaviour.h"

#define DSN BACKSCATTER_DSN
#define AUTO BACKSCATTER_AUTOREPLY
#define CHALLENGE BACKSCATTER_CHALLENGE
#define VIRUS BACKSCATTER_VIRUS_NOTICE
#define CALLOUT BACKSCATTER_CALLOUT
#define QUOTES true
#define MUTE false

/*
 * In the order of enum sim_behaviour_name. Behaviours are what operators of
 * mail servers and of such lists tell of; the numbers are our estimate.
 */
const struct sim_behaviour sim_behaviours[SIM_BEHAVIOUR_COUNT] = {
	/* Accepts for anybody and bounces later: its users are many. */
	{ "chronic bouncer, large", 10, SIM_ALWAYS, 0.6, 5, 30, 0, false, false,
	    { { DSN, GRADE_A, 0, QUOTES, 80 }, { DSN, GRADE_B, 0, MUTE, 12 },
		{ DSN, GRADE_A, EVIDENCE_DELAY, QUOTES, 5 },
		{ AUTO, GRADE_C, 0, MUTE, 3 } } },
	/* The same with few users, whom a run seldom knows. */
	{ "chronic bouncer, small", 80, SIM_ALWAYS, 0.15, 1, 5, 0, false, false,
	    { { DSN, GRADE_A, 0, QUOTES, 75 },
		{ DSN, GRADE_B, 0, MUTE, 25 } } },
	{ "vacation only", 120, SIM_ALWAYS, 0.2, 1, 3, 0, false, false,
	    { { AUTO, GRADE_C, 0, MUTE, 70 },
		{ AUTO, GRADE_A, 0, QUOTES, 30 } } },
	{ "challenge", 20, SIM_ALWAYS, 0.3, 1, 5, 0, false, false,
	    { { CHALLENGE, GRADE_C, 0, MUTE, 80 },
		{ CHALLENGE, GRADE_A, 0, QUOTES, 20 } } },
	{ "scanner", 20, SIM_ALWAYS, 0.3, 1, 6, 0, false, false,
	    { { VIRUS, GRADE_C, 0, MUTE, 60 },
		{ VIRUS, GRADE_A, 0, QUOTES, 40 } } },
	/* A full disk, a broken table: an hour of bounces, and mended. */
	{ "once by mistake, an hour", 200, SIM_ONCE, 1, 1, 20, 0, true, false,
	    { { DSN, GRADE_A, 0, QUOTES, 90 },
		{ DSN, GRADE_B, 0, MUTE, 10 } } },
	{ "rare slips", 200, SIM_ALWAYS, 0.01, 1, 1, 0, true, false,
	    { { DSN, GRADE_A, 0, QUOTES, 60 }, { DSN, GRADE_B, 0, MUTE, 20 },
		{ AUTO, GRADE_C, 0, MUTE, 20 } } },
	{ "misconfigured, a weekend", 30, SIM_WEEKEND, 0.9, 3, 20, 0, false,
	    false,
	    { { DSN, GRADE_A, 0, QUOTES, 80 },
		{ DSN, GRADE_B, 0, MUTE, 20 } } },
	/* Rejects as it should; some of its many users are on holiday. */
	{ "big host, a trickle of replies", 10, SIM_ALWAYS, 0.9, 1, 4, 0, true,
	    false,
	    { { AUTO, GRADE_C, 0, MUTE, 85 },
		{ AUTO, GRADE_A, 0, QUOTES, 15 } } },
	{ "shared pool", 20, SIM_ALWAYS, 0.4, 2, 10, 0, true, true,
	    { { DSN, GRADE_A, 0, QUOTES, 60 }, { DSN, GRADE_B, 0, MUTE, 20 },
		{ AUTO, GRADE_C, 0, MUTE, 20 } } },
	/* The next server refuses what it passes on, and it bounces that. */
	{ "forwarder", 50, SIM_ALWAYS, 0.15, 1, 4, 0, false, false,
	    { { DSN, GRADE_A, 0, QUOTES, 70 },
		{ DSN, GRADE_B, 0, MUTE, 30 } } },
	{ "callouts only", 80, SIM_ALWAYS, 0.15, 1, 10, 0, true, false,
	    { { CALLOUT, GRADE_D, 0, MUTE, 100 } } },
	/* Somebody wants it listed, and makes it answer to traps he knows. */
	{ "poisoned, one trap known", 40, SIM_POISONED, 1, 10, 60, 1, true,
	    false,
	    { { DSN, GRADE_A, 0, QUOTES, 50 }, { AUTO, GRADE_C, 0, MUTE, 30 },
		{ DSN, GRADE_B, 0, MUTE, 20 } } },
	{ "poisoned, three traps known", 40, SIM_POISONED, 1, 10, 60, 3, true,
	    false,
	    { { DSN, GRADE_A, 0, QUOTES, 50 }, { AUTO, GRADE_C, 0, MUTE, 30 },
		{ DSN, GRADE_B, 0, MUTE, 20 } } },
	{ "repaired once listed", 40, SIM_REPAIRED, 0.4, 2, 10, 0, false, false,
	    { { DSN, GRADE_A, 0, QUOTES, 80 },
		{ DSN, GRADE_B, 0, MUTE, 20 } } },
	/* An own user's password was stolen; others refuse what he sends. */
	{ "own abused users", 40, SIM_ABUSED, 1, 5, 100, 0, true, false,
	    { { DSN, GRADE_A, EVIDENCE_SUBMISSION, QUOTES, 100 } } },
};

const struct sim_breadth sim_breadths[] = { { 1, 70 }, { 2, 15 }, { 3, 10 },
	{ 5, 5 } };
const size_t sim_breadth_count = sizeof(sim_breadths) / sizeof(sim_breadths[0]);
