#ifndef HTTPAPI_CONSOLE_LOGIN_H
#define HTTPAPI_CONSOLE_LOGIN_H

#include "httpapi/route.h"

/*
 * Into the console, and out of it. A password that others on the way could
 * read is not asked for, nor is it taken. How often one may guess is in
 * attempts.h.
 */

/* GET /console, without the stroke at its end: on to it. */
route_handler console_way;
/* GET and POST /console/login, POST /console/logout */
route_handler console_login_form, console_login_post, console_logout_post;

#endif
