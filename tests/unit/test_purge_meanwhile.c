#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/numbered.h"
#include "tests/support/one_record.h"
#include "tests/support/purged.h"

/*
 * What else happens while a purge is under way: others would be listed, or come
 * off; and records of it are damaged.
 */

#define BAD "192.0.2.1"
#define OTHER "192.0.2.9"
#define LATER "192.0.2.50"

static const struct purge bad = {
	.by = PURGE_SENSOR, .which = BAD_SENSOR, .to = TEST_NOW + DAY
};

static void
see_bad(const char *address)
{
	struct evidence evidence = bounce(&record, address, 1);

	evidence.sensor = BAD_SENSOR;
	assert_int_equal(put(&record, evidence), 0);
}

/* Both are listed; one step is done, of several. */
static void
begin_one(struct purge_plan *plan)
{
	see_bad(BAD);
	see_bad(OTHER);
	see_bad("192.0.2.10");
	record.now += MINUTE;
	begin_purge(&record, &bad, plan);
	plan->step_ms = 0;
	while (!plan->begun)
		assert_int_equal(
		    purge_plan_do(plan, &record.rules, record.now), 0);
	assert_int_equal(plan->purge.stage, PURGE_TAKES);
}

static struct purge_result
finish(struct purge_plan *plan)
{
	struct purge_result result;

	assert_int_equal(finish_purge(&record, plan, &result), 0);
	return result;
}

static int
sweep_once(void)
{
	struct store_txn *txn = begin(&record);

	return commit(
	    &record, txn, record_sweep(txn, &record.rules, record.now, 100));
}

/* --- who would be listed -------------------------------------------------- */

static void
who_is_held_is_judged_once_behind_it(void **state)
{
	struct purge_plan plan;

	(void)state;
	begin_one(&plan);
	see(&record, LATER, 2);
	assert_int_equal(state_of(LATER), LISTING_WARNED);
	sweep(&record);
	for (int i = 0; i < 10; i++) {
		record.now += MINUTE;
		assert_int_equal(sweep_once(), 0); /* nobody looks at it */
	}
	finish(&plan);
	assert_int_equal(state_of(LATER), LISTING_WARNED);
	sweep(&record);
	assert_int_equal(state_of(LATER), LISTING_LISTED);
	assert_true(main_codes(LATER) != 0);
}

/* Whoever takes it over knows by its work alone who was held. */
static void
who_is_held_is_known_to_the_next(void **state)
{
	struct purge_plan plan;

	(void)state;
	begin_one(&plan);
	for (unsigned i = 0; i < 20; i++) {
		char address[24];

		sprintf(address, "198.18.%u.1", i);
		see(&record, address, 2);
	}
	while (!plan.over) {
		bool searched = plan.searched;

		assert_int_equal(
		    purge_plan_do(&plan, &record.rules, record.now), 0);
		if (searched && !plan.over)
			take_over_purge(&record, &plan);
	}
	finish(&plan);
	sweep(&record);
	for (unsigned i = 0; i < 20; i++) {
		char address[24];

		sprintf(address, "198.18.%u.1", i);
		assert_int_equal(state_of(address), LISTING_LISTED);
	}
	assert_int_equal(state_of(BAD), LISTING_NONE);
}

static void
of_what_it_knew_nothing_is_left(void **state)
{
	uint64_t before = 0;

	(void)state;
	/* Others write down something of their own, the first time. */
	for (unsigned i = 0; i < 2; i++) {
		struct purge_plan plan;

		begin_one(&plan);
		see(&record, i == 0 ? LATER : "192.0.2.51", 2);
		assert_true(records_in(&record, TABLE_META) > before);
		finish(&plan);
		sweep(&record);
		if (i > 0)
			assert_int_equal(
			    records_in(&record, TABLE_META), before);
		before = records_in(&record, TABLE_META);
	}
}

/* --- who comes off -------------------------------------------------------- */

static void
what_somebody_took_off_is_not_its_doing(void **state)
{
	struct purge_plan plan;
	struct purge_result result;

	(void)state;
	begin_one(&plan);
	assert_int_equal(state_of(BAD), LISTING_LISTED);
	while (plan.purge.stage == PURGE_TAKES)
		assert_int_equal(
		    purge_plan_do(&plan, &record.rules, record.now), 0);
	assert_int_equal(delist(BAD), 0);
	result = finish(&plan);
	assert_int_equal(result.addresses, 3);
	assert_int_equal(result.ended, 2);
	assert_int_equal(state_of(BAD), LISTING_NONE);
}

