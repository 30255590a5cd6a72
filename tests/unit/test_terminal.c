#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/progress.h"
#include "ctl/terminal.h"

static void
bars_are_as_long_as_their_part(void **state)
{
	static const struct {
		uint64_t part, whole;
		const char *plain, *drawn;
	} cases[] = {
		{ 0, 8, "    ", "    " },
		{ 8, 8, "####", "\u2588\u2588\u2588\u2588" },
		{ 4, 8, "##  ", "\u2588\u2588  " },
		{ 1, 1000000, "#   ", "\u258f   " },
		{ 9, 8, "####", "\u2588\u2588\u2588\u2588" },
		{ 5, 0, "    ", "    " },
		{ 3, 16, "#   ", "\u258a   " },
	};
	char text[TERMINAL_BAR_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		terminal_set_utf8(false);
		assert_string_equal(
		    terminal_bar(cases[i].part, cases[i].whole, 4, true, text),
		    cases[i].plain);
		terminal_set_utf8(true);
		assert_string_equal(
		    terminal_bar(cases[i].part, cases[i].whole, 4, true, text),
		    cases[i].drawn);
	}
	assert_string_equal(terminal_bar(1, 2, 4, false, text), "\u2588\u2588");
	/* However wide a terminal says it is. */
	assert_true(
	    strlen(terminal_bar(1, 1, 100000, true, text)) < TERMINAL_BAR_MAX);
}

static void
numbers_are_grouped(void **state)
{
	char text[TERMINAL_NUMBER_MAX];

	(void)state;
	assert_string_equal(terminal_number(0, text), "0");
	assert_string_equal(terminal_number(999, text), "999");
	assert_string_equal(terminal_number(1000, text), "1,000");
	assert_string_equal(
	    terminal_number(UINT64_MAX, text), "18,446,744,073,709,551,615");
}

static void
a_progress_line_fits_its_terminal(void **state)
{
	const struct progress known = { .doing = "importing",
		.total = 2000000 };
	const struct progress unknown = { .doing = "reading" };
	char line[PROGRESS_LINE_MAX];

	(void)state;
	terminal_set_utf8(false);
	assert_string_equal(progress_line(&known, 500000, 1000, 80, line),
	    "importing  [#######                    ]   25 %  500,000 of "
	    "2,000,000, "
	    "3 s left");
	assert_string_equal(progress_line(&known, 500000, 600000, 50, line),
	    "importing   25 %  500,000 of 2,000,000, 30 min left");
	assert_string_equal(progress_line(&known, 2000000, 600000, 200, line),
	    "importing  [########################################]  100 %  "
	    "2,000,000 of 2,000,000");
	assert_string_equal(
	    progress_line(&unknown, 1234, 1000, 80, line), "reading  1,234");
	for (unsigned columns = 72; columns < 200; columns++)
		assert_true(strlen(progress_line(&known, 1999999, 700, columns,
				line)) < columns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bars_are_as_long_as_their_part),
		cmocka_unit_test(numbers_are_grouped),
		cmocka_unit_test(a_progress_line_fits_its_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
