#ifndef TESTS_SIM_REPORT_H
#define TESTS_SIM_REPORT_H

#include <stdio.h>

#include "tests/sim/course.h"

/* What became of the servers of one behaviour, and how it is judged. */
struct sim_figures {
	unsigned servers, seen; /* with evidence that counts */
	unsigned listed;	/* in the main zone, at least once */
	unsigned shared_listed, callout_listed, strict;
	double hours_median, hours_most_of_ten; /* to the first listing */
	double days_listed; /* of those listed, on average */
	/* Of chronic ones with enough to see a day after their second run. */
	unsigned ripe, ripe_listed;
	/* Of those repaired, and off after the first time. */
	unsigned repaired;
	double days_after_repair, days_after_last_most;
};

struct sim_report {
	struct sim_figures behaviours[SIM_BEHAVIOUR_COUNT];
	unsigned innocent, innocent_listed;
};

void sim_report_make(const struct sim_world *world,
    const struct sim_outcome *outcomes, struct sim_report *report);

/* A table on standard output. */
void sim_report_print(const struct sim_report *report);

/*
 * The bars of the presets small and large; writes a line for each to `out`
 * (NULL: none) and returns how many are missed.
 */
unsigned sim_report_check(const struct sim_report *report, FILE *out);

#endif
