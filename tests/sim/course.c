#include "tests/sim/course.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "db/corroboration.h"
#include "db/listing.h"
#include "db/meta.h"
#include "tests/support/scratch.h"

/* How far back a new network can bear out; corroboration counts to the hour. */
#define FLIP_SECONDS ((CORROBORATION_HOURS + 1) * SIM_HOUR)

/* A commit now and then keeps the transaction small. */
#define EVENTS_A_COMMIT 5000

struct state {
	struct policy_event *events; /* in policy's order */
	size_t count, room;
	int64_t listed_at; /* as the world sees it; 0 now off */
	bool looked;	   /* what was a day after the second run is known */
};

struct course {
	const struct sim_world *world;
	const struct policy *policy;
	const struct shared *shared;
	struct sim_outcome *outcomes;
	struct state *states;
	struct store *store;
	struct store_txn *txn;
	/* Those that the event at hand bore out. */
	uint32_t *flipped;
	size_t flipped_count, flipped_room;
};

/* --- judging -------------------------------------------------------------- */

static bool
is_shared(const struct course *course, uint32_t server)
{
	struct ipaddr address = sim_address(course->world, server);

	return shared_by_network(course->shared, &address) != NULL;
}

static void
note_listed(struct course *course, uint32_t server, int64_t now)
{
	struct sim_outcome *outcome = &course->outcomes[server];
	struct state *state = &course->states[server];
	const struct sim_server *who = &course->world->servers[server];

	state->listed_at = now;
	outcome->listings++;
	if (outcome->listed_at != 0)
		return;
	outcome->listed_at = now;
	outcome->shared = is_shared(course, server);
	if (who->repair_seconds != 0)
		outcome->repaired_at = now + who->repair_seconds;
}

static void
note_off(struct course *course, uint32_t server, int64_t now)
{
	struct sim_outcome *outcome = &course->outcomes[server];
	struct state *state = &course->states[server];

	outcome->listed_seconds += now - state->listed_at;
	outcome->off_at = now;
	if (outcome->listings == 1) {
		outcome->first_off_at = now;
		outcome->first_last_at = outcome->last_at;
	}
	state->listed_at = 0;
}

static void
note(struct course *course, uint32_t server, int64_t now)
{
	struct sim_outcome *outcome = &course->outcomes[server];
	struct state *state = &course->states[server];
	const struct policy_result *result = &outcome->result;

	if (result->state == LISTING_LISTED && state->listed_at == 0)
		note_listed(course, server, now);
	else if (result->state != LISTING_LISTED && state->listed_at != 0)
		note_off(course, server, now);
	outcome->strict |= result->strict;
	if (result->callout_until != 0 && outcome->callout_at == 0)
		outcome->callout_at = now;
}

static void
judge(struct course *course, uint32_t server, int64_t now)
{
	struct state *state = &course->states[server];
	struct policy_result *result = &course->outcomes[server].result;
	struct listing_episode episodes[LISTING_EPISODES_MAX];
	const struct policy_past past = { .episodes = episodes,
		.episode_count = result->episode_count,
		.shared = is_shared(course, server) };

	memcpy(episodes, result->episodes, sizeof(episodes));
	policy_judge(
	    course->policy, state->events, state->count, &past, now, result);
	note(course, server, now);
}

/* What was due before `now` happens, as the sweep would make it. */
static void
catch_up(struct course *course, uint32_t server, int64_t now)
{
	struct sim_outcome *outcome = &course->outcomes[server];

	while (outcome->result.due_at != 0 && outcome->result.due_at <= now)
		judge(course, server, outcome->result.due_at);
}

/* --- a day after the second run ------------------------------------------- */

static void
look(struct course *course, uint32_t server, int64_t now)
{
	struct sim_outcome *outcome = &course->outcomes[server];
	struct state *state = &course->states[server];
	int64_t first_at = 0, last_at = 0;

	if (state->looked || outcome->second_run_at == 0 ||
	    now <= outcome->second_run_at + SIM_DAY)
		return;
	state->looked = true;
	for (size_t i = 0; i < state->count; i++) {
		const struct policy_event *event = &state->events[i];

		if (!event->corroborated)
			continue;
		first_at = first_at != 0 ? first_at : event->seen_at;
		last_at = event->seen_at;
		outcome->corroborated_then++;
	}
	outcome->corroborated_span_then = last_at - first_at;
	outcome->listed_then = outcome->listed_at != 0;
}

/* --- evidence ------------------------------------------------------------- */

static int
note_flipped(const struct ipaddr *unit, void *context)
{
	struct course *course = context;

	if (course->flipped_count == course->flipped_room) {
		course->flipped_room = 2 * course->flipped_room + 64;
		course->flipped = realloc(course->flipped,
		    course->flipped_room * sizeof(*course->flipped));
		if (course->flipped == NULL)
			abort();
	}
	course->flipped[course->flipped_count++] = sim_server_of(unit);
	return 0;
}

struct evidence
sim_evidence(const struct sim_world *world, const struct sim_event *event)
{
	return (struct evidence){
		.seen_at = event->seen_at,
		.original_at = event->original_at,
		.address = sim_address(world, event->server),
		.kind = event->kind,
		.grade = event->grade,
		.flags = event->flags,
		.trap = event->trap,
		.campaign = event->campaign,
		.original = event->original,
	};
}

/* Events come by time, so it is among the last. */
static void
insert(struct state *state, const struct policy_event *event)
{
	size_t i = state->count;

	if (state->count == state->room) {
		state->room = 2 * state->room + 4;
		state->events = realloc(
		    state->events, state->room * sizeof(*state->events));
		if (state->events == NULL)
			abort();
	}
	state->count++;
	for (; i > 0 && policy_event_compare(&state->events[i - 1], event) > 0;
	     i--)
		state->events[i] = state->events[i - 1];
	state->events[i] = *event;
}

