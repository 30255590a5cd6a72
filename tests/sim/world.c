#include "tests/sim/world.h"

#include <stdlib.h>
#include <string.h>

#define PROMPT_SECONDS 600

/* What each draws from; their numbers are in the low half. */
#define CHANCE_RUNS (UINT64_C(1) << 32)
#define CHANCE_SERVERS (UINT64_C(2) << 32)

struct sim_run {
	int64_t begins_at, ends_at;
	uint64_t campaign;
	bool varied;
	uint64_t traps[SIM_RUN_TRAPS_MAX];
	unsigned trap_count;
};

/* A server's messages of one run, attack or incident. */
struct burst {
	struct sim_world *world;
	uint32_t server;
	struct chance *chance;
	const struct sim_run *run;
	uint32_t run_number; /* 0: none */
	int64_t begins_at, ends_at;
	bool prompt; /* nothing waits in a queue for hours */
};

static void *
need(void *memory)
{
	if (memory == NULL)
		abort();
	return memory;
}

/* Keys are hashes, as the product's are. */
static uint64_t
trap_key(uint64_t n)
{
	return chance_mix(n + (UINT64_C(3) << 32)) | 1;
}

/* --- runs ----------------------------------------------------------------- */

static unsigned
draw_breadth(struct chance *chance)
{
	int64_t percent = chance_between(chance, 0, 99);
	size_t i = 0;

	while (i + 1 < sim_breadth_count &&
	       percent >= (int64_t)sim_breadths[i].percent)
		percent -= sim_breadths[i++].percent;
	return sim_breadths[i].traps;
}

/* Different ones, of all there are. */
static void
draw_traps(struct chance *chance, unsigned all, unsigned count,
    uint64_t traps[SIM_RUN_TRAPS_MAX])
{
	for (unsigned i = 0; i < count;) {
		unsigned j = 0;

		traps[i] = trap_key((uint64_t)chance_between(chance, 1, all));
		while (j < i && traps[j] != traps[i])
			j++;
		i += j == i;
	}
}

static void
make_run(struct sim_world *world, struct chance *chance, int64_t week_at)
{
	struct sim_run *run = &world->runs[world->run_count++];
	unsigned traps = draw_breadth(chance);

	run->trap_count =
	    traps < world->terms.traps ? traps : world->terms.traps;
	draw_traps(chance, world->terms.traps, run->trap_count, run->traps);
	run->begins_at = week_at + chance_between(chance, 0, SIM_WEEK - 1);
	run->ends_at = run->begins_at + chance_between(chance,
					    SIM_RUN_HOURS_LEAST * SIM_HOUR,
					    SIM_RUN_HOURS_MOST * SIM_HOUR);
	run->campaign = chance_next(chance) | 1;
	run->varied = chance_happens(chance, world->terms.varied);
}

static void
make_runs(struct sim_world *world)
{
	struct chance chance = chance_of(world->terms.seed, CHANCE_RUNS);
	unsigned weeks = world->terms.weeks;

	world->runs =
	    need(calloc(weeks * SIM_RUNS_WEEK_MOST, sizeof(*world->runs)));
	for (unsigned week = 0; week < weeks; week++) {
		int64_t count = chance_between(
		    &chance, SIM_RUNS_WEEK_LEAST, SIM_RUNS_WEEK_MOST);

		while (count-- > 0)
			make_run(world, &chance, SIM_BEGIN + week * SIM_WEEK);
	}
}

/* --- messages ------------------------------------------------------------- */

static struct sim_event *
new_event(struct sim_world *world)
{
	if (world->event_count == world->event_room) {
		world->event_room = 2 * world->event_room + 1024;
		world->events = need(realloc(
		    world->events, world->event_room * sizeof(*world->events)));
	}
	return &world->events[world->event_count++];
}

static const struct sim_reply *
draw_reply(struct chance *chance, const struct sim_behaviour *behaviour)
{
	const struct sim_reply *reply = behaviour->replies;
	unsigned sum = 0;
	int64_t at;

	for (unsigned i = 0; i < SIM_REPLIES_MAX; i++)
		sum += reply[i].weight;
	at = chance_between(chance, 0, sum - 1);
	while (at >= (int64_t)reply->weight)
		at -= (reply++)->weight;
	return reply;
}

/*
 * How long its answer takes: a robot's a minute, a bounce some minutes, and
 * one in twenty the hours or days that a queue retries.
 */
