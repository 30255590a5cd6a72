#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"

static void
names_every_code_of_ours_differently(void **state)
{
	(void)state;
	for (int a = ERROR_NOT_MADE; a <= ERROR_FORMAT; a++) {
		assert_string_not_equal(error_text(a), "unknown error");
		for (int b = ERROR_NOT_MADE; b < a; b++)
			assert_string_not_equal(error_text(a), error_text(b));
	}
}

static void
names_the_codes_of_the_system(void **state)
{
	(void)state;
	assert_string_equal(error_text(-ENOENT), strerror(ENOENT));
	assert_string_equal(error_text(-EADDRINUSE), strerror(EADDRINUSE));
}

static void
says_so_when_it_knows_no_name(void **state)
{
	static const int codes[] = { 1, ENOENT, -9999, -10000,
		ERROR_NOT_MADE - 1, INT_MAX, INT_MIN };

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		assert_string_equal(error_text(codes[i]), "unknown error");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_every_code_of_ours_differently),
		cmocka_unit_test(names_the_codes_of_the_system),
		cmocka_unit_test(says_so_when_it_knows_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
