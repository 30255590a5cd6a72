#include <stddef.h>

#include "common/error.h"
#include "common/log.h"
#include "db/corroboration.h"
#include "db/policy_number.h"

#define AT(kind, policy_field, field, most)                                    \
	{                                                                      \
#field, kind, offsetof(struct policy, policy_field),           \
		    offsetof(struct settings, policy.field), most              \
	}
#define DECIMAL(field) AT(POLICY_DECIMAL, field, field, 0)
#define SECONDS(field) AT(POLICY_SECONDS, field, field, 0)
#define COUNT(field, most) AT(POLICY_COUNT, field, field, most)
#define WEIGHT(grade, field) AT(POLICY_DECIMAL, weight[grade], field, 0)

const struct policy_number policy_numbers[] = {
	WEIGHT(GRADE_A, weight_a),
	WEIGHT(GRADE_B, weight_b),
	WEIGHT(GRADE_C, weight_c),
	WEIGHT(GRADE_D, weight_d),
	DECIMAL(submission_weight),
	DECIMAL(quarantine_weight),
	SECONDS(quarantine_seconds),
	SECONDS(half_life_seconds),
	DECIMAL(per_trap_cap),
	DECIMAL(per_campaign_cap),
	DECIMAL(list_score),
	DECIMAL(relist_score),
	DECIMAL(auto_score),
	DECIMAL(auto_relist_score),
	SECONDS(span_seconds),
	COUNT(least_traps, POLICY_DISTINCT_MAX),
	COUNT(least_campaigns, POLICY_DISTINCT_MAX),
	COUNT(least_sightings, POLICY_DISTINCT_MAX),
	COUNT(auto_least, POLICY_DISTINCT_MAX),
	/* One of those kept may be the sighting's own network. */
	COUNT(corroborating_networks, CORROBORATION_NETWORKS_MAX - 1),
	DECIMAL(strict_score),
	COUNT(strict_least, POLICY_DISTINCT_MAX),
	SECONDS(strict_span_seconds),
	SECONDS(warning_seconds),
	SECONDS(expiry_seconds),
	SECONDS(expiry_max_seconds),
	SECONDS(history_seconds),
	SECONDS(evidence_seconds),
	SECONDS(drain_seconds),
	SECONDS(conditioning_seconds),
};
_Static_assert(
    sizeof(policy_numbers) / sizeof(policy_numbers[0]) == POLICY_NUMBER_COUNT,
    "as many as they are said to be");

static int
set_count(const struct policy_number *number, long setting, unsigned *count)
{
	if (setting > number->most) {
		log_error("setting_refused name=policy.%s value=%ld most=%ld "
			  "reason=\"no more are told apart\"",
		    number->name, setting, number->most);
		return ERROR_LIMIT;
	}
	*count = (unsigned)setting;
	return 0;
}

static int
set_number(const struct policy_number *number, const struct settings *settings,
    struct policy *policy)
{
	void *to = (char *)policy + number->in_policy;
	const void *from = (const char *)settings + number->in_settings;

	if (number->kind == POLICY_DECIMAL) {
		if (*(const double *)from >= 0)
			*(double *)to = *(const double *)from;
		return 0;
	}
	if (*(const long *)from < 0)
		return 0;
	if (number->kind == POLICY_COUNT)
		return set_count(number, *(const long *)from, to);
	*(int64_t *)to = *(const long *)from;
	return 0;
}

/* --- what only makes sense together --------------------------------------- */

static int
check_expiry(const struct policy *policy)
{
	if (policy->expiry_seconds <= policy->expiry_max_seconds &&
	    policy->expiry_max_seconds < policy->evidence_seconds)
		return 0;
	log_error("setting_refused name=policy.expiry_max_seconds value=%lld "
		  "reason=\"it must be at least expiry_seconds, and less than "
		  "evidence_seconds: what holds a listing up is looked at\"",
	    (long long)policy->expiry_max_seconds);
	return ERROR_LIMIT;
}

/*
 * What was seen before a delisting, and the bounces of a queue that drained
 * after it, must be gone once it is forgotten: else they would list again.
 */
static int
check_history(const struct policy *policy)
{
	int64_t least = policy->evidence_seconds + policy->drain_seconds;

	if (policy->history_seconds >= least)
		return 0;
	log_error("setting_refused name=policy.history_seconds value=%lld "
		  "least=%lld reason=\"it must be at least evidence_seconds "
		  "and drain_seconds together: a delisting is forgotten with "
		  "it, and what came before must be gone by then\"",
	    (long long)policy->history_seconds, (long long)least);
	return ERROR_LIMIT;
}

int
policy_from_settings(const struct settings *settings, struct policy *policy)
{
	int error = policy_preset(settings->policy.preset, policy);

	if (error != 0) {
		log_error("setting_refused name=policy.preset value=%s "
			  "reason=\"no such preset\"",
		    settings->policy.preset);
		return error;
	}
	for (size_t i = 0; error == 0 && i < POLICY_NUMBER_COUNT; i++)
		error = set_number(&policy_numbers[i], settings, policy);
	if (error == 0)
		error = check_expiry(policy);
	return error != 0 ? error : check_history(policy);
}
