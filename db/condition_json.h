#ifndef DB_CONDITION_JSON_H
#define DB_CONDITION_JSON_H

#include <jansson.h>

#include "db/condition.h"

/*
 * How the list fares, for programs: of bsblctl and the API alike. The caller's;
 * NULL: no memory.
 */
json_t *condition_json(
    const struct condition *condition, const struct probe_answer *dnsd);

#endif
