#ifndef TESTS_SUPPORT_SHUT_STORE_H
#define TESTS_SUPPORT_SHUT_STORE_H

#include "common/error.h"
#include "common/log.h"
#include "tests/support/kept_store.h"
#include "tests/support/test_capture.h"

/*
 * A database that is there, but not open, and what comes of opening it. Include
 * it after cmocka.h.
 */

/* The path of a file of the database, good until the next call. */
static inline const char *
file_of(const struct test_store *test, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", test->path, name);
	return path;
}

/* Made and filled a little, but not open. */
static inline int
make(void **state)
{
	static struct test_store test;
	struct store_txn *txn;

	test_store_open(&test);
	assert_int_equal(store_begin_write(test.store, &txn), 0);
	for (uint32_t i = 0; i < 2000; i++) {
		uint8_t key[4] = { 0, 0, (uint8_t)(i >> 8), (uint8_t)i };
		char value[200] = "";

		assert_int_equal(store_append(txn, TABLE_LISTING,
				     OCTETS(key, 4), OCTETS(value, 200)),
		    0);
	}
	assert_int_equal(store_commit(txn), 0);
	shut(&test);
	*state = &test;
	return 0;
}

/* Opening fails with the code and one line that has both texts in it. */
static inline void
assert_refused(struct test_store *test, enum store_mode mode, int code,
    const char *reason, const char *remedy)
{
	static struct capture capture;
	int found, lines;

	capture_begin(&capture);
	found = store_open(&test->settings, mode, &test->store);
	lines = capture_end(&capture);
	if (found == 0) {
		shut(test);
	}
	assert_int_equal(found, code);
	assert_int_equal(lines, 1);
	assert_non_null(strstr(capture.text, "store_refused path=/"));
	assert_non_null(strstr(capture.text, reason));
	assert_non_null(strstr(capture.text, remedy));
}

static inline void
assert_opens(struct test_store *test, enum store_mode mode)
{
	assert_int_equal(store_open(&test->settings, mode, &test->store), 0);
	shut(test);
}

static inline int
run(int (*act)(struct test_store *), struct test_store *test)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(act(test));
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#define NEW(name) cmocka_unit_test_setup_teardown(name, prepare, clean)
#define MADE(name) cmocka_unit_test_setup_teardown(name, make, clean)

#endif
