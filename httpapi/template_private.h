#ifndef HTTPAPI_TEMPLATE_PRIVATE_H
#define HTTPAPI_TEMPLATE_PRIVATE_H

#include "httpapi/template.h"

/*
 * What the files of the template share, and nobody else includes: template.c
 * (tags, sections and parts) and template_value.c (what stands in their place).
 */

/* Deeper than any page of ours; bounds the recursion. */
#define TEMPLATE_DEPTH_MAX 12
#define TEMPLATE_NAME_MAX 64

struct rendering {
	const struct template_part *parts;
	size_t part_count;
	const json_t *scopes[TEMPLATE_DEPTH_MAX + 1]; /* outermost first */
	unsigned depth; /* of scopes and parts together */
	unsigned scope_count;
	const json_t *texts;
	enum template_escape escape;
	struct strbuf *out;
	int error;
};

/* What a name stands for, from the innermost section outwards; or NULL. */
const json_t *template_find(const struct rendering *r, const char *name);

/*
 * Writes what a tag stands for, by its sigil, which is 0 where it has none.
 * False: such a tag stands for no value.
 */
bool template_put(struct rendering *r, char sigil, const char *name);

#endif
