#ifndef HTTPAPI_CONSOLE_FORM_H
#define HTTPAPI_CONSOLE_FORM_H

#include "httpapi/act.h"
#include "httpapi/route.h"

/*
 * The page that a form stands on, once more, where what it asked for was
 * refused: with what is wrong, bound to the field that is at fault, and with
 * what was typed. `form` is the act's name; the field is act->at, or else
 * `usual`, which may be NULL. What is no fault of the form's is a problem's
 * page. Off the server's threads, `page` has to be one that is made at once.
 */
enum handled console_show_again(struct act *act, int code, const char *form,
    const char *usual, route_handler *page);

#endif
