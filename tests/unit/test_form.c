#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "httpapi/form.h"
#include "httpapi/percent.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
undoes_percent_encoding(void **state)
{
	static const struct {
		const char *text;
		bool plus_is_space;
		int code;
		const char *plain;
	} cases[] = {
		{ "", false, 0, "" },
		{ "2001%3Adb8%3a%3a1", false, 0, "2001:db8::1" },
		{ "a+b", false, 0, "a+b" },
		{ "a+b%2B", true, 0, "a b+" },
		{ "%41%4a", false, 0, "AJ" },
		{ "%", false, ERROR_FORMAT, NULL },
		{ "%4", false, ERROR_FORMAT, NULL },
		{ "a%", false, ERROR_FORMAT, NULL },
		{ "%4g", false, ERROR_FORMAT, NULL },
		{ "%-1", false, ERROR_FORMAT, NULL },
		{ "%%41", false, ERROR_FORMAT, NULL },
		{ "a%00b", false, ERROR_FORMAT, NULL },
		{ "0123456789abcdef", false, ERROR_LIMIT, NULL },
		{ "0123456789abcd%65", false, 0, "0123456789abcde" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[16];
		int code = percent_decode(cases[i].text, strlen(cases[i].text),
		    cases[i].plus_is_space, out, sizeof(out));

		assert_int_equal(code, cases[i].code);
		if (code == 0)
			assert_string_equal(out, cases[i].plain);
	}
}

static void
a_raw_nul_is_refused_like_an_escaped_one(void **state)
{
	char out[16];

	(void)state;
	assert_int_equal(
	    percent_decode("a\0b", 3, false, out, sizeof(out)), ERROR_FORMAT);
}

/* The fields as JSON, with their order. */
static void
reads_forms_into_an_object(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *json;
	} cases[] = {
		{ "", 0, "{}" },
		{ "address=192.0.2.1", 0, "{\"address\":\"192.0.2.1\"}" },
		{ "a=1&b=2", 0, "{\"a\":\"1\",\"b\":\"2\"}" },
		{ "a=1&&b=2&", 0, "{\"a\":\"1\",\"b\":\"2\"}" },
		{ "a", 0, "{\"a\":\"\"}" },
		{ "a=", 0, "{\"a\":\"\"}" },
		{ "a=b=c", 0, "{\"a\":\"b=c\"}" },
		{ "note=two+words%0D%0A", 0, "{\"note\":\"two words\\r\\n\"}" },
		{ "note=%C3%A4", 0, "{\"note\":\"\xc3\xa4\"}" },
		{ "note=%C3", ERROR_FORMAT, NULL },
		{ "note=%ED%A0%80", ERROR_FORMAT, NULL }, /* a surrogate */
		{ "%FF=1", ERROR_FORMAT, NULL },
		{ "a=1&a=2", ERROR_FORMAT, NULL },
		{ "a=%zz", ERROR_FORMAT, NULL },
		{ "a=%00", ERROR_FORMAT, NULL },
		{ "a-name-that-is-longer-than-any-of-ours=1", ERROR_LIMIT,
		    NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_t *form = NULL;
		char *text;

		assert_int_equal(
		    form_parse(cases[i].text, strlen(cases[i].text), &form),
		    cases[i].code);
		if (cases[i].code != 0) {
			assert_null(form);
			continue;
		}
		text = json_dumps(form, JSON_COMPACT);
		assert_string_equal(text, cases[i].json);
		free(text);
		json_decref(form);
	}
}

static void
bounds_the_number_of_fields(void **state)
{
	char text[256] = "";
	json_t *form = NULL;

	(void)state;
	for (int i = 0; i < FORM_FIELDS_MAX; i++)
		sprintf(text + strlen(text), "f%d=1&", i);
	assert_int_equal(form_parse(text, strlen(text), &form), 0);
	assert_int_equal(json_object_size(form), FORM_FIELDS_MAX);
	json_decref(form);
	strcat(text, "more=1");
	assert_int_equal(form_parse(text, strlen(text), &form), ERROR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undoes_percent_encoding),
		cmocka_unit_test(a_raw_nul_is_refused_like_an_escaped_one),
		cmocka_unit_test(reads_forms_into_an_object),
		cmocka_unit_test(bounds_the_number_of_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
