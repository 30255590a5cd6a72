#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>

#include "tests/support/shut_store.h"

#define BEGUN INT64_C(1764000000)

/* Another process, that gives a sign of life at each of the times. */
static pid_t
start_other(struct test_store *test, const int64_t *times, size_t count)
{
	int ready[2];
	char octet;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		if (store_open(&test->settings, STORE_READ, &test->store) != 0)
			_exit(1);
		for (size_t i = 0; i < count; i++)
			store_live(test->store, STORE_DNSD, times[i]);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	assert_int_equal(read(ready[0], &octet, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void
end(pid_t child)
{
	int status;

	kill(child, SIGKILL);
	waitpid(child, &status, 0);
}

static void
a_program_that_was_killed_does_not_run(void **state)
{
	struct test_store *test = *state;
	const int64_t times[] = { BEGUN, BEGUN + 1, BEGUN + 30 };
	pid_t child = start_other(test, times, 3);
	struct store_life life;

	assert_int_equal(
	    store_open(&test->settings, STORE_READ, &test->store), 0);
	life = store_life(test->store, STORE_DNSD);
	assert_true(life.runs);
	assert_int_equal(life.since, BEGUN);
	assert_int_equal(life.last, BEGUN + 30);
	assert_false(store_life(test->store, STORE_INGEST).runs);
	assert_false(store_life(test->store, STORE_HTTPAPI).runs);
	end(child);
	life = store_life(test->store, STORE_DNSD);
	assert_false(life.runs);
	assert_int_equal(life.since, 0);
	shut(test);
}

static void
a_program_knows_of_itself(void **state)
{
	struct test_store *test = *state;
	struct store_life life;

	assert_int_equal(
	    store_open(&test->settings, STORE_WRITE, &test->store), 0);
	assert_false(store_life(test->store, STORE_HTTPAPI).runs);
	store_live(test->store, STORE_HTTPAPI, BEGUN);
	store_live(test->store, STORE_HTTPAPI, BEGUN + 7);
	life = store_life(test->store, STORE_HTTPAPI);
	assert_true(life.runs);
	assert_int_equal(life.since, BEGUN);
	assert_int_equal(life.last, BEGUN + 7);
	shut(test);
}

/* What it said of a time that lies ahead now says nothing. */
static void
a_clock_that_is_set_back_is_followed(void **state)
{
	struct test_store *test = *state;
	const int64_t back[] = { BEGUN, BEGUN + 100, BEGUN + 40 };
	const int64_t far_back[] = { BEGUN, BEGUN + 100, BEGUN - 3600 };
	struct store_life life;
	pid_t child = start_other(test, back, 3);

	assert_int_equal(
	    store_open(&test->settings, STORE_READ, &test->store), 0);
	life = store_life(test->store, STORE_DNSD);
	assert_int_equal(life.since, BEGUN);
	assert_int_equal(life.last, BEGUN + 40);
	end(child);
	shut(test);
	child = start_other(test, far_back, 3);
	assert_int_equal(
	    store_open(&test->settings, STORE_READ, &test->store), 0);
	life = store_life(test->store, STORE_DNSD);
	assert_int_equal(life.since, BEGUN - 3600);
	assert_int_equal(life.last, BEGUN - 3600);
	end(child);
	shut(test);
}

/* Another process, that does the work of that number. */
static pid_t
start_worker(struct test_store *test, uint64_t number)
{
	int ready[2];
	char octet = 0;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		if (store_open(&test->settings, STORE_WRITE, &test->store) != 0)
			_exit(1);
		octet = store_claim(test->store, number);
		if (write(ready[1], &octet, 1) != 1)
			_exit(1);
		pause();
	}
	assert_int_equal(read(ready[0], &octet, 1), 1);
	assert_true(octet);
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void
one_process_at_a_time_claims_work(void **state)
{
	struct test_store *test = *state;
	pid_t child = start_worker(test, UINT64_C(1764000000123456));

	assert_int_equal(
	    store_open(&test->settings, STORE_WRITE, &test->store), 0);
	assert_true(store_is_claimed(test->store, UINT64_C(1764000000123456)));
	assert_false(store_claim(test->store, UINT64_C(1764000000123456)));
	assert_true(store_claim(test->store, 7));
	assert_true(store_claim(test->store, 7));
	assert_false(store_is_claimed(test->store, 7));
	end(child);
	assert_true(store_claim(test->store, UINT64_C(1764000000123456)));
	store_unclaim(test->store, 7);
	shut(test);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		MADE(a_program_that_was_killed_does_not_run),
		MADE(a_program_knows_of_itself),
		MADE(a_clock_that_is_set_back_is_followed),
		MADE(one_process_at_a_time_claims_work),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
