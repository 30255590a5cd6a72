#ifndef HTTPAPI_SEARCH_H
#define HTTPAPI_SEARCH_H

#include "httpapi/exchange.h"

/*
 * Walks through all evidence that is kept. They take seconds where there is
 * much of it, so they have a thread of their own, on which one comes after the
 * other.
 */

/*
 * One step, until the clock reaches `deadline_ms`: 1, there is more; 0, that
 * was all; or a negative code.
 */
typedef int search_step(
    struct store_txn *txn, void *context, int64_t deadline_ms);
/*
 * All steps, with the read transaction renewed between, since one pins pages.
 * -ECANCELED: the program ends.
 */
int search_walk(struct service *service, search_step *step, void *context);

/* Has the request answered on the searcher's thread. */
typedef void search_answer(struct exchange *exchange);
enum handled search_later(struct exchange *exchange, search_answer *answer);

#endif
