#ifndef DB_POLICY_NUMBER_H
#define DB_POLICY_NUMBER_H

#include "db/policy.h"

/*
 * The numbers of struct policy, with the setting that stands for each: for
 * policy_settings.c, which fills them in, and record_policy.c, which tells the
 * audit when they change. Negative in the settings: as the preset says.
 */
enum policy_number_kind {
	POLICY_DECIMAL, /* double */
	POLICY_SECONDS, /* int64_t; a long in the settings */
	POLICY_COUNT,	/* unsigned; a long in the settings */
};

struct policy_number {
	const char *name; /* of the setting */
	enum policy_number_kind kind;
	size_t in_policy, in_settings;
	long most; /* of a count: no more are told apart */
};

#define POLICY_NUMBER_COUNT 30
extern const struct policy_number policy_numbers[POLICY_NUMBER_COUNT];

#endif
