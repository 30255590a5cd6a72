#ifndef HTTPAPI_ROUTE_H
#define HTTPAPI_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "httpapi/exchange.h"

/*
 * One table says what there is: path, method, what a body may be, who answers.
 * A path ends in "{}" where the rest of it names something ("/v1/lookup/{}"
 * takes "/v1/lookup/2001:db8::/64" as well); the rest is handed over
 * percent-decoded and is never empty. HEAD is answered wherever GET is,
 * OPTIONS everywhere.
 */
typedef enum handled route_handler(struct exchange *exchange);

enum route_flag {
	ROUTE_CORS = 1 << 0,	/* any web page may read the answer */
	ROUTE_QUOTA = 1 << 1,	/* counts towards requests_per_minute */
	ROUTE_CONSOLE = 1 << 2, /* needs a session, not a token */
	ROUTE_OWN = 1 << 3,	/* not for other sites' pages: origin.h */
};
enum route_body {
	BODY_NONE = 0,
	BODY_JSON = 1 << 0,  /* application/json */
	BODY_FORM = 1 << 1,  /* application/x-www-form-urlencoded */
	BODY_TEXT = 1 << 2,  /* text/plain */
	BODY_LINES = 1 << 3, /* application/x-ndjson */
};

struct route {
	const char *name; /* in metrics */
	enum http_method method;
	const char *path;
	route_handler *handler;
	unsigned flags;
	unsigned bodies;
	size_t body_max; /* octets */
	unsigned needs;	 /* enum permit, by a token; 0: for everybody */
};

extern const struct route routes[];
extern const size_t route_count;

enum route_outcome {
	ROUTE_FOUND,
	ROUTE_NO_PATH,	 /* 404 */
	ROUTE_NO_METHOD, /* 405; the methods there are go to Allow */
	ROUTE_BAD_PATH	 /* 400: its percent-encoding is broken */
};

/*
 * Finds the row for a path and method; the rows of one path stand together.
 * `methods` gets the set of what the path allows, `rest` (TARGET_MAX + 1
 * octets) the decoded rest of it. Pure.
 */
enum route_outcome route_find(const struct route *table, size_t count,
    const char *path, enum http_method method, const struct route **route,
    unsigned *methods, char *rest);

/* "GET" */
const char *route_method(enum http_method method);

/* "GET, HEAD, OPTIONS" for a set of methods. */
#define ROUTE_ALLOW_MAX 64
char *route_allow(unsigned methods, char text[ROUTE_ALLOW_MAX]);

/* The status with which to refuse a body of this type and length, or 0. */
unsigned route_body_refusal(
    const struct route *route, const struct request *request);

#endif
