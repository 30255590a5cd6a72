#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "httpapi/ladder.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define NOW 1700000000
#define DAY 86400

static void
each_step_is_good_once_in_thirty_days(void **state)
{
	static struct {
		struct ladder_facts facts;
		enum ladder_outcome outcome;
		enum delisting_step step; /* where it is LADDER_DELIST */
	} cases[] = {
		/* Nothing to do. */
		{ { .per_hour = 5 }, LADDER_NOT_LISTED, 0 },
		{ { .manual = true, .per_hour = 5 }, LADDER_BY_HAND, 0 },
		/* The first is anybody's. */
		{ { .listed = true, .per_hour = 5 }, LADDER_DELIST,
		    DELISTING_ASKED },
		{ { .listed = true, .manual = true, .per_hour = 5 },
		    LADDER_DELIST, DELISTING_ASKED },
		{ { .listed = true, .from_address = true, .per_hour = 5 },
		    LADDER_DELIST, DELISTING_ASKED },
		/* The second comes from the address. */
		{ { .listed = true,
		      .per_hour = 5,
		      .last_used_at = { [DELISTING_ASKED] = NOW - DAY } },
		    LADDER_PROVE, 0 },
		{ { .listed = true,
		      .per_hour = 5,
		      .from_address = true,
		      .last_used_at = { [DELISTING_ASKED] = NOW - DAY } },
		    LADDER_DELIST, DELISTING_FROM_ADDRESS },
		/* The third is the operator's, */
		{ { .listed = true,
		      .per_hour = 5,
		      .from_address = true,
		      .last_used_at = { [DELISTING_ASKED] = NOW - DAY,
			  [DELISTING_FROM_ADDRESS] = NOW } },
		    LADDER_SPENT, 0 },
		/* Or of a record in DNS, where that is looked for. */
		{ { .listed = true,
		      .per_hour = 5,
		      .from_address = true,
		      .dns_asked = true,
		      .last_used_at = { [DELISTING_ASKED] = NOW - DAY,
			  [DELISTING_FROM_ADDRESS] = NOW } },
		    LADDER_PUBLISH, 0 },
		{ { .listed = true,
		      .per_hour = 5,
		      .by_dns = true,
		      .dns_asked = true,
		      .last_used_at = { [DELISTING_ASKED] = NOW - DAY } },
		    LADDER_DELIST, DELISTING_BY_DNS },
		{ { .listed = true,
		      .per_hour = 5,
		      .by_dns = true,
		      .dns_asked = true,
		      .last_used_at = { [DELISTING_ASKED] = NOW - DAY,
			  [DELISTING_BY_DNS] = NOW - DAY } },
		    LADDER_PROVE, 0 },
		{ { .listed = true,
		      .per_hour = 5,
		      .by_dns = true,
		      .dns_asked = true,
		      .last_used_at = { [DELISTING_ASKED] = NOW - DAY,
			  [DELISTING_FROM_ADDRESS] = NOW - DAY,
			  [DELISTING_BY_DNS] = NOW - DAY } },
		    LADDER_SPENT, 0 },
		{ { .listed = true,
		      .per_hour = 5,
		      .asked_last_hour = 5,
		      .by_dns = true,
		      .dns_asked = true },
		    LADDER_DELIST, DELISTING_BY_DNS },
		/* After thirty days all begins anew. */
		{ { .listed = true,
		      .per_hour = 5,
		      .last_used_at = { [DELISTING_ASKED] =
					    NOW - 30 * DAY + 1 } },
		    LADDER_PROVE, 0 },
		{ { .listed = true,
		      .per_hour = 5,
		      .last_used_at = { [DELISTING_ASKED] = NOW - 30 * DAY } },
		    LADDER_DELIST, DELISTING_ASKED },
		/* A proven step does not spend the free one. */
		{ { .listed = true,
		      .per_hour = 5,
		      .last_used_at = { [DELISTING_FROM_ADDRESS] = NOW } },
		    LADDER_DELIST, DELISTING_ASKED },
		/* The operator's own delistings spend nothing. */
		{ { .listed = true,
		      .per_hour = 5,
		      .last_used_at = { [DELISTING_BY_OPERATOR] = NOW } },
		    LADDER_DELIST, DELISTING_ASKED },
		/* The hourly limit is for those who prove nothing. */
		{ { .listed = true, .per_hour = 5, .asked_last_hour = 4 },
		    LADDER_DELIST, DELISTING_ASKED },
		{ { .listed = true, .per_hour = 5, .asked_last_hour = 5 },
		    LADDER_LIMITED, 0 },
		/* And so is that for one network. */
		{ { .listed = true, .per_hour = 5, .asked_by_network = 1 },
		    LADDER_DELIST, DELISTING_ASKED },
		{ { .listed = true, .per_hour = 5, .asked_by_network = 2 },
		    LADDER_LIMITED, 0 },
		/* Nor do many networks of one provider take it all. */
		{ { .listed = true, .per_hour = 5, .asked_by_provider = 2 },
		    LADDER_DELIST, DELISTING_ASKED },
		{ { .listed = true, .per_hour = 5, .asked_by_provider = 3 },
		    LADDER_LIMITED, 0 },
		{ { .listed = true,
		      .per_hour = 5,
		      .asked_by_provider = 3,
		      .by_dns = true,
		      .dns_asked = true },
		    LADDER_DELIST, DELISTING_BY_DNS },
		{ { .listed = true,
		      .per_hour = 5,
		      .asked_by_network = 2,
		      .from_address = true },
		    LADDER_DELIST, DELISTING_FROM_ADDRESS },
		{ { .listed = true,
		      .per_hour = 5,
		      .asked_last_hour = 5,
		      .from_address = true },
		    LADDER_DELIST, DELISTING_FROM_ADDRESS },
		{ { .listed = true, .per_hour = 0 }, LADDER_LIMITED, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum delisting_step step = DELISTING_STEP_COUNT;

		cases[i].facts.per_network = 2;
		cases[i].facts.per_provider = 3;
		assert_int_equal(ladder_climb(&cases[i].facts, NOW, &step),
		    cases[i].outcome);
		if (cases[i].outcome == LADDER_DELIST)
			assert_int_equal(step, cases[i].step);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_step_is_good_once_in_thirty_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
