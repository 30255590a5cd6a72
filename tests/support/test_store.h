#ifndef TESTS_SUPPORT_TEST_STORE_H
#define TESTS_SUPPORT_TEST_STORE_H

/*
 * A database of its own for a unit test, in a new directory that goes with it.
 * Include it after cmocka.h.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/settings.h"
#include "db/meta.h"
#include "db/store.h"
#include "tests/support/scratch.h"

/* What the database is made at; tests count their times from here. */
#define TEST_NOW 1700000000

struct test_store {
	char directory[SCRATCH_MAX];
	char path[SCRATCH_MAX + 16]; /* the database in it */
	struct settings settings;
	struct store *store;
	struct store_txn *txn; /* of test_store_setup */
};

/* The directory and settings alone, with a small map and no reserve. */
static inline void
test_store_prepare(struct test_store *test)
{
	static char no_group[] = "";

	memset(test, 0, sizeof(*test));
	assert_true(scratch_make(test->directory));
	snprintf(test->path, sizeof(test->path), "%s/db", test->directory);
	test->settings.database.path = test->path;
	test->settings.database.group = no_group;
	test->settings.database.map_bytes = 256 << 20;
}

/* Made, filled with what a new database needs, and open for writing. */
static inline void
test_store_open(struct test_store *test)
{
	struct store_txn *txn;

	test_store_prepare(test);
	assert_int_equal(
	    store_open(&test->settings, STORE_CREATE, &test->store), 0);
	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(meta_create(txn, TEST_NOW), 0);
	assert_int_equal(store_commit(txn), 0);
}

static inline void
test_store_empty(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	if (directory == NULL)
		return;
	while ((entry = readdir(directory)) != NULL)
		unlinkat(dirfd(directory), entry->d_name, 0);
	closedir(directory);
	rmdir(path);
}

static inline void
test_store_close(struct test_store *test)
{
	store_close(test->store);
	test->store = NULL;
	test_store_empty(test->path);
	test_store_empty(test->directory);
}

/*
 * Setup and teardown of a cmocka test: *state is a struct test_store, with a
 * write transaction open in it that is thrown away.
 */
static inline int
test_store_setup(void **state)
{
	static struct test_store test;

	test_store_open(&test);
	assert_int_equal(store_begin_write(test.store, &test.txn), 0);
	*state = &test;
	return 0;
}

static inline int
test_store_teardown(void **state)
{
	struct test_store *test = *state;

	store_abort(test->txn);
	test_store_close(test);
	return 0;
}

static inline struct store_txn *
test_store_txn(void **state)
{
	return ((struct test_store *)*state)->txn;
}

#define TEST_WITH_STORE(name)                                                  \
	cmocka_unit_test_setup_teardown(                                       \
	    name, test_store_setup, test_store_teardown)

#endif
