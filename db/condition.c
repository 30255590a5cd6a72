#include "db/condition.h"

#include "common/error.h"
#include "db/bulk_act.h"
#include "db/guard.h"
#include "db/listing.h"

static const char *const state_names[] = {
	[CONDITION_OK] = "OK",
	[CONDITION_WARNING] = "WARNING",
	[CONDITION_CRITICAL] = "CRITICAL",
};

const char *
condition_state_name(enum condition_state state)
{
	return state_names[state];
}

const struct condition_limits condition_limits[CONDITION_MEASURES] = {
	/* ingest sweeps each second, httpapi in its place after five. */
	[CONDITION_OVERDUE] = { "overdue", "s", 60, 180, false,
	    "listings no longer end: start bsbl-ingest or bsbl-httpapi" },
	[CONDITION_SWEEP_AGE] = { "sweep_age", "s", 300, CONDITION_NEVER, false,
	    "bsbl-ingest has not swept for long" },
	[CONDITION_INGEST_SILENT] = { "ingest_silent", "", 1, CONDITION_NEVER,
	    false, "bsbl-ingest does not run, or hangs" },
	[CONDITION_HTTPAPI_SILENT] = { "httpapi_silent", "", CONDITION_NEVER, 1,
	    false, "bsbl-httpapi does not run, or hangs" },
	[CONDITION_PENDING] = { "pending", "", CONDITION_NEVER, 1, false,
	    "the publish guard holds addresses back from the main list: "
	    "bsblctl guard show" },
	[CONDITION_CALLOUTS_PENDING] = { "callouts_pending", "",
	    CONDITION_NEVER, 1, false,
	    "the publish guard holds addresses back from the list of callouts: "
	    "bsblctl guard show" },
	/* A million sightings take a minute or two. */
	[CONDITION_LISTINGS_HELD] = { "listings_held", "s", 600,
	    CONDITION_NEVER, false,
	    "a purge or merge has held new listings back for long: bsblctl "
	    "undertaking list" },
	/* Most lists keep the default reserve, 5 % of the map. */
	[CONDITION_MAP_USED] = { "map_used", "%", 85, CONDITION_NEVER, false,
	    "the map is nearly full: raise database.map_bytes" },
	[CONDITION_DISK_SPARE] = { "disk_spare", "B", INT64_C(1) << 30,
	    CONDITION_NEVER, true, "the disk is nearly full" },
	[CONDITION_FULL] = { "full", "", CONDITION_NEVER, 1, false,
	    "there is no room for new evidence, which is refused" },
	[CONDITION_READERS] = { "readers", "%", 80, CONDITION_NEVER, false,
	    "nearly all reader slots are taken" },
	[CONDITION_DNSD_SILENT] = { "dnsd_silent", "", CONDITION_NEVER, 1,
	    false, "bsbl-dnsd does not answer from the zone" },
	[CONDITION_DNSD_BEHIND] = { "dnsd_behind", "", 1, CONDITION_NEVER,
	    false, "bsbl-dnsd serves an older zone than the database has" },
};

/* --- taking them ---------------------------------------------------------- */

static int
count_pending(const struct listing *listing, void *context)
{
	int64_t *values = context;

	values[CONDITION_PENDING] += guard_holds(listing, GUARD_MAIN);
	values[CONDITION_CALLOUTS_PENDING] +=
	    guard_holds(listing, GUARD_CALLOUTS);
	return 0;
}

/* To look at every listing is worth it only where the guard ever held any. */
static int
read_pending(struct store_txn *txn, int64_t *values)
{
	const struct ipaddr first = { { 0 } };
	bool ever;
	int code = guard_ever_held(txn, &ever);

	if (code != 0 || !ever)
		return code;
	return listing_list(txn, &first, count_pending, values);
}

