#include "tests/sim/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is asked of a chronic bouncer before it must be listed. */
#define RIPE_SIGHTINGS 5
#define RIPE_SPAN SIM_HOUR

/* --- figures -------------------------------------------------------------- */

static void
add_ripe(const struct sim_outcome *outcome, struct sim_figures *figures)
{
	if (outcome->corroborated_then < RIPE_SIGHTINGS ||
	    outcome->corroborated_span_then < RIPE_SPAN)
		return;
	figures->ripe++;
	figures->ripe_listed += outcome->listed_then;
}

/* Sums for now; the means come at the end. */
static void
add_repaired(const struct sim_outcome *outcome, struct sim_figures *figures)
{
	double after_last =
	    (double)(outcome->first_off_at - outcome->first_last_at) / SIM_DAY;
	int64_t after = outcome->first_off_at - outcome->repaired_at;

	if (outcome->repaired_at == 0 || outcome->first_off_at == 0)
		return;
	figures->repaired++;
	if (after > 0)
		figures->days_after_repair += (double)after / SIM_DAY;
	if (after_last > figures->days_after_last_most)
		figures->days_after_last_most = after_last;
}

static void
add_listed(const struct sim_outcome *outcome, struct sim_figures *figures)
{
	figures->strict += outcome->strict;
	figures->callout_listed += outcome->callout_at != 0;
	if (outcome->listed_at == 0)
		return;
	if (outcome->shared) {
		figures->shared_listed++;
		return;
	}
	figures->listed++;
	figures->days_listed += (double)outcome->listed_seconds / SIM_DAY;
}

static int
compare_hours(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
find_hours(const struct sim_world *world, const struct sim_outcome *outcomes,
    const struct sim_behaviour *behaviour, struct sim_figures *figures)
{
	double *hours = calloc(figures->listed + 1, sizeof(*hours));
	unsigned count = 0;

	if (hours == NULL)
		abort();
	for (uint32_t i = 0; i < world->terms.servers; i++) {
		const struct sim_outcome *outcome = &outcomes[i];

		if (world->servers[i].behaviour == behaviour &&
		    outcome->listed_at != 0 && !outcome->shared)
			hours[count++] =
			    (double)(outcome->listed_at - outcome->first_at) /
			    SIM_HOUR;
	}
	qsort(hours, count, sizeof(*hours), compare_hours);
	figures->hours_median = hours[count / 2];
	figures->hours_most_of_ten = hours[count * 9 / 10];
	free(hours);
}

void
sim_report_make(const struct sim_world *world,
    const struct sim_outcome *outcomes, struct sim_report *report)
{
	memset(report, 0, sizeof(*report));
	for (uint32_t i = 0; i < world->terms.servers; i++) {
		const struct sim_behaviour *behaviour =
		    world->servers[i].behaviour;
		struct sim_figures *figures =
		    &report->behaviours[behaviour - sim_behaviours];

		figures->servers++;
		figures->seen += outcomes[i].first_at != 0;
		add_listed(&outcomes[i], figures);
		add_ripe(&outcomes[i], figures);
		add_repaired(&outcomes[i], figures);
	}
	for (int i = 0; i < SIM_BEHAVIOUR_COUNT; i++) {
		struct sim_figures *figures = &report->behaviours[i];

		find_hours(world, outcomes, &sim_behaviours[i], figures);
		if (figures->listed > 0)
			figures->days_listed /= figures->listed;
		if (figures->repaired > 0)
			figures->days_after_repair /= figures->repaired;
		if (!sim_behaviours[i].innocent)
			continue;
		report->innocent += figures->servers;
		report->innocent_listed += figures->listed;
	}
}

/* --- printed -------------------------------------------------------------- */

static double
percent(unsigned part, unsigned whole)
{
	return whole > 0 ? 100.0 * part / whole : 0;
}

void
sim_report_print(const struct sim_report *report)
{
	printf("%-31s %7s %7s %8s %7s %7s %6s %7s %7s %6s\n", "behaviour",
	    "servers", "seen", "listed%", "med h", "90% h", "days", "shared%",
	    "callo.%", "stri.%");
	for (int i = 0; i < SIM_BEHAVIOUR_COUNT; i++) {
		const struct sim_figures *f = &report->behaviours[i];

		printf("%-31s %7u %7u %8.2f %7.1f %7.1f %6.1f %7.1f %7.1f "
		       "%6.1f\n",
		    sim_behaviours[i].name, f->servers, f->seen,
		    percent(f->listed, f->servers), f->hours_median,
		    f->hours_most_of_ten, f->days_listed,
		    percent(f->shared_listed, f->servers),
		    percent(f->callout_listed, f->servers),
		    percent(f->strict, f->servers));
	}
	printf("innocent listings: %u of %u servers, %.2f %%\n",
	    report->innocent_listed, report->innocent,
	    percent(report->innocent_listed, report->innocent));
	printf("repaired once listed: %.2f days on the list after the repair, "
	       "on average\n",
	    report->behaviours[SIM_REPAIRS].days_after_repair);
}

/* --- the bars ------------------------------------------------------------- */

static unsigned
check(FILE *out, bool met, const char *bar, double figure, const char *unit)
{
	if (out != NULL)
		fprintf(out, "%s %s: %.2f %s\n", met ? "met   " : "MISSED", bar,
		    figure, unit);
	return !met;
}

/* Behaviours that may never stand in the main zone, or hardly ever. */
static const struct {
	enum sim_behaviour_name behaviour;
	double most_percent;
} seldom[] = {
	{ SIM_SLIP_ONCE, 0 },
	{ SIM_CALLOUTS, 0 },
	{ SIM_SHARED_POOL, 0 },
	{ SIM_POISONED_ONE, 0 },
	{ SIM_POISONED_THREE, 0 },
	{ SIM_ABUSED_USERS, 1 },
};

unsigned
sim_report_check(const struct sim_report *report, FILE *out)
{
	const struct sim_figures *large =
	    &report->behaviours[SIM_CHRONIC_LARGE];
	const struct sim_figures *small =
	    &report->behaviours[SIM_CHRONIC_SMALL];
	double chronic = percent(
	    large->ripe_listed + small->ripe_listed, large->ripe + small->ripe);
	double days = report->behaviours[SIM_REPAIRS].days_after_last_most;
	unsigned missed = check(out, chronic >= 95,
	    "chronic bouncers listed a day after their second run, at least 95",
	    chronic, "%");

	for (size_t i = 0; i < sizeof(seldom) / sizeof(seldom[0]); i++) {
		const struct sim_figures *figures =
		    &report->behaviours[seldom[i].behaviour];
		double share = percent(figures->listed, figures->servers);
		char bar[100];

		snprintf(bar, sizeof(bar), "%s listed, at most %g",
		    sim_behaviours[seldom[i].behaviour].name,
		    seldom[i].most_percent);
		missed += check(
		    out, share <= seldom[i].most_percent, bar, share, "%");
	}
	return missed +
	       check(out, days <= 3 + 1.0 / 86400,
		   "repaired at a first offence, off after the last event, at "
		   "most 3",
		   days, "days");
}
