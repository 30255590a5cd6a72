#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "httpapi/template.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char view_text[] =
    "{\"name\":\"<b>&\\\"'\",\"count\":3,\"part\":{\"name\":\"inner\"},"
    "\"list\":[{\"n\":\"one\"},{\"n\":\"two\"}],\"words\":[\"a\",\"b\"],"
    "\"yes\":true,\"no\":false,\"none\":null,\"empty\":\"\",\"nothing\":[],"
    "\"at\":\"2026-01-31T12:00:05Z\",\"day\":\"<2026-01-31>\","
    "\"real\":1.4,\"marked\":\"<`{n}`\"}";

static const char texts_text[] =
    "{\"plain\":\"a & b\",\"timed\":\"at {@at}\",\"named\":\"<{name}> "
    "{part.name}\","
    "\"code\":\"use `{count}`.\",\"open\":\"a {name\","
    "\"absent\":\"{absent}\",\"tag\":\"{{count}}\",\"no.text\":1}";

static int
render(const char *text, enum template_escape escape, struct strbuf *out)
{
	const struct template_part parts[] = {
		{ "main", text },
		{ "greeting", "Hello {{count}}!" },
		{ "line", "a line\n" },
		{ "self", "{{>self}}" },
	};
	json_t *view = json_loads(view_text, 0, NULL);
	json_t *texts = json_loads(texts_text, 0, NULL);
	int code = template_render(
	    parts, COUNT(parts), "main", view, texts, escape, out);

	json_decref(texts);
	json_decref(view);
	return code;
}

static void
fills_in_what_the_view_holds(void **state)
{
	static const struct {
		const char *text;
		const char *html;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "{{count}}{{count}}", "33" },
		{ "{{real}}", "1.4" },
		{ "{{name}}", "&lt;b&gt;&amp;&quot;&#39;" },
		{ "{{part.name}}", "inner" },
		{ "{{#part}}{{name}} {{count}}{{/part}}", "inner 3" },
		{ "{{#list}}<{{n}}>{{/list}}", "<one><two>" },
		{ "{{#words}}{{.}},{{/words}}", "a,b," },
		{ "{{#words}}{{#yes}}{{^no}}{{.}}{{/no}}{{/yes}}{{/words}}",
		    NULL },
		{ "{{#words}}{{^no}}{{.}}{{/no}}{{/words}}", "ab" },
		{ "{{_plain}}", "a &amp; b" },
		{ "\n{{_plain}}\n", "\na &amp; b\n" },
		{ "{{_named}}", "&lt;&lt;b&gt;&amp;&quot;&#39;&gt; inner" },
		{ "{{#part}}{{_named}}{{/part}}", "&lt;inner&gt; inner" },
		{ "{{_code}}", "use <code>3</code>." },
		{ "{{`marked}}", "&lt;<code>{n}</code>" },
		{ "{{@at}}",
		    "<time datetime=\"2026-01-31T12:00:05Z\">2026-01-31 "
		    "12:00:05&nbsp;UTC</time>" },
		{ "{{@day}}", "&lt;2026-01-31&gt;" },
		{ "{{_timed}}",
		    "at <time datetime=\"2026-01-31T12:00:05Z\">2026-01-31 "
		    "12:00:05&nbsp;UTC</time>" },
		{ "{{@absent}}", NULL },
		{ "{{@count}}", NULL },
		{ "{{_absent}}", NULL },
		{ "{{_tag}}", NULL },
		{ "{{_no.text}}", NULL },
		{ "{{_nothing}}", NULL },
		{ "{{#yes}}y{{/yes}}{{^yes}}n{{/yes}}", "y" },
		{ "{{#no}}y{{/no}}{{^no}}n{{/no}}", "n" },
		{ "{{#none}}y{{/none}}{{#empty}}y{{/empty}}"
		  "{{#nothing}}y{{/nothing}}{{#absent}}y{{/absent}}",
		    "" },
		{ "{{^absent}}gone{{/absent}}", "gone" },
		{ "{{#name}}{{name}}{{/name}}", "&lt;b&gt;&amp;&quot;&#39;" },
		{ "{{#yes}}{{#yes}}deep{{/yes}}{{/yes}}", "deep" },
		{ "{{>greeting}}", "Hello 3!" },
		{ "a\n{{#yes}}\nb\n{{/yes}}\nc", "a\nb\nc" },
		{ "  {{#yes}}  \n  b\n{{/yes}}\n", "  b\n" },
		{ "a {{#yes}} b {{/yes}}\n", "a  b \n" },
		{ "{{>line}}\nend", "a line\nend" },
		{ "}} {", "}} {" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct strbuf out;
		int code;

		strbuf_init(&out, 4096);
		code = render(cases[i].text, TEMPLATE_HTML, &out);
		if (cases[i].html != NULL) {
			assert_int_equal(code, 0);
			assert_string_equal(out.text, cases[i].html);
		} else {
			/* Within {{#yes}} the element itself is `true`. */
			assert_int_equal(code, ERROR_NOT_FOUND);
		}
		strbuf_deinit(&out);
	}
}

