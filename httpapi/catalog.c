#include "httpapi/catalog.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/campaign.h"
#include "db/meta.h"
#include "db/told.h"
#include "httpapi/disclosure.h"
#include "httpapi/problem.h"
#include "httpapi/search.h"
#include "httpapi/view.h"

#define DAY ((int64_t)86400)

/* As far as it may be shown. */
struct run {
	uint64_t number;
	int64_t first_day, last_day;
	struct disclosure_range servers, sightings;
	uint32_t kinds;
	char language[3];
};

struct catalog {
	pthread_mutex_t lock;
	struct run *runs; /* the latest first */
	size_t count;
	int64_t to;	 /* the end of the last day in it */
	int64_t made_ms; /* by the clock that never jumps; 0 never */
	bool making;
};

int
catalog_new(struct catalog **out)
{
	struct catalog *catalog = calloc(1, sizeof(*catalog));

	if (catalog == NULL)
		return -ENOMEM;
	pthread_mutex_init(&catalog->lock, NULL);
	*out = catalog;
	return 0;
}

void
catalog_free(struct catalog *catalog)
{
	if (catalog == NULL)
		return;
	pthread_mutex_destroy(&catalog->lock);
	free(catalog->runs);
	free(catalog);
}

/* --- making it, on the searcher's thread ---------------------------------- */

/* The end of the last day that may be told. */
static int64_t
end_of_days(void)
{
	int64_t now = clock_seconds() - DISCLOSURE_DELAY_SECONDS;

	return now - now % DAY;
}

struct making {
	struct campaigns campaigns;
	uint8_t key[META_KEY_LEN];
};

static int
step(struct store_txn *txn, void *context, int64_t deadline_ms)
{
	struct making *making = context;
	int code = meta_hash_key(txn, making->key);

	return code != 0 ? code
			 : campaigns_read(txn, &making->campaigns, deadline_ms);
}

static struct disclosure_range
range_of(uint64_t count)
{
	return disclosure_range(
	    count < UINT32_MAX ? (uint32_t)count : UINT32_MAX);
}

static struct run
run_of(const struct making *making, const struct campaign *campaign)
{
	char text[48];
	int len = snprintf(
	    text, sizeof(text), "public campaign %016" PRIx64, campaign->id);
	struct run run = {
		.number = meta_hash(making->key, text, (size_t)len),
		.first_day = campaign->first_at - campaign->first_at % DAY,
		.last_day = campaign->last_at - campaign->last_at % DAY,
		.servers = range_of(campaign->servers),
		.sightings = range_of(campaign->sightings),
		.kinds = campaign->kinds,
	};

	memcpy(run.language, campaign->language, sizeof(run.language));
	return run;
}

