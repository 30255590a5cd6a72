#ifndef HTTPAPI_PORTAL_H
#define HTTPAPI_PORTAL_H

#include <jansson.h>

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * The pages: files of httpapi/portal/, made part of the program when it is
 * built, filled from the JSON that the API answers with. They need no script
 * and nothing from elsewhere.
 */

/*
 * Renders a page as the body; its status and headers are the caller's. Frees
 * `view`; NULL, or a template that fails, is a 500. Contact mailbox and zone
 * name, which stand on every page, are added here.
 */
void portal_reply(struct exchange *exchange, const char *page, json_t *view);
/* The same as text/plain. */
void portal_reply_text(
    struct exchange *exchange, const char *page, json_t *view);

/* What the pages say of a look-up beside what the API does: words. */
void portal_add_words(json_t *view);

/* GET /, with ?address= on to the result; GET /l/{}. */
enum handled portal_home(struct exchange *exchange);
enum handled portal_result(struct exchange *exchange);

#endif
