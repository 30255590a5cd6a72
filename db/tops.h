#ifndef DB_TOPS_H
#define DB_TOPS_H

#include <jansson.h>

/* What occurs how often: a JSON object of counts, and the most frequent. */

void tops_add(json_t *counts, const char *name);
/* [{"name": ..., "count": ...}, ...], the largest first, at most `most`. */
json_t *tops_best(const json_t *counts, size_t most);

#endif
