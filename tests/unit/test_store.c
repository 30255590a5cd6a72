#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "common/error.h"
#include "common/log.h"
#include "tests/support/test_store.h"

#define TEXT(s) OCTETS(s, sizeof(s) - 1)
#define TABLE TABLE_LISTING /* any; no module knows these records */

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

static struct octets
number(uint32_t value)
{
	static uint8_t octets[4];

	for (int i = 3; i >= 0; i--, value >>= 8)
		octets[i] = (uint8_t)value;
	return OCTETS(octets, sizeof(octets));
}

/* Writes records `from` up to, not including, `to`, in one transaction. */
static void
fill(struct store *store, uint32_t from, uint32_t to)
{
	struct store_txn *txn;

	assert_int_equal(store_begin_write(store, &txn), 0);
	for (uint32_t i = from; i < to; i++)
		assert_int_equal(
		    store_append(txn, TABLE, number(i), TEXT("value")), 0);
	assert_int_equal(store_commit(txn), 0);
}

static void
assert_octets(struct octets octets, const char *text)
{
	assert_int_equal(octets.len, strlen(text));
	assert_memory_equal(octets.data, text, octets.len);
}

static void
keeps_what_was_committed(void **state)
{
	struct test_store *test = *state;
	struct store_txn *txn;
	struct octets value;

	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(store_put(txn, TABLE, TEXT("key"), TEXT("value")), 0);
	assert_int_equal(store_commit(txn), 0);
	store_close(test->store);
	assert_int_equal(
	    store_open(&test->settings, STORE_READ, &test->store), 0);
	assert_int_equal(store_begin_read(test->store, &txn), 0);
	assert_int_equal(store_get(txn, TABLE, TEXT("key"), &value), 0);
	assert_octets(value, "value");
	assert_int_equal(
	    store_get(txn, TABLE, TEXT("other"), &value), ERROR_NOT_FOUND);
	assert_int_equal(store_count(txn, TABLE), 1);
	store_abort(txn);
}

static void
forgets_what_was_aborted(void **state)
{
	struct test_store *test = *state;
	struct store_txn *txn;
	struct octets value;

	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(store_put(txn, TABLE, TEXT("key"), TEXT("value")), 0);
	store_abort(txn);
	assert_int_equal(store_begin_read(test->store, &txn), 0);
	assert_int_equal(
	    store_get(txn, TABLE, TEXT("key"), &value), ERROR_NOT_FOUND);
	store_abort(txn);
}

static void
a_reader_sees_the_database_as_it_was_when_it_began(void **state)
{
	struct test_store *test = *state;
	struct store_txn *reader;
	struct octets value;

	assert_int_equal(store_begin_read(test->store, &reader), 0);
	fill(test->store, 0, 1);
	assert_int_equal(
	    store_get(reader, TABLE, number(0), &value), ERROR_NOT_FOUND);
	assert_int_equal(
	    store_txn_id(reader) + 1, store_last_txn_id(test->store));
	store_reset(reader);
	assert_int_equal(store_renew(reader), 0);
	assert_int_equal(store_get(reader, TABLE, number(0), &value), 0);
	assert_int_equal(store_txn_id(reader), store_last_txn_id(test->store));
	store_abort(reader);
}

static void
whoever_opened_for_reading_cannot_write(void **state)
{
	struct test_store *test = *state;
	struct store_txn *txn;

	store_close(test->store);
	assert_int_equal(
	    store_open(&test->settings, STORE_READ, &test->store), 0);
	assert_int_equal(store_begin_write(test->store, &txn), -EACCES);
	assert_int_equal(store_begin_read(test->store, &txn), 0);
	store_abort(txn);
}

