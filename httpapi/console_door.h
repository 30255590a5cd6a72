#ifndef HTTPAPI_CONSOLE_DOOR_H
#define HTTPAPI_CONSOLE_DOOR_H

#include <stdbool.h>

#include "db/session.h"
#include "httpapi/exchange.h"

/*
 * Who is in the console: by a cookie (console_cookie.h) that no other site's
 * page can have sent; and each form bears a token made of it besides, so that
 * none acts by it. A session that others on the way could read serves no more.
 * How one gets in is in console_login.h.
 */

/*
 * Before a console route: fills exchange->caller. False: the reply is there,
 * which leads to the form, or is a 403.
 */
bool door_enter(struct exchange *exchange);
/*
 * For a page that refuses: is somebody in? On a path of the console that is no
 * route the cookie is looked at first. Nothing is answered.
 */
bool door_recognise(struct exchange *exchange);
/* Does a POST come from a form of this session? */
bool door_knows_form(const struct exchange *exchange);

/* How long a session is good, by the settings in force. */
struct session_limits door_limits(const struct exchange *exchange);
/* The reply: 303, to a page of the console. */
void door_lead_to(struct exchange *exchange, const char *path);

#endif
