#include "db/feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"

/* Names in a step: a millisecond or two. */
#define STEP_NAMES 2048

struct feed {
	struct zonereader reader;
	struct zoneview view;
	struct zone_settings zone;
	bool difference;
	size_t at; /* in the changes */
};

const struct zone_version *
feed_version(const struct feed *feed)
{
	return &feed->view.version;
}

const struct zone_settings *
feed_zone(const struct feed *feed)
{
	return &feed->zone;
}

/* --- opening -------------------------------------------------------------- */

static int
begin(struct feed *feed)
{
	int error = zonereader_begin(&feed->reader);

	if (error != 0)
		return error;
	error = zoneview_init(&feed->view, &feed->reader);
	if (error == 0)
		error = zone_settings_get(feed->reader.txn, &feed->zone);
	zonereader_end(&feed->reader);
	return error;
}

/* Can the journal lead from there to here, if it reaches? */
static bool
is_comparable(const struct feed *feed, const struct zone_version *since)
{
	const struct zone_version *now = &feed->view.version;

	if (since->lineage != 0 && since->lineage != now->lineage)
		return false;
	return !zone_serial_before(since->serial, feed->zone.look_since) &&
	       (since->serial == now->serial ||
		   zone_serial_before(since->serial, now->serial));
}

/* More changes than names are dearer than the names. */
static int
collect_step(struct feed *feed, struct zone_place *place)
{
	int result = zonereader_begin(&feed->reader);

	if (result != 0)
		return result;
	result = zoneview_collect(&feed->view, &feed->reader, place);
	if (result == 0 && changes_count(&feed->view.changes) >
			       store_count(feed->reader.txn, TABLE_ZONE))
		result = ERROR_LIMIT;
	zonereader_end(&feed->reader);
	return result;
}

static int
collect(struct feed *feed, const struct zone_version *since)
{
	struct zone_place place = zone_place_all(since->serial);
	int result;

	if (!is_comparable(feed, since))
		return ERROR_NOT_FOUND;
	if (since->serial == feed->view.version.serial)
		return 0;
	do
		result = collect_step(feed, &place);
	while (result > 0);
	return result;
}

int
feed_open(
    struct store *store, const struct zone_version *since, struct feed **out)
{
	struct feed *feed = calloc(1, sizeof(*feed));
	int error = -ENOMEM;

	*out = NULL;
	if (feed == NULL)
		return error;
	feed->difference = since != NULL;
	error = zonereader_init(&feed->reader, store);
	if (error == 0)
		error = begin(feed);
	if (error == 0 && since != NULL)
		error = collect(feed, since);
	if (error != 0) {
		feed_close(feed);
		return error;
	}
	*out = feed;
	return 0;
}

void
feed_close(struct feed *feed)
{
	if (feed == NULL)
		return;
	zoneview_deinit(&feed->view);
	zonereader_deinit(&feed->reader);
	free(feed);
}

/* --- reading -------------------------------------------------------------- */

/* `gone`: the value is what it was last. */
static int
show(struct octets key, struct octets value, bool gone, feed_each *each,
    void *context)
{
	struct feed_item item = { .key = key, .gone = gone };
	int error = zonedata_decode(value, &item.node);

	if (error != 0)
		return error;
	item.is_listing =
	    item.node.is_entry &&
	    (item.node.entry.flags & ZONE_ENTRY_TEST) == 0 &&
	    zonekey_unit(key.data, key.len, &item.list, &item.unit);
	if (gone)
		item.node = (struct zone_node){ .is_entry = false };
	return each(&item, context);
}

static bool
is_same(struct octets a, struct octets b)
{
	if (a.data == NULL || b.data == NULL)
		return a.data == b.data;
	return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static int
show_change(const struct feed *feed, size_t i, feed_each *each, void *context)
{
	struct octets key, before, after;

	changes_get(&feed->view.changes, i, &key, &before, &after);
	if (is_same(before, after))
		return 0; /* it went and came back, or the reverse */
	if (after.data == NULL)
		return show(key, before, true, each, context);
	return show(key, after, false, each, context);
}

static int
step_of_difference(struct feed *feed, feed_each *each, void *context)
{
	size_t count = changes_count(&feed->view.changes);
	int error = 0;

	for (unsigned i = 0; error == 0 && i < STEP_NAMES; i++) {
		if (feed->at == count)
			return 0;
		error = show_change(feed, feed->at++, each, context);
	}
	return error != 0 ? error : 1;
}

static int
read_names(struct feed *feed, feed_each *each, void *context)
{
	struct octets key, value;
	int error = 0;

	for (unsigned i = 0; error == 0 && i < STEP_NAMES; i++) {
		error = zoneview_next(&feed->view, &feed->reader, &key, &value);
		if (error != 0)
			return error == ERROR_NOT_FOUND ? 0 : error;
		error = show(key, value, false, each, context);
		if (error == 0)
			error = zoneview_take(&feed->view, &feed->reader);
	}
	return error != 0 ? error : 1;
}

int
feed_step(struct feed *feed, feed_each *each, void *context)
{
	int result;

	if (feed->difference)
		return step_of_difference(feed, each, context);
	result = zonereader_begin(&feed->reader);
	if (result != 0)
		return result;
	result =
	    zoneview_follow(&feed->view, &feed->reader, clock_monotonic_ms());
	if (result == 0)
		result = read_names(feed, each, context);
	zonereader_end(&feed->reader);
	return result;
}
