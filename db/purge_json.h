#ifndef DB_PURGE_JSON_H
#define DB_PURGE_JSON_H

#include <jansson.h>

#include "db/purge_act.h"

/* What came of a purge, or would, for programs. NULL: no memory. */
json_t *purge_result_json(const struct purge_result *result, bool done);

#endif
