#ifndef HTTPAPI_CONSOLE_WORK_H
#define HTTPAPI_CONSOLE_WORK_H

#include <stdbool.h>

#include "httpapi/exchange.h"
#include "httpapi/undertaking.h"

/*
 * The console's pages of what is long: what is under way or waits to be
 * confirmed, and one of them with its progress. Forms begin it
 * (console_begin.h).
 */

/* How many are under way, or wait to be confirmed, that the caller may see. */
unsigned console_work_count(struct exchange *exchange);

/* The one that the path or form names. False: the reply is the problem. */
bool console_work_find(struct exchange *exchange, struct undertaking *found);

#endif
