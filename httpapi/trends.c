#include "httpapi/trends.h"

#include "common/clock.h"
#include "common/error.h"
#include "db/meta.h"
#include "db/trend_day.h"
#include "httpapi/disclosure.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"

#define DAY ((int64_t)TREND_DAY)

_Static_assert(DISCLOSURE_DELAY_SECONDS >= TREND_DAY_SETTLES,
    "what is told can have been counted");

/* The sum over all kinds of one thing in a day. */
static int
sum_kinds(
    struct store_txn *txn, enum trend_what what, int64_t day, uint64_t *total)
{
	uint64_t sum;
	int code = 0;

	*total = 0;
	for (int kind = 0; code == 0 && kind < BACKSCATTER_KIND_COUNT; kind++) {
		code = trend_sum(txn, what, (enum backscatter_kind)kind, day,
		    day + DAY, &sum);
		*total += sum;
	}
	return code;
}

/* The same for whoever asks, and known to nobody. */
static uint64_t
doubt_of(
    const uint8_t key[META_KEY_LEN], int64_t day, enum backscatter_kind kind)
{
	const int64_t of[] = { day, kind };

	return meta_hash(key, of, sizeof(of));
}

/* null: nobody knows, for the day was not counted. */
static int
add_sightings(struct store_txn *txn, int64_t day, json_t *row)
{
	uint8_t key[META_KEY_LEN];
	json_t *sightings = json_null();
	struct trend_day counted;
	int code = meta_hash_key(txn, key);

	if (code == 0)
		code = trend_day_get(txn, (uint32_t)(day / DAY), &counted);
	if (code == 0)
		sightings = json_object();
	for (int i = BACKSCATTER_NONE + 1;
	     code == 0 && i < BACKSCATTER_KIND_COUNT; i++) {
		enum backscatter_kind kind = (enum backscatter_kind)i;

		json_object_set_new(sightings, backscatter_name(kind),
		    json_integer((json_int_t)disclosure_about(
			counted.seen[i], doubt_of(key, day, kind))));
	}
	json_object_set_new(row, "sightings", sightings);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

static int
add_day(struct store_txn *txn, int64_t day, json_t *days)
{
	static const enum trend_what whats[] = { TREND_LISTED, TREND_EXPIRED,
		TREND_DELISTED };
	json_t *row = json_object();
	char text[CLOCK_TEXT_MAX];
	int code;

	json_object_set_new(
	    row, "day", json_string(clock_format_date(day, text)));
	code = add_sightings(txn, day, row);
	for (size_t i = 0; code == 0 && i < sizeof(whats) / sizeof(whats[0]);
	     i++) {
		uint64_t total;

		code = sum_kinds(txn, whats[i], day, &total);
		json_object_set_new(
		    row, trend_name(whats[i]), json_integer((json_int_t)total));
	}
	json_array_append_new(days, row);
	return code;
}

json_t *
trends_view(struct exchange *exchange, unsigned count)
{
	int64_t now = clock_seconds() - DISCLOSURE_DELAY_SECONDS;
	int64_t end = now - now % DAY; /* of the last day told */
	struct reader *reader;
	json_t *days;
	int code = reader_take(exchange->service->readers, &reader);

	if (code != 0)
		return NULL;
	days = json_array();
	for (unsigned i = count; code == 0 && i > 0; i--)
		code = add_day(reader->txn, end - (int64_t)i * DAY, days);
	reader_give(exchange->service->readers, reader);
	if (code == 0)
		return json_pack("{so}", "days", days);
	json_decref(days);
	return NULL;
}

enum handled
trends_get(struct exchange *exchange)
{
	json_t *query = exchange_query(exchange), *view;
	long long days;
	bool good;

	if (query == NULL)
		return HANDLED;
	good = exchange_number(exchange, query, "days", 1, TRENDS_DAYS_MOST,
	    TRENDS_DAYS_USUAL, &days);
	json_decref(query);
	if (!good)
		return HANDLED;
	view = trends_view(exchange, (unsigned)days);
	if (view == NULL)
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
	else
		reply_view(&exchange->reply, view);
	return HANDLED;
}
