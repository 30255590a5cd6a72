#ifndef DB_POLICY_TEXT_H
#define DB_POLICY_TEXT_H

#include <stdio.h>

#include "db/policy.h"

/*
 * A policy in words for those who are listed by it, as Markdown. Made of the
 * numbers in force, so that it cannot say what is not done.
 */
void policy_describe(const struct policy *policy, FILE *out);

#endif
