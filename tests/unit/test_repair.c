#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "httpapi/repair.h"

static json_t *
words_of(const char *lookup)
{
	json_t *json = json_loads(lookup, 0, NULL);
	json_t *words;

	assert_non_null(json);
	words = repair_words(json, language_at(0));
	json_decref(json);
	return words;
}

static const char *
text_in(const json_t *words, const char *name)
{
	return json_string_value(json_object_get(words, name));
}

static const char *
software_of(const json_t *words, const char *list, size_t i)
{
	return text_in(
	    json_array_get(json_object_get(words, list), i), "software");
}

static void
tells_programs_of_every_cause_once_and_for_all(void **state)
{
	(void)state;
	for (int i = 0; i < CAUSE_COUNT; i++) {
		const struct strbuf *text = repair_json(&causes[i]);
		json_t *json = json_loadb(text->text, text->len, 0, NULL);

		assert_string_equal(text_in(json, "name"), causes[i].name);
		assert_non_null(
		    strstr(text_in(json, "repairs"), causes[i].name));
		assert_ptr_equal(repair_json(&causes[i]), text);
		json_decref(json);
	}
	assert_string_equal(repair_json(NULL)->text, "null");
}

static void
what_was_seen_comes_first(void **state)
{
	json_t *list =
	    words_of("{\"cause\":{\"name\":\"unknown-user\"},\"evidence\":["
		     "{\"cause\":\"quota\",\"software\":\"Exim\"},"
		     "{\"cause\":\"unknown-user\",\"software\":\"Domino\"},"
		     "{\"cause\":\"quota\",\"software\":\"Exim\"}]}");
	json_t *first = json_array_get(list, 0);
	json_t *second = json_array_get(list, 1);

	(void)state;
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(text_in(first, "name"), "unknown-user");
	assert_string_equal(text_in(first, "seen"), "Exim and Domino");
	assert_true(json_is_true(json_object_get(first, "named")));
	assert_true(json_is_false(json_object_get(first, "also")));
	assert_string_equal(software_of(first, "mine", 0), "Exim");
	assert_string_equal(software_of(first, "others", 0), "Postfix");
	assert_string_equal(text_in(second, "name"), "quota");
	assert_true(json_is_true(json_object_get(second, "also")));
	json_decref(list);
}

static void
says_when_it_does_not_know(void **state)
{
	json_t *list = words_of("{\"cause\":{\"name\":\"challenge\"},"
				"\"evidence\":[{\"kind\":\"challenge\"}]}");
	json_t *first = json_array_get(list, 0);

	(void)state;
	assert_true(json_is_false(json_object_get(first, "named")));
	assert_true(json_is_false(json_object_get(first, "has_mine")));
	assert_true(json_is_true(json_object_get(first, "has_any")));
	assert_string_equal(text_in(first, "seen"), "");
	json_decref(list);
}

/* From sensors comes whatever they say. */
static void
a_cause_that_is_none_of_ours_is_passed_over(void **state)
{
	json_t *list = words_of("{\"cause\":null,\"evidence\":["
				"{\"cause\":\"<b>\",\"software\":\"<i>\"}]}");

	(void)state;
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    tells_programs_of_every_cause_once_and_for_all),
		cmocka_unit_test(what_was_seen_comes_first),
		cmocka_unit_test(says_when_it_does_not_know),
		cmocka_unit_test(a_cause_that_is_none_of_ours_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
