#include <string.h>

#include "common/error.h"
#include "db/policy.h"

#define HOUR ((int64_t)3600)
#define DAY (24 * HOUR)

/*
 * What every preset has in common. Thirty days of evidence and ninety of
 * history are kept. The longest expiry is shorter than the evidence's days.
 * Six days are Postfix' and Exim's queue lifetime of at most five, and one. In
 * a year of 550 even yearly mail has found out that its address is gone.
 */
#define COMMON                                                                 \
	.weight = { [GRADE_A] = 1.0,                                           \
		[GRADE_B] = 0.5,                                               \
		[GRADE_C] = 0.5,                                               \
		[GRADE_D] = 0.25,                                              \
		[GRADE_E] = 0 },                                               \
	.submission_weight = 0.25, .quarantine_weight = 0.25,                  \
	.quarantine_seconds = 7 * DAY, .strict_score = 6, .strict_least = 5,   \
	.strict_span_seconds = 48 * HOUR, .evidence_seconds = 30 * DAY,        \
	.history_seconds = 90 * DAY, .warning_seconds = 7 * DAY,               \
	.expiry_seconds = 3 * DAY, .expiry_max_seconds = 28 * DAY,             \
	.drain_seconds = 6 * DAY, .conditioning_seconds = 365 * DAY

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
	    .span_seconds = 3 * HOUR,
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
