#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/error.h"
#include "db/store_private.h"

/*
 * Files with pages of 256 octets, made by hand to be what their names say;
 * the fuzz target begins with them, too.
 */
#define FILES "tests/data/fuzz_store_whole/"

static void
knows_a_file_cut_short_from_one_that_ends_in_free_pages(void **state)
{
	static const struct {
		const char *name;
		int code;
		uint64_t file_pages, wanted_pages;
	} cases[] = {
		{ "whole", 0, 2, 2 },
		{ "cut", ERROR_DAMAGED, 2, 10 },
		{ "ends_in_free_pages", 0, 3, 6 },
		{ "one_page_missing", ERROR_DAMAGED, 3, 6 },
		{ "branch", 0, 5, 7 },
		{ "loop", ERROR_DAMAGED, 5, 7 },
		{ "elsewhere", 0, 4, 7 },
		{ "count_lies", ERROR_DAMAGED, 3, 6 },
		{ "page_size_lies", ERROR_DAMAGED, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t file_bytes, wanted_bytes;
		char path[128];
		int fd;

		snprintf(path, sizeof(path), FILES "%s", cases[i].name);
		fd = open(path, O_RDONLY);
		assert_true(fd >= 0);
		assert_int_equal(
		    store_whole(fd, &file_bytes, &wanted_bytes), cases[i].code);
		assert_int_equal(file_bytes, cases[i].file_pages * 256);
		assert_int_equal(wanted_bytes, cases[i].wanted_pages * 256);
		close(fd);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    knows_a_file_cut_short_from_one_that_ends_in_free_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
