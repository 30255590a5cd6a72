#ifndef TESTS_SUPPORT_KEPT_STORE_H
#define TESTS_SUPPORT_KEPT_STORE_H

/*
 * A database that several processes open, that fills up and grows. Include it
 * after cmocka.h.
 */

#include <sys/wait.h>

#include "tests/support/test_store.h"

#define MIB (1 << 20)
#define TABLE TABLE_LISTING
#define VALUE_LEN 1000

static inline int
prepare(void **state)
{
	static struct test_store test;

	test_store_prepare(&test);
	*state = &test;
	return 0;
}

static inline int
clean(void **state)
{
	test_store_close(*state);
	return 0;
}

static inline void
create(struct test_store *test)
{
	struct store_txn *txn;

	assert_int_equal(
	    store_open(&test->settings, STORE_CREATE, &test->store), 0);
	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(meta_create(txn, TEST_NOW), 0);
	assert_int_equal(store_commit(txn), 0);
}

static inline void
shut(struct test_store *test)
{
	store_close(test->store);
	test->store = NULL;
}

static inline void
reopen(struct test_store *test, enum store_mode mode)
{
	shut(test);
	assert_int_equal(store_open(&test->settings, mode, &test->store), 0);
}

static inline struct octets
key_of(uint8_t key[4], uint32_t number)
{
	for (int i = 3; i >= 0; i--, number >>= 8)
		key[i] = (uint8_t)number;
	return OCTETS(key, 4);
}

/* Commits `count` records of VALUE_LEN octets; the first failure's code. */
static inline int
add(struct store *store, uint32_t from, uint32_t count)
{
	char value[VALUE_LEN] = "";
	struct store_txn *txn;
	uint8_t key[4];
	int code = store_begin_write(store, &txn);

	for (uint32_t i = 0; code == 0 && i < count; i++)
		code = store_put(txn, TABLE, key_of(key, from + i),
		    OCTETS(value, sizeof(value)));
	if (code != 0) {
		store_abort(txn);
		return code;
	}
	return store_commit(txn);
}

/* Adds `step` records at a time until that fails; how many there are then. */
static inline uint32_t
fill(struct store *store, uint32_t step, int *code)
{
	uint32_t count = 0;

	while ((*code = add(store, count, step)) == 0)
		count += step;
	return count;
}

static inline uint64_t
count(struct store *store)
{
	struct store_txn *txn;
	uint64_t records;

	assert_int_equal(store_begin_read(store, &txn), 0);
	records = store_count(txn, TABLE);
	store_abort(txn);
	return records;
}

static inline void
assert_ends_well(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, prepare, clean)

#endif