/* What record_known.c's record_look_again does, without its bounds. */
static int
look_again(struct course *course, uint32_t server, int64_t now)
{
	struct state *state = &course->states[server];
	int code = 0;

	for (size_t i = state->count; code >= 0 && i-- > 0;) {
		struct policy_event *event = &state->events[i];
		struct evidence evidence = { .seen_at = event->seen_at,
			.address = sim_address(course->world, server),
			.flags = event->flags,
			.trap = event->trap,
			.campaign = event->campaign };

		if (event->seen_at < now - FLIP_SECONDS)
			break;
		if (event->corroborated)
			continue;
		code = corroboration_holds(course->txn, &evidence,
		    course->policy->corroborating_networks);
		event->corroborated = code > 0;
	}
	return code < 0 ? code : 0;
}

static int
judge_flipped(struct course *course, int64_t now)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < course->flipped_count; i++) {
		uint32_t server = course->flipped[i];

		catch_up(course, server, now);
		look(course, server, now);
		code = look_again(course, server, now);
		if (code == 0)
			judge(course, server, now);
	}
	return code;
}

static void
note_evidence(struct course *course, const struct sim_event *event)
{
	struct sim_outcome *outcome = &course->outcomes[event->server];

	if (outcome->first_at == 0)
		outcome->first_at = event->seen_at;
	outcome->last_at = event->seen_at;
	if (event->run == 0)
		return;
	if (outcome->first_run == 0)
		outcome->first_run = event->run;
	else if (event->run != outcome->first_run &&
		 outcome->second_run_at == 0)
		outcome->second_run_at = event->seen_at;
}

bool
sim_is_repaired(
    const struct sim_outcome *outcome, const struct sim_event *event)
{
	int64_t sent_at =
	    event->original_at != 0 ? event->original_at : event->seen_at;

	return outcome->repaired_at != 0 && sent_at >= outcome->repaired_at;
}

/* As record_evidence does. */
static int
take(struct course *course, const struct sim_event *event)
{
	struct evidence evidence = sim_evidence(course->world, event);
	struct policy_event counted;
	unsigned needed = course->policy->corroborating_networks;
	int code;

	catch_up(course, event->server, event->seen_at);
	look(course, event->server, event->seen_at);
	policy_event_from(&evidence, false, &counted);
	if (sim_is_repaired(&course->outcomes[event->server], event) ||
	    !policy_can_count(&counted))
		return 0;
	course->flipped_count = 0;
	code = corroboration_add(
	    course->txn, &evidence, needed, note_flipped, course);
	if (code == 0)
		code = corroboration_holds(course->txn, &evidence, needed);
	if (code < 0)
		return code;
	counted.corroborated = code > 0;
	note_evidence(course, event);
	insert(&course->states[event->server], &counted);
	judge(course, event->server, event->seen_at);
	return judge_flipped(course, event->seen_at);
}

static int
take_all(struct course *course)
{
	const struct sim_world *world = course->world;
	int code = 0;

	for (size_t i = 0; code == 0 && i < world->event_count; i++) {
		if (world->events[i].seen_at >= world->ends_at)
			break;
		code = take(course, &world->events[i]);
		if (code == 0 && i % EVENTS_A_COMMIT == EVENTS_A_COMMIT - 1) {
			code = store_commit(course->txn);
			course->txn = NULL;
			if (code == 0)
				code = store_begin_write(
				    course->store, &course->txn);
		}
	}
	for (uint32_t i = 0; code == 0 && i < world->terms.servers; i++) {
		catch_up(course, i, world->ends_at);
		look(course, i, world->ends_at);
		if (course->states[i].listed_at != 0)
			course->outcomes[i].listed_seconds +=
			    world->ends_at - course->states[i].listed_at;
	}
	return code;
}

/* --- its database --------------------------------------------------------- */

static int
open_database(struct course *course, char path[SCRATCH_MAX])
{
	static char group[] = "";
	struct settings settings;
	int code = settings_read(NULL, &settings);

	if (code != 0 || !scratch_make(path))
		return ERROR_NOT_MADE;
	free(settings.database.path);
	free(settings.database.group);
	settings.database.path = path;
	settings.database.group = group;
	settings.database.reserve_bytes = 0;
	code = store_open(&settings, STORE_CREATE, &course->store);
	settings.database.path = settings.database.group = NULL;
	settings_free(&settings);
	return code != 0 ? code
			 : store_begin_write(course->store, &course->txn);
}

static void
remove_database(const char *path)
{
	static const char *const files[] = { "data.mdb", "lock.mdb",
		"bsbl.lock" };
	char name[128];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(name, sizeof(name), "%s/%s", path, files[i]);
		unlink(name);
	}
	rmdir(path);
}

int
sim_run_course(const struct sim_world *world, const struct policy *policy,
    const struct shared *shared, struct sim_outcome *outcomes)
{
	struct course course = { .world = world,
		.policy = policy,
		.shared = shared,
		.outcomes = outcomes };
	char path[SCRATCH_MAX];
	int code;

	memset(outcomes, 0, world->terms.servers * sizeof(*outcomes));
	course.states = calloc(world->terms.servers, sizeof(*course.states));
	if (course.states == NULL)
		abort();
	code = open_database(&course, path);
	if (code == 0)
		code = take_all(&course);
	if (code != 0)
		log_error("simulation_failed error=\"%s\"", error_text(code));
	store_abort(course.txn);
	store_close(course.store);
	remove_database(path);
	for (uint32_t i = 0; i < world->terms.servers; i++)
		free(course.states[i].events);
	free(course.states);
	free(course.flipped);
	return code;
}
