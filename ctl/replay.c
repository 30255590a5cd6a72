#include <inttypes.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/error.h"
#include "ctl/progress.h"
#include "ctl/terminal.h"
#include "ctl/verb.h"
#include "db/replay.h"
#include "db/told.h"
#include "db/trap.h"

/* The database is read in steps: nobody's pages are pinned for long. */
#define STEP_MS 50

/* Where an address stands. The strict list is a part of the main one. */
enum place {
	PLACE_NONE,
	PLACE_CALLOUT,
	PLACE_SHARED,
	PLACE_MAIN,
	PLACE_STRICT
};
#define PLACES (PLACE_STRICT + 1)
static const char *const place_names[PLACES] = { "none", "callout", "shared",
	"main", "strict" };

struct work {
	struct ctl *ctl;
	struct recorder_rules rules; /* those of the file */
	uint64_t units, moved;
	uint64_t now[PLACES], then[PLACES];
	json_t *shown;
};

/* --- one unit ------------------------------------------------------------- */

static enum place
place_of(bool listed, bool shared, bool strict, bool callout)
{
	if (listed)
		return shared	? PLACE_SHARED
		       : strict ? PLACE_STRICT
				: PLACE_MAIN;
	return callout && !shared ? PLACE_CALLOUT : PLACE_NONE;
}

/* What the operator listed by hand stands there under any policy. */
static enum place
place_now(const struct listing *listing)
{
	return place_of(listing->state == LISTING_LISTED, listing->shared,
	    listing->strict, listing->callout_until != 0);
}

static enum place
place_then(const struct replay *replay)
{
	const struct policy_result *result = &replay->result;

	return place_of(result->state == LISTING_LISTED, replay->shared,
	    result->strict, result->callout_until != 0);
}

struct trap_names {
	const struct replay *replay;
	json_t *names;
};

static int
name_trap(const struct trap *trap, void *context)
{
	const struct trap_names *named = context;
	const struct replay *replay = named->replay;
	char text[TRAP_TEXT_MAX];

	for (unsigned i = 0; i < replay->trap_count; i++) {
		if (replay->traps[i] == trap->id)
			json_array_append_new(
			    named->names, json_string(trap_format(trap, text)));
	}
	return 0;
}

static json_t *
traps_of(struct store_txn *txn, const struct replay *replay)
{
	struct trap_names named = { replay, json_array() };

	if (replay->trap_count > 0)
		trap_list(txn, name_trap, &named);
	return named.names;
}

static void
show(struct work *work, struct store_txn *txn, const struct replay *replay)
{
	const struct policy_result *result = &replay->result;
	char unit[IPPREFIX_TEXT_MAX];

	listing_unit_format(&replay->listing.unit, unit);
	json_array_append_new(work->shown,
	    json_pack("{s:s, s:s, s:s, s:o, s:f, s:f, s:i, s:i, s:i, s:o}",
		"address", unit, "now",
		place_names[place_now(&replay->listing)], "then",
		place_names[place_then(replay)], "kinds",
		told_kinds(result->kinds | replay->listing.kinds), "score_now",
		replay->listing.score, "score_then", result->score, "sightings",
		(int)result->sightings, "corroborated",
		(int)result->corroborated, "campaigns", (int)result->campaigns,
		"traps", traps_of(txn, replay)));
}

static void
take(struct work *work, struct store_txn *txn, const struct replay *replay)
{
	enum place now = place_now(&replay->listing);
	enum place then = place_then(replay);

	work->units++;
	work->now[now]++;
	work->then[then]++;
	work->moved += now != then;
	if (now != then || (work->ctl->all && then != PLACE_NONE))
		show(work, txn, replay);
}

/* --- all of them ---------------------------------------------------------- */

