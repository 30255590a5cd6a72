#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "db/backscatter.h"
#include "db/remedy.h"
#include "httpapi/language.h"

/* A translation must say something wherever English does, of the same. */
static void
check_names(const char *tag, const json_t *texts, const json_t *english)
{
	const char *name;
	json_t *text;

	json_object_foreach((json_t *)english, name, text)
	{
		if (!json_is_string(json_object_get(texts, name)))
			fail_msg("%s lacks %s", tag, name);
	}
}

static void
every_language_has_every_text(void **state)
{
	(void)state;
	for (size_t i = 1; i < language_count; i++) {
		const struct language *language = language_at(i);

		check_names(
		    language->tag, language->texts, language_at(0)->texts);
		check_names(
		    language->tag, language->console, language_at(0)->console);
	}
}

/* The console's pages take nothing from the program's tables. */
static void
the_console_says_nothing_in_one_language_alone(void **state)
{
	(void)state;
	for (size_t i = 1; i < language_count; i++)
		check_names(
		    "en", language_at(0)->console, language_at(i)->console);
}

/* How often a text takes something of the view; grave accents in pairs. */
static unsigned
count_of(const char *text, char c)
{
	unsigned count = 0;

	for (; *text != '\0'; text++)
		count += *text == c;
	return count;
}

static bool
names_the_same(const char *text, const char *english)
{
	while ((english = strchr(english, '{')) != NULL) {
		char named[80];

		snprintf(named, sizeof(named), "%.*s",
		    (int)strcspn(english, "}") + 1, english);
		if (strstr(text, named) == NULL)
			return false;
		english++;
	}
	return true;
}

static void
check_texts(const char *tag, const json_t *texts, const json_t *english)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)english, name, value)
	{
		const char *text =
		    json_string_value(json_object_get(texts, name));

		if (!names_the_same(text, json_string_value(value)) ||
		    count_of(text, '{') != count_of(text, '}') ||
		    count_of(text, '`') % 2 != 0)
			fail_msg("%s: %s", tag, name);
	}
}

static void
a_text_names_the_same_in_every_language(void **state)
{
	const struct language *english = language_at(0);

	(void)state;
	for (size_t i = 0; i < language_count; i++) {
		const struct language *language = language_at(i);

		check_texts(language->tag, language->texts, english->texts);
		check_texts(language->tag, language->console, english->console);
	}
}

static bool
is_remedy(const char *name)
{
	for (size_t i = 0; i < remedy_count; i++) {
		if (strcmp(remedies[i].name, name) == 0)
			return true;
	}
	return false;
}

/* The repair is what the pages are for: nobody reads it in two languages. */
static void
every_language_has_every_repair(void **state)
{
	(void)state;
	for (size_t i = 1; i < language_count; i++) {
		char name[80];

		for (size_t k = 0; k < remedy_count; k++) {
			snprintf(
			    name, sizeof(name), "remedy.%s", remedies[k].name);
			assert_string_not_equal(
			    language_text(language_at(i), name, ""), "");
		}
		for (int k = CAUSE_NONE + 1; k < CAUSE_COUNT; k++) {
			snprintf(name, sizeof(name), "cause.%s.repair",
			    causes[k].name);
			assert_string_not_equal(
			    language_text(language_at(i), name, ""), "");
		}
	}
}

/* What a language says of a cause that is gone nobody would ever see. */
static void
texts_of_causes_and_kinds_are_of_those_there_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < language_count; i++) {
		const char *name;
		json_t *text;

		json_object_foreach(language_at(i)->texts, name, text)
		{
			char second[64] = "";

			if (sscanf(name, "cause.%63[^.]", second) == 1)
				assert_non_null(cause_find(second));
			else if (sscanf(name, "remedy.%63s", second) == 1)
				assert_true(is_remedy(second));
			else if (sscanf(name, "kind.%63s", second) == 1)
				assert_int_not_equal(backscatter_parse(second),
				    BACKSCATTER_KIND_COUNT);
		}
	}
}

static void
a_link_goes_before_a_cookie_and_that_before_the_browser(void **state)
{
	static const struct {
		const char *wanted, *chosen, *accept, *tag;
	} cases[] = {
		{ NULL, NULL, NULL, "en" },
		{ NULL, NULL, "de-AT, en;q=0.5", "de" },
		{ NULL, "en", "de", "en" },
		{ "de", "en", "en", "de" },
		{ "xx", "", "fr", "en" },
		{ "xx", "yy", "de", "de" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(language_choose(cases[i].wanted,
					cases[i].chosen, cases[i].accept)
					->tag,
		    cases[i].tag);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_language_has_every_text),
		cmocka_unit_test(
		    the_console_says_nothing_in_one_language_alone),
		cmocka_unit_test(a_text_names_the_same_in_every_language),
		cmocka_unit_test(every_language_has_every_repair),
		cmocka_unit_test(
		    texts_of_causes_and_kinds_are_of_those_there_are),
		cmocka_unit_test(
		    a_link_goes_before_a_cookie_and_that_before_the_browser),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
