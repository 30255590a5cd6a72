#include <inttypes.h>
#include <string.h>

#include "common/clock.h"
#include "db/condition_json.h"
#include "db/guard_json.h"
#include "db/listing.h"
#include "db/meta.h"
#include "db/told.h"
#include "db/trend.h"
#include "httpapi/dnsd_watch.h"
#include "httpapi/site.h"
#include "httpapi/view.h"

/* --- guard ---------------------------------------------------------------- */

/* Of those held back so many are shown; all are counted. */
#define SHOWN_MAX 100

struct pending {
	json_t *list;
	struct guard_held held;
};

static int
take_pending(const struct listing *listing, void *context)
{
	struct pending *pending = context;

	if (!guard_held_add(&pending->held, listing))
		return 0;
	if (pending->held.units <= SHOWN_MAX)
		json_array_append_new(pending->list, view_of_listing(listing));
	return 0;
}

/* That is a look at every listing: not where it never held any back. */
static int
find_pending(struct view *view, struct pending *pending)
{
	const struct ipaddr first = { { 0 } };
	bool ever;
	int code = guard_ever_held(view->reader->txn, &ever);

	if (code == 0 && ever)
		code = listing_list(
		    view->reader->txn, &first, take_pending, pending);
	return code;
}

int
view_guard(struct view *view)
{
	const struct recorder_rules *rules = &view->exchange->site->rules;
	const struct guard_limit limit = { rules->guard_additions,
		rules->guard_seconds };
	struct pending pending = { .list = json_array() };
	int code;

	json_object_set_new(view->answer, "first", pending.list);
	code = find_pending(view, &pending);
	if (code != 0)
		return code;
	return guard_json_add(
	    view->reader->txn, &limit, &pending.held, view->now, view->answer);
}

/* --- stats ---------------------------------------------------------------- */

int
view_stats(struct view *view)
{
	struct zone_version version;
	struct store_stat stat;
	int code = meta_zone_version(view->reader->txn, &version);

	if (code == 0)
		code = store_stat(view->exchange->service->store, &stat);
	if (code != 0)
		return code;
	json_object_update_new(view->answer,
	    json_pack("{ss so sI sI sI sI sI sI si si sI so}", "zone",
		view->reader->zone_name, "lineage",
		json_sprintf("%016" PRIx64, version.lineage), "serial",
		(json_int_t)version.serial, "map_bytes",
		(json_int_t)stat.map_bytes, "used_bytes",
		(json_int_t)stat.used_bytes, "file_bytes",
		(json_int_t)stat.file_bytes, "disk_free_bytes",
		(json_int_t)stat.disk_free_bytes, "last_transaction",
		(json_int_t)stat.last_txn_id, "readers", (int)stat.readers,
		"readers_at_most", (int)stat.max_readers, "reader_lag",
		(json_int_t)(stat.last_txn_id - stat.oldest_reader_txn_id),
		"records", told_tables(&stat)));
	return 0;
}

/* --- health --------------------------------------------------------------- */

int
view_condition(
    struct view *view, struct condition *condition, struct probe_answer *dnsd)
{
	int code = condition_take(view->exchange->service->store,
	    view->reader->txn, view->now, condition);

	*dnsd = dnsd_watch_get(view->exchange->service->dnsd);
	condition_add_dnsd(condition, dnsd);
	return code;
}

/* As bsblctl health --json has it. */
int
view_health(struct view *view)
{
	struct condition condition;
	struct probe_answer dnsd;
	int code = view_condition(view, &condition, &dnsd);

	if (code == 0)
		json_object_update_new(
		    view->answer, condition_json(&condition, &dnsd));
	return code;
}

/* --- activity ------------------------------------------------------------- */

#define DAYS 30
#define TOPS_DAYS 7
#define TOPS_SHOWN 8

struct day {
	uint64_t sightings[BACKSCATTER_KIND_COUNT];
	uint64_t ends[TREND_WHAT_COUNT]; /* listed, expired, delisted */
};

static int
read_days(struct store_txn *txn, int64_t from, struct day days[DAYS])
{
	uint64_t sums[DAYS];
	int code = 0;

	for (int i = 0; i < TREND_WHAT_COUNT * BACKSCATTER_KIND_COUNT; i++) {
		int what = i / BACKSCATTER_KIND_COUNT;
		int kind = i % BACKSCATTER_KIND_COUNT;

		code = trend_series(txn, (enum trend_what)what,
		    (enum backscatter_kind)kind, from, TREND_DAY, sums, DAYS);
		if (code != 0)
			return code;
		for (size_t day = 0; day < DAYS; day++) {
			if (what == TREND_EVIDENCE)
				days[day].sightings[kind] = sums[day];
			else
				days[day].ends[what] += sums[day];
		}
	}
	return 0;
}

static json_t *
day_json(const struct day *day, int64_t at)
{
	json_t *row = json_object(), *sightings = json_object();
	char text[CLOCK_TEXT_MAX];

	for (int kind = 0; kind < BACKSCATTER_KIND_COUNT; kind++)
		json_object_set_new(sightings,
		    backscatter_name((enum backscatter_kind)kind),
		    json_integer((json_int_t)day->sightings[kind]));
	json_object_set_new(
	    row, "day", json_string(clock_format_date(at, text)));
	json_object_set_new(row, "sightings", sightings);
	for (int what = TREND_EVIDENCE + 1; what < TREND_WHAT_COUNT; what++)
		json_object_set_new(row, trend_name((enum trend_what)what),
		    json_integer((json_int_t)day->ends[what]));
	return row;
}

/* Counts for sure: what may be too high is taken off. */
static int
add_tops(struct view *view, enum trend_by by, json_t *tops)
{
	json_t *list = json_array();
	struct trend_tops found = { .count = 0 };
	int code = trend_top(view->reader->txn, by,
	    view->now - TOPS_DAYS * TREND_DAY, view->now + 1, &found);

	for (unsigned i = 0; i < found.count && i < TOPS_SHOWN; i++)
		json_array_append_new(
		    list, json_pack("{so sI}", "name",
			      told_text(found.list[i].name), "count",
			      (json_int_t)(found.list[i].count -
					   found.list[i].over)));
	json_object_set_new(tops, trend_by_name(by), list);
	return code;
}

int
view_activity(struct view *view)
{
	int64_t end = view->now - view->now % TREND_DAY + TREND_DAY;
	int64_t from = end - DAYS * TREND_DAY;
	json_t *list = json_array(), *tops = json_object();
	struct day days[DAYS];
	int code;

	memset(days, 0, sizeof(days));
	code = read_days(view->reader->txn, from, days);
	for (int i = 0; i < DAYS; i++)
		json_array_append_new(
		    list, day_json(&days[i], from + i * TREND_DAY));
	for (int by = 0; code == 0 && by < TREND_BY_COUNT; by++)
		code = add_tops(view, (enum trend_by)by, tops);
	json_object_set_new(view->answer, "days", list);
	json_object_set_new(view->answer, "tops", tops);
	return code;
}
