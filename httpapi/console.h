#ifndef HTTPAPI_CONSOLE_H
#define HTTPAPI_CONSOLE_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"
#include "httpapi/view.h"

/*
 * The operator's console: the views of view.h as pages, and the acts of act.h
 * by forms, for whom console_door.h has let in.
 */
route_handler console_overview, console_requests, console_listings;
route_handler console_listing, console_guard, console_traps;
route_handler console_exemptions, console_audit;
/* console_search.c, on the searcher's thread */
route_handler console_campaigns, console_campaign, console_sensors;
/* console_state.c */
route_handler console_trends, console_health, console_tokens;
view_make console_failing;
/* console_account.c */
route_handler console_account, console_accounts, console_sessions;
/* console_work.c: a purge's form; all that was begun, and one of it */
route_handler console_purge, console_work, console_undertaking;
/* GET /console/find?address=: on to the listing. */
route_handler console_find;
/*
 * console_form.c. POST /console/do/NAME: the act of that name. It needs the
 * session's token, and what the table says it needs. Done, it leads back to a
 * page.
 */
route_handler console_do;

#endif
