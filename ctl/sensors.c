#include <stdio.h>

#include "common/clock.h"
#include "ctl/progress.h"
#include "ctl/terminal.h"
#include "ctl/verb.h"
#include "db/policy.h"
#include "db/sensor.h"
#include "db/token.h"
#include "db/told.h"

/* A read transaction pins pages: it is renewed so often. */
#define STEP_MS 50

/* --- reading -------------------------------------------------------------- */

static int
read_evidence(struct store_txn *txn, struct sensors *sensors)
{
	struct progress progress;
	int code, more = 1;

	progress_begin(
	    &progress, "searching", store_count(txn, TABLE_EVIDENCE));
	do {
		more =
		    sensors_read(txn, sensors, clock_monotonic_ms() + STEP_MS);
		store_reset(txn);
		progress_show(&progress, sensors->read);
		code = store_renew(txn);
	} while (code == 0 && more == 1);
	progress_end(&progress);
	return more < 0 ? more : code;
}

/* Whoever has a token and has not reported yet stands there, too. */
static int
know_holder(const struct token *token, void *context)
{
	if (token->role == ROLE_SENSOR)
		sensors_know(context, token->sensor);
	return 0;
}

static int
read_known(struct store_txn *txn, struct sensors *sensors)
{
	int code = read_evidence(txn, sensors);

	if (code == 0)
		code = token_list(txn, know_holder, sensors);
	return code != 0 ? code : sensors_finish(txn, sensors);
}

static int
add_token(const struct token *token, void *context)
{
	json_t *sensor;
	size_t i;

	json_array_foreach((json_t *)context, i, sensor)
	{
		if (token->role == ROLE_SENSOR &&
		    json_integer_value(json_object_get(sensor, "sensor")) ==
			(json_int_t)token->sensor)
			json_array_append_new(json_object_get(sensor, "tokens"),
			    json_string(token->name));
	}
	return 0;
}

static json_t *
sensor_json(
    const struct sensor *sensor, int64_t quarantine_seconds, int64_t now)
{
	return json_pack("{s:I, s:s, s:o, s:o, s:o, s:I, s:I, s:[]}", "sensor",
	    (json_int_t)sensor->number, "state",
	    sensor_state_name(sensor, quarantine_seconds, now), "since",
	    told_time(sensor->since), "quarantine_until",
	    told_time(sensor_quarantine_until(sensor, quarantine_seconds, now)),
	    "last_at", told_time(sensor->last_at), "evidence",
	    (json_int_t)sensor->evidence, "evidence_of_24h",
	    (json_int_t)sensor->lately, "tokens");
}

static int
read_sensors(struct ctl *ctl, struct store_txn *txn, void *list)
{
	struct sensors sensors;
	struct policy policy;
	int code = policy_from_settings(&ctl->settings, &policy);

	if (code == 0)
		code = sensors_init(&sensors, ctl->now);
	if (code != 0)
		return code;
	code = read_known(txn, &sensors);
	for (size_t i = 0; code == 0 && i < sensors.count; i++)
		json_array_append_new(
		    list, sensor_json(&sensors.list[i],
			      policy.quarantine_seconds, ctl->now));
	sensors_deinit(&sensors);
	return code != 0 ? code : token_list(txn, add_token, list);
}

/* --- showing -------------------------------------------------------------- */

static void
print_sensor(const json_t *sensor)
{
	char evidence[TERMINAL_NUMBER_MAX], lately[TERMINAL_NUMBER_MAX];
	const char *state, *until = NULL, *last = "never";
	json_int_t number, all, of_24h;
	json_t *tokens, *token;
	size_t i;

	json_unpack((json_t *)sensor, "{s:I, s:s, s:I, s:I, s:o, s?:s, s?:s}",
	    "sensor", &number, "state", &state, "evidence", &all,
	    "evidence_of_24h", &of_24h, "tokens", &tokens, "quarantine_until",
	    &until, "last_at", &last);
	printf("%6" JSON_INTEGER_FORMAT "  %-10s  %10s sightings, %s of 24 h  "
	       "last %s",
	    number, state, terminal_number((uint64_t)all, evidence),
	    terminal_number((uint64_t)of_24h, lately), last);
	if (until != NULL)
		printf("  counts in full from %s", until);
	json_array_foreach(tokens, i, token) printf(
	    "%s%s", i == 0 ? "  token " : ", ", json_string_value(token));
	putchar('\n');
}

static void
print_sensors(const json_t *list)
{
	json_t *sensor;
	size_t i;

	json_array_foreach(list, i, sensor) print_sensor(sensor);
	if (i == 0)
		puts("no sensor has sent anything");
}

int
verb_sensor_list(struct ctl *ctl, int count, char *words[])
{
	(void)count;
	(void)words;
	return ctl_show(
	    ctl, json_array(), read_sensors, print_sensors, "the evidence");
}