static void
finds_the_record_before_a_key(void **state)
{
	static const struct {
		const char *than, *found;
	} cases[] = { { "a", NULL }, { "b", NULL }, { "ba", "b" }, { "d", "b" },
		{ "e", "d" } };
	struct test_store *test = *state;
	struct store_cursor *cursor;
	struct octets key, value;
	struct store_txn *txn;

	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(store_put(txn, TABLE, TEXT("b"), TEXT("")), 0);
	assert_int_equal(store_put(txn, TABLE, TEXT("d"), TEXT("")), 0);
	assert_int_equal(store_cursor_open(txn, TABLE, &cursor), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *than = cases[i].than;
		int code = store_seek_before(
		    cursor, OCTETS(than, strlen(than)), &key, &value);

		assert_int_equal(
		    code, cases[i].found != NULL ? 0 : ERROR_NOT_FOUND);
		if (code == 0)
			assert_octets(key, cases[i].found);
	}
	store_cursor_close(cursor);
	store_abort(txn);
}

static void
appends_in_order_alone(void **state)
{
	struct test_store *test = *state;
	struct store_txn *txn;

	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(store_append(txn, TABLE, number(2), TEXT("")), 0);
	assert_int_equal(
	    store_append(txn, TABLE, number(2), TEXT("")), ERROR_EXISTS);
	assert_int_equal(
	    store_append(txn, TABLE, number(1), TEXT("")), ERROR_EXISTS);
	assert_int_equal(store_append(txn, TABLE, number(3), TEXT("")), 0);
	assert_int_equal(store_commit(txn), 0);
}

static void
a_cursor_walks_both_ways_and_seeks(void **state)
{
	struct test_store *test = *state;
	struct store_cursor *cursor;
	struct octets key, value;
	struct store_txn *txn;

	fill(test->store, 10, 20);
	assert_int_equal(store_begin_read(test->store, &txn), 0);
	assert_int_equal(store_cursor_open(txn, TABLE, &cursor), 0);
	assert_int_equal(store_move(cursor, STORE_FIRST, &key, &value), 0);
	assert_memory_equal(key.data, number(10).data, 4);
	assert_int_equal(
	    store_move(cursor, STORE_PREV, &key, &value), ERROR_NOT_FOUND);
	assert_int_equal(store_move(cursor, STORE_LAST, &key, &value), 0);
	assert_memory_equal(key.data, number(19).data, 4);
	assert_int_equal(
	    store_move(cursor, STORE_NEXT, &key, &value), ERROR_NOT_FOUND);
	assert_int_equal(store_seek(cursor, number(5), &key, &value), 0);
	assert_memory_equal(key.data, number(10).data, 4);
	assert_int_equal(store_seek(cursor, number(15), &key, &value), 0);
	assert_int_equal(store_move(cursor, STORE_NEXT, &key, &value), 0);
	assert_memory_equal(key.data, number(16).data, 4);
	assert_int_equal(
	    store_seek(cursor, number(20), &key, &value), ERROR_NOT_FOUND);
	store_cursor_close(cursor);
	store_abort(txn);
}

static void
a_cursor_outlives_the_reset_of_its_reader(void **state)
{
	struct test_store *test = *state;
	struct store_cursor *cursor;
	struct octets key, value;
	struct store_txn *txn;

	fill(test->store, 0, 3);
	assert_int_equal(store_begin_read(test->store, &txn), 0);
	assert_int_equal(store_cursor_open(txn, TABLE, &cursor), 0);
	assert_int_equal(store_move(cursor, STORE_LAST, &key, &value), 0);
	store_reset(txn);
	fill(test->store, 3, 1000);
	assert_int_equal(store_renew(txn), 0);
	assert_int_equal(store_cursor_renew(txn, cursor), 0);
	assert_int_equal(store_move(cursor, STORE_LAST, &key, &value), 0);
	assert_memory_equal(key.data, number(999).data, 4);
	store_abort(txn);
	store_cursor_close(cursor); /* in either order */
}