static int64_t
draw_delay(const struct burst *burst, const struct sim_reply *reply)
{
	struct chance *chance = burst->chance;

	if (reply->kind != BACKSCATTER_DSN)
		return chance_between(chance, 0, 60);
	if (!burst->prompt && chance_happens(chance, 0.05))
		return chance_log_between(chance, SIM_HOUR, 5 * SIM_DAY);
	return chance_log_between(chance, 1, PROMPT_SECONDS);
}

/* Nothing of the content is known: by trap and hour, as ingest does. */
static uint64_t
campaign_of_hour(uint64_t trap, int64_t seen_at)
{
	return chance_mix(trap ^ (uint64_t)(seen_at / SIM_HOUR)) | 1;
}

static void
quote(const struct burst *burst, struct sim_event *event)
{
	const struct sim_run *run = burst->run;

	event->flags |= EVIDENCE_FINGERPRINTED;
	event->original = chance_next(burst->chance) | 1;
	event->campaign =
	    run->varied ? chance_next(burst->chance) | 1 : run->campaign;
}

static void
answer(const struct burst *burst, int64_t original_at)
{
	const struct sim_run *run = burst->run;
	struct chance *chance = burst->chance;
	const struct sim_behaviour *behaviour =
	    burst->world->servers[burst->server].behaviour;
	const struct sim_reply *reply = draw_reply(chance, behaviour);
	struct sim_event *event = new_event(burst->world);

	*event = (struct sim_event){
		.seen_at = original_at + draw_delay(burst, reply),
		.trap =
		    run->traps[chance_between(chance, 0, run->trap_count - 1)],
		.server = burst->server,
		.flags = reply->flags,
		.run = burst->run_number,
		.kind = reply->kind,
		.grade = reply->grade,
	};
	if (reply->kind == BACKSCATTER_DSN)
		event->original_at = original_at;
	if (reply->quotes)
		quote(burst, event);
	else
		event->campaign = campaign_of_hour(event->trap, event->seen_at);
}

static void
answer_all(const struct burst *burst)
{
	const struct sim_behaviour *behaviour =
	    burst->world->servers[burst->server].behaviour;
	int64_t hits = chance_log_between(
	    burst->chance, behaviour->least_hits, behaviour->most_hits);

	while (hits-- > 0)
		answer(burst, chance_between(burst->chance, burst->begins_at,
				  burst->ends_at));
}

/* --- courses -------------------------------------------------------------- */

/* It answers in the runs between two times. */
static void
take_part(struct burst *burst, int64_t from, int64_t to)
{
	struct sim_world *world = burst->world;
	double reached = world->servers[burst->server].behaviour->reached;

	for (unsigned i = 0; i < world->run_count; i++) {
		const struct sim_run *run = &world->runs[i];

		burst->run = run;
		burst->run_number = i + 1;
		burst->begins_at =
		    run->begins_at > from ? run->begins_at : from;
		burst->ends_at = run->ends_at < to ? run->ends_at : to;
		if (burst->begins_at < burst->ends_at &&
		    chance_happens(burst->chance, reached))
			answer_all(burst);
	}
}

static void
slip_once(struct burst *burst)
{
	struct sim_world *world = burst->world;
	unsigned i =
	    (unsigned)chance_between(burst->chance, 0, world->run_count - 1);
	const struct sim_run *run = &world->runs[i];

	burst->run = run;
	burst->run_number = i + 1;
	burst->begins_at = chance_between(
	    burst->chance, run->begins_at, run->ends_at - SIM_HOUR);
	burst->ends_at = burst->begins_at + SIM_HOUR - PROMPT_SECONDS - 1;
	burst->prompt = true;
	answer_all(burst);
}

/* From Friday evening to Monday morning. */
static void
misconfigure(struct burst *burst)
{
	int64_t week =
	    chance_between(burst->chance, 0, burst->world->terms.weeks - 1);
	int64_t from =
	    SIM_BEGIN + week * SIM_WEEK + 4 * SIM_DAY + 18 * SIM_HOUR;

	take_part(burst, from, from + 62 * SIM_HOUR);
}

