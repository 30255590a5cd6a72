#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/backlog.h"

static struct backlog backlog;

static int
setup(void **state)
{
	(void)state;
	backlog_init(&backlog);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	backlog_deinit(&backlog);
	return 0;
}

static void
assert_sum(
    uint64_t settled, uint64_t sightings, uint64_t octets, int64_t oldest_ms)
{
	struct backlog_sum sum = backlog_sum(&backlog, settled);

	assert_int_equal(sum.sightings, sightings);
	assert_int_equal(sum.octets, octets);
	assert_int_equal(sum.oldest_ms, oldest_ms);
}

static void
tells_what_waits_and_since_when(void **state)
{
	(void)state;
	assert_sum(7, 0, 0, 0);
	backlog_note(&backlog, 10, 4096, 7, 100);
	backlog_note(&backlog, 12, 8192, 7, 200);
	assert_sum(7, 5, 12288, 100);
	/* Of a group that is recorded in part, all is there still. */
	assert_sum(8, 4, 12288, 100);
	assert_sum(10, 2, 8192, 200);
	assert_sum(12, 0, 0, 0);
	/* Numbers that were given and never written. */
	assert_sum(15, 0, 0, 0);
	backlog_note(&backlog, 17, 4096, 15, 300);
	assert_sum(15, 2, 4096, 300);
}

static void
needs_nobody_who_asks(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= 3 * BACKLOG_MAX; n++)
		backlog_note(&backlog, n, 4096, n - 1, (int64_t)n);
	assert_sum(3 * BACKLOG_MAX - 1, 1, 4096, 3 * BACKLOG_MAX);
}

static void
takes_more_than_it_has_place_for_as_one(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= BACKLOG_MAX + 10; n++)
		backlog_note(&backlog, n, 1, 0, (int64_t)n);
	assert_sum(0, BACKLOG_MAX + 10, BACKLOG_MAX + 10, 1);
	assert_sum(BACKLOG_MAX, 10, 11, BACKLOG_MAX);
	assert_sum(BACKLOG_MAX + 10, 0, 0, 0);
}

#define WITH_BACKLOG(name)                                                     \
	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BACKLOG(tells_what_waits_and_since_when),
		WITH_BACKLOG(needs_nobody_who_asks),
		WITH_BACKLOG(takes_more_than_it_has_place_for_as_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
