#ifndef DB_POLICY_TEXT_H
#define DB_POLICY_TEXT_H

#include <stdio.h>

#include "db/policy.h"

/*
 * A policy in words for those who are listed by it, as Markdown. Made of the
 * numbers in force, so that it cannot say what is not done.
 */
void policy_describe(const struct policy *policy, FILE *out);

/* "3 days", "1 hour", "90 seconds": the largest unit that is whole. */
#define POLICY_SPAN_MAX 32
char *policy_span(int64_t seconds, char text[POLICY_SPAN_MAX]);

#endif
