#include "db/tops.h"

#include <stdlib.h>
#include <string.h>

struct row {
	const char *name;
	json_int_t count;
};

void
tops_add(json_t *counts, const char *name)
{
	json_t *count = json_object_get(counts, name);

	if (count != NULL)
		json_integer_set(count, json_integer_value(count) + 1);
	else
		json_object_set_new(counts, name, json_integer(1));
}

/* Equal counts by name, so that the same is said twice. */
static int
compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->name, b->name);
}

json_t *
tops_best(const json_t *counts, size_t most)
{
	size_t count = 0, size = json_object_size(counts);
	struct row *rows = calloc(size + 1, sizeof(*rows));
	json_t *best = json_array(), *value;
	const char *name;

	if (rows == NULL)
		return best;
	json_object_foreach((json_t *)counts, name, value) rows[count++] =
	    (struct row){ name, json_integer_value(value) };
	qsort(rows, count, sizeof(*rows), compare);
	for (size_t i = 0; i < count && i < most; i++)
		json_array_append_new(
		    best, json_pack("{s:s, s:I}", "name", rows[i].name, "count",
			      rows[i].count));
	free(rows);
	return best;
}
