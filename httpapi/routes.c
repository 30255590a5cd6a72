#include "db/role.h"
#include "httpapi/catalog.h"
#include "httpapi/console.h"
#include "httpapi/console_login.h"
#include "httpapi/events_api.h"

#include "httpapi/feed_api.h"
#include "httpapi/file.h"
#include "httpapi/health.h"
#include "httpapi/lookup_api.h"
#include "httpapi/lookup_bulk.h"
#include "httpapi/metrics.h"
#include "httpapi/operator_api.h"
#include "httpapi/page.h"
#include "httpapi/policy_api.h"
#include "httpapi/portal.h"
#include "httpapi/privacy.h"
#include "httpapi/problem.h"
#include "httpapi/proof_api.h"
#include "httpapi/removal.h"
#include "httpapi/repair.h"
#include "httpapi/route.h"
#include "httpapi/trail.h"
#include "httpapi/trends.h"
#include "httpapi/undertaking_api.h"

/* An address and a note, with every octet of both escaped. */
#define DELISTING_BODY_MAX 4096

/* An address, with every octet escaped. */
#define PROOF_BODY_MAX 512
/* A reason, a pattern, or some hundred addresses. */
#define ACT_BODY_MAX 32768

/* Some fields of some hundred octets, each of which may be escaped. */
#define FORM_BODY_MAX 8192

#define PUBLIC (ROUTE_CORS | ROUTE_QUOTA)

/* What only answers, and what takes a body. */
#define GET(name, path, handler, flags)                                        \
	{                                                                      \
		name, HTTP_GET, path, handler, flags, BODY_NONE, 0, 0          \
	}
#define POST(name, path, handler, flags, bodies, most)                         \
	{                                                                      \
		name, HTTP_POST, path, handler, flags, bodies, most, 0         \
	}
/* By a token: what is only read, and what is done. */
#define VIEW(name, path, handler, permit)                                      \
	{                                                                      \
		name, HTTP_GET, path, handler, ROUTE_QUOTA, BODY_NONE, 0,      \
		    permit                                                     \
	}
#define ACT(name, method, path, handler, permit)                               \
	{                                                                      \
		name, method, path, handler, ROUTE_QUOTA,                      \
		    method == HTTP_DELETE ? BODY_NONE : BODY_JSON,             \
		    method == HTTP_DELETE ? 0 : ACT_BODY_MAX, permit           \
	}

/* Of the console: its pages, and what its forms do. */
#define PAGE_FOR(name, path, handler, permit)                                  \
	{                                                                      \
		name, HTTP_GET, path, handler, ROUTE_CONSOLE, BODY_NONE, 0,    \
		    permit                                                     \
	}
#define PAGE(name, path, handler) PAGE_FOR(name, path, handler, PERMIT_READ)
#define FORM(name, path, handler, permit)                                      \
	{                                                                      \
		name, HTTP_POST, path, handler, ROUTE_CONSOLE, BODY_FORM,      \
		    FORM_BODY_MAX, permit                                      \
	}

