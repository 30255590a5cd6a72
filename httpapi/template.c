#include "httpapi/template.h"

#include <stdlib.h>
#include <string.h>

#include "common/control.h"
#include "common/error.h"

/* Deeper than any page of ours; bounds the recursion. */
#define DEPTH_MAX 12
#define NAME_MAX_LEN 64

struct rendering {
	const struct template_part *parts;
	size_t part_count;
	const json_t *scopes[DEPTH_MAX + 1]; /* outermost first */
	unsigned depth;			     /* of scopes and parts together */
	unsigned scope_count;
	const json_t *texts;
	enum template_escape escape;
	struct strbuf *out;
	int error;
};

/* One {{tag}}: where it begins and ends, and what it is. */
struct tag {
	const char *start, *end; /* with the line, when alone on it */
	char sigil;		 /* '#', '^', '/', '>', '_', '`', '@' or 0 */
	char name[NAME_MAX_LEN + 1];
};

static int render_text(struct rendering *r, const char *text, const char *end);

/* --- escaping ------------------------------------------------------------- */

static void
put_html(struct strbuf *out, char octet)
{
	static const struct {
		char octet;
		const char *entity;
	} entities[] = {
		{ '&', "&amp;" },
		{ '<', "&lt;" },
		{ '>', "&gt;" },
		{ '"', "&quot;" },
		{ '\'', "&#39;" },
	};

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (octet == entities[i].octet) {
			strbuf_puts(out, entities[i].entity);
			return;
		}
	}
	strbuf_putc(out, octet);
}

/*
 * Nobody obeys a control, not the terminal of who asks by curl for a page
 * either. A page alone has lines of its own within what it shows.
 */
static void
put_escaped(struct rendering *r, const char *text)
{
	bool html = r->escape == TEMPLATE_HTML;

	while (*text != '\0') {
		bool laid_out = html && (*text == '\n' || *text == '\t');
		size_t len = laid_out ? 0 : control_len(text);

		if (len > 0)
			strbuf_putc(r->out, '?');
		else if (html)
			put_html(r->out, *text);
		else
			strbuf_putc(r->out, *text);
		text += len > 0 ? len : 1;
	}
}

/* --- the view ------------------------------------------------------------- */

static const json_t *
find_in(const json_t *scope, const char *name)
{
	while (scope != NULL && *name != '\0') {
		char step[NAME_MAX_LEN + 1];
		size_t len = strcspn(name, ".");

		memcpy(step, name, len);
		step[len] = '\0';
		scope = json_object_get(scope, step);
		name += len + (name[len] == '.' ? 1 : 0);
	}
	return scope;
}

static const json_t *
find(const struct rendering *r, const char *name)
{
	const json_t *found = NULL;

	if (strcmp(name, ".") == 0)
		return r->scopes[r->scope_count - 1];
	for (unsigned i = r->scope_count; found == NULL && i > 0; i--)
		found = find_in(r->scopes[i - 1], name);
	return found;
}

static bool
is_set(const json_t *value)
{
	if (json_is_array(value))
		return json_array_size(value) > 0;
	if (json_is_string(value))
		return json_string_length(value) > 0;
	return value != NULL && !json_is_null(value) && !json_is_false(value);
}

static void
put_value(struct rendering *r, const char *name)
{
	const json_t *value = find(r, name);
	char number[32];
	const char *text = number;

	if (json_is_string(value))
		text = json_string_value(value);
	else if (json_is_integer(value))
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
	else if (json_is_real(value))
		snprintf(
		    number, sizeof(number), "%.10g", json_real_value(value));
	else
		r->error = ERROR_NOT_FOUND;
	if (r->error != 0)
		return;
	put_escaped(r, text);
}

/* "2026-01-31T12:00:05Z" */
static bool
is_time(const char *text)
{
	static const char form[] = "0000-00-00T00:00:00Z";

	for (size_t i = 0; i < sizeof(form); i++) {
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9'
				   : text[i] != form[i])
			return false;
	}
	return true;
}

/* A line ends between day and time, if it must. */
static void
put_time(struct rendering *r, const char *name)
{
	const char *text = json_string_value(find(r, name));

	if (text == NULL)
		r->error = ERROR_NOT_FOUND;
	else if (!is_time(text))
		put_escaped(r, text);
	else if (r->escape == TEMPLATE_HTML)
		strbuf_printf(r->out,
		    "<time datetime=\"%s\">%.10s %.8s&nbsp;UTC</time>", text,
		    text, text + 11);
	else
		strbuf_printf(r->out, "%.10s %.8s UTC", text, text + 11);
}

/* What stands between '{' and '}' of a text; the octet behind it. */
static const char *
put_named(struct rendering *r, const char *text)
{
	size_t len = strcspn(text, "}");
	char name[NAME_MAX_LEN + 1];

	if (text[len] != '}' || len == 0 || len > NAME_MAX_LEN) {
		r->error = ERROR_FORMAT;
		return text;
	}
	memcpy(name, text, len);
	name[len] = '\0';
	if (*name == '@')
		put_time(r, name + 1);
	else
		put_value(r, name);
	return text + len + 1;
}

/*
 * A text of ours, in which `code` is code, and {name}, where it may name
 * values, is one.
 */
static void
put_words(struct rendering *r, const char *text, bool may_name)
{
	bool code = false;

	while (r->error == 0 && *text != '\0') {
		size_t len = strcspn(text, may_name ? "{`" : "`");
		char *plain = strndup(text, len);

		put_escaped(r, plain != NULL ? plain : "");
		free(plain);
		text += len;
		if (*text == '{') {
			text = put_named(r, text + 1);
		} else if (*text == '`') {
			code = !code;
			if (r->escape == TEMPLATE_HTML)
				strbuf_puts(
				    r->out, code ? "<code>" : "</code>");
			text++;
		}
	}
}

static void
put_text(struct rendering *r, const char *name)
{
	const char *text = json_string_value(json_object_get(r->texts, name));

	if (text == NULL)
		r->error = ERROR_NOT_FOUND;
	else
		put_words(r, text, true);
}

static void
put_marked(struct rendering *r, const char *name)
{
	const char *text = json_string_value(find(r, name));

	if (text == NULL)
		r->error = ERROR_NOT_FOUND;
	else
		put_words(r, text, false);
}

/* --- the template --------------------------------------------------------- */

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
	if (len == 0 || len > NAME_MAX_LEN)
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

/* `scope` NULL: what was looked up so far still holds. */
static void
render_scope(
    struct rendering *r, const json_t *scope, const char *text, const char *end)
{
	if (r->depth == DEPTH_MAX) {
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
	const json_t *value = find(r, open->name);

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
		if (tag.sigil == '\0') {
			put_value(r, tag.name);
		} else if (tag.sigil == '@') {
			put_time(r, tag.name);
		} else if (tag.sigil == '_') {
			put_text(r, tag.name);
		} else if (tag.sigil == '`') {
			put_marked(r, tag.name);
		} else if (tag.sigil == '>') {
			render_part(r, tag.name);
		} else if (tag.sigil == '/') {
			r->error = ERROR_FORMAT;
		} else {
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
