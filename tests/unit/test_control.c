#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/control.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
finds_what_a_terminal_or_a_reader_obeys(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ "", 0 },
		{ "a\x1b", 0 },
		{ " ", 0 },
		{ "\x1b[31m", 1 },
		{ "\n", 1 },
		{ "\x7f", 1 },
		{ "\xc2\x9b"
		  "31m",
		    2 },
		{ "\xc2\xa0", 0 },
		{ "\xc3\xa4", 0 },
		{ "\xd8\x9c", 2 },
		{ "\xd8\xa7", 0 },
		{ "\xe2\x80\x8d", 0 }, /* joins letters, as it may */
		{ "\xe2\x80\x8e", 3 },
		{ "\xe2\x80\x8f", 3 },
		{ "\xe2\x80\x90", 0 },
		{ "\xe2\x80\xa8", 3 },
		{ "\xe2\x80\xae"
		  "exe.txt",
		    3 },
		{ "\xe2\x80\xaf", 0 },
		{ "\xe2\x81\xa6", 3 },
		{ "\xe2\x81\xa9", 3 },
		{ "\xe2\x81\xaa", 0 },
		{ "\xe2\x80", 0 }, /* cut short */
		{ "\xe2", 0 },
		{ "\xc2", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(control_len(cases[i].text), cases[i].len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_a_terminal_or_a_reader_obeys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