/* 1: there is more. */
static int
step(struct work *work, struct store_txn *txn, struct ipaddr *from)
{
	int64_t end_ms = clock_monotonic_ms() + STEP_MS;
	struct replay replay;
	int code;

	do {
		code = replay_next(
		    txn, &work->rules, work->ctl->now, from, &replay);
		if (code != 0)
			return code == ERROR_NOT_FOUND ? 0 : code;
		take(work, txn, &replay);
	} while (clock_monotonic_ms() < end_ms);
	return 1;
}

static int
run(struct work *work)
{
	struct ipaddr from = { { 0 } };
	struct progress progress;
	struct store_txn *txn;
	int more = 1, code = store_begin_read(work->ctl->store, &txn);

	if (code != 0)
		return code;
	progress_begin(&progress, "replaying", store_count(txn, TABLE_LISTING));
	while (code == 0 && more == 1) {
		more = step(work, txn, &from);
		store_reset(txn);
		progress_show(&progress, work->units);
		code = more < 0 ? more : store_renew(txn);
	}
	progress_end(&progress);
	store_abort(txn);
	return code;
}

/* --- the answer ----------------------------------------------------------- */

static json_t *
counts_of(const uint64_t counts[PLACES])
{
	json_t *object = json_object();

	for (int i = PLACE_CALLOUT; i < PLACES; i++)
		json_object_set_new(object, place_names[i],
		    json_integer((json_int_t)counts[i]));
	return object;
}

static void
print_counts(const struct work *work)
{
	char now[TERMINAL_NUMBER_MAX], then[TERMINAL_NUMBER_MAX];

	printf("%-10s %12s %12s\n", "list", "now", "then");
	for (int i = PLACE_STRICT; i > PLACE_NONE; i--)
		printf("%-10s %12s %12s\n", place_names[i],
		    terminal_number(work->now[i], now),
		    terminal_number(work->then[i], then));
}

static void
print_shown(const json_t *shown)
{
	const char *address, *now, *then;
	const json_t *item, *traps, *trap;
	double score;
	size_t i, j;

	json_array_foreach(shown, i, item)
	{
		json_unpack((json_t *)(uintptr_t)item,
		    "{s:s, s:s, s:s, s:f, s:o}", "address", &address, "now",
		    &now, "then", &then, "score_then", &score, "traps", &traps);
		printf("%s  %s -> %s  score %.2f", address, now, then, score);
		json_array_foreach(traps, j, trap) printf(
		    "%s%s", j == 0 ? "  by " : ", ", json_string_value(trap));
		putchar('\n');
	}
}

static int
finish(struct work *work)
{
	char moved[TERMINAL_NUMBER_MAX];
	json_t *answer = json_pack("{s:s, s:o, s:o, s:I, s:O}", "preset",
	    work->rules.policy.preset, "now", counts_of(work->now), "then",
	    counts_of(work->then), "differ", (json_int_t)work->moved,
	    "addresses", work->shown);

	if (!work->ctl->json) {
		print_counts(work);
		printf("%s differ%s\n", terminal_number(work->moved, moved),
		    work->moved == 1 ? "s" : "");
		print_shown(work->shown);
	}
	return ctl_finish(work->ctl, answer);
}

/* --- the verb ------------------------------------------------------------- */

static int
read_rules(struct ctl *ctl, struct recorder_rules *rules)
{
	struct settings settings;
	int code = settings_read(ctl->policy, &settings);

	if (code != 0)
		return CTL_DATABASE;
	code = recorder_rules_init(rules, &settings, ctl->who);
	settings_free(&settings);
	return code != 0 ? CTL_DATABASE : CTL_OK;
}

int
verb_replay(struct ctl *ctl, int count, char *words[])
{
	struct work work = { .ctl = ctl };
	int code, status = read_rules(ctl, &work.rules);

	(void)count;
	(void)words;
	if (status == CTL_OK)
		status = ctl_open(ctl, STORE_READ);
	if (status == CTL_OK) {
		work.shown = json_array();
		code = run(&work);
		status =
		    code != 0 ? ctl_fail(code, "cannot replay") : finish(&work);
		json_decref(work.shown);
	}
	recorder_rules_deinit(&work.rules);
	return status;
}
