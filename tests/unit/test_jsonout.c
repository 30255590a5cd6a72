#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "httpapi/jsonout.h"

static void
writes_objects_and_arrays(void **state)
{
	struct strbuf out;
	struct jsonout json;

	(void)state;
	strbuf_init(&out, 4096);
	jsonout_init(&json, &out);
	jsonout_object(&json, NULL);
	jsonout_text(&json, "text", "a");
	jsonout_array(&json, "empty");
	jsonout_end_array(&json);
	jsonout_array(&json, "list");
	jsonout_integer(&json, NULL, 1);
	jsonout_bool(&json, NULL, true);
	jsonout_object(&json, NULL);
	jsonout_end_object(&json);
	jsonout_null(&json, NULL);
	jsonout_end_array(&json);
	jsonout_time(&json, "at", 1700000000);
	jsonout_time(&json, "never", 0);
	jsonout_real(&json, "real", 1.4);
	jsonout_end_object(&json);
	jsonout_done(&json);
	assert_int_equal(out.error, 0);
	assert_string_equal(out.text,
	    "{\"text\":\"a\",\"empty\":[],\"list\":[1,true,{},null],"
	    "\"at\":\"2023-11-14T22:13:20Z\",\"never\":null,\"real\":1.4}");
	strbuf_deinit(&out);
}

static void
writes_every_number(void **state)
{
	static const struct {
		int64_t number;
		const char *text;
	} cases[] = {
		{ 0, "[0]" },
		{ 10, "[10]" },
		{ -1, "[-1]" },
		{ INT64_MAX, "[9223372036854775807]" },
		{ INT64_MIN, "[-9223372036854775808]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct strbuf out;
		struct jsonout json;

		strbuf_init(&out, 64);
		jsonout_init(&json, &out);
		jsonout_array(&json, NULL);
		jsonout_integer(&json, NULL, cases[i].number);
		jsonout_end_array(&json);
		jsonout_done(&json);
		assert_string_equal(out.text, cases[i].text);
		strbuf_deinit(&out);
	}
}

/* Read back it is the text, or null where it was no UTF-8. */
static void
escapes_whatever_comes_from_outside(void **state)
{
	static const char *const texts[] = { "", "plain", "a\"b", "a\\b",
		"\x01\x1f\x7f", "line\nline", "\xc3\xa4\xe2\x82\xac",
		"</script>" };
	struct strbuf out;
	struct jsonout json;
	json_t *read;

	(void)state;
	strbuf_init(&out, 4096);
	jsonout_init(&json, &out);
	jsonout_array(&json, NULL);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		jsonout_text(&json, NULL, texts[i]);
	jsonout_text(&json, NULL, "\xff");
	jsonout_text(&json, NULL, NULL);
	jsonout_end_array(&json);
	jsonout_done(&json);
	read = json_loads(out.text, 0, NULL);
	assert_non_null(read);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_string_equal(
		    json_string_value(json_array_get(read, i)), texts[i]);
	assert_true(json_is_null(json_array_get(read, 8)));
	assert_true(json_is_null(json_array_get(read, 9)));
	json_decref(read);
	strbuf_deinit(&out);
}

static void
sees_what_must_be_escaped_wherever_it_stands(void **state)
{
	static const char odd[] = { '"', '\\', '\x1f', '\n' };
	char text[41] = "";

	(void)state;
	for (size_t len = 1; len < sizeof(text); len++) {
		memset(text, '~', len);
		for (size_t i = 0; i < len * sizeof(odd); i++) {
			struct jsonout json;
			struct strbuf out;

			text[i / sizeof(odd)] = odd[i % sizeof(odd)];
			strbuf_init(&out, 400);
			jsonout_init(&json, &out);
			jsonout_text(&json, NULL, text);
			jsonout_done(&json);
			assert_true(out.len > len + 2);
			assert_int_equal(out.text[1 + i / sizeof(odd)], '\\');
			strbuf_deinit(&out);
			text[i / sizeof(odd)] = '~';
		}
	}
}

static void
reals_are_written_as_they_are_meant(void **state)
{
	static const struct {
		double number;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 1, "1" },
		{ 1.4, "1.4" },
		{ 0.05, "0.05" },
		{ 2.25, "2.25" },
		{ 10.1, "10.1" },
		{ 999.99, "999.99" },
		{ 1000, "1000" },
		{ 0.125, "0.125" },
		{ 0.001, "0.001" },
		{ -1.5, "-1.5" },
		{ 0.1 + 0.2, "0.3" },
		{ 123456, "123456" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct jsonout json;
		struct strbuf out;

		strbuf_init(&out, 100);
		jsonout_init(&json, &out);
		jsonout_array(&json, NULL);
		jsonout_real(&json, NULL, cases[i].number);
		jsonout_end_array(&json);
		jsonout_done(&json);
		out.text[out.len - 1] = '\0';
		assert_string_equal(out.text + 1, cases[i].text);
		strbuf_deinit(&out);
	}
}

/* As much as fits stays readable, and nothing follows what did not fit. */
static void
ends_where_the_buffer_is_full(void **state)
{
	(void)state;
	for (size_t most = 0; most < 64; most++) {
		struct jsonout json;
		struct strbuf out;

		strbuf_init(&out, most);
		jsonout_init(&json, &out);
		jsonout_array(&json, NULL);
		for (int i = 0; i < 20; i++)
			jsonout_text(&json, NULL, "four");
		jsonout_integer(&json, NULL, 4);
		jsonout_end_array(&json);
		jsonout_done(&json);
		assert_int_not_equal(out.error, 0);
		assert_true(out.len <= most);
		assert_int_equal(strlen(out.text), out.len);
		strbuf_deinit(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reals_are_written_as_they_are_meant),
		cmocka_unit_test(writes_objects_and_arrays),
		cmocka_unit_test(writes_every_number),
		cmocka_unit_test(ends_where_the_buffer_is_full),
		cmocka_unit_test(escapes_whatever_comes_from_outside),
		cmocka_unit_test(sees_what_must_be_escaped_wherever_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
