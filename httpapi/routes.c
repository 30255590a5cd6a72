#include "httpapi/health.h"
#include "httpapi/lookup_api.h"
#include "httpapi/metrics.h"
#include "httpapi/portal.h"
#include "httpapi/problem.h"
#include "httpapi/removal.h"
#include "httpapi/route.h"

/* An address and a note, with every octet of both escaped. */
#define DELISTING_BODY_MAX 4096

const struct route routes[] = {
	{ "lookup", HTTP_GET, "/v1/lookup/{}", lookup_get, ROUTE_CORS,
	    BODY_NONE, 0 },
	{ "delisting", HTTP_POST, "/v1/delistings", removal_post, 0,
	    BODY_JSON | BODY_FORM, DELISTING_BODY_MAX },
	{ "home", HTTP_GET, "/", portal_home, 0, BODY_NONE, 0 },
	{ "page", HTTP_GET, "/l/{}", portal_result, 0, BODY_NONE, 0 },
	{ "problems", HTTP_GET, "/problems", problem_page, 0, BODY_NONE, 0 },
	{ "style", HTTP_GET, "/style.css", portal_style, 0, BODY_NONE, 0 },
	{ "icon", HTTP_GET, "/icon.svg", portal_icon, 0, BODY_NONE, 0 },
	{ "robots", HTTP_GET, "/robots.txt", portal_robots, 0, BODY_NONE, 0 },
	{ "health", HTTP_GET, "/healthz", health_get, 0, BODY_NONE, 0 },
	{ "metrics", HTTP_GET, "/metrics", metrics_get, 0, BODY_NONE, 0 },
};
const size_t route_count = sizeof(routes) / sizeof(routes[0]);

_Static_assert(sizeof(routes) / sizeof(routes[0]) < SERVICE_ROUTES_MAX,
    "each route has a row of counters");
