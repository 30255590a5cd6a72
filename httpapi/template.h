#ifndef HTTPAPI_TEMPLATE_H
#define HTTPAPI_TEMPLATE_H

#include <jansson.h>

#include "common/strbuf.h"

/*
 * Pages and plain texts from a template and a view, which is a JSON object:
 *
 *	{{name}}		the value, escaped; there is no way around it
 *	{{name.part}}		of an object in the view
 *	{{#name}}...{{/name}}	for each element of an array; within an object;
 *				once where the value is set
 *	{{^name}}...{{/name}}	where it is not: absent, null, false, "", []
 *	{{.}}			the element itself
 *	{{`name}}		the same, and in it `code` is code
 *	{{@name}}		a time of the API's, as people read it
 *	{{>part}}		another template, rendered in place
 *	{{_name}}		a text of that name, in which {name} is a value
 *				of the view, escaped, {@name} a time, and `code`
 *				is code
 *
 * Names are looked up from the innermost section outwards. A section tag or a
 * part alone on its line takes the line with it.
 */
enum template_escape {
	TEMPLATE_HTML, /* for element content and quoted attributes */
	TEMPLATE_TEXT, /* controls alone, which HTML has none of, either */
};

struct template_part {
	const char *name;
	const char *text;
};

/*
 * Renders the part called `name`; `texts` is an object of strings, NULL where
 * the template has none. 0, ERROR_NOT_FOUND for a name that none of them has,
 * ERROR_FORMAT for a template that is none, or what the buffer says. The output
 * is then incomplete.
 */
int template_render(const struct template_part *parts, size_t count,
    const char *name, const json_t *view, const json_t *texts,
    enum template_escape escape, struct strbuf *out);

#endif