/* One of each table is kept; it shows nothing of what it stood on before. */
static void
a_reader_opens_its_closed_cursors_again(void **state)
{
	struct test_store *test = *state;
	struct store_cursor *first, *second;
	struct octets key, value;
	struct store_txn *txn;

	fill(test->store, 0, 3);
	assert_int_equal(store_begin_read(test->store, &txn), 0);
	for (uint32_t end = 3; end < 6; end++) {
		assert_int_equal(store_cursor_open(txn, TABLE, &first), 0);
		assert_int_equal(store_cursor_open(txn, TABLE, &second), 0);
		assert_ptr_not_equal(first, second);
		assert_int_equal(
		    store_move(first, STORE_LAST, &key, &value), 0);
		assert_memory_equal(key.data, number(end - 1).data, 4);
		assert_int_equal(
		    store_move(second, STORE_FIRST, &key, &value), 0);
		store_cursor_close(first);
		store_cursor_close(second);
		store_reset(txn);
		fill(test->store, end, end + 1);
		assert_int_equal(store_renew(txn), 0);
	}
	assert_int_equal(store_cursor_open(txn, TABLE, &second), 0);
	store_abort(txn);
	store_cursor_close(second);
}

static void
a_reader_knows_whether_it_is_the_newest(void **state)
{
	struct test_store *test = *state;
	struct store_txn *txn;

	assert_int_equal(store_begin_read(test->store, &txn), 0);
	assert_true(store_is_newest(txn));
	fill(test->store, 0, 1);
	assert_false(store_is_newest(txn));
	store_reset(txn);
	assert_int_equal(store_renew(txn), 0);
	assert_true(store_is_newest(txn));
	store_abort(txn);
}

static void
a_cursor_deletes_as_it_goes(void **state)
{
	struct test_store *test = *state;
	struct store_cursor *cursor;
	struct octets key, value;
	struct store_txn *txn;
	uint32_t seen = 0;

	fill(test->store, 0, 5000);
	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(store_cursor_open(txn, TABLE, &cursor), 0);
	while (store_move(cursor, STORE_NEXT, &key, &value) == 0) {
		assert_memory_equal(key.data, number(seen).data, 4);
		if (seen++ % 3 != 0)
			assert_int_equal(store_cursor_delete(cursor), 0);
	}
	assert_int_equal(seen, 5000);
	assert_int_equal(store_count(txn, TABLE), 1667);
	assert_int_equal(store_clear(txn, TABLE), 0);
	assert_int_equal(store_count(txn, TABLE), 0);
	assert_int_equal(store_commit(txn), 0);
	store_cursor_close(cursor);
}

static void
refuses_keys_beyond_the_bound(void **state)
{
	struct test_store *test = *state;
	struct store_txn *txn;
	char key[600] = "";

	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(
	    store_put(txn, TABLE, OCTETS(key, 512), TEXT("")), ERROR_LIMIT);
	assert_int_equal(
	    store_put(txn, TABLE, OCTETS(key, 0), TEXT("")), ERROR_LIMIT);
	assert_int_equal(store_put(txn, TABLE, OCTETS(key, 511), TEXT("")), 0);
	assert_int_equal(store_commit(txn), 0);
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, open_store, close_store)
	const struct CMUnitTest tests[] = {
		TEST(keeps_what_was_committed),
		TEST(forgets_what_was_aborted),
		TEST(a_reader_sees_the_database_as_it_was_when_it_began),
		TEST(whoever_opened_for_reading_cannot_write),
		TEST(finds_the_record_before_a_key),
		TEST(appends_in_order_alone),
		TEST(a_cursor_walks_both_ways_and_seeks),
		TEST(a_cursor_outlives_the_reset_of_its_reader),
		TEST(a_reader_opens_its_closed_cursors_again),
		TEST(a_reader_knows_whether_it_is_the_newest),
		TEST(a_cursor_deletes_as_it_goes),
		TEST(refuses_keys_beyond_the_bound),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
