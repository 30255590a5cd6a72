#ifndef HTTPAPI_CONSOLE_ACCOUNT_H
#define HTTPAPI_CONSOLE_ACCOUNT_H

#include "httpapi/route.h"

/*
 * Accounts in the console: one's own, with its password and sessions, and for
 * admins everybody's. What the forms of console_do begin.
 */
route_handler console_begin_account, console_begin_newcomer;
route_handler console_end_session, console_sign_out, console_set_password;

#endif
