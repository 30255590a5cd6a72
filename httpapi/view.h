#ifndef HTTPAPI_VIEW_H
#define HTTPAPI_VIEW_H

#include <jansson.h>

#include "httpapi/exchange.h"
#include "httpapi/reader.h"
#include "httpapi/route.h"

/*
 * What the operator sees, as JSON: programs by a token get it as it is, the
 * console shows it. Names are those of bsblctl --json. Each is read in one
 * transaction of bounded work; what is long comes in pages: `next` is the
 * cursor of the next one, null on the last.
 */
struct view {
	struct exchange *exchange;
	struct reader *reader;
	const json_t *query; /* an object of strings */
	int64_t now;
	json_t *answer; /* an object, to be filled */
};
/*
 * 0, or ERROR_NOT_FOUND: there is no such thing; ERROR_FORMAT: the query is
 * none; ERROR_REFUSED: the path names no address; anything else: the database.
 */
typedef int view_make(struct view *view);

/* The answer, the caller's; NULL: the reply is the problem. */
json_t *view_read(struct exchange *exchange, view_make *make);
/* The same as the reply, with an entity tag. */
enum handled view_answer(struct exchange *exchange, view_make *make);

/* A whole number of the query, or `usual`. ERROR_FORMAT. */
int view_number(const struct view *view, const char *name, long long least,
    long long most, long long usual, long long *number);

#define VIEW_PAGE_USUAL 50
#define VIEW_PAGE_MOST 500
/* One may be 2 KiB of outside text, escaped; a reply is 1 MiB at most. */
#define VIEW_EVIDENCE_MOST 150

/* view_listings.c: ?state= &after=UNIT &limit=; one unit by the path. */
view_make view_listings, view_listing;
/* view_evidence.c: of a unit by the path, newest first: ?before= &limit= */
view_make view_evidence;
/* view_keeping.c: ?after= &limit=, but for requests, which are few. */
view_make view_traps, view_exemptions, view_accounts, view_tokens;
view_make view_requests;
view_make view_sessions; /* one's own; all where the route is for admins */
view_make view_audit;	 /* ?before= &limit= */
/* view_state.c */
view_make view_guard, view_stats, view_health;
view_make view_activity; /* by the day, up to now, and what is frequent */

/*
 * view_search.c: on the searcher's thread (search.h). The view, the caller's;
 * NULL: the reply is the problem.
 */
typedef json_t *view_search(struct exchange *exchange);
view_search view_campaigns; /* ?after= &limit= */
view_search view_campaign;  /* by the path */
view_search view_sensors;
/* Sixteen hexadecimal figures; ERROR_FORMAT. */
int view_parse_campaign(const char *text, uint64_t *id);

/* Parts that others need as well. */
struct condition;
struct listing;
struct probe_answer;
json_t *view_of_listing(const struct listing *listing);
/* How the list fares, with what dnsd answered. */
int view_condition(
    struct view *view, struct condition *condition, struct probe_answer *dnsd);

#endif
