#include <string.h>

#include "common/error.h"
#include "db/guard_json.h"
#include "db/listing.h"
#include "db/told.h"
#include "db/verdict.h"
#include "httpapi/target.h"
#include "httpapi/view.h"

/* Listings looked at for one page, whatever is wanted of them. */
#define LOOKED_AT_MAX 20000

static json_t *
manual_of(const struct listing *listing)
{
	if (listing->manual_at == 0)
		return json_null();
	return json_pack("{so so so}", "at", told_time(listing->manual_at),
	    "until", told_time(listing->manual_until), "reason",
	    told_text(listing->manual_reason));
}

json_t *
view_of_listing(const struct listing *listing)
{
	char unit[IPPREFIX_TEXT_MAX];
	struct verdict verdict;

	verdict_of(listing, &verdict);
	return json_pack(
	    "{ss sb ss so sf sI sI sI sI sb sb so so so so so so so so so}",
	    "unit", listing_unit_format(&listing->unit, unit), "listed",
	    verdict.listed, "state", listing_state_name(listing->state),
	    "kinds", told_kinds(listing->kinds), "score", listing->score,
	    "sightings", (json_int_t)listing->sightings, "corroborated",
	    (json_int_t)listing->corroborated, "traps",
	    (json_int_t)listing->traps, "campaigns",
	    (json_int_t)listing->campaigns, "strict", listing->strict, "shared",
	    listing->shared, "first_seen_at", told_time(listing->first_seen_at),
	    "last_seen_at", told_time(listing->last_seen_at), "listed_at",
	    told_time(listing->listed_at), "expires_at",
	    told_time(listing->expires_at), "callout_until",
	    told_time(listing->callout_until), "pending_since",
	    told_time(listing_waits_since(listing)), "pending_in",
	    guard_json_lists(listing), "delisted_at",
	    told_time(listing->delisted_at), "manual", manual_of(listing));
}

/* --- many ----------------------------------------------------------------- */

/* Beside the states: whatever is in some list now. */
#define ANY (-1)
#define IN_A_LIST (-2)

struct page {
	json_t *list;
	long long limit;
	int state;
	unsigned looked_at;
	bool begun;
	struct ipaddr after, last;
};

static bool
is_wanted(const struct page *page, const struct listing *listing)
{
	struct verdict verdict;

	if (page->state == LISTING_PENDING)
		return listing_waits_since(listing) != 0;
	if (page->state != IN_A_LIST)
		return page->state == ANY || page->state == (int)listing->state;
	verdict_of(listing, &verdict);
	return verdict.listed;
}

static int
take(const struct listing *listing, void *context)
{
	struct page *page = context;

	if (page->begun && ipaddr_equal(&listing->unit, &page->after))
		return 0;
	if ((long long)json_array_size(page->list) == page->limit ||
	    ++page->looked_at > LOOKED_AT_MAX)
		return 1;
	page->last = listing->unit;
	if (is_wanted(page, listing))
		json_array_append_new(page->list, view_of_listing(listing));
	return 0;
}

static int
read_state(const struct view *view, int *state)
{
	const char *text =
	    json_string_value(json_object_get(view->query, "state"));

	*state = text == NULL || text[0] == '\0' ? ANY : IN_A_LIST;
	if (*state == ANY || strcmp(text, "in_a_list") == 0)
		return 0;
	for (*state = 0; *state < LISTING_STATE_COUNT; ++*state) {
		if (strcmp(listing_state_name((enum listing_state) * state),
			text) == 0)
			return 0;
	}
	return ERROR_FORMAT;
}

static int
read_after(const struct view *view, struct page *page)
{
	const char *text =
	    json_string_value(json_object_get(view->query, "after"));
	struct subject subject;

	page->begun = text != NULL;
	if (text == NULL)
		return 0;
	if (subject_parse(text, &subject) != 0)
		return ERROR_FORMAT;
	page->after = listing_unit(&subject.address);
	return 0;
}

int
view_listings(struct view *view)
{
	struct page page = { .list = NULL };
	char next[IPPREFIX_TEXT_MAX];
	int code = view_number(
	    view, "limit", 1, VIEW_PAGE_MOST, VIEW_PAGE_USUAL, &page.limit);

	if (code == 0)
		code = read_state(view, &page.state);
	if (code == 0)
		code = read_after(view, &page);
	if (code != 0)
		return code;
	page.list = json_array();
	json_object_set_new(view->answer, "listings", page.list);
	code = listing_list(view->reader->txn, &page.after, take, &page);
	json_object_set_new(view->answer, "next",
	    code == 1 ? json_string(listing_unit_format(&page.last, next))
		      : json_null());
	return code < 0 ? code : 0;
}

/* --- one ------------------------------------------------------------------ */

int
view_listing(struct view *view)
{
	struct subject subject;
	struct listing listing;
	struct ipaddr unit;
	json_t *answer;
	int code;

	if (subject_parse_loosely(view->exchange->subject, &subject) != 0)
		return ERROR_REFUSED;
	unit = listing_unit(&subject.address);
	code = listing_get(view->reader->txn, &unit, &listing);
	if (code != 0)
		return code;
	answer = view_of_listing(&listing);
	json_object_set_new(answer, "history", told_history(&listing));
	json_object_update(view->answer, answer);
	json_decref(answer);
	return 0;
}
