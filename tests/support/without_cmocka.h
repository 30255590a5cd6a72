#ifndef TESTS_SUPPORT_WITHOUT_CMOCKA_H
#define TESTS_SUPPORT_WITHOUT_CMOCKA_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * test_store.h and test_record.h speak cmocka's words. In a program that is no
 * test of cmocka's, as a fuzz target, this comes before them.
 */
static inline void
insist_on(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

#define insist(holds) insist_on(holds, #holds)
#define assert_true(holds) insist_on(holds, #holds)
#define assert_non_null(pointer) insist_on((pointer) != NULL, #pointer)
#define assert_int_equal(a, b) insist_on((a) == (b), #a " is " #b)
#define print_error(...) fprintf(stderr, __VA_ARGS__)

#endif
