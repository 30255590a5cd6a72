#include "db/condition_json.h"

#include "db/told.h"

static json_t *
programs_json(const struct condition *condition)
{
	json_t *programs = json_object();

	for (int i = 0; i < STORE_PROGRAMS; i++) {
		const struct store_life *life = &condition->lives[i];

		json_object_set_new(programs,
		    store_program_name((enum store_program)i),
		    json_pack("{s:b, s:o, s:o}", "runs", life->runs, "since",
			told_time(life->since), "last_sign_at",
			told_time(life->last)));
	}
	return programs;
}

static json_t *
dnsd_json(const struct probe_answer *answer)
{
	bool told =
	    answer->state == PROBE_CURRENT || answer->state == PROBE_BEHIND;

	return json_pack("{s:s, s:o, s:o}", "state",
	    probe_state_name(answer->state), "serial",
	    told ? json_integer(answer->serial) : json_null(), "rcode",
	    answer->state == PROBE_UNTOLD
		? json_string(probe_rcode_name(answer->rcode))
		: json_null());
}

json_t *
condition_json(
    const struct condition *condition, const struct probe_answer *dnsd)
{
	json_t *complaints = json_array(), *figures = json_object();

	for (int i = 0; i < CONDITION_MEASURES; i++) {
		const struct condition_limits *limits = &condition_limits[i];

		json_object_set_new(figures, limits->name,
		    condition->values[i] != CONDITION_EVER
			? json_integer((json_int_t)condition->values[i])
			: json_null());
		if (condition_judge(condition, (enum condition_measure)i) !=
		    CONDITION_OK)
			json_array_append_new(
			    complaints, json_string(limits->complaint));
	}
	return json_pack("{s:s, s:I, s:o, s:o, s:o, s:o}", "health",
	    condition_state_name(condition_worst(condition)), "serial",
	    (json_int_t)condition->version.serial, "complaints", complaints,
	    "figures", figures, "programs", programs_json(condition), "dnsd",
	    dnsd_json(dnsd));
}
