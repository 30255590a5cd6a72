#include <inttypes.h>
#include <stdio.h>

#include "common/error.h"
#include "ctl/verb.h"
#include "db/guard.h"
#include "db/listing.h"
#include "db/meta.h"

/* Exit statuses as monitoring systems that run plugins understand them. */
enum health { HEALTH_OK, HEALTH_WARNING, HEALTH_CRITICAL };

static const char *const health_names[] = {
	[HEALTH_OK] = "OK",
	[HEALTH_WARNING] = "WARNING",
	[HEALTH_CRITICAL] = "CRITICAL",
};

/* Limits that are not there. */
#define NEVER (-1)

/* What is looked at; docs/runbook.md has the same limits for Prometheus. */
enum measure {
	MEASURE_OVERDUE,
	MEASURE_SWEEP_AGE,
	MEASURE_PENDING,
	MEASURE_MAP_USED,
	MEASURE_DISK_FREE,
	MEASURE_FULL,
	MEASURE_READERS,
	MEASURE_COUNT
};

static const struct {
	const char *name, *unit;
	int64_t warning, critical; /* at or beyond them; NEVER: none */
	bool low;		   /* beyond is below */
	const char *complaint;
} measures[MEASURE_COUNT] = {
	/* ingest sweeps each second, httpapi in its place after five. */
	[MEASURE_OVERDUE] = { "overdue", "s", 60, 180, false,
	    "listings no longer end: start bsbl-ingest or bsbl-httpapi" },
	[MEASURE_SWEEP_AGE] = { "sweep_age", "s", 300, NEVER, false,
	    "bsbl-ingest does not run, or cannot write" },
	[MEASURE_PENDING] = { "pending", "", NEVER, 1, false,
	    "the publish guard holds addresses back: bsblctl guard show" },
	/* Most lists keep the default reserve, 5 % of the map. */
	[MEASURE_MAP_USED] = { "map_used", "%", 85, NEVER, false,
	    "the map is nearly full: raise database.map_bytes" },
	[MEASURE_DISK_FREE] = { "disk_free", "B", INT64_C(1) << 30, NEVER, true,
	    "the disk is nearly full" },
	[MEASURE_FULL] = { "full", "", NEVER, 1, false,
	    "there is no room for new evidence, which is refused" },
	[MEASURE_READERS] = { "readers", "%", 80, NEVER, false,
	    "nearly all reader slots are taken" },
};

static bool
is_beyond(enum measure which, int64_t value, int64_t limit)
{
	if (limit == NEVER)
		return false;
	return measures[which].low ? value < limit : value >= limit;
}

static enum health
judge(enum measure which, int64_t value)
{
	if (is_beyond(which, value, measures[which].critical))
		return HEALTH_CRITICAL;
	if (is_beyond(which, value, measures[which].warning))
		return HEALTH_WARNING;
	return HEALTH_OK;
}

/* --- taking them ---------------------------------------------------------- */

static int
count_pending(const struct listing *listing, void *context)
{
	if (listing->state == LISTING_PENDING)
		++*(int64_t *)context;
	return 0;
}

/* To look at every listing is worth it only where the guard ever held any. */
static int
read_pending(struct ctl *ctl, struct store_txn *txn, int64_t *count)
{
	const struct guard_limit limit = { ctl->settings.safety.guard_additions,
		ctl->settings.safety.guard_seconds };
	const struct ipaddr first = { { 0 } };
	struct guard_figures figures;
	int error = guard_figures(txn, &limit, ctl->now, &figures);

	if (error != 0 || figures.alarm_at == 0)
		return error;
	return listing_list(txn, &first, count_pending, count);
}

static int
read_sweeps(struct ctl *ctl, struct store_txn *txn, int64_t *values)
{
	struct ipaddr unit;
	int64_t at;
	int error = listing_next_due(txn, ctl->now, &unit, &at);

	if (error == 0)
		values[MEASURE_OVERDUE] = ctl->now - at;
	else if (error != ERROR_NOT_FOUND)
		return error;
	error = meta_heartbeat(txn, HEARTBEAT_SWEEP, &at);
	/* The clocks of two programs may differ by a little. */
	if (error == 0 && ctl->now > at)
		values[MEASURE_SWEEP_AGE] = ctl->now - at;
	return error;
}

