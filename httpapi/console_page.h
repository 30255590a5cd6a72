#ifndef HTTPAPI_CONSOLE_PAGE_H
#define HTTPAPI_CONSOLE_PAGE_H

#include <jansson.h>

#include "httpapi/exchange.h"

/*
 * The console's pages: templates and texts of httpapi/console/, made part of
 * the program as the portal's are, in the language that the portal would have.
 * Names of states, kinds and acts stay as bsblctl and the log have them.
 */

/* A text by its name, in the reader's language; "" where there is none. */
const char *console_text(const struct exchange *exchange, const char *name);

/* "3 hours", in the reader's language; what is longer than two days, in days.
 */
json_t *console_duration(const struct exchange *exchange, int64_t seconds);

/*
 * Renders a page as the body; frees `view`. The status is the caller's. What
 * stands on every page is added here: who is in, the token of the forms, what
 * was just done (?done=NAME). `at` is the page's name in the navigation.
 */
void console_reply(
    struct exchange *exchange, const char *page, const char *at, json_t *view);

#endif
