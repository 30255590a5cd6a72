#ifndef TESTS_SUPPORT_PURGED_H
#define TESTS_SUPPORT_PURGED_H

#include "tests/support/test_record.h"

/* A sensor that is found bad, and its evidence taken away. */
#define BAD_SENSOR 7

/* `keep`: false looks what it would do. */
static inline int
run_purge(struct test_record *of, const struct purge *purge, bool keep,
    struct purge_result *result)
{
	struct store_txn *txn = begin(of);
	struct purge_plan plan;
	int code;

	purge_plan_init(&plan, purge);
	code = record_purge(txn, &of->rules, &plan, of->now, result);
	purge_plan_deinit(&plan);
	if (!keep) {
		store_abort(txn);
		record_log_decisions(&of->rules, false);
		return code;
	}
	return commit(of, txn, code);
}

static inline struct purge_result
purge_sensor(struct test_record *of, uint32_t sensor)
{
	const struct purge purge = {
		.by = PURGE_SENSOR, .which = sensor, .to = of->now + 1
	};
	struct purge_result result;

	assert_int_equal(run_purge(of, &purge, true, &result), 0);
	return result;
}

#endif
