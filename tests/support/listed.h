#ifndef TESTS_SUPPORT_LISTED_H
#define TESTS_SUPPORT_LISTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A list for measuring that need not be stored: the n-th of it, from 1 on, is a
 * function of n, and so is every address that is not in it. With it questions,
 * and what is to be answered.
 */
#define LISTED_ZONE "bl.example.test"

/* False where the n-th is left out: networks with test entries, and around. */
bool listed_address(uint32_t n, uint32_t *address);
uint64_t listed_unit(uint32_t n); /* in 2000::/3, the first 64 bits */

struct question {
	uint8_t octets[160];
	uint8_t len;
	uint8_t end; /* of the question */
	uint16_t type;
	bool listed;
};
struct question_form {
	bool ipv6, edns, text; /* A, or TXT */
};

/*
 * Asks for the n-th; its id is zero. `any` makes the lower 64 bits of an IPv6
 * address. False where there is no n-th.
 */
bool question_make(struct question *question, struct question_form form,
    uint32_t n, uint64_t any);

/* NULL when the octets answer the question rightly; else what is wrong. */
const char *question_objection(
    const struct question *question, const uint8_t *answer, size_t len);

#endif
