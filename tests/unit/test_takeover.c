#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/log.h"
#include "ingest/takeover.h"
#include "tests/support/one_record.h"
#include "tests/support/test_capture.h"

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

/* --- the database is full ------------------------------------------------- */

static int
add_filler(uint32_t number, size_t len)
{
	static const uint8_t filler[8 << 20];
	struct store_txn *txn = begin(&record);
	int code = store_put(txn, TABLE_META, OCTETS(&number, sizeof(number)),
	    OCTETS(filler, len));

	if (code != 0)
		store_abort(txn);
	return code != 0 ? code : store_commit(txn);
}

static void
fill_all(void)
{
	uint32_t number = 0xfffff000;

	for (size_t len = 8 << 20; len >= 1024; len /= 2)
		while (add_filler(number, len) == 0)
			number++;
}

static unsigned
count_of(const char *text, const char *word)
{
	unsigned count = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		count++;
	return count;
}

/* Not at once: it would be as full, and what was searched is searched anew. */
static void
what_failed_waits_a_while(void **state)
{
	struct writing writing = { .store = record.test.store,
		.rules = &record.rules };
	struct takeover takeover = { .busy = false };
	static struct capture capture;

	(void)state;
	see(&record, "192.0.2.1", 1);
	put_act(BULK_REMOVE, REMOVAL);
	fill_all();
	capture_begin(&capture);
	for (int i = 0; i < 12; i++)
		takeover_step(&takeover, &writing);
	capture_end(&capture);
	takeover_deinit(&takeover);
	assert_int_equal(count_of(capture.text, "undertaking_resumed"), 1);
	assert_true(is_under_way(REMOVAL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(what_another_began_is_done),
		EAGER(what_cannot_be_gone_on_with_holds_up_no_other),
		EAGER(what_failed_waits_a_while),
	};

	log_open("test", LOG_LEVEL_NOTICE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
