#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "httpapi/cookie.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
reads_the_first_of_a_name_where_it_fits(void **state)
{
	static const struct {
		const char *cookies;
		bool found;
		const char *value;
	} cases[] = {
		{ NULL, false, "" },
		{ "", false, "" },
		{ "; ;", false, "" },
		{ "lang", false, "" },
		{ "lang=", true, "" },
		{ "lang=de", true, "de" },
		{ "lang=de;", true, "de" },
		{ "a=1; lang=de; b=2", true, "de" },
		{ "a=1;lang=de", true, "de" },
		{ "lang=de; lang=en", true, "de" },
		{ "language=fr; lang=de", true, "de" },
		{ "xlang=fr", false, "" },
		{ "LANG=de", false, "" },
		{ "a=lang=de", false, "" },
		{ "lang=a=b", true, "a=b" },
		{ "lang=1234567", true, "1234567" },
		{ "lang=12345678", false, "" },
		{ "lang=12345678; lang=de", false, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char value[8] = "?";

		assert_int_equal(
		    cookie_read(cases[i].cookies, "lang", value, sizeof(value)),
		    cases[i].found);
		assert_string_equal(value, cases[i].value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_first_of_a_name_where_it_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
