#include "httpapi/template_private.h"

#include <stdlib.h>
#include <string.h>

#include "common/control.h"
#include "common/error.h"

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

/* --- values --------------------------------------------------------------- */

static const json_t *
find_in(const json_t *scope, const char *name)
{
	while (scope != NULL && *name != '\0') {
		char step[TEMPLATE_NAME_MAX + 1];
		size_t len = strcspn(name, ".");

		memcpy(step, name, len);
		step[len] = '\0';
		scope = json_object_get(scope, step);
		name += len + (name[len] == '.' ? 1 : 0);
	}
	return scope;
}

const json_t *
template_find(const struct rendering *r, const char *name)
{
	const json_t *found = NULL;

	if (strcmp(name, ".") == 0)
		return r->scopes[r->scope_count - 1];
	for (unsigned i = r->scope_count; found == NULL && i > 0; i--)
		found = find_in(r->scopes[i - 1], name);
	return found;
}

static void
put_value(struct rendering *r, const char *name)
{
	const json_t *value = template_find(r, name);
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
	const char *text = json_string_value(template_find(r, name));

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
	char name[TEMPLATE_NAME_MAX + 1];

	if (text[len] != '}' || len == 0 || len > TEMPLATE_NAME_MAX) {
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
	const char *text = json_string_value(template_find(r, name));

	if (text == NULL)
		r->error = ERROR_NOT_FOUND;
	else
		put_words(r, text, false);
}

bool
template_put(struct rendering *r, char sigil, const char *name)
{
	static const struct {
		char sigil;
		void (*put)(struct rendering *r, const char *name);
	} ways[] = {
		{ '\0', put_value },
		{ '@', put_time },
		{ '_', put_text },
		{ '`', put_marked },
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (ways[i].sigil == sigil) {
			ways[i].put(r, name);
			return true;
		}
	}
	return false;
}
