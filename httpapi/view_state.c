#include <inttypes.h>

#include "db/guard.h"
#include "db/listing.h"
#include "db/meta.h"
#include "httpapi/view.h"

/* --- guard ---------------------------------------------------------------- */

/* Of those held back so many are shown; all are counted. */
#define SHOWN_MAX 100

struct pending {
	json_t *list;
	uint64_t count;
};

static int
take_pending(const struct listing *listing, void *context)
{
	struct pending *pending = context;

	if (listing->state != LISTING_PENDING)
		return 0;
	if (pending->count++ < SHOWN_MAX)
		json_array_append_new(pending->list, view_of_listing(listing));
	return 0;
}

int
view_guard(struct view *view)
{
	const struct recorder_rules *rules = &view->exchange->site->rules;
	const struct guard_limit limit = { rules->guard_additions,
		rules->guard_seconds };
	const struct ipaddr first = { { 0 } };
	struct pending pending = { json_array(), 0 };
	struct guard_figures figures;
	int code =
	    guard_figures(view->reader->txn, &limit, view->now, &figures);

	json_object_set_new(view->answer, "first", pending.list);
	/* That is a look at every listing: not where it never held any back. */
	if (code == 0 && figures.alarm_at != 0)
		code = listing_list(
		    view->reader->txn, &first, take_pending, &pending);
	if (code != 0)
		return code;
	json_object_update_new(view->answer,
	    json_pack("{sI sI sI sI sI sI so}", "pending",
		(json_int_t)pending.count, "listed", (json_int_t)figures.listed,
		"peak_of_7d", (json_int_t)figures.peak, "added",
		(json_int_t)figures.additions, "added_at_most",
		(json_int_t)figures.most, "within_seconds",
		(json_int_t)limit.seconds, "last_alarm_at",
		view_time(figures.alarm_at)));
	return 0;
}

/* --- stats ---------------------------------------------------------------- */

static json_t *
tables_json(const struct store_stat *stat)
{
	json_t *tables = json_object();

	for (int i = 0; i < TABLE_COUNT; i++)
		json_object_set_new(tables,
		    store_table_name((enum store_table)i),
		    json_integer((json_int_t)stat->records[i]));
	return tables;
}

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
		"records", tables_json(&stat)));
	return 0;
}
