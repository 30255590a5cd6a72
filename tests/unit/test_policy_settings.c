#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "tests/support/policy_history.h"

static struct settings
default_settings(char *name)
{
	struct settings settings;

	assert_int_equal(settings_read(NULL, &settings), 0);
	free(settings.policy.preset);
	settings.policy.preset = name;
	return settings;
}

static void
forget_settings(struct settings *settings)
{
	settings->policy.preset = NULL; /* the test's */
	settings_free(settings);
}

static void
takes_the_preset_where_the_settings_say_nothing(void **state)
{
	static char names[][6] = { "small", "large", "eager" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct settings settings = default_settings(names[i]);
		struct policy expected = preset(names[i]), policy;

		assert_int_equal(policy_from_settings(&settings, &policy), 0);
		assert_memory_equal(&policy, &expected, sizeof(policy));
		forget_settings(&settings);
	}
}

static void
takes_every_number_from_the_settings(void **state)
{
	char name[] = "small";
	struct settings settings = default_settings(name);
	struct policy policy;

	(void)state;
	settings.policy.weight_a = 2;
	settings.policy.weight_d = 0;
	settings.policy.submission_weight = 0.5;
	settings.policy.quarantine_weight = 0.125;
	settings.policy.quarantine_seconds = 61;
	settings.policy.auto_least = 6;
	settings.policy.strict_least = 7;
	settings.policy.strict_span_seconds = 62;
	settings.policy.warning_seconds = 63;
	settings.policy.expiry_seconds = 64;
	settings.policy.expiry_max_seconds = 128;
	settings.policy.history_seconds = 195;
	settings.policy.evidence_seconds = 129;
	settings.policy.drain_seconds = 66;
	settings.policy.conditioning_seconds = 67;
	settings.policy.half_life_seconds = 60;
	settings.policy.per_trap_cap = 0;
	settings.policy.per_campaign_cap = 2.5;
	settings.policy.list_score = 9;
	settings.policy.relist_score = 8;
	settings.policy.auto_score = 7;
	settings.policy.auto_relist_score = 6;
	settings.policy.span_seconds = 0;
	settings.policy.least_traps = 5;
	settings.policy.least_campaigns = 4;
	settings.policy.least_sightings = 0;
	settings.policy.corroborating_networks = 2;
	settings.policy.strict_score = 11;
	assert_int_equal(policy_from_settings(&settings, &policy), 0);
	assert_true(policy.half_life_seconds == 60);
	assert_true(policy.per_trap_cap == 0);
	assert_true(policy.per_campaign_cap == 2.5);
	assert_true(policy.list_score == 9 && policy.relist_score == 8);
	assert_true(policy.auto_score == 7 && policy.auto_relist_score == 6);
	assert_true(policy.span_seconds == 0);
	assert_int_equal(policy.least_traps, 5);
	assert_int_equal(policy.least_campaigns, 4);
	assert_int_equal(policy.least_sightings, 0);
	assert_int_equal(policy.corroborating_networks, 2);
	assert_true(policy.strict_score == 11);
	assert_true(policy.weight[GRADE_A] == 2);
	assert_true(policy.weight[GRADE_B] == 0.5);
	assert_true(policy.weight[GRADE_D] == 0);
	assert_true(policy.submission_weight == 0.5);
	assert_true(policy.quarantine_weight == 0.125);
	assert_int_equal(policy.quarantine_seconds, 61);
	assert_int_equal(policy.auto_least, 6);
	assert_int_equal(policy.strict_least, 7);
	assert_int_equal(policy.strict_span_seconds, 62);
	assert_int_equal(policy.warning_seconds, 63);
	assert_int_equal(policy.expiry_seconds, 64);
	assert_int_equal(policy.expiry_max_seconds, 128);
	assert_int_equal(policy.history_seconds, 195);
	assert_int_equal(policy.evidence_seconds, 129);
	assert_int_equal(policy.drain_seconds, 66);
	assert_int_equal(policy.conditioning_seconds, 67);
	forget_settings(&settings);
}

static void
refuses_numbers_it_cannot_tell_apart(void **state)
{
	char small[] = "small", odd[] = "odd";
	struct settings settings = default_settings(small);
	struct policy policy;

	(void)state;
	settings.policy.least_sightings = POLICY_DISTINCT_MAX;
	settings.policy.corroborating_networks = 7;
	assert_int_equal(policy_from_settings(&settings, &policy), 0);
	settings.policy.least_sightings = POLICY_DISTINCT_MAX + 1;
	assert_int_equal(policy_from_settings(&settings, &policy), ERROR_LIMIT);
	settings.policy.least_sightings = -1;
	settings.policy.corroborating_networks = 8;
	assert_int_equal(policy_from_settings(&settings, &policy), ERROR_LIMIT);
	settings.policy.corroborating_networks = -1;
	settings.policy.preset = odd;
	assert_int_equal(
	    policy_from_settings(&settings, &policy), ERROR_NOT_FOUND);
	forget_settings(&settings);
}

static void
refuses_an_expiry_beyond_the_evidence(void **state)
{
	static const struct {
		long expiry, most, evidence;
		int code;
	} cases[] = {
		{ 3 * DAY, 29 * DAY, 30 * DAY, 0 },
		{ 3 * DAY, 30 * DAY, 30 * DAY, ERROR_LIMIT },
		{ 3 * DAY, 2 * DAY, 30 * DAY, ERROR_LIMIT },
		{ 3 * DAY, 3 * DAY, -1, 0 },
	};
	char small[] = "small";
	struct settings settings = default_settings(small);
	struct policy policy;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		settings.policy.expiry_seconds = cases[i].expiry;
		settings.policy.expiry_max_seconds = cases[i].most;
		settings.policy.evidence_seconds = cases[i].evidence;
		assert_int_equal(
		    policy_from_settings(&settings, &policy), cases[i].code);
	}
	forget_settings(&settings);
}

/* Else what was seen before a delisting would list again. */
static void
refuses_to_forget_delistings_before_evidence(void **state)
{
	static const struct {
		long history, evidence, drain;
		int code;
	} cases[] = {
		{ 36 * DAY, -1, -1, 0 },
		{ 36 * DAY - 1, -1, -1, ERROR_LIMIT },
		{ 30 * DAY, 30 * DAY, 0, 0 },
		{ 30 * DAY - 1, 30 * DAY, 0, ERROR_LIMIT },
		{ -1, 180 * DAY, -1, ERROR_LIMIT },
	};
	char small[] = "small";
	struct settings settings = default_settings(small);
	struct policy policy;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		settings.policy.history_seconds = cases[i].history;
		settings.policy.evidence_seconds = cases[i].evidence;
		settings.policy.drain_seconds = cases[i].drain;
		assert_int_equal(
		    policy_from_settings(&settings, &policy), cases[i].code);
	}
	forget_settings(&settings);
}

/* Corroboration itself is db/corroboration; here is how much it takes. */
static void
presets_ask_for_three_and_five_other_networks(void **state)
{
	(void)state;
	assert_int_equal(preset("small").corroborating_networks, 3);
	assert_int_equal(preset("large").corroborating_networks, 5);
	assert_int_equal(preset("eager").corroborating_networks, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    takes_the_preset_where_the_settings_say_nothing),
		cmocka_unit_test(takes_every_number_from_the_settings),
		cmocka_unit_test(refuses_numbers_it_cannot_tell_apart),
		cmocka_unit_test(refuses_an_expiry_beyond_the_evidence),
		cmocka_unit_test(refuses_to_forget_delistings_before_evidence),
		cmocka_unit_test(presets_ask_for_three_and_five_other_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
