#include "httpapi/template_private.h"

#include <string.h>

#include "common/error.h"

/* One {{tag}}: where it begins and ends, and what it is. */
struct tag {
	const char *start, *end; /* with the line, when alone on it */
	char sigil;		 /* '#', '^', '/', '>', '_', '`', '@' or 0 */
	char name[TEMPLATE_NAME_MAX + 1];
};

static int render_text(struct rendering *r, const char *text, const char *end);

/* --- tags ----------------------------------------------------------------- */

/* A tag alone on its line takes blanks before and the line end after it. */
static void
widen(const char *text, const char *end, struct tag *tag)
{
	const char *before = tag->start, *after = tag->end;

	while (before > text && (before[-1] == ' ' || before[-1] == '\t'))
		before--;
	while (after < end && (*after == ' ' || *after == '\t'))
		after++;
	if ((before == text || before[-1] == '\n') &&
	    (after == end || *after == '\n')) {
		tag->start = before;
		tag->end = after < end ? after + 1 : after;
	}
}

/*
 * The next tag in text..end: 1, 0 when there is none, or ERROR_FORMAT. `line`
 * is where the text began, for the tags alone on their line.
 */
static int
next_tag(const char *line, const char *text, const char *end, struct tag *tag)
{
	const char *open = memmem(text, (size_t)(end - text), "{{", 2);
	const char *close, *name;
	size_t len;

	if (open == NULL)
		return 0;
	close = memmem(open, (size_t)(end - open), "}}", 2);
	if (close == NULL)
		return ERROR_FORMAT;
	name = open + 2;
	tag->sigil = strchr("#^/>_`@", *name) != NULL ? *name++ : '\0';
	len = (size_t)(close - name);
	if (len == 0 || len > TEMPLATE_NAME_MAX)
		return ERROR_FORMAT;
	memcpy(tag->name, name, len);
	tag->name[len] = '\0';
	tag->start = open;
	tag->end = close + 2;
	if (tag->sigil != '\0' && strchr("_`@", tag->sigil) == NULL)
		widen(line, end, tag);
	return 1;
}

/* The {{/name}} that belongs to the section opened by `tag`. */
static int
find_close(const char *line, const char *end, const struct tag *open,
    struct tag *close)
{
	const char *text = open->end;
	unsigned depth = 1;

	while (next_tag(line, text, end, close) == 1) {
		if (strcmp(close->name, open->name) == 0) {
			if (close->sigil == '#' || close->sigil == '^')
				depth++;
			else if (close->sigil == '/' && --depth == 0)
				return 0;
		}
		text = close->end;
	}
	return ERROR_FORMAT;
}

/* --- what they hold ------------------------------------------------------- */

static bool
is_set(const json_t *value)
{
	if (json_is_array(value))
		return json_array_size(value) > 0;
	if (json_is_string(value))
		return json_string_length(value) > 0;
	return value != NULL && !json_is_null(value) && !json_is_false(value);
}

/* `scope` NULL: what was looked up so far still holds. */
static void
render_scope(
    struct rendering *r, const json_t *scope, const char *text, const char *end)
{
	if (r->depth == TEMPLATE_DEPTH_MAX) {
		r->error = ERROR_FORMAT;
		return;
	}
	r->depth++;
	if (scope != NULL)
		r->scopes[r->scope_count++] = scope;
	r->error = render_text(r, text, end);
	if (scope != NULL)
		r->scope_count--;
	r->depth--;
}

static void
render_section(
    struct rendering *r, const struct tag *open, const struct tag *close)
{
	const json_t *value = template_find(r, open->name);

	if (open->sigil == '^') {
		if (!is_set(value))
			render_scope(r, NULL, open->end, close->start);
		return;
	}
	if (!is_set(value))
		return;
	if (!json_is_array(value)) {
		render_scope(r, value, open->end, close->start);
		return;
	}
	for (size_t i = 0; r->error == 0 && i < json_array_size(value); i++)
		render_scope(
		    r, json_array_get(value, i), open->end, close->start);
}

static void
render_part(struct rendering *r, const char *name)
{
	const char *text = NULL;

	for (size_t i = 0; i < r->part_count; i++) {
		if (strcmp(r->parts[i].name, name) == 0)
			text = r->parts[i].text;
	}
	if (text == NULL)
		r->error = ERROR_NOT_FOUND;
	else
		render_scope(r, NULL, text, text + strlen(text));
}

static int
render_text(struct rendering *r, const char *text, const char *end)
{
	const char *line = text;
	struct tag tag, close;
	int found = 0;

	while (
	    r->error == 0 && (found = next_tag(line, text, end, &tag)) == 1) {
		/* A widened tag may begin within what was just written. */
		if (tag.start > text)
			strbuf_add(r->out, text, (size_t)(tag.start - text));
		text = tag.end;
		if (tag.sigil == '>') {
			render_part(r, tag.name);
		} else if (tag.sigil == '/') {
			r->error = ERROR_FORMAT;
		} else if (!template_put(r, tag.sigil, tag.name)) {
			r->error = find_close(line, end, &tag, &close);
			if (r->error == 0)
				render_section(r, &tag, &close);
			text = close.end;
		}
	}
	if (r->error == 0 && found < 0)
		r->error = found;
	if (r->error == 0)
		strbuf_add(r->out, text, (size_t)(end - text));
	return r->error;
}

int
template_render(const struct template_part *parts, size_t count,
    const char *name, const json_t *view, const json_t *texts,
    enum template_escape escape, struct strbuf *out)
{
	struct rendering r = {
		.parts = parts,
		.part_count = count,
		.scopes = { view },
		.scope_count = 1,
		.texts = texts,
		.escape = escape,
		.out = out,
	};

	render_part(&r, name);
	return r.error != 0 ? r.error : out->error;
}
