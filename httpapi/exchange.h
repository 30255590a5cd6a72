#ifndef HTTPAPI_EXCHANGE_H
#define HTTPAPI_EXCHANGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "common/strbuf.h"
#include "db/delisting.h"
#include "httpapi/fields.h"
#include "httpapi/service.h"
#include "httpapi/site.h"
#include "httpapi/target.h"
#include "httpapi/writer.h"

/*
 * One request and its reply, as everything but the door (server.c, request.c,
 * reply.c) sees them. Whoever handles a request fills the reply; nothing here
 * knows libmicrohttpd.
 */
enum http_method {
	HTTP_GET = 1 << 0,
	HTTP_HEAD = 1 << 1,
	HTTP_POST = 1 << 2,
	HTTP_OPTIONS = 1 << 3,
	HTTP_OTHER = 1 << 4
};

/* Splitmix64 in hexadecimal: unique within a process. */
#define REQUEST_ID_LEN 16

struct request {
	enum http_method method;
	struct target target;
	struct field fields[FIELDS_MAX]; /* borrowed, until the reply */
	size_t field_count;
	bool has_length;	 /* Content-Length came */
	bool has_coding;	 /* Transfer-Encoding came */
	uint64_t content_length; /* 0 without one */
	struct strbuf body;
	struct ipaddr client; /* through trusted proxies */
	char id[REQUEST_ID_LEN + 1];
};

#define REPLY_HEADERS_MAX 8
#define REPLY_HEADER_VALUE_MAX 160
struct reply {
	unsigned status; /* 0: none yet */
	const char *type;
	struct strbuf body;
	const char *fixed; /* instead of `body`: lives for ever */
	struct {
		const char *name;
		char value[REPLY_HEADER_VALUE_MAX];
	} headers[REPLY_HEADERS_MAX];
	unsigned header_count;
	bool tagged; /* gets an entity tag, and 304 where that matches */
	bool close;  /* the connection's framing cannot be trusted */
};

/* The largest there can be; routes allow less, pages are a tenth of it. */
#define REQUEST_BODY_MAX (64 << 10)
#define REPLY_BODY_MAX (1 << 20)

struct route;

struct exchange {
	struct service *service;
	const struct site *site;      /* settings when the request came */
	const struct route *route;    /* NULL: none fits */
	char subject[TARGET_MAX + 1]; /* the rest of the path, decoded; "" */
	struct request request;
	json_t *input; /* the body, read: an object; NULL without one */
	struct reply reply;
	/* When the reply has to wait for a commit: */
	struct writer_job job;
	struct delisting delisting; /* what is asked for */
};

/* Ready for the next request of the same connection. */
void exchange_init(struct exchange *exchange, struct service *service);
void exchange_deinit(struct exchange *exchange);

/* The field of that name, or NULL. */
const char *exchange_field(const struct exchange *exchange, const char *name);

/* Adds a header; one that does not fit is left out. */
void reply_header(struct reply *reply, const char *name, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* The object as the body, compact, and free it. NULL (no memory): a 500. */
void reply_json(struct reply *reply, json_t *json);

#endif
