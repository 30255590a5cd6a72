#ifndef TESTS_SUPPORT_SKIP_H
#define TESTS_SUPPORT_SKIP_H

/*
 * cmocka's skip() gives no reason; tests/run shows this line beside the test's
 * name. Include it after cmocka.h.
 */

#include <stdio.h>

#define SKIP_FOR(reason)                                                       \
	do {                                                                   \
		printf("# SKIP %s:\n", reason);                                \
		skip();                                                        \
	} while (0)

#endif
