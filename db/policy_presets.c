#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "db/corroboration.h"
#include "db/policy.h"

#define HOUR ((int64_t)3600)
#define DAY (24 * HOUR)

/*
 * What every preset has in common. Thirty days of evidence and ninety of
 * history are kept. The longest expiry is shorter than the evidence's days.
 * Six days are Postfix' and Exim's queue lifetime of at most five, and one.
 */
#define COMMON                                                                 \
	.weight = { [GRADE_A] = 1.0,                                           \
		[GRADE_B] = 0.5,                                               \
		[GRADE_C] = 0.5,                                               \
		[GRADE_D] = 0.25,                                              \
		[GRADE_E] = 0 },                                               \
	.submission_weight = 0.25, .strict_score = 6, .strict_least = 5,       \
	.strict_span_seconds = 48 * HOUR, .evidence_seconds = 30 * DAY,        \
	.history_seconds = 90 * DAY, .warning_seconds = 7 * DAY,               \
	.expiry_seconds = 3 * DAY, .expiry_max_seconds = 28 * DAY,             \
	.drain_seconds = 6 * DAY

/*
 * By the figures of `make simulate`; tests/sim/README.md shows what changing
 * them does.
 */
static const struct policy presets[] = {
	{ .preset = "small",
	    COMMON,
	    .half_life_seconds = 7 * DAY,
	    .per_trap_cap = 1.5,
	    .list_score = 1.4,
	    .relist_score = 0.9,
	    .auto_score = 2.0,
	    .auto_relist_score = 1.5,
	    .span_seconds = 1 * HOUR,
	    .least_traps = 2,
	    .least_campaigns = 2,
	    .least_sightings = 3,
	    .auto_least = 2,
	    .corroborating_networks = 3 },
	{ .preset = "large",
	    COMMON,
	    .half_life_seconds = 72 * HOUR,
	    .per_campaign_cap = 3,
	    .list_score = 2,
	    .relist_score = 1,
	    .auto_score = 6,
	    .auto_relist_score = 6, /* no easier the second time */
	    .span_seconds = 6 * HOUR,
	    .least_traps = 3,
	    .least_campaigns = 2,
	    .least_sightings = 3,
	    .auto_least = 2,
	    .corroborating_networks = 5 },
	{ .preset = "eager",
	    COMMON,
	    .half_life_seconds = 7 * DAY,
	    .immediate = true },
};

int
policy_preset(const char *name, struct policy *policy)
{
	for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++) {
		if (strcmp(presets[i].preset, name) == 0) {
			*policy = presets[i];
			return 0;
		}
	}
	return ERROR_NOT_FOUND;
}

/* Negative in the settings: as the preset says. */
static void
set_number(double *number, double setting)
{
	if (setting >= 0)
		*number = setting;
}

static void
set_seconds(int64_t *seconds, long setting)
{
	if (setting >= 0)
		*seconds = setting;
}

static int
set_count(unsigned *count, long setting, long most, const char *name)
{
	if (setting < 0)
		return 0;
	if (setting > most) {
		log_error("setting name=policy.%s value=%ld most=%ld "
			  "reason=\"no more are told apart\"",
		    name, setting, most);
		return ERROR_LIMIT;
	}
	*count = (unsigned)setting;
	return 0;
}

static int
set_counts(const struct settings *settings, struct policy *policy)
{
	const struct {
		unsigned *count;
		long setting, most;
		const char *name;
	} counts[] = {
		{ &policy->least_traps, settings->policy.least_traps,
		    POLICY_DISTINCT_MAX, "least_traps" },
		{ &policy->least_campaigns, settings->policy.least_campaigns,
		    POLICY_DISTINCT_MAX, "least_campaigns" },
		{ &policy->least_sightings, settings->policy.least_sightings,
		    POLICY_DISTINCT_MAX, "least_sightings" },
		/* One of those kept may be the sighting's own network. */
		{ &policy->corroborating_networks,
		    settings->policy.corroborating_networks,
		    CORROBORATION_NETWORKS_MAX - 1, "corroborating_networks" },
	};
	int error = 0;

	for (size_t i = 0; error == 0 && i < sizeof(counts) / sizeof(counts[0]);
	     i++)
		error = set_count(counts[i].count, counts[i].setting,
		    counts[i].most, counts[i].name);
	return error;
}

int
policy_from_settings(const struct settings *settings, struct policy *policy)
{
	int error = policy_preset(settings->policy.preset, policy);

	if (error != 0) {
		log_error("setting name=policy.preset value=%s "
			  "reason=\"no such preset\"",
		    settings->policy.preset);
		return error;
	}
	set_seconds(
	    &policy->half_life_seconds, settings->policy.half_life_seconds);
	set_number(&policy->per_trap_cap, settings->policy.per_trap_cap);
	set_number(
	    &policy->per_campaign_cap, settings->policy.per_campaign_cap);
	set_number(&policy->list_score, settings->policy.list_score);
	set_number(&policy->relist_score, settings->policy.relist_score);
	set_number(&policy->auto_score, settings->policy.auto_score);
	set_number(
	    &policy->auto_relist_score, settings->policy.auto_relist_score);
	set_seconds(&policy->span_seconds, settings->policy.span_seconds);
	set_number(&policy->strict_score, settings->policy.strict_score);
	return set_counts(settings, policy);
}
