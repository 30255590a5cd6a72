#ifndef HTTPAPI_OPERATOR_API_H
#define HTTPAPI_OPERATOR_API_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * What programs may do by a token: the views of view.h and the acts of act.h,
 * by the routes of routes.c, as openapi.yaml describes them.
 */
route_handler operator_listings, operator_listing, operator_evidence;
route_handler operator_traps, operator_exemptions, operator_requests;
route_handler operator_accounts, operator_tokens, operator_audit;
route_handler operator_guard, operator_stats, operator_health;
route_handler operator_activity;
route_handler operator_campaigns, operator_campaign, operator_sensors;

route_handler operator_list, operator_unlist;
route_handler operator_exempt, operator_unexempt;
route_handler operator_trap_add, operator_trap_set, operator_trap_remove;
route_handler operator_decide, operator_guard_decide, operator_purge;
route_handler operator_merge;
route_handler operator_account_add, operator_account_remove;
route_handler operator_sessions, operator_session_end;
route_handler operator_account_set, operator_token_add, operator_token_revoke;

#endif
