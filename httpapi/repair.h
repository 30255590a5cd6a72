#ifndef HTTPAPI_REPAIR_H
#define HTTPAPI_REPAIR_H

#include <jansson.h>

#include "common/strbuf.h"
#include "db/cause.h"
#include "httpapi/exchange.h"
#include "httpapi/language.h"

/*
 * What happened and how that is repaired, system by system, as db/cause.h and
 * db/remedy.h have it.
 */

/*
 * As a look-up tells it, of `cause` or NULL: an object, or null. Made once: who
 * is asked all the time has but to copy it. The repair of each mail system is
 * thrice as long as all the rest, and the same every time; so it has a place of
 * its own, which is named here.
 */
const struct strbuf *repair_json(const struct cause *cause);

/* GET /v1/causes, and /v1/causes/NAME: with the repair of each mail system. */
enum handled causes_get(struct exchange *exchange);
enum handled cause_get(struct exchange *exchange);

/*
 * For the pages: an array, of the look-up's cause first, then of the others
 * that its newest sightings name, in words of the language:
 *
 *	name, what, repair
 *			as of the cause
 *	also		true but for the first
 *	named		the messages themselves name the cause; else it is what
 *			their kind usually comes from
 *	seen		"Postfix", the software that they show; "" none
 *	has_mine	there are remedies for that
 *	has_any		there are remedies
 *	mine, others	those, and all the rest: software, how, settings, and
 *			the lines of these
 */
json_t *repair_words(const json_t *lookup, const struct language *language);

#endif
