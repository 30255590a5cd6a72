#ifndef HTTPAPI_CONSOLE_PURGE_H
#define HTTPAPI_CONSOLE_PURGE_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * What the console's forms begin and confirm: an undertaking, whose page each
 * leads on to. The form's token was checked, and what it needs.
 */
route_handler console_begin_purge;   /* by, which, from, to */
route_handler console_begin_merge;   /* subject, into */
route_handler console_confirm_begun; /* subject, reason */

#endif
