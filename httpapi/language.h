#ifndef HTTPAPI_LANGUAGE_H
#define HTTPAPI_LANGUAGE_H

#include <jansson.h>
#include <stddef.h>

/*
 * The languages of the pages. Each is one file, httpapi/portal/TAG.json, made
 * part of the program: an object of texts by name. A text may hold {names} of
 * the view, and `code` between grave accents; see template.h. What the API's
 * own words say (kinds, causes, problems) is English in the program's tables;
 * a language's file may have it as well, as "kind.dsn" or "cause.quota.what",
 * and what is said of one request alone by its English sentence,
 * "said.That is no trap.". The console has a file of its own,
 * httpapi/console/TAG.json.
 */
struct language {
	const char *tag; /* "en" (BCP 47) */
	json_t *texts, *console;
};
extern const size_t language_count;
/* The first is the one for whoever asks for none of them. */
const struct language *language_at(size_t i);

/*
 * By tag where `wanted` (from a link) or `chosen` (from a cookie) is one, else
 * by Accept-Language; each may be NULL.
 */
const struct language *language_choose(
    const char *wanted, const char *chosen, const char *accept);

/* A text, or `otherwise` where the language has none of that name. */
const char *language_text(
    const struct language *language, const char *name, const char *otherwise);

#endif