/* An attacker's own mail, each with a content of its own, over some days. */
static void
poison(struct burst *burst)
{
	struct sim_world *world = burst->world;
	struct sim_run attack = { .varied = true };
	const struct sim_behaviour *behaviour =
	    world->servers[burst->server].behaviour;

	attack.trap_count = behaviour->known_traps < world->terms.traps
				? behaviour->known_traps
				: world->terms.traps;
	draw_traps(
	    burst->chance, world->terms.traps, attack.trap_count, attack.traps);
	burst->run = &attack;
	burst->run_number = 0;
	burst->begins_at = chance_between(
	    burst->chance, SIM_BEGIN, world->ends_at - 6 * SIM_DAY);
	burst->ends_at = burst->begins_at + chance_log_between(burst->chance,
						2 * SIM_HOUR, 5 * SIM_DAY);
	answer_all(burst);
}

/*
 * For some hours the stolen account sends a part of one of the runs. One in
 * three is abused a second time.
 */
static void
abuse(struct burst *burst)
{
	struct sim_world *world = burst->world;

	do {
		unsigned i = (unsigned)chance_between(
		    burst->chance, 0, world->run_count - 1);
		const struct sim_run *run = &world->runs[i];

		burst->run = run;
		burst->run_number = i + 1;
		burst->begins_at = run->begins_at;
		burst->ends_at =
		    run->begins_at + chance_between(burst->chance, SIM_HOUR,
					 run->ends_at - run->begins_at);
		answer_all(burst);
	} while (chance_happens(burst->chance, 1.0 / 3));
}

static void
run_course(struct burst *burst)
{
	struct sim_server *server = &burst->world->servers[burst->server];

	switch (server->behaviour->course) {
	case SIM_REPAIRED:
		/* Somebody reads the reject messages, within two days. */
		server->repair_seconds =
		    chance_between(burst->chance, SIM_HOUR, 2 * SIM_DAY);
		/* fall through */
	case SIM_ALWAYS:
		take_part(burst, SIM_BEGIN, burst->world->ends_at);
		break;
	case SIM_ONCE:
		slip_once(burst);
		break;
	case SIM_WEEKEND:
		misconfigure(burst);
		break;
	case SIM_POISONED:
		poison(burst);
		break;
	case SIM_ABUSED:
		abuse(burst);
		break;
	}
}

/* --- the world ------------------------------------------------------------ */

/* Behaviours by their thousandths, mingled. */
static const struct sim_behaviour *
behaviour_of(uint32_t server)
{
	unsigned place = (unsigned)(chance_mix(server) % 1000);
	const struct sim_behaviour *behaviour = sim_behaviours;

	while (place >= behaviour->servers)
		place -= (behaviour++)->servers;
	return behaviour;
}

static int
compare_events(const void *a, const void *b)
{
	const struct sim_event *x = a, *y = b;

	if (x->seen_at != y->seen_at)
		return x->seen_at < y->seen_at ? -1 : 1;
	if (x->server != y->server)
		return x->server < y->server ? -1 : 1;
	return x->campaign < y->campaign ? -1 : x->campaign > y->campaign;
}

void
sim_world_make(struct sim_world *world, const struct sim_terms *terms)
{
	memset(world, 0, sizeof(*world));
	world->terms = *terms;
	world->ends_at = SIM_BEGIN + terms->weeks * SIM_WEEK;
	world->servers = need(calloc(terms->servers, sizeof(*world->servers)));
	make_runs(world);
	for (uint32_t i = 0; i < terms->servers; i++) {
		struct chance chance =
		    chance_of(terms->seed, CHANCE_SERVERS + i);
		struct burst burst = {
			.world = world, .server = i, .chance = &chance
		};

		world->servers[i].behaviour = behaviour_of(i);
		run_course(&burst);
	}
	qsort(world->events, world->event_count, sizeof(*world->events),
	    compare_events);
}

void
sim_world_free(struct sim_world *world)
{
	free(world->servers);
	free(world->runs);
	free(world->events);
}

/* --- addresses ------------------------------------------------------------ */

/* Of 256 addresses in a network, from server to server. */
#define STRIDE 179
#define POOL_STRIDE 97
#define POOLS UINT32_C(0x0b000000)
#define OTHERS UINT32_C(0x14000000)

struct ipaddr
sim_address(const struct sim_world *world, uint32_t server)
{
	bool shared = world->servers[server].behaviour->shared;

	return ipaddr_from_ipv4(
	    shared ? POOLS + server * POOL_STRIDE : OTHERS + server * STRIDE);
}

uint32_t
sim_server_of(const struct ipaddr *address)
{
	uint32_t ipv4 = ipaddr_to_ipv4(address);

	return ipv4 < OTHERS ? (ipv4 - POOLS) / POOL_STRIDE
			     : (ipv4 - OTHERS) / STRIDE;
}
