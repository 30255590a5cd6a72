#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "tests/support/test_store.h"

static int
open_store(void **state)
{
	static struct test_store test;

	test_store_open(&test);
	*state = &test;
	return 0;
}

static int
close_store(void **state)
{
	test_store_close(*state);
	return 0;
}

static struct store_txn *
begin(void **state)
{
	struct test_store *test = *state;
	struct store_txn *txn;

	assert_int_equal(store_begin_write(test->store, &txn), 0);
	return txn;
}

static void
assert_change(struct store_txn *txn, int64_t now, uint32_t expected_serial,
    uint32_t expected_number)
{
	uint32_t serial, number;

	assert_int_equal(meta_next_change(txn, now, &serial, &number), 0);
	assert_int_equal(serial, expected_serial);
	assert_int_equal(number, expected_number);
}

static void
a_new_database_has_a_lineage_and_a_serial(void **state)
{
	struct store_txn *txn = begin(state);
	struct zone_version version = { 0 };

	assert_int_equal(meta_zone_version(txn, &version), 0);
	assert_int_not_equal(version.lineage, 0);
	assert_int_equal(version.serial, TEST_NOW);
	store_abort(txn);
}

static void
is_created_once(void **state)
{
	struct store_txn *txn = begin(state);

	assert_int_equal(meta_create(txn, TEST_NOW), ERROR_EXISTS);
	store_abort(txn);
}

static void
one_transaction_has_one_serial(void **state)
{
	struct store_txn *txn = begin(state);

	assert_change(txn, TEST_NOW + 5, TEST_NOW + 5, 0);
	assert_change(txn, TEST_NOW + 9, TEST_NOW + 5, 1);
	assert_int_equal(store_commit(txn), 0);

	/* Two in one second, and a clock stepping back. */
	txn = begin(state);
	assert_change(txn, TEST_NOW + 5, TEST_NOW + 6, 0);
	assert_int_equal(store_commit(txn), 0);
	txn = begin(state);
	assert_change(txn, TEST_NOW - 5000, TEST_NOW + 7, 0);
	assert_int_equal(store_commit(txn), 0);
}

static void
an_aborted_transaction_uses_no_serial_up(void **state)
{
	struct store_txn *txn = begin(state);

	assert_change(txn, TEST_NOW + 5, TEST_NOW + 5, 0);
	store_abort(txn);
	txn = begin(state);
	assert_change(txn, TEST_NOW + 4, TEST_NOW + 4, 0);
	assert_int_equal(store_commit(txn), 0);
}

/* A copy counts its transactions from 1 again. */
static void
each_transaction_of_a_restored_copy_has_its_own_serial(void **state)
{
	struct test_store *test = *state;
	struct store_txn *txn;
	char path[100];
	uint64_t id;

	snprintf(path, sizeof(path), "%s/copy", test->directory);
	for (int i = 0; i < 4; i++) {
		txn = begin(state);
		assert_int_equal(
		    store_put(txn, TABLE_META, OCTETS("x", 1), OCTETS("y", 1)),
		    0);
		assert_int_equal(store_commit(txn), 0);
	}
	txn = begin(state);
	id = store_txn_id(txn);
	assert_change(txn, TEST_NOW + 1, TEST_NOW + 1, 0);
	assert_int_equal(store_commit(txn), 0);
	assert_int_equal(store_backup(test->store, path), 0);
	store_close(test->store);
	test->settings.database.path = path;
	assert_int_equal(
	    store_open(&test->settings, STORE_WRITE, &test->store), 0);

	txn = begin(state);
	while (store_txn_id(txn) < id) {
		assert_int_equal(
		    store_put(txn, TABLE_META, OCTETS("x", 1), OCTETS("y", 1)),
		    0);
		assert_int_equal(store_commit(txn), 0);
		txn = begin(state);
	}
	assert_change(txn, TEST_NOW + 1, TEST_NOW + 2, 0);
	store_abort(txn);
	store_close(test->store);
	test_store_empty(path);
	test->settings.database.path = test->path;
	assert_int_equal(
	    store_open(&test->settings, STORE_WRITE, &test->store), 0);
}

static void
a_serial_may_wrap(void **state)
{
	struct store_txn *txn = begin(state);

	assert_change(txn, UINT32_MAX, TEST_NOW + 1, 0);
	assert_int_equal(store_commit(txn), 0);
	txn = begin(state);
	assert_change(txn, TEST_NOW + 0x7ffffff0u, TEST_NOW + 0x7ffffff0u, 0);
	assert_int_equal(store_commit(txn), 0);
	txn = begin(state);
	assert_change(txn, 0x100000005, 5, 0);
	assert_int_equal(store_commit(txn), 0);
}

