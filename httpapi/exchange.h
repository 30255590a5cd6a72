#ifndef HTTPAPI_EXCHANGE_H
#define HTTPAPI_EXCHANGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/ipaddr.h"
#include "common/strbuf.h"
#include "db/delisting.h"
#include "db/role.h"
#include "db/secret.h"
#include "httpapi/feeder.h"
#include "httpapi/fields.h"
#include "httpapi/prover.h"
#include "httpapi/quota.h"
#include "httpapi/service.h"
#include "httpapi/site.h"
#include "httpapi/target.h"
#include "httpapi/writer.h"

/*
 * One request and its reply, as everything but the door (server.c,
 * connection.c, turn.c, request.c, reply.c) sees them. Whoever handles a
 * request fills the reply; nothing here knows libmicrohttpd.
 */
enum http_method {
	HTTP_GET = 1 << 0,
	HTTP_HEAD = 1 << 1,
	HTTP_POST = 1 << 2,
	HTTP_OPTIONS = 1 << 3,
	HTTP_PATCH = 1 << 4,
	HTTP_DELETE = 1 << 5,
	HTTP_OTHER = 1 << 6,  /* of RFC 9110, and served nowhere */
	HTTP_UNKNOWN = 1 << 7 /* a word of the client's own */
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
	bool tls;	      /* the connection is ours and encrypted */
	bool in_clear;	      /* somebody on the way could have read it */
	char id[REQUEST_ID_LEN + 1];
};

/*
 * A body that is made while it is sent. `more` writes at most `size` octets,
 * in the server's threads, one call at a time; 0 is the end, and a negative
 * code cuts the connection, so that nobody takes half for all of it. It may
 * take what it needs of the database for the length of the call alone. `free`
 * comes last, whether all was sent or the client went away.
 */
struct reply_source {
	ssize_t (*more)(struct reply_source *source, char *to, size_t size);
	void (*free)(struct reply_source *source);
};

#define REPLY_HEADERS_MAX 12
#define REPLY_HEADER_VALUE_MAX 160
struct reply {
	unsigned status; /* 0: none yet */
	const char *type;
	struct strbuf body;
	const char *fixed; /* instead of `body`: lives for ever */
	size_t fixed_len;
	struct reply_source *source; /* instead of both; owned */
	struct {
		const char *name;
		const char *value; /* `text`, or a literal */
		char text[REPLY_HEADER_VALUE_MAX];
	} headers[REPLY_HEADERS_MAX];
	unsigned header_count;
	bool tagged; /* gets an entity tag, and 304 where that matches */
	bool close;  /* the connection's framing cannot be trusted */
	bool script; /* a page that may run our own scripts */
};

/* The largest there can be; routes allow less, pages are a tenth of it. */
#define REQUEST_BODY_MAX (256 << 10)
#define REPLY_BODY_MAX (1 << 20)

/* What a handler has come to. */
enum handled {
	HANDLED,	/* the reply is filled */
	HANDLED_LATER,	/* exchange->job is; the writer fills the reply */
	HANDLED_ASKING, /* ->proving is; go_on() is called with what DNS says */
	HANDLED_FEEDING /* ->feeding is; the feeder fills the reply */
};

struct route;
struct act;
struct undertaking;

/* Who asks, where the route is not for everybody. */
struct caller {
	char who[64];	  /* for the audit: "token:NAME", "account:NAME" */
	unsigned permits; /* enum permit */
	uint32_t sensor;  /* whose events these are */
	uint8_t hash[SECRET_LEN]; /* of the token or session */
	/* Of the console alone: */
	enum role role;
	bool once; /* the password is for once: it has to be set anew */
	char form[SECRET_TEXT_MAX]; /* what this session's forms bear */
};

struct exchange {
	struct service *service;
	const struct site *site;      /* settings when the request came */
	const struct route *route;    /* NULL: none fits */
	char subject[TARGET_MAX + 1]; /* the rest of the path, decoded; "" */
	struct request request;
	json_t *input; /* the body, read: an object; NULL: none, or text */
	struct reply reply;
	struct quota_state quota; /* most == 0: not counted */
	const char *quota_of;	  /* "minute"; "network" where that refuses */
	bool quota_left;	  /* enough for this request */
	/* When the reply has to wait for a commit: */
	struct writer_job job;
	struct writer *thread; /* whose job it is; NULL: the writer's */
	void (*search)(struct exchange *exchange); /* search.h */
	struct delisting delisting;		   /* what is asked for */
	struct caller caller;
	struct {
		int (*run)(struct act *act);
		void (*reply)(struct act *act, int code);
		struct act_steps *steps; /* act.c: of several */
	} act;				 /* act.h */
	/* For an undertaking: undertaking_api.h. */
	struct {
		int (*read)(struct act *act, struct undertaking *what);
		uint64_t number;
		int64_t until_ms; /* by the monotonic clock */
		void (*done)(struct writer_job *job, void *context);
		struct exchange *next; /* that waits, too */
	} awaiting;
	/* What a form of the console was refused for: console_form.h. */
	struct {
		const char *form, *field; /* borrowed; a field may be NULL */
		const char *words;	  /* in English; NULL: it was not */
		unsigned status;
	} refused;
	/* When it has to wait for a change: */
	struct feeder_job feeding;
	bool feeds; /* it counts among its network's in service->feeding */
	/* When it has to wait for DNS; owned, NULL else. */
	struct proving *proving;
	enum handled (*go_on)(
	    struct exchange *exchange); /* HANDLED or _LATER */
};

/* The prover's job, and what it is about. */
struct proving {
	struct prover_job job;
	struct proof proof;
};

/* Ready for the next request of the same connection. */
void exchange_init(struct exchange *exchange, struct service *service);
void exchange_deinit(struct exchange *exchange);

/* Whose job a thread runs. */
static inline struct exchange *
exchange_of_job(struct writer_job *job)
{
	return (struct exchange *)(void *)((char *)job -
					   offsetof(struct exchange, job));
}

/* The field of that name, or NULL. */
const char *exchange_field(const struct exchange *exchange, const char *name);

/* The text of that name in the body that was read; "" where it is none. */
const char *exchange_text(const struct exchange *exchange, const char *name);

/*
 * The query as a form, the caller's; {} without one. NULL: it is none, and the
 * reply is the problem.
 */
json_t *exchange_query(struct exchange *exchange);
/*
 * A whole number of it, `usual` where it is not named. False: it is none, or
 * not within the bounds; the reply is then the problem.
 */
bool exchange_number(struct exchange *exchange, const json_t *query,
    const char *name, long long least, long long most, long long usual,
    long long *number);

/*
 * Adds a header; one that does not fit is left out. What is the same always
 * comes as a format without placeholders, or as a literal.
 */
void reply_header_fixed(
    struct reply *reply, const char *name, const char *literal);
void reply_header(struct reply *reply, const char *name, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/*
 * The strong entity tag of what the reply holds; 412 where the client wants it
 * to be another, 304 where it has that already: the body is then not sent.
 */
void reply_tag(struct exchange *exchange, uint64_t tag);

/*
 * The object as the body, compact; it is freed. NULL (no memory) is an error of
 * the body's buffer.
 */
void reply_json(struct reply *reply, json_t *json);
/* The same as a whole answer: 200, with an entity tag, asked for anew. */
void reply_view(struct reply *reply, json_t *json);

#endif