/* The latest first; of one day by number. */
static int
compare(const void *left, const void *right)
{
	const struct run *a = left, *b = right;

	if (a->last_day != b->last_day)
		return a->last_day > b->last_day ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* NULL: memory is short. */
static struct run *
choose(const struct making *making, uint64_t others, size_t *count)
{
	const struct campaigns *all = &making->campaigns;
	struct run *runs = calloc(all->count + 1, sizeof(*runs));

	*count = 0;
	if (runs == NULL)
		return NULL;
	for (size_t i = 0; i < all->count; i++) {
		uint64_t networks = all->list[i].networks;

		if (networks > others && networks >= CATALOG_NETWORKS_LEAST)
			runs[(*count)++] = run_of(making, &all->list[i]);
	}
	qsort(runs, *count, sizeof(*runs), compare);
	return runs;
}

static void
put_in_force(
    struct catalog *catalog, struct run *runs, size_t count, int64_t to)
{
	pthread_mutex_lock(&catalog->lock);
	free(catalog->runs);
	catalog->runs = runs;
	catalog->count = count;
	catalog->to = to;
	catalog->made_ms = clock_monotonic_ms();
	pthread_mutex_unlock(&catalog->lock);
}

static int
make(struct exchange *exchange, int64_t to)
{
	const struct policy *policy = &exchange->site->rules.policy;
	struct making making;
	struct run *runs = NULL;
	size_t count = 0;
	int code;

	campaigns_init(&making.campaigns, 0, to);
	code = search_walk(exchange->service, step, &making);
	if (code == 0) {
		campaigns_finish(&making.campaigns);
		runs = choose(&making, policy->corroborating_networks, &count);
		if (runs == NULL)
			code = -ENOMEM;
	}
	campaigns_deinit(&making.campaigns);
	if (code == 0)
		put_in_force(exchange->service->catalog, runs, count, to);
	return code;
}

/* --- a page of it --------------------------------------------------------- */

/* Day and number of the last run of the page before. */
#define CURSOR_FORMAT "%.10s.%016" PRIx64
#define CURSOR_LEN (10 + 1 + 16)

static bool
read_cursor(const char *text, struct run *after)
{
	char day[11];

	if (strlen(text) != CURSOR_LEN || text[10] != '.' ||
	    strspn(text + 11, "0123456789abcdef") != 16)
		return false;
	memcpy(day, text, 10);
	day[10] = '\0';
	after->number = strtoull(text + 11, NULL, 16);
	return clock_parse(day, 0, &after->last_day) == 0;
}

static json_t *
day_json(int64_t at)
{
	char text[CLOCK_TEXT_MAX];

	return json_string(clock_format_date(at, text));
}

static json_t *
range_json(const struct disclosure_range *range)
{
	return json_pack("{sI so}", "least", (json_int_t)range->least, "most",
	    range->most != 0 ? json_integer(range->most) : json_null());
}

static json_t *
run_json(const struct run *run)
{
	return json_pack("{so so so so so so so}", "campaign",
	    json_sprintf("%016" PRIx64, run->number), "first_day",
	    day_json(run->first_day), "last_day", day_json(run->last_day),
	    "servers", range_json(&run->servers), "sightings",
	    range_json(&run->sightings), "kinds", told_kinds(run->kinds),
	    "language",
	    run->language[0] != '\0' ? json_string(run->language)
				     : json_null());
}

static json_t *
cursor_of(const struct run *run)
{
	char day[CLOCK_TEXT_MAX];

	return json_sprintf(
	    CURSOR_FORMAT, clock_format_date(run->last_day, day), run->number);
}

/* With the lock held. */
static json_t *
page_of(const struct catalog *catalog, const struct run *after, size_t limit)
{
	json_t *list = json_array();
	size_t i = 0;

	while (i < catalog->count && after != NULL &&
	       compare(&catalog->runs[i], after) <= 0)
		i++;
	for (; i < catalog->count && json_array_size(list) < limit; i++)
		json_array_append_new(list, run_json(&catalog->runs[i]));
	return json_pack("{so so}", "campaigns", list, "next",
	    i < catalog->count ? cursor_of(&catalog->runs[i - 1])
			       : json_null());
}

static void
answer(struct exchange *exchange)
{
	struct catalog *catalog = exchange->service->catalog;
	json_t *query = exchange_query(exchange), *page;
	const char *cursor = json_string_value(json_object_get(query, "after"));
	struct run after = { .number = 0 };
	long long limit;

	if (query == NULL)
		return;
	if (cursor != NULL && !read_cursor(cursor, &after)) {
		problem_reply(exchange, PROBLEM_BAD_QUERY, NULL);
	} else if (exchange_number(exchange, query, "limit", 1,
		       CATALOG_LIMIT_MOST, CATALOG_LIMIT_USUAL, &limit)) {
		pthread_mutex_lock(&catalog->lock);
		page = page_of(
		    catalog, cursor != NULL ? &after : NULL, (size_t)limit);
		pthread_mutex_unlock(&catalog->lock);
		reply_view(&exchange->reply, page);
	}
	json_decref(query);
}

/* --- the route ------------------------------------------------------------ */

/* An old one will do while a new one is made. */
static bool
is_ready(struct catalog *catalog, int64_t to)
{
	bool ready;

	pthread_mutex_lock(&catalog->lock);
	ready =
	    catalog->made_ms != 0 &&
	    (catalog->making ||
		(catalog->to == to && clock_monotonic_ms() - catalog->made_ms <
					  CATALOG_SECONDS * 1000));
	pthread_mutex_unlock(&catalog->lock);
	return ready;
}

static void
set_making(struct catalog *catalog, bool making)
{
	pthread_mutex_lock(&catalog->lock);
	catalog->making = making;
	pthread_mutex_unlock(&catalog->lock);
}

/* Of several that have waited for it only the first one makes it. */
static void
make_and_answer(struct exchange *exchange)
{
	struct catalog *catalog = exchange->service->catalog;
	int64_t to = end_of_days();
	int code = 0;

	if (!is_ready(catalog, to)) {
		set_making(catalog, true);
		code = make(exchange, to);
		set_making(catalog, false);
	}
	if (code == 0) {
		answer(exchange);
		return;
	}
	log_error("catalog_failed request=%s reason=\"%s\"",
	    exchange->request.id, error_text(code));
	problem_reply(exchange, PROBLEM_DATABASE, NULL);
}

enum handled
catalog_get(struct exchange *exchange)
{
	if (!is_ready(exchange->service->catalog, end_of_days()))
		return search_later(exchange, make_and_answer);
	answer(exchange);
	return HANDLED;
}
