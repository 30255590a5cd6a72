#ifndef TESTS_SUPPORT_QUESTION_MIX_H
#define TESTS_SUPPORT_QUESTION_MIX_H

#include "tests/support/listed.h"

/* What strangers ask of a list, drawn from a fixed sequence. */
struct question_mix {
	bool ipv6, edns;
	uint32_t entries; /* of the list */
	unsigned listed_percent, text_percent;
	unsigned group; /* so many of the same length stand together */
};
#define QUESTION_GROUP_MAX 64

/* Fills `questions`; `count` is a multiple of the group. */
void question_mix(
    const struct question_mix *mix, struct question *questions, uint32_t count);

#endif
