#ifndef HTTPAPI_CONSOLE_DOOR_H
#define HTTPAPI_CONSOLE_DOOR_H

#include <stdbool.h>

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * Who is in the console: by a cookie whose name lets browsers keep it for this
 * host alone, and over HTTPS alone (__Host-, RFC 6265bis), or on the machine
 * itself. No other site's page can have it sent (SameSite=Strict), and each
 * form bears a token made of it besides, so that none acts by it.
 *
 * A password that others on the way could read is not asked for, nor is it
 * taken; nor a session.
 *
 * How often one may guess is in attempts.h.
 */

/*
 * Before a console route: fills exchange->caller. False: the reply is there,
 * which leads to the form, or is a 403.
 */
bool door_enter(struct exchange *exchange);
/* Does a POST come from a form of this session? */
bool door_knows_form(const struct exchange *exchange);

/* GET and POST /console/login, POST /console/logout */
route_handler door_form, door_login, door_logout;

#endif
