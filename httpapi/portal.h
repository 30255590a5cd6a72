#ifndef HTTPAPI_PORTAL_H
#define HTTPAPI_PORTAL_H

#include <jansson.h>

#include "httpapi/exchange.h"
#include "httpapi/language.h"
#include "httpapi/route.h"

/*
 * The pages: templates and texts of httpapi/portal/, made part of the program
 * when it is built, filled from the JSON that the API answers with. They need
 * no script and nothing from elsewhere.
 */

/* By ?lang=, by the cookie that such a link has set, or by Accept-Language. */
const struct language *portal_language(const struct exchange *exchange);
/* How long that cookie stays: a year, so that nobody chooses at each visit. */
#define PORTAL_LANGUAGE_SECONDS 31536000
/*
 * The language that a page is in, into its view, and those it could be in; who
 * has chosen by a link keeps it for the pages that follow.
 */
void portal_add_languages(
    struct exchange *exchange, const struct language *language, json_t *view);

/*
 * Renders a page as the body; its status and headers are the caller's. Frees
 * `view`; NULL, or a template that fails, is a 500. What stands on every page
 * is added here: zone, contact mailbox, languages. `at` is the page's name in
 * the navigation, or NULL.
 */
void portal_reply(
    struct exchange *exchange, const char *page, const char *at, json_t *view);
/* The same as text/plain, in English, as the API is. */
void portal_reply_text(
    struct exchange *exchange, const char *page, json_t *view);

/* What the pages say of a look-up beside what the API does: words. */
void portal_add_words(json_t *view, const struct language *language);
/* And how this visitor gets the address off the list; see standing.h. */
void portal_add_way_out(
    struct exchange *exchange, const struct ipaddr *address, json_t *view);
/* "https://bl.example.org" of the address in the zone's settings. */
json_t *portal_base(const char *portal);
/* "2 hours", at most in days. */
json_t *portal_duration(int64_t seconds, const struct language *language);
/* "2026-01-31 12:00 UTC" from RFC 3339; null from anything else. */
json_t *portal_time(const json_t *time);
/* An array of strings as one, with spaces between them. */
json_t *portal_joined(const json_t *strings);

/* GET /, with ?address= on to the result; GET /l/{}. */
enum handled portal_home(struct exchange *exchange);
enum handled portal_result(struct exchange *exchange);

#endif