static int
read_sweeps(struct store_txn *txn, int64_t now, int64_t *values)
{
	struct ipaddr unit;
	int64_t at;
	int code = listing_next_due(txn, now, &unit, &at);

	if (code == 0)
		values[CONDITION_OVERDUE] = now - at;
	else if (code != ERROR_NOT_FOUND)
		return code;
	code = meta_heartbeat(txn, HEARTBEAT_SWEEP, &at);
	/* The clocks of two programs may differ by a little. */
	if (code == 0 && now > at)
		values[CONDITION_SWEEP_AGE] =
		    at != 0 ? now - at : CONDITION_EVER;
	return code;
}

static int
read_held(struct store_txn *txn, int64_t now, int64_t *seconds)
{
	int64_t since;
	int code = bulk_act_holds_since(txn, &since);

	if (code == 0 && since != 0 && now > since)
		*seconds = now - since;
	return code;
}

static int
read_room(struct store *store, int64_t *values)
{
	struct store_stat stat;
	int code = store_stat(store, &stat);

	if (code != 0)
		return code;
	values[CONDITION_MAP_USED] =
	    (int64_t)(stat.used_bytes * 100 / stat.map_bytes);
	values[CONDITION_DISK_SPARE] = (int64_t)stat.disk_spare_bytes;
	values[CONDITION_FULL] = !store_has_room(store);
	values[CONDITION_READERS] =
	    (int64_t)stat.readers * 100 / (int64_t)stat.max_readers;
	return 0;
}

static bool
is_silent(const struct store_life *life, int64_t now)
{
	return !life->runs || now - life->last >= CONDITION_SILENT_SECONDS;
}

static void
read_lives(const struct store *store, int64_t now, struct condition *condition)
{
	struct store_life *lives = condition->lives;

	for (int i = 0; i < STORE_PROGRAMS; i++)
		lives[i] = store_life(store, (enum store_program)i);
	condition->values[CONDITION_INGEST_SILENT] =
	    is_silent(&lives[STORE_INGEST], now);
	condition->values[CONDITION_HTTPAPI_SILENT] =
	    is_silent(&lives[STORE_HTTPAPI], now);
}

int
condition_take(struct store *store, struct store_txn *txn, int64_t now,
    struct condition *condition)
{
	int64_t *values = condition->values;
	int code;

	*condition = (struct condition){ .values = { 0 } };
	read_lives(store, now, condition);
	code = meta_zone_version(txn, &condition->version);
	if (code == 0)
		code = read_sweeps(txn, now, values);
	if (code == 0)
		code = read_pending(txn, values);
	if (code == 0)
		code = read_held(txn, now, &values[CONDITION_LISTINGS_HELD]);
	return code != 0 ? code : read_room(store, values);
}

/* Who may not ask from here hears REFUSED (RFC 1035 section 4.1.1). */
#define RCODE_REFUSED 5

void
condition_add_dnsd(
    struct condition *condition, const struct probe_answer *answer)
{
	int64_t *values = condition->values;

	values[CONDITION_DNSD_SILENT] =
	    answer->state == PROBE_SILENT ||
	    (answer->state == PROBE_UNTOLD && answer->rcode != RCODE_REFUSED);
	if (answer->state == PROBE_BEHIND)
		values[CONDITION_DNSD_BEHIND] =
		    condition->version.serial - answer->serial;
}

/* --- judging them --------------------------------------------------------- */

static bool
is_beyond(enum condition_measure which, int64_t value, int64_t limit)
{
	if (limit == CONDITION_NEVER)
		return false;
	return condition_limits[which].low ? value < limit : value >= limit;
}

enum condition_state
condition_judge(const struct condition *condition, enum condition_measure which)
{
	int64_t value = condition->values[which];

	if (is_beyond(which, value, condition_limits[which].critical))
		return CONDITION_CRITICAL;
	if (is_beyond(which, value, condition_limits[which].warning))
		return CONDITION_WARNING;
	return CONDITION_OK;
}

enum condition_state
condition_worst(const struct condition *condition)
{
	enum condition_state worst = CONDITION_OK;

	for (int i = 0; i < CONDITION_MEASURES; i++) {
		enum condition_state one =
		    condition_judge(condition, (enum condition_measure)i);

		if (one > worst)
			worst = one;
	}
	return worst;
}
