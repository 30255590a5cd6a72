#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "httpapi/target.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
splits_every_form_of_a_target(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *path, *query;
	} cases[] = {
		{ "/", 0, "/", "" },
		{ "/v1/lookup/192.0.2.1", 0, "/v1/lookup/192.0.2.1", "" },
		{ "/?address=192.0.2.1", 0, "/", "address=192.0.2.1" },
		{ "/?a=b?c", 0, "/", "a=b?c" },
		{ "/?", 0, "/", "" },
		{ "*", 0, "*", "" },
		{ "http://bl.example", 0, "/", "" },
		{ "http://bl.example/", 0, "/", "" },
		{ "HTTPS://bl.example:8080/l/1", 0, "/l/1", "" },
		{ "http://bl.example?q", 0, "/", "q" },
		{ "http://", ERROR_FORMAT, NULL, NULL },
		{ "http:///healthz", ERROR_FORMAT, NULL, NULL },
		{ "http://?q", ERROR_FORMAT, NULL, NULL },
		{ "", ERROR_FORMAT, NULL, NULL },
		{ "?a", ERROR_FORMAT, NULL, NULL },
		{ "bl.example:443", ERROR_FORMAT, NULL, NULL },
		{ "*/", ERROR_FORMAT, NULL, NULL },
		{ "/#top", ERROR_FORMAT, NULL, NULL },
		{ "/a b", ERROR_FORMAT, NULL, NULL },
		{ "/?a b", ERROR_FORMAT, NULL, NULL },
		{ "/\x7f", ERROR_FORMAT, NULL, NULL },
		{ "/\xc3\xa4", ERROR_FORMAT, NULL, NULL },
		{ "ftp://bl.example/", ERROR_FORMAT, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct target target;

		assert_int_equal(
		    target_parse(cases[i].text, &target), cases[i].code);
		if (cases[i].code != 0)
			continue;
		assert_string_equal(target.path, cases[i].path);
		assert_string_equal(target.query, cases[i].query);
	}
}

static void
takes_the_longest_and_nothing_longer(void **state)
{
	char text[2 * TARGET_MAX + 8];
	struct target target;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	text[TARGET_MAX] = '\0';
	assert_int_equal(target_parse(text, &target), 0);
	assert_int_equal(strlen(target.path), TARGET_MAX);
	text[TARGET_MAX] = 'a';
	text[TARGET_MAX + 1] = '\0';
	assert_int_equal(target_parse(text, &target), ERROR_LIMIT);
	text[1] = '?';
	text[TARGET_MAX + 1] = 'a';
	text[TARGET_MAX + 2] = '\0';
	assert_int_equal(target_parse(text, &target), 0);
	text[TARGET_MAX + 2] = 'a';
	text[TARGET_MAX + 3] = '\0';
	assert_int_equal(target_parse(text, &target), ERROR_LIMIT);
}

static const struct {
	const char *text;
	const char *strict, *loose; /* the address read; NULL: refused */
	bool is_unit;
} subjects[] = {
	{ "192.0.2.1", "192.0.2.1", "192.0.2.1", false },
	{ "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1", false },
	{ "192.0.2.1/32", "192.0.2.1", "192.0.2.1", true },
	{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1", "2001:db8::1", false },
	{ "2001:db8::192.0.2.1", "2001:db8::c000:201", "2001:db8::c000:201",
	    false },
	{ "2001:db8::/64", "2001:db8::", "2001:db8::", true },
	{ " 192.0.2.1\r\n", NULL, "192.0.2.1", false },
	{ "[192.0.2.1]", NULL, "192.0.2.1", false },
	{ "[2001:db8::1].", NULL, "2001:db8::1", false },
	{ "(192.0.2.1),", NULL, "192.0.2.1", false },
	{ "192.0.2.1.", NULL, "192.0.2.1", false },
	{ "192.0.2.1/24", NULL, NULL, false },
	{ "2001:db8::/48", NULL, NULL, false },
	{ "2001:db8::1/64", NULL, NULL, false },
	{ "2001:db8::/064", NULL, NULL, false },
	{ "192.0.2.1/", NULL, NULL, false },
	{ "192.0.2.1 192.0.2.2", NULL, NULL, false },
	{ "192.0.2.01", NULL, NULL, false },
	{ "192.0.2", NULL, NULL, false },
	{ "fe80::1%eth0", NULL, NULL, false },
	{ "mail.example.org", NULL, NULL, false },
	{ "", NULL, NULL, false },
	{ "[]", NULL, NULL, false },
	{ ".", NULL, NULL, false },
};

static void
check_subject(
    int code, const struct subject *subject, const char *expected, bool is_unit)
{
	char text[IPADDR_TEXT_MAX];

	if (expected == NULL) {
		assert_int_equal(code, ERROR_FORMAT);
		return;
	}
	assert_int_equal(code, 0);
	assert_string_equal(ipaddr_format(&subject->address, text), expected);
	assert_int_equal(subject->is_unit, is_unit);
}

static void
reads_addresses_and_units_in_every_spelling(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(subjects); i++) {
		struct subject subject;
		int code = subject_parse(subjects[i].text, &subject);

		check_subject(
		    code, &subject, subjects[i].strict, subjects[i].is_unit);
	}
}

static void
reads_what_people_paste(void **state)
{
	char longest[300];
	struct subject subject;

	(void)state;
	for (size_t i = 0; i < COUNT(subjects); i++) {
		int code = subject_parse_loosely(subjects[i].text, &subject);

		check_subject(
		    code, &subject, subjects[i].loose, subjects[i].is_unit);
	}
	memset(longest, '1', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(
	    subject_parse_loosely(longest, &subject), ERROR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_every_form_of_a_target),
		cmocka_unit_test(takes_the_longest_and_nothing_longer),
		cmocka_unit_test(reads_addresses_and_units_in_every_spelling),
		cmocka_unit_test(reads_what_people_paste),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
