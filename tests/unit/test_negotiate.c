#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "httpapi/negotiate.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
answers_in_the_type_that_is_liked_best(void **state)
{
	static const char *const offers[] = { "application/json", "text/plain",
		"text/html" };
	static const struct {
		const char *accept;
		int best;
	} cases[] = {
		{ NULL, 0 },
		{ "", 0 },
		{ " , ", 0 },
		{ "*/*", 0 },
		{ "text/plain", 1 },
		{ "TEXT/Plain", 1 },
		{ "text/plain, */*;q=0.1", 1 },
		{ "text/*", 1 },
		{ "text/*;q=0.5, text/html", 2 },
		{ "text/html,application/xhtml+xml,application/xml;q=0.9,"
		  "*/*;q=0.8",
		    2 },
		{ "application/json;q=0.5, text/plain;q=0.501", 1 },
		{ "application/json;q=0, */*", 1 },
		{ "*/*, application/json;q=0", 1 },
		{ "text/plain;charset=utf-8;q=0.9, application/json;q=0.8", 1 },
		{ "text/plain;note=\",;q=0\";q=1, application/json;q=0.9", 1 },
		{ "image/png", -1 },
		{ "*/*;q=0", -1 },
		{ "application/json;q=2", -1 },
		{ "application/json;q=x, text/plain;q=0.1", 1 },
		{ "text", -1 },
		{ ";q=1", -1 },
		{ "text/html;q=\"", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    negotiate_type(cases[i].accept, offers, COUNT(offers)),
		    cases[i].best);
}

static void
knows_a_type_by_its_name_alone(void **state)
{
	(void)state;
	assert_true(negotiate_is_type("application/json", "application/json"));
	assert_true(negotiate_is_type(
	    "Application/JSON; charset=utf-8", "application/json"));
	assert_true(
	    negotiate_is_type("application/json ;a", "application/json"));
	assert_false(
	    negotiate_is_type("application/jsonl", "application/json"));
	assert_false(negotiate_is_type("", "application/json"));
	assert_false(negotiate_is_type(NULL, "application/json"));
}

static void
packs_for_those_who_name_gzip(void **state)
{
	static const struct {
		const char *field;
		bool packs;
	} cases[] = {
		{ NULL, false },
		{ "", false },
		{ "gzip", true },
		{ "GZIP", true },
		{ "br, gzip;q=0.5", true },
		{ "gzip;q=0", false },
		{ "gzip;q=0.000, br", false },
		{ "*", false },
		{ "x-gzip", true },
		{ "x-gzip;q=0", false },
		{ "gzip, identity", true },
		{ "identity;q=0.5, gzip;q=0.4", false },
		{ "identity;q=0, gzip;q=0.1", true },
		{ "gzipped", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    negotiate_gzip(cases[i].field), cases[i].packs);
}

static void
speaks_the_language_that_is_liked_best(void **state)
{
	static const char *const tags[] = { "en", "de" };
	static const struct {
		const char *field;
		int best;
	} cases[] = {
		{ NULL, -1 },
		{ "", -1 },
		{ "fr, *;q=0.1", -1 },
		{ "de", 1 },
		{ "DE-at", 1 },
		{ "den", -1 },
		{ "fr;q=0.9, de;q=0.5, en;q=0.6", 0 },
		{ "de-CH, en;q=0.9", 1 },
		{ "en, de", 0 },
		{ "de;q=0, en;q=0.1", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    negotiate_language(cases[i].field, tags, COUNT(tags)),
		    cases[i].best);
}

static void
finds_its_tag_in_a_list(void **state)
{
	static const struct {
		const char *field;
		bool matches;
	} cases[] = {
		{ NULL, false },
		{ "", false },
		{ "*", true },
		{ "\"abc\"", true },
		{ "W/\"abc\"", true },
		{ "\"x\", \"abc\" ", true },
		{ "\"x,\\\"abc\", \"y\"", false },
		{ "\"a\",\"b\",W/\"abc\"", true },
		{ "\"abcd\"", false },
		{ "abc", false },
		{ "\"ABC\"", false },
		{ "\"abc", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    negotiate_etag_matches(cases[i].field, "\"abc\""),
		    cases[i].matches);
}

static void
holds_a_condition_by_strong_tags_alone(void **state)
{
	static const struct {
		const char *field, *etag;
		bool holds;
	} cases[] = {
		{ NULL, "\"a\"", true },
		{ NULL, NULL, true },
		{ "*", "\"a\"", true },
		{ "*", NULL, true },
		{ "\"a\"", "\"a\"", true },
		{ "\"b\", \"a\" ", "\"a\"", true },
		{ "W/\"a\"", "\"a\"", false },
		{ "\"b\"", "\"a\"", false },
		{ "", "\"a\"", false },
		{ "\"a\"", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    negotiate_etag_holds(cases[i].field, cases[i].etag),
		    cases[i].holds);
}

static void
waits_as_long_as_is_preferred(void **state)
{
	static const struct {
		const char *prefer;
		long wait;
	} cases[] = {
		{ NULL, 5 },
		{ "", 5 },
		{ "wait=10", 10 },
		{ "Wait=0", 0 },
		{ "respond-async", 0 },
		{ "respond-async, wait=10", 0 },
		{ "return=minimal, wait=20; x=y", 20 },
		{ "handling=lenient,wait=7,respond-async", 7 },
		{ "wait", 5 },
		{ "wait=", 5 },
		{ "wait=-1", 5 },
		{ "wait=1.5", 5 },
		{ "wait=99999999999999999999", 5 },
		{ "await=9", 5 },
		{ ",,, ", 5 },
		{ "x=\"wait=9\"", 5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    negotiate_wait(cases[i].prefer, 5), cases[i].wait);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_in_the_type_that_is_liked_best),
		cmocka_unit_test(knows_a_type_by_its_name_alone),
		cmocka_unit_test(packs_for_those_who_name_gzip),
		cmocka_unit_test(speaks_the_language_that_is_liked_best),
		cmocka_unit_test(finds_its_tag_in_a_list),
		cmocka_unit_test(holds_a_condition_by_strong_tags_alone),
		cmocka_unit_test(waits_as_long_as_is_preferred),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