static void
what_ended_by_itself_is_not_its_doing(void **state)
{
	struct purge_plan plan;

	(void)state;
	begin_one(&plan);
	while (plan.purge.stage == PURGE_TAKES)
		assert_int_equal(
		    purge_plan_do(&plan, &record.rules, record.now), 0);
	record.now += 30 * DAY;
	sweep(&record);
	assert_int_equal(finish(&plan).ended, 0);
}

/* --- what is damaged ------------------------------------------------------ */

static void
spoil(const char *word, struct octets with)
{
	struct store_txn *txn = begin(&record);
	int code = with.len > 0 ? numbered_put(txn, word, PURGE_NUMBER, with)
				: numbered_end(txn, word, PURGE_NUMBER);

	assert_int_equal(code, 0);
	commit(&record, txn, 0);
}

static int
take_act(const struct bulk_act *act, void *context)
{
	*(struct bulk_act *)context = *act;
	return 1;
}

/* As whoever looks for work finds it. */
static void
assert_is_under_way(enum bulk_kind kind)
{
	struct bulk_act act = { .number = 0 };
	struct store_txn *txn = begin(&record);

	assert_int_equal(bulk_act_list(txn, take_act, &act), 1);
	assert_int_equal(act.number, PURGE_NUMBER);
	assert_int_equal(act.kind, kind);
	store_abort(txn);
}

static void
go_on_past(const char *word, struct octets with, struct purge_result *result)
{
	struct purge_plan plan;

	begin_one(&plan);
	see(&record, LATER, 2);
	spoil(word, with);
	assert_is_under_way(BULK_PURGE);
	take_over_purge(&record, &plan);
	assert_int_equal(finish_purge(&record, &plan, result), 0);
	sweep(&record);
	assert_int_equal(state_of(LATER), LISTING_LISTED);
	assert_int_equal(audit_of("undertaking_mended").count, 1);
}

static const struct octets damaged = { "\1\377\377", 3 }, gone = { "", 0 };

static void
it_goes_on_where_nobody_knows_who_began_it(void **state)
{
	struct purge_result result;

	(void)state;
	go_on_past("bulk act", damaged, &result);
	assert_int_equal(result.evidence, 3);
	assert_int_equal(result.ended, 3);
	assert_int_equal(state_of(BAD), LISTING_NONE);
	assert_string_equal(audit_of("purged").newest.who, "test");
}

static void
it_goes_on_where_that_record_is_gone(void **state)
{
	struct purge_result result;

	(void)state;
	go_on_past("bulk act", gone, &result);
	assert_int_equal(result.evidence, 3);
}

/* One of three is taken: that is carried through, and no more is. */
static void
what_was_taken_is_carried_through_where_nobody_knows_what_was_meant(
    void **state)
{
	struct purge_result result;

	(void)state;
	go_on_past("purge", damaged, &result);
	assert_int_equal(result.ended, 1);
	assert_int_equal(state_of(BAD), LISTING_NONE);
	assert_int_equal(state_of(OTHER), LISTING_LISTED);
}

/* Nobody can go on with it; nor does it hold anybody. */
static void
it_is_stopped_where_no_more_than_its_name_is_left(void **state)
{
	struct store_txn *txn;
	struct purge_plan plan;
	struct bulk_act act;

	(void)state;
	begin_one(&plan);
	purge_plan_deinit(&plan);
	spoil("purge", gone);
	see(&record, LATER, 2);
	assert_int_equal(state_of(LATER), LISTING_LISTED);
	txn = begin(&record);
	assert_int_equal(bulk_act_stop(txn, PURGE_NUMBER), 0);
	assert_int_equal(
	    bulk_act_get(txn, PURGE_NUMBER, &act), ERROR_NOT_FOUND);
	commit(&record, txn, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(who_is_held_is_judged_once_behind_it),
		EAGER(who_is_held_is_known_to_the_next),
		EAGER(of_what_it_knew_nothing_is_left),
		EAGER(what_somebody_took_off_is_not_its_doing),
		EAGER(what_ended_by_itself_is_not_its_doing),
		EAGER(it_goes_on_where_nobody_knows_who_began_it),
		EAGER(it_goes_on_where_that_record_is_gone),
		EAGER(
		    what_was_taken_is_carried_through_where_nobody_knows_what_was_meant),
		EAGER(it_is_stopped_where_no_more_than_its_name_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
