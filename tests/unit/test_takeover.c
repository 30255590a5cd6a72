#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/log.h"
#include "ingest/takeover.h"
#include "tests/support/one_record.h"

/*
 * ingest goes on with what others began, where no httpapi runs.
 */

#define PURGE 5
#define REMOVAL 6

static void
put_act(enum bulk_kind kind, uint64_t number)
{
	const struct bulk_act act = { .number = number,
		.kind = kind,
		.everywhere = true,
		.who = "account:olive" };
	struct store_txn *txn = begin(&record);

	assert_int_equal(bulk_act_put(txn, &act), 0);
	commit(&record, txn, 0);
}

static bool
is_under_way(uint64_t number)
{
	struct store_txn *txn = begin(&record);
	struct bulk_act act;
	int code = bulk_act_get(txn, number, &act);

	store_abort(txn);
	return code == 0;
}

/* Until it says that there is nothing left. */
static void
go_on(void)
{
	struct writing writing = { .store = record.test.store,
		.rules = &record.rules };
	static struct takeover takeover;

	while (takeover_step(&takeover, &writing))
		;
	takeover_deinit(&takeover);
}

static void
what_another_began_is_done(void **state)
{
	(void)state;
	see(&record, "192.0.2.1", 1);
	put_act(BULK_REMOVE, REMOVAL);
	go_on();
	assert_int_equal(state_of("192.0.2.1"), LISTING_NONE);
	assert_false(is_under_way(REMOVAL));
}

/* The name of a purge is left, and no more. */
static void
what_cannot_be_gone_on_with_holds_up_no_other(void **state)
{
	(void)state;
	see(&record, "192.0.2.1", 1);
	put_act(BULK_PURGE, PURGE);
	put_act(BULK_REMOVE, REMOVAL);
	go_on();
	assert_int_equal(state_of("192.0.2.1"), LISTING_NONE);
	assert_false(is_under_way(REMOVAL));
	assert_true(is_under_way(PURGE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(what_another_began_is_done),
		EAGER(what_cannot_be_gone_on_with_holds_up_no_other),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
