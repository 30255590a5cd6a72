#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/campaign_facts.h"
#include "db/token.h"
#include "db/told.h"
#include "httpapi/problem.h"
#include "httpapi/search.h"
#include "httpapi/survey.h"
#include "httpapi/view.h"

static json_t *
fail(struct exchange *exchange, int code)
{
	log_error("view_failed request=%s reason=\"%s\"", exchange->request.id,
	    error_text(code));
	problem_reply(exchange, PROBLEM_DATABASE, NULL);
	return NULL;
}

/* --- campaigns ------------------------------------------------------------ */

/* The cursor is how many were passed: a survey is kept for a while. */
static json_t *
page_of(const struct survey_facts *facts, size_t after, size_t limit)
{
	const struct campaigns *all = &facts->campaigns;
	json_t *list = json_array();
	size_t i = after;

	for (; i < all->count && i < after + limit; i++)
		json_array_append_new(list, told_campaign(&all->list[i]));
	return json_pack("{so so so}", "at", told_time(facts->at), "campaigns",
	    list, "next",
	    i < all->count ? json_sprintf("%zu", i) : json_null());
}

json_t *
view_campaigns(struct exchange *exchange)
{
	json_t *query = exchange_query(exchange);
	const struct survey_facts *facts;
	long long after, limit;
	bool good;
	int code;

	if (query == NULL)
		return NULL;
	good = exchange_number(
		   exchange, query, "after", 0, CAMPAIGNS_MAX, 0, &after) &&
	       exchange_number(exchange, query, "limit", 1, VIEW_PAGE_MOST,
		   VIEW_PAGE_USUAL, &limit);
	json_decref(query);
	if (!good)
		return NULL;
	code = survey_read(exchange->service, &facts);
	return code == 0 ? page_of(facts, (size_t)after, (size_t)limit)
			 : fail(exchange, code);
}

/* --- one of them ---------------------------------------------------------- */

static int
step(struct store_txn *txn, void *context, int64_t deadline_ms)
{
	return campaign_facts_read(txn, context, deadline_ms);
}

json_t *
view_campaign(struct exchange *exchange)
{
	struct campaign_facts facts;
	json_t *view = NULL;
	uint64_t id;
	int code;

	if (view_parse_campaign(exchange->subject, &id) != 0) {
		problem_reply(exchange, PROBLEM_NO_SUCH, NULL);
		return NULL;
	}
	campaign_facts_init(&facts, id);
	code = search_walk(exchange->service, step, &facts);
	if (code != 0)
		fail(exchange, code);
	else if (facts.campaign.sightings == 0)
		problem_reply(exchange, PROBLEM_NO_SUCH, NULL);
	else
		view = told_campaign_facts(&facts);
	campaign_facts_deinit(&facts);
	return view;
}

int
view_parse_campaign(const char *text, uint64_t *id)
{
	if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
		return ERROR_FORMAT;
	*id = strtoull(text, NULL, 16);
	return *id != 0 ? 0 : ERROR_FORMAT;
}

/* --- sensors -------------------------------------------------------------- */

struct sensor_list {
	struct exchange *exchange;
	struct store_txn *txn;
	json_t *list;
	int64_t now;
};

static json_t *
sensor_json(const struct sensor_list *list, const struct sensor *sensor)
{
	int64_t seconds = list->exchange->site->rules.policy.quarantine_seconds;

	return json_pack("{sI ss so so so sI sI s[]}", "sensor",
	    (json_int_t)sensor->number, "state",
	    sensor_state_name(sensor, seconds, list->now), "since",
	    told_time(sensor->since), "quarantine_until",
	    told_time(sensor_quarantine_until(sensor, seconds, list->now)),
	    "last_at", told_time(sensor->last_at), "evidence",
	    (json_int_t)sensor->evidence, "evidence_of_24h",
	    (json_int_t)sensor->lately, "tokens");
}

/* Whoever has a token and has not reported yet stands there, too. */
static int
take_token(const struct token *token, void *context)
{
	struct sensor_list *list = context;
	size_t i = 0, count = json_array_size(list->list);
	struct sensor sensor = { .number = 0 };
	json_int_t number = -1;
	int code = 0;

	if (token->role != ROLE_SENSOR)
		return 0;
	for (; i < count; i++) {
		number = json_integer_value(
		    json_object_get(json_array_get(list->list, i), "sensor"));
		if (number >= (json_int_t)token->sensor)
			break;
	}
	if (i == count || number != (json_int_t)token->sensor) {
		code = sensor_get(list->txn, token->sensor, &sensor);
		if (code == 0)
			json_array_insert_new(
			    list->list, i, sensor_json(list, &sensor));
	}
	json_array_append_new(
	    json_object_get(json_array_get(list->list, i), "tokens"),
	    json_string(token->name));
	return code;
}

static int
add_tokens(struct sensor_list *list)
{
	struct readers *readers = list->exchange->service->readers;
	struct reader *reader;
	int code = reader_take(readers, &reader);

	if (code != 0)
		return code;
	list->txn = reader->txn;
	code = token_list(reader->txn, take_token, list);
	reader_give(readers, reader);
	return code;
}

json_t *
view_sensors(struct exchange *exchange)
{
	struct sensor_list list = { .exchange = exchange,
		.now = clock_seconds() };
	const struct survey_facts *facts;
	int code = survey_read(exchange->service, &facts);

	if (code != 0)
		return fail(exchange, code);
	list.list = json_array();
	for (size_t i = 0; i < facts->sensors.count; i++)
		json_array_append_new(
		    list.list, sensor_json(&list, &facts->sensors.list[i]));
	code = add_tokens(&list);
	if (code == 0)
		return json_pack("{so so}", "at", told_time(facts->at),
		    "sensors", list.list);
	json_decref(list.list);
	return fail(exchange, code);
}
