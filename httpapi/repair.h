#ifndef HTTPAPI_REPAIR_H
#define HTTPAPI_REPAIR_H

#include <jansson.h>

#include "common/strbuf.h"
#include "db/cause.h"
#include "httpapi/language.h"

/*
 * What happened and how that is repaired, system by system, as db/cause.h and
 * db/remedy.h have it.
 */

/*
 * As the API tells it, of `cause` or NULL: an object, or null. Made once: a
 * look-up that is asked for all the time has but to copy it.
 */
const struct strbuf *repair_json(const struct cause *cause);

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
