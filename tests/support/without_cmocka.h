#ifndef TESTS_SUPPORT_WITHOUT_CMOCKA_H
#define TESTS_SUPPORT_WITHOUT_CMOCKA_H

#include "tests/support/insist.h"

/*
 * test_store.h and test_record.h speak cmocka's words. In a program that is no
 * test of cmocka's, as a fuzz target, this comes before them.
 */
#define assert_true(holds) insist_on(holds, #holds)
#define assert_non_null(pointer) insist_on((pointer) != NULL, #pointer)
#define assert_int_equal(a, b) insist_on((a) == (b), #a " is " #b)
#define print_error(...) fprintf(stderr, __VA_ARGS__)

#endif
