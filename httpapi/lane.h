#ifndef HTTPAPI_LANE_H
#define HTTPAPI_LANE_H

#include "common/clock.h"
#include "httpapi/stock.h"

/*
 * What a thread of the server keeps for its next request: the memory of the
 * last ones, which the processor has at hand still, where that of this very
 * connection has long made way for what other connections needed. libmicrohttpd
 * leaves a connection with one thread all its life, so nothing here is locked.
 */
struct lane {
	struct turn *spare; /* the last one given back comes first */
	unsigned spare_count;
	struct stock *stock; /* of replies */
	int64_t date_at;     /* what `date` says, in Unix time */
	char date[CLOCK_TEXT_MAX];
	struct lane *next; /* of all, for lanes_free */
};

struct lanes;
int lanes_new(struct lanes **lanes);  /* 0 or a negative code */
void lanes_free(struct lanes *lanes); /* its threads have ended; or NULL */

/* The calling thread's, made when it first asks; NULL: no memory. */
struct lane *lane_here(struct lanes *lanes);

/* The time as HTTP has it; until it is asked for again. */
const char *lane_date(struct lane *lane);

/* A turn that nobody has, all but its `kept` and `lane` undefined; or NULL. */
struct turn *lane_take(struct lane *lane);
/* To where it was taken from, whose thread has it or has ended. */
void lane_give(struct turn *turn);

#endif
