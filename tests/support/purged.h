#ifndef TESTS_SUPPORT_PURGED_H
#define TESTS_SUPPORT_PURGED_H

#include "db/purge_plan.h"
#include "tests/support/test_record.h"

/* A sensor that is found bad, and its evidence taken away. */
#define BAD_SENSOR 7

#define PURGE_NUMBER 9

static inline void
begin_purge(
    struct test_record *of, const struct purge *purge, struct purge_plan *plan)
{
	const struct purge_act what = { .purge = *purge, .subject = "x" };
	const struct bulk_act act = { .number = PURGE_NUMBER,
		.kind = purge->into != 0 ? BULK_MERGE : BULK_PURGE,
		.everywhere = true,
		.begun_at = of->now,
		.who = "test" };

	purge_plan_init(plan, of->test.store, &act, &what, false);
}

/* As whoever takes it over finds it; what the last one knew is gone. */
static inline void
take_over_purge(struct test_record *of, struct purge_plan *plan)
{
	unsigned step_ms = plan->step_ms;
	struct store_txn *txn = begin(of);
	struct purge_act purge;
	struct bulk_act act;

	assert_int_equal(bulk_act_get(txn, PURGE_NUMBER, &act), 0);
	assert_int_equal(purge_act_get(txn, PURGE_NUMBER, &purge), 0);
	store_abort(txn);
	purge_plan_deinit(plan);
	purge_plan_init(plan, of->test.store, &act, &purge, true);
	plan->step_ms = step_ms;
}

static inline int
finish_purge(struct test_record *of, struct purge_plan *plan,
    struct purge_result *result)
{
	int code = 0;

	while (code == 0 && !plan->over)
		code = purge_plan_do(plan, &of->rules, of->now);
	*result = plan->purge.result;
	purge_plan_deinit(plan);
	return code;
}

static inline int
look_at_purge(struct test_record *of, const struct purge *purge,
    struct purge_result *result)
{
	const struct purge_act what = { .purge = *purge };
	struct purge_plan plan;

	purge_plan_init_look(&plan, of->test.store, &what);
	return finish_purge(of, &plan, result);
}

static inline int
run_purge(struct test_record *of, const struct purge *purge,
    struct purge_result *result)
{
	struct purge_plan plan;

	begin_purge(of, purge, &plan);
	return finish_purge(of, &plan, result);
}

static inline struct purge_result
purge_sensor(struct test_record *of, uint32_t sensor)
{
	const struct purge purge = {
		.by = PURGE_SENSOR, .which = sensor, .to = of->now + 1
	};
	struct purge_result result;

	assert_int_equal(run_purge(of, &purge, &result), 0);
	return result;
}

#endif
