#include "httpapi/policy_api.h"

#include "httpapi/ladder.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"

/* 0 stands for "none is asked for" in struct policy. */
static json_t *
number_or_null(double number)
{
	return number > 0 ? json_real(number) : json_null();
}

static json_t *
count_or_null(unsigned count)
{
	return count > 0 ? json_integer(count) : json_null();
}

static json_t *
weights_json(const struct policy *policy)
{
	json_t *weights = json_object();

	for (int grade = GRADE_A; grade < GRADE_COUNT; grade++) {
		char name[2] = { proof_grade_letter((enum proof_grade)grade) };

		json_object_set_new(
		    weights, name, json_real(policy->weight[grade]));
	}
	return weights;
}

static json_t *
listing_json(const struct policy *policy)
{
	return json_pack("{so so so so sI so so so so so sb}", "score",
	    json_real(policy->list_score), "score_again",
	    json_real(policy->relist_score), "score_auto",
	    json_real(policy->auto_score), "score_auto_again",
	    json_real(policy->auto_relist_score), "span_seconds",
	    (json_int_t)policy->span_seconds, "traps",
	    count_or_null(policy->least_traps), "campaigns",
	    count_or_null(policy->least_campaigns), "sightings",
	    count_or_null(policy->least_sightings), "auto_traps_or_campaigns",
	    count_or_null(policy->auto_least), "corroborating_networks",
	    count_or_null(policy->corroborating_networks), "immediate",
	    policy->immediate);
}

static json_t *
strict_json(const struct policy *policy)
{
	return json_pack("{so si sI}", "score", json_real(policy->strict_score),
	    "traps_or_campaigns", (int)policy->strict_least, "span_seconds",
	    (json_int_t)policy->strict_span_seconds);
}

static json_t *
expiry_json(const struct policy *policy)
{
	return json_pack("{sI sI sI}", "first_seconds",
	    (json_int_t)policy->expiry_seconds, "most_seconds",
	    (json_int_t)policy->expiry_max_seconds, "doubles_within_seconds",
	    (json_int_t)policy->history_seconds);
}

/* Every list of the zone, what stands in it, and the codes it answers. */
static json_t *
lists_json(const char *zone_name)
{
	json_t *lists = json_array();

	for (int i = 0; i < SUBLIST_COUNT; i++) {
		const struct sublist_info *list = &sublists[i];
		json_t *codes = json_array();

		for (int code = 0; code < 16; code++) {
			if ((list->codes & CODE_BIT(code)) != 0)
				json_array_append_new(
				    codes, json_sprintf("127.0.0.%d", code));
		}
		json_array_append_new(lists,
		    json_pack("{so so ss}", "zone",
			json_sprintf("%s%s%s", list->label,
			    list->label[0] != '\0' ? "." : "", zone_name),
			"codes", codes, "contains", list->contains));
	}
	return lists;
}

static json_t *
delisting_json(const struct site *site)
{
	return json_pack("{sI sI}", "each_step_again_after_seconds",
	    (json_int_t)LADDER_AGAIN_SECONDS, "without_proof_per_hour",
	    (json_int_t)site->delist_per_hour);
}

static json_t *
make(const struct site *site, const struct reader *reader)
{
	const struct policy *policy = &site->rules.policy;

	return json_pack("{ss ss so so so so so sI so so sI so so s{sI sI}}",
	    "preset", policy->preset, "zone", reader->zone_name, "lists",
	    lists_json(reader->zone_name), "weights", weights_json(policy),
	    "submission_factor", json_real(policy->submission_weight),
	    "per_trap_and_day", number_or_null(policy->per_trap_cap),
	    "per_campaign", number_or_null(policy->per_campaign_cap),
	    "half_life_seconds", (json_int_t)policy->half_life_seconds,
	    "listing", listing_json(policy), "strict", strict_json(policy),
	    "evidence_seconds", (json_int_t)policy->evidence_seconds, "expiry",
	    expiry_json(policy), "delisting", delisting_json(site), "caches",
	    "listed_seconds", (json_int_t)reader->zone.ttl_seconds,
	    "not_listed_seconds",
	    (json_int_t)reader->zone.negative_ttl_seconds);
}

json_t *
policy_view(struct exchange *exchange)
{
	struct reader *reader;
	json_t *view;

	if (reader_take(exchange->service->readers, &reader) != 0)
		return NULL;
	view = make(exchange->site, reader);
	reader_give(exchange->service->readers, reader);
	return view;
}

enum handled
policy_get(struct exchange *exchange)
{
	json_t *view = policy_view(exchange);

	if (view == NULL)
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
	else
		reply_view(&exchange->reply, view);
	return HANDLED;
}