static void
a_new_lineage_is_ahead_and_drops_the_journal(void **state)
{
	struct store_txn *txn = begin(state);
	struct zone_version old, new;

	assert_int_equal(store_put(txn, TABLE_JOURNAL, OCTETS("change", 6),
			     OCTETS("value", 5)),
	    0);
	assert_int_equal(meta_zone_version(txn, &old), 0);
	assert_int_equal(meta_new_lineage(txn, TEST_NOW + 1), 0);
	assert_int_equal(meta_zone_version(txn, &new), 0);
	assert_int_not_equal(new.lineage, 0);
	assert_int_not_equal(new.lineage, old.lineage);
	assert_true(new.serial - old.serial > 1000000);
	assert_true(new.serial - old.serial < 1u << 31);
	assert_int_equal(store_count(txn, TABLE_JOURNAL), 0);
	/* A change beside it is a version of its own. */
	assert_change(txn, TEST_NOW + 1, new.serial + 1, 0);
	store_abort(txn);
}

static void
an_intake_mark_is_kept_until_it_is_dropped(void **state)
{
	struct store_txn *txn = begin(state);
	struct intake_mark mark, again, other;

	assert_int_equal(meta_intake_mark(txn, &mark), 0);
	assert_int_equal(mark.log, 0);
	assert_int_equal(mark.number, 0);
	assert_int_equal(meta_new_intake_mark(txn, &mark), 0);
	assert_int_not_equal(mark.log, 0);
	mark.number = UINT64_MAX;
	assert_int_equal(meta_set_intake_mark(txn, &mark), 0);
	assert_int_equal(meta_intake_mark(txn, &again), 0);
	assert_int_equal(again.log, mark.log);
	assert_true(again.number == UINT64_MAX);
	assert_int_equal(meta_drop_intake_mark(txn), 0);
	assert_int_equal(meta_drop_intake_mark(txn), 0);
	assert_int_equal(meta_intake_mark(txn, &again), 0);
	assert_int_equal(again.log, 0);
	assert_int_equal(meta_new_intake_mark(txn, &other), 0);
	assert_int_not_equal(other.log, mark.log);
	store_abort(txn);
}

static void
hashes_depend_on_key_and_data(void **state)
{
	struct store_txn *txn = begin(state);
	uint8_t key[META_KEY_LEN], other[META_KEY_LEN];
	uint64_t hash;

	assert_int_equal(meta_hash_key(txn, key), 0);
	memcpy(other, key, sizeof(other));
	other[0] ^= 1;
	hash = meta_hash(key, "alice", 5);
	assert_int_not_equal(hash, 0);
	assert_true(hash == meta_hash(key, "alice", 5));
	assert_true(hash != meta_hash(key, "alicf", 5));
	assert_true(hash != meta_hash(key, "alice", 4));
	assert_true(hash != meta_hash(other, "alice", 5));
	store_abort(txn);
}

static void
two_databases_have_different_keys(void **state)
{
	struct store_txn *txn = begin(state), *txn_b;
	uint8_t key[META_KEY_LEN], other[META_KEY_LEN];
	struct test_store test;

	test_store_open(&test);
	assert_int_equal(store_begin_read(test.store, &txn_b), 0);
	assert_int_equal(meta_hash_key(txn, key), 0);
	assert_int_equal(meta_hash_key(txn_b, other), 0);
	assert_memory_not_equal(key, other, sizeof(key));
	store_abort(txn_b);
	store_abort(txn);
	test_store_close(&test);
}

static void
a_heart_that_never_beat_is_no_error(void **state)
{
	struct store_txn *txn = begin(state);
	int64_t seconds = 42;

	assert_int_equal(meta_heartbeat(txn, HEARTBEAT_SWEEP, &seconds), 0);
	assert_int_equal(seconds, 0);
	assert_int_equal(meta_set_heartbeat(txn, HEARTBEAT_SWEEP, TEST_NOW), 0);
	assert_int_equal(meta_heartbeat(txn, HEARTBEAT_SWEEP, &seconds), 0);
	assert_int_equal(seconds, TEST_NOW);
	store_abort(txn);
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, open_store, close_store)
	const struct CMUnitTest tests[] = {
		TEST(a_new_database_has_a_lineage_and_a_serial),
		TEST(is_created_once),
		TEST(one_transaction_has_one_serial),
		TEST(an_aborted_transaction_uses_no_serial_up),
		TEST(each_transaction_of_a_restored_copy_has_its_own_serial),
		TEST(a_serial_may_wrap),
		TEST(a_new_lineage_is_ahead_and_drops_the_journal),
		TEST(an_intake_mark_is_kept_until_it_is_dropped),
		TEST(hashes_depend_on_key_and_data),
		TEST(two_databases_have_different_keys),
		TEST(a_heart_that_never_beat_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