static int
read_room(struct ctl *ctl, int64_t *values)
{
	struct store_stat stat;
	int error = store_stat(ctl->store, &stat);

	if (error != 0)
		return error;
	values[MEASURE_MAP_USED] =
	    (int64_t)(stat.used_bytes * 100 / stat.map_bytes);
	values[MEASURE_DISK_FREE] = (int64_t)stat.disk_free_bytes;
	values[MEASURE_FULL] = !store_has_room(ctl->store);
	values[MEASURE_READERS] =
	    (int64_t)stat.readers * 100 / (int64_t)stat.max_readers;
	return 0;
}

static int
take(struct ctl *ctl, int64_t values[MEASURE_COUNT],
    struct zone_version *version)
{
	struct store_txn *txn;
	int error = store_begin_read(ctl->store, &txn);

	if (error != 0)
		return error;
	error = meta_zone_version(txn, version);
	if (error == 0)
		error = read_sweeps(ctl, txn, values);
	if (error == 0)
		error = read_pending(ctl, txn, &values[MEASURE_PENDING]);
	store_abort(txn);
	return error != 0 ? error : read_room(ctl, values);
}

/* --- telling -------------------------------------------------------------- */

static enum health
worst(const int64_t *values)
{
	enum health health = HEALTH_OK;

	for (int i = 0; i < MEASURE_COUNT; i++) {
		enum health one = judge((enum measure)i, values[i]);

		if (one > health)
			health = one;
	}
	return health;
}

/* A limit as plugins write it: "60", "1073741824:" for what may not be less. */
static void
print_limit(int64_t limit, bool low)
{
	putchar(';');
	if (limit != NEVER)
		printf("%" PRId64 "%s", limit, low ? ":" : "");
}

/* One line: the state, what is wrong or the serial, and behind | the figures.
 */
static void
print_health(
    enum health health, const int64_t *values, const struct zone_version *now)
{
	const char *between = ": ";

	printf("bsbl %s", health_names[health]);
	for (int i = 0; i < MEASURE_COUNT; i++) {
		if (judge((enum measure)i, values[i]) == HEALTH_OK)
			continue;
		printf("%s%s", between, measures[i].complaint);
		between = "; ";
	}
	if (health == HEALTH_OK)
		printf(": serial %" PRIu32, now->serial);
	printf(" |");
	for (int i = 0; i < MEASURE_COUNT; i++) {
		printf(" %s=%" PRId64 "%s", measures[i].name, values[i],
		    measures[i].unit);
		print_limit(measures[i].warning, measures[i].low);
		print_limit(measures[i].critical, measures[i].low);
	}
	putchar('\n');
}

static json_t *
health_json(
    enum health health, const int64_t *values, const struct zone_version *now)
{
	json_t *complaints = json_array(), *figures = json_object();

	for (int i = 0; i < MEASURE_COUNT; i++) {
		json_object_set_new(figures, measures[i].name,
		    json_integer((json_int_t)values[i]));
		if (judge((enum measure)i, values[i]) != HEALTH_OK)
			json_array_append_new(
			    complaints, json_string(measures[i].complaint));
	}
	return json_pack("{s:s, s:I, s:o, s:o}", "health", health_names[health],
	    "serial", (json_int_t)now->serial, "complaints", complaints,
	    "figures", figures);
}

/* The reason is on standard error; plugins speak on the other. */
static int
tell_unreadable(struct ctl *ctl)
{
	static const char complaint[] = "the database cannot be read";
	const char *name = health_names[HEALTH_CRITICAL];

	if (!ctl->json)
		printf("bsbl %s: %s\n", name, complaint);
	ctl_finish(ctl,
	    json_pack("{s:s, s:[s]}", "health", name, "complaints", complaint));
	return HEALTH_CRITICAL;
}

int
verb_health(struct ctl *ctl, int count, char *words[])
{
	int64_t values[MEASURE_COUNT] = { 0 };
	struct zone_version version = { 0 };
	enum health health;

	(void)count;
	(void)words;
	if (ctl_open(ctl, STORE_READ) != CTL_OK ||
	    take(ctl, values, &version) != 0)
		return tell_unreadable(ctl);
	health = worst(values);
	if (!ctl->json)
		print_health(health, values, &version);
	if (ctl_finish(ctl, health_json(health, values, &version)) != CTL_OK)
		return CTL_DATABASE;
	return (int)health;
}
