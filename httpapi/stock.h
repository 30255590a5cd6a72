#ifndef HTTPAPI_STOCK_H
#define HTTPAPI_STOCK_H

#include <microhttpd.h>
#include <stddef.h>

/*
 * Responses of libmicrohttpd that are used again. To make one costs as much as
 * the look-up that it answers, since the library copies the name and the value
 * of each field into memory of its own. But what a route answers has the same
 * fields always, and few lengths; only the length a response cannot change.
 * A stock belongs to one thread.
 */

/* More than any reply has; each is borrowed. */
#define STOCK_FIELDS_MAX 20
struct stock_fields {
	struct stock_field {
		const char *name, *value;
	} fixed[STOCK_FIELDS_MAX], /* literals: alike where they are the same */
	    own[STOCK_FIELDS_MAX]; /* literal names, values of this reply */
	size_t fixed_count, own_count;
};

/* What is longer is not worth its memory. */
#define STOCK_BODY_MAX 4096

struct stock;
int stock_new(struct stock **stock);  /* 0 or a negative code */
void stock_free(struct stock *stock); /* all given back; NULL does nothing */

/* A response with these fields and a copy of the body, at most STOCK_BODY_MAX
 * octets; NULL: no memory. */
struct stocked *stock_take(struct stock *stock,
    const struct stock_fields *fields, const char *body, size_t len);
struct MHD_Response *stock_response(const struct stocked *stocked);
/* Once it is sent. */
void stock_give(struct stock *stock, struct stocked *stocked);

#endif