const struct route routes[] = {
	GET("lookup", "/v1/lookup/{}", lookup_get, PUBLIC),
	POST("bulk", "/v1/lookup", lookup_post, ROUTE_QUOTA,
	    BODY_JSON | BODY_TEXT, BULK_BODY_MAX),
	GET("policy", "/v1/policy", policy_get, PUBLIC),
	GET("causes", "/v1/causes", causes_get, PUBLIC),
	GET("cause", "/v1/causes/{}", cause_get, PUBLIC),
	GET("trends", "/v1/trends", trends_get, PUBLIC),
	GET("campaigns", "/v1/campaigns", catalog_get, PUBLIC),
	GET("trail", "/v1/delistings", trail_get, PUBLIC),
	POST("delisting", "/v1/delistings", removal_post,
	    ROUTE_QUOTA | ROUTE_OWN, BODY_JSON | BODY_FORM, DELISTING_BODY_MAX),
	GET("proof", "/v1/proofs/{}", proof_get, ROUTE_QUOTA),
	POST("proving", "/v1/proofs", proof_post, ROUTE_QUOTA | ROUTE_OWN,
	    BODY_JSON | BODY_FORM, PROOF_BODY_MAX),
	GET("feed", "/v1/feed", feed_get, PUBLIC),
	GET("openapi", "/v1/openapi.yaml", file_get, ROUTE_CORS),
	VIEW("listings", "/v1/listings", operator_listings, PERMIT_READ),
	ACT("list", HTTP_POST, "/v1/listings", operator_list, PERMIT_DECIDE),
	VIEW("listing", "/v1/listings/{}", operator_listing, PERMIT_READ),
	ACT("unlist", HTTP_DELETE, "/v1/listings/{}", operator_unlist,
	    PERMIT_DECIDE),
	VIEW("evidence", "/v1/evidence/{}", operator_evidence, PERMIT_READ),
	VIEW("traps", "/v1/traps", operator_traps, PERMIT_READ),
	ACT("trap_add", HTTP_POST, "/v1/traps", operator_trap_add,
	    PERMIT_DECIDE),
	ACT("trap_set", HTTP_PATCH, "/v1/traps/{}", operator_trap_set,
	    PERMIT_DECIDE),
	ACT("trap_remove", HTTP_DELETE, "/v1/traps/{}", operator_trap_remove,
	    PERMIT_DECIDE),
	VIEW("exemptions", "/v1/exemptions", operator_exemptions, PERMIT_READ),
	ACT("exempt", HTTP_POST, "/v1/exemptions", operator_exempt,
	    PERMIT_DECIDE),
	ACT("unexempt", HTTP_DELETE, "/v1/exemptions/{}", operator_unexempt,
	    PERMIT_DECIDE),
	VIEW("requests", "/v1/requests", operator_requests, PERMIT_READ),
	ACT("decide", HTTP_POST, "/v1/requests/{}", operator_decide,
	    PERMIT_DECIDE),
	VIEW("guard", "/v1/guard", operator_guard, PERMIT_READ),
	ACT("guard_decide", HTTP_POST, "/v1/guard", operator_guard_decide,
	    PERMIT_DECIDE),
	ACT("purge", HTTP_POST, "/v1/purge", operator_purge, PERMIT_MANAGE),
	VIEW("runs", "/v1/runs", operator_campaigns, PERMIT_READ),
	VIEW("run", "/v1/runs/{}", operator_campaign, PERMIT_READ),
	ACT("merge", HTTP_POST, "/v1/runs/{}", operator_merge, PERMIT_MANAGE),
	VIEW("undertakings", "/v1/undertakings", undertaking_list_get,
	    PERMIT_DECIDE),
	VIEW("undertaking", "/v1/undertakings/{}", undertaking_one_get,
	    PERMIT_DECIDE),
	ACT("undertaking_stop", HTTP_DELETE, "/v1/undertakings/{}",
	    undertaking_delete, PERMIT_DECIDE),
	VIEW("sensors", "/v1/sensors", operator_sensors, PERMIT_READ),
	VIEW("accounts", "/v1/accounts", operator_accounts, PERMIT_MANAGE),
	ACT("account_add", HTTP_POST, "/v1/accounts", operator_account_add,
	    PERMIT_MANAGE),
	ACT("account_set", HTTP_PATCH, "/v1/accounts/{}", operator_account_set,
	    PERMIT_MANAGE),
	ACT("account_remove", HTTP_DELETE, "/v1/accounts/{}",
	    operator_account_remove, PERMIT_MANAGE),
	VIEW("sessions", "/v1/sessions", operator_sessions, PERMIT_MANAGE),
	ACT("session_end", HTTP_DELETE, "/v1/sessions/{}", operator_session_end,
	    PERMIT_MANAGE),
	VIEW("tokens", "/v1/tokens", operator_tokens, PERMIT_MANAGE),
	ACT("token_add", HTTP_POST, "/v1/tokens", operator_token_add,
	    PERMIT_MANAGE),
	ACT("token_revoke", HTTP_DELETE, "/v1/tokens/{}", operator_token_revoke,
	    PERMIT_MANAGE),
	VIEW("audit", "/v1/audit", operator_audit, PERMIT_READ),
	VIEW("stats", "/v1/stats", operator_stats, PERMIT_READ),
	VIEW("operator_health", "/v1/health", operator_health, PERMIT_READ),
	VIEW("activity", "/v1/activity", operator_activity, PERMIT_READ),
	{ "events", HTTP_POST, "/v1/events", events_post, ROUTE_QUOTA,
	    BODY_LINES, EVENTS_BODY_MAX, PERMIT_REPORT },
	GET("console_way", "/console", console_way, 0),
	GET("console_form", "/console/login", console_login_form, 0),
	POST("console_login", "/console/login", console_login_post, 0,
	    BODY_FORM, FORM_BODY_MAX),
	FORM("console_logout", "/console/logout", console_logout_post,
	    PERMIT_READ),
	PAGE("console", "/console/", console_overview),
	PAGE("console_requests", "/console/requests", console_requests),
	PAGE("console_listings", "/console/listings", console_listings),
	PAGE("console_listing", "/console/listings/{}", console_listing),
	PAGE("console_find", "/console/find", console_find),
	PAGE("console_guard", "/console/guard", console_guard),
	PAGE("console_traps", "/console/traps", console_traps),
	PAGE("console_exemptions", "/console/exemptions", console_exemptions),
	PAGE("console_audit", "/console/audit", console_audit),
	PAGE("console_campaigns", "/console/campaigns", console_campaigns),
	PAGE("console_campaign", "/console/campaigns/{}", console_campaign),
	PAGE("console_sensors", "/console/sensors", console_sensors),
	PAGE("console_trends", "/console/trends", console_trends),
	PAGE("console_health", "/console/health", console_health),
	PAGE("console_account", "/console/account", console_account),
	PAGE_FOR("console_sessions", "/console/sessions", console_sessions,
	    PERMIT_MANAGE),
	PAGE_FOR("console_accounts", "/console/accounts", console_accounts,
	    PERMIT_MANAGE),
	PAGE_FOR(
	    "console_tokens", "/console/tokens", console_tokens, PERMIT_MANAGE),
	PAGE_FOR(
	    "console_purge", "/console/purge", console_purge, PERMIT_MANAGE),
	PAGE_FOR("console_work", "/console/work", console_work, PERMIT_DECIDE),
	PAGE_FOR("console_undertaking", "/console/work/{}", console_undertaking,
	    PERMIT_DECIDE),
	FORM("console_do", "/console/do/{}", console_do, PERMIT_READ),
	GET("home", "/", portal_home, 0),
	GET("page", "/l/{}", portal_result, 0),
	GET("proof_page", "/prove/{}", proof_page, 0),
	GET("policy_page", "/policy", page_policy, 0),
	GET("faq", "/faq", page_faq, 0),
	GET("use", "/use", page_use, 0),
	GET("trends_page", "/trends", page_trends, 0),
	GET("trail_page", "/delistings", page_delistings, 0),
	GET("status", "/status", page_status, 0),
	GET("privacy", "/privacy", privacy_page, 0),
	GET("security", "/.well-known/security.txt", page_security, 0),
	GET("problems", "/problems", problem_page, 0),
	GET("bootstrap", "/bootstrap.css", file_get, 0),
	GET("chart", "/chart.js", file_get, 0),
	GET("trends_script", "/trends.js", file_get, 0),
	GET("console_script", "/console.js", file_get, 0),
	GET("console_style", "/console.css", file_get, 0),
	GET("style", "/style.css", file_get, 0),
	GET("icon", "/icon.svg", file_get, 0),
	GET("robots", "/robots.txt", file_get, 0),
	GET("health", "/healthz", health_get, 0),
	GET("metrics", "/metrics", metrics_get, 0),
};
const size_t route_count = sizeof(routes) / sizeof(routes[0]);

_Static_assert(sizeof(routes) / sizeof(routes[0]) < SERVICE_ROUTES_MAX,
    "each route has a row of counters");
