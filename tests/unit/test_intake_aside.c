#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/intake_aside.h"
#include "tests/support/test_store.h"

#define LOG 4711

static struct test_store test;

static struct {
	uint64_t numbers[8], recorded; /* that one goes */
	unsigned count;
	int code;
} seen;

static int
setup(void **state)
{
	(void)state;
	test_store_prepare(&test);
	memset(&seen, 0, sizeof(seen));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	test_store_empty(test.directory);
	return 0;
}

static int
add(uint64_t number, unsigned count)
{
	struct evidence list[3] = { { .seen_at = 1 } };

	for (unsigned i = 0; i < count; i++)
		snprintf(
		    list[i].helo, sizeof(list[i].helo), "m-%d", (int)number);
	return intake_aside_add(test.directory, LOG, number, list, count);
}

static int
look(uint64_t number, struct evidence *list, unsigned count, void *context)
{
	char helo[32];

	(void)context;
	assert_true(seen.count < 8);
	snprintf(helo, sizeof(helo), "m-%d", (int)number);
	assert_string_equal(list[count - 1].helo, helo);
	seen.numbers[seen.count++] = number;
	return seen.code != 0 ? seen.code : number == seen.recorded;
}

static int
visit(uint64_t log, uint64_t recorded)
{
	seen.count = 0;
	seen.recorded = recorded;
	return intake_aside_visit(test.directory, log, look, NULL);
}

static const char *
path(void)
{
	static char text[128];

	snprintf(
	    text, sizeof(text), "%s/%s", test.directory, INTAKE_ASIDE_FILE);
	return text;
}

static void
keeps_what_is_put_there_until_it_is_recorded(void **state)
{
	(void)state;
	assert_int_equal(visit(LOG, 0), 0);
	assert_int_equal(add(7, 2), 0);
	assert_int_equal(add(9, 1), 0);
	assert_int_equal(intake_aside_count(test.directory, LOG), 2);
	assert_int_equal(visit(LOG, 7), 1);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.numbers[0], 7);
	assert_int_equal(seen.numbers[1], 9);
	assert_int_equal(add(12, 3), 0);
	assert_int_equal(visit(LOG, 9), 1);
	assert_int_equal(seen.numbers[0], 9);
	assert_int_equal(visit(LOG, 12), 0);
	/* With the last the file. */
	assert_int_equal(access(path(), F_OK), -1);
	assert_int_equal(intake_aside_count(test.directory, LOG), 0);
}

static void
leaves_all_where_a_visit_fails(void **state)
{
	(void)state;
	assert_int_equal(add(1, 1), 0);
	seen.code = ERROR_FULL;
	assert_int_equal(visit(LOG, 1), ERROR_FULL);
	seen.code = 0;
	assert_int_equal(visit(LOG, 0), 1);
}

static void
passes_by_what_was_torn(void **state)
{
	(void)state;
	assert_int_equal(add(1, 1), 0);
	assert_int_equal(add(2, 1), 0);
	assert_int_equal(truncate(path(), 4096 + 100), 0);
	assert_int_equal(add(3, 1), 0);
	assert_int_equal(visit(LOG, 0), 2);
	assert_int_equal(seen.numbers[1], 3);
}

static void
keeps_another_databases_apart(void **state)
{
	(void)state;
	assert_int_equal(add(1, 1), 0);
	assert_int_equal(intake_aside_count(test.directory, LOG + 1), 0);
	assert_int_equal(visit(LOG + 1, 1), 0);
	assert_int_equal(seen.count, 0);
	assert_int_equal(visit(LOG, 0), 1);
}

static void
waits_for_nobody_and_has_a_bound(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(add(1, 1), 0);
	fd = open(path(), O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(add(2, 1), ERROR_BUSY);
	assert_int_equal(flock(fd, LOCK_UN), 0);
	assert_int_equal(ftruncate(fd, INTAKE_ASIDE_MAX), 0);
	assert_int_equal(add(2, 1), ERROR_LIMIT);
	close(fd);
}

#define IN_A_DIRECTORY(name)                                                   \
	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_DIRECTORY(keeps_what_is_put_there_until_it_is_recorded),
		IN_A_DIRECTORY(leaves_all_where_a_visit_fails),
		IN_A_DIRECTORY(passes_by_what_was_torn),
		IN_A_DIRECTORY(keeps_another_databases_apart),
		IN_A_DIRECTORY(waits_for_nobody_and_has_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
