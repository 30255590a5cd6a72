#ifndef TESTS_SUPPORT_INSIST_H
#define TESTS_SUPPORT_INSIST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What a fuzz target has to hold: else it says what did not, and ends. */
static inline void
insist_on(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}
#define insist(holds) insist_on(holds, #holds)

/* The target, as libFuzzer and tests/fuzz/replay.c call it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
