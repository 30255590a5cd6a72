#include "httpapi/trail.h"

#include <inttypes.h>

#include "common/clock.h"
#include "db/listing.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"

#define HOUR 3600

struct page {
	json_t *entries;
	unsigned limit;
	uint64_t next; /* the last one taken; 0: there are no more */
};

static int
take(const struct delisting *delisting, void *context)
{
	char unit[IPPREFIX_TEXT_MAX], at[CLOCK_TEXT_MAX];
	struct page *page = context;

	/* One more than is shown tells that there are more. */
	if (json_array_size(page->entries) == page->limit)
		return 1;
	json_array_append_new(page->entries,
	    json_pack("{ss ss ss}", "unit",
		listing_unit_format(&delisting->unit, unit), "at",
		clock_format(delisting->at - delisting->at % HOUR, at), "step",
		delisting_step_name(delisting->step)));
	page->next = delisting->id;
	return 0;
}

json_t *
trail_view(struct exchange *exchange, uint64_t before, unsigned limit)
{
	struct page page = { .limit = limit };
	struct reader *reader;
	int code = reader_take(exchange->service->readers, &reader);

	if (code != 0)
		return NULL;
	page.entries = json_array();
	code = delisting_list_before(reader->txn, before, take, &page);
	reader_give(exchange->service->readers, reader);
	if (code < 0) {
		json_decref(page.entries);
		return NULL;
	}
	return json_pack("{so so}", "delistings", page.entries, "next",
	    code == 1 ? json_sprintf("%" PRIu64, page.next) : json_null());
}

enum handled
trail_get(struct exchange *exchange)
{
	json_t *query = exchange_query(exchange), *view;
	long long before, limit;
	bool good;

	if (query == NULL)
		return HANDLED;
	good = exchange_number(exchange, query, "before", 0, INT64_MAX,
		   INT64_MAX, &before) &&
	       exchange_number(exchange, query, "limit", 1, TRAIL_LIMIT_MOST,
		   TRAIL_LIMIT_USUAL, &limit);
	json_decref(query);
	if (!good)
		return HANDLED;
	view = trail_view(exchange, (uint64_t)before, (unsigned)limit);
	if (view == NULL)
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
	else
		reply_view(&exchange->reply, view);
	return HANDLED;
}
