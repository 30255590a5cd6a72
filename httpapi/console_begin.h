#ifndef HTTPAPI_CONSOLE_BEGIN_H
#define HTTPAPI_CONSOLE_BEGIN_H

#include <stdbool.h>

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * What the console's forms begin and confirm: an undertaking, whose page each
 * leads on to (console_work.h). The form's token was checked, and what it
 * needs.
 */
route_handler console_begin_purge;   /* by, which, from, to */
route_handler console_begin_merge;   /* subject, into */
route_handler console_begin_guard;   /* decision, prefix: "" for all */
route_handler console_begin_removal; /* prefix */
route_handler console_begin_exempt;  /* prefix, reason, until */
route_handler console_confirm_begun; /* subject, reason */
route_handler console_stop_begun;    /* subject */

/* Does the prefix of the form hold more than is done at once? */
bool console_is_wide(const struct exchange *exchange);

#endif