static void
says_so_when_a_template_is_wrong(void **state)
{
	static const struct {
		const char *text;
		int code;
	} cases[] = {
		{ "{{absent}}", ERROR_NOT_FOUND },
		{ "{{part.absent}}", ERROR_NOT_FOUND },
		{ "{{count.part}}", ERROR_NOT_FOUND },
		{ "{{list}}", ERROR_NOT_FOUND },
		{ "{{>absent}}", ERROR_NOT_FOUND },
		{ "{{#yes}}", ERROR_FORMAT },
		{ "{{#yes}}{{/no}}", ERROR_FORMAT },
		{ "{{/yes}}", ERROR_FORMAT },
		{ "{{}}", ERROR_FORMAT },
		{ "{{name", ERROR_FORMAT },
		{ "{{_open}}", ERROR_FORMAT },
		{ "{{#yes}}{{name{{/yes}}", ERROR_FORMAT },
		{ "{{>self}}", ERROR_FORMAT },
		{ "{{a-name-longer-than-any-name-in-any-view-that-a-page-of-"
		  "ours-ever-had}}",
		    ERROR_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct strbuf out;

		strbuf_init(&out, 4096);
		assert_int_equal(
		    render(cases[i].text, TEMPLATE_HTML, &out), cases[i].code);
		strbuf_deinit(&out);
	}
}

static void
a_full_buffer_is_an_error(void **state)
{
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 4);
	assert_int_equal(render("12345", TEMPLATE_HTML, &out), ERROR_LIMIT);
	strbuf_deinit(&out);
}

static void
no_terminal_obeys_what_is_shown(void **state)
{
	static const struct {
		enum template_escape escape;
		const char *shown;
	} cases[] = {
		{ TEMPLATE_TEXT, "<a>?[2J???\xc3\xa4??txt" },
		{ TEMPLATE_HTML, "&lt;a&gt;?[2J?\n?\xc3\xa4??txt" },
	};
	const struct template_part part = { "main", "{{value}}" };
	json_t *view = json_object();
	struct strbuf out;

	(void)state;
	json_object_set_new(view, "value",
	    json_string("<a>\x1b[2J\r\n\xc2\x9b\xc3\xa4\x7f\xe2\x80\xae"
			"txt"));
	for (size_t i = 0; i < COUNT(cases); i++) {
		strbuf_init(&out, 4096);
		assert_int_equal(template_render(&part, 1, "main", view, NULL,
				     cases[i].escape, &out),
		    0);
		assert_string_equal(out.text, cases[i].shown);
		strbuf_deinit(&out);
	}
	json_decref(view);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_in_what_the_view_holds),
		cmocka_unit_test(says_so_when_a_template_is_wrong),
		cmocka_unit_test(a_full_buffer_is_an_error),
		cmocka_unit_test(no_terminal_obeys_what_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
