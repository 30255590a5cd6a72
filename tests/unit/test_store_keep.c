#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/error.h"
#include "common/log.h"
#include "tests/support/kept_store.h"
#include "tests/support/test_capture.h"

/* --- two processes -------------------------------------------------------- */

/* Two records that each transaction sets to the same number. */
static int
write_pairs(struct test_store *test, uint32_t last)
{
	if (store_open(&test->settings, STORE_WRITE, &test->store) != 0)
		return 1;
	for (uint32_t i = 1; i <= last; i++) {
		struct store_txn *txn;
		uint8_t first[4], second[4], value[4];

		if (store_begin_write(test->store, &txn) != 0 ||
		    store_put(txn, TABLE, key_of(first, 1), key_of(value, i)) !=
			0 ||
		    store_put(
			txn, TABLE, key_of(second, 2), key_of(value, i)) != 0 ||
		    store_commit(txn) != 0)
			return 2;
	}
	return 0;
}

static void
a_reader_sees_whole_transactions_of_another_process(void **state)
{
	struct test_store *test = *state;
	struct octets first = { 0 }, second = { 0 };
	struct store_txn *txn;
	uint64_t before = 0;
	uint8_t key[4], last[4];
	pid_t child;

	create(test);
	shut(test);
	child = fork();
	if (child == 0)
		_exit(write_pairs(test, 300));
	assert_int_equal(
	    store_open(&test->settings, STORE_READ, &test->store), 0);
	assert_int_equal(store_begin_read(test->store, &txn), 0);
	key_of(last, 300);
	while (first.len == 0 || memcmp(first.data, last, 4) != 0) {
		store_reset(txn);
		assert_int_equal(store_renew(txn), 0);
		assert_true(store_txn_id(txn) >= before);
		before = store_txn_id(txn);
		if (store_get(txn, TABLE, key_of(key, 1), &first) != 0)
			continue;
		assert_int_equal(
		    store_get(txn, TABLE, key_of(key, 2), &second), 0);
		assert_memory_equal(first.data, second.data, 4);
	}
	store_abort(txn);
	assert_ends_well(child);
}

static void
two_writers_take_turns(void **state)
{
	struct test_store *test = *state;
	pid_t children[2];

	create(test);
	shut(test);
	for (uint32_t i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] != 0)
			continue;
		if (store_open(&test->settings, STORE_WRITE, &test->store) != 0)
			_exit(1);
		for (uint32_t k = 0; k < 50; k++) {
			if (add(test->store, i * 1000 + k, 1) != 0)
				_exit(2);
		}
		_exit(0);
	}
	assert_ends_well(children[0]);
	assert_ends_well(children[1]);
	assert_int_equal(
	    store_open(&test->settings, STORE_READ, &test->store), 0);
	assert_int_equal(count(test->store), 100);
}

/* Dies in the middle of a change. */
static void
a_killed_writer_leaves_nothing_and_blocks_nobody(void **state)
{
	struct test_store *test = *state;
	struct store_txn *txn;
	uint8_t key[4];
	int ready[2];
	char octet;
	pid_t child;

	create(test);
	shut(test);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		if (store_open(&test->settings, STORE_WRITE, &test->store) !=
			0 ||
		    store_begin_write(test->store, &txn) != 0 ||
		    store_put(txn, TABLE, key_of(key, 1), OCTETS("x", 1)) !=
			0 ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	/* Opened before the death, so that LMDB does not begin afresh. */
	assert_int_equal(
	    store_open(&test->settings, STORE_WRITE, &test->store), 0);
	assert_int_equal(read(ready[0], &octet, 1), 1);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(count(test->store), 0);
	assert_int_equal(add(test->store, 2, 1), 0);
	assert_int_equal(count(test->store), 1);
	close(ready[0]);
	close(ready[1]);
}

/* --- readers -------------------------------------------------------------- */

/* A process that holds `count` read transactions until it is killed. */
static pid_t
hold_readers(struct test_store *test, unsigned readers)
{
	int ready[2];
	char octet;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		struct store_txn *txn;

		if (store_open(&test->settings, STORE_READ, &test->store) != 0)
			_exit(1);
		for (unsigned i = 0; i < readers; i++) {
			if (store_begin_read(test->store, &txn) != 0)
				_exit(2);
		}
		if (write(ready[1], "", 1) != 1)
			_exit(3);
		pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &octet, 1), 1);
	close(ready[0]);
	return child;
}

static void
kill_hard(pid_t child)
{
	int status;

	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
}

static void
a_killed_reader_pins_no_page_for_long(void **state)
{
	struct test_store *test = *state;
	struct store_stat stat;
	pid_t child;

	create(test);
	shut(test);
	child = hold_readers(test, 1);
	assert_int_equal(
	    store_open(&test->settings, STORE_WRITE, &test->store), 0);
	assert_int_equal(add(test->store, 0, 10), 0);
	assert_int_equal(store_stat(test->store, &stat), 0);
	assert_int_equal(stat.oldest_reader_txn_id + 1, stat.last_txn_id);
	assert_int_equal(store_reap_readers(test->store), 0);

	kill_hard(child);
	assert_int_equal(store_reap_readers(test->store), 1);
	assert_int_equal(store_stat(test->store, &stat), 0);
	assert_int_equal(stat.oldest_reader_txn_id, stat.last_txn_id);
}

static void
opening_frees_the_slots_of_the_dead(void **state)
{
	struct test_store *test = *state;
	pid_t child;

	create(test);
	shut(test);
	/* Another process keeps lock.mdb in use, else LMDB begins afresh. */
	child = hold_readers(test, 1);
	kill_hard(hold_readers(test, 5));
	assert_int_equal(
	    store_open(&test->settings, STORE_READ, &test->store), 0);
	assert_int_equal(store_reap_readers(test->store), 0);
	kill_hard(child);
}

static void
a_slot_of_the_dead_is_found_when_all_are_taken(void **state)
{
	struct test_store *test = *state;
	struct store_txn *readers[512];
	static struct capture capture;
	int code;

	create(test);
	kill_hard(hold_readers(test, 500));
	for (unsigned i = 0; i < 512; i++)
		assert_int_equal(store_begin_read(test->store, &readers[i]), 0);
	capture_begin(&capture);
	code = store_begin_read(test->store, &(struct store_txn *){ NULL });
	assert_int_equal(capture_end(&capture), 1);
	assert_int_equal(code, ERROR_LIMIT);
	assert_non_null(strstr(capture.text, "store_failed path=/"));
	assert_non_null(strstr(capture.text, "stop some programs"));
	for (unsigned i = 0; i < 512; i++)
		store_abort(readers[i]);
	assert_int_equal(store_begin_read(test->store, &readers[0]), 0);
	store_abort(readers[0]);
}

/* --- figures and backup --------------------------------------------------- */

static void
figures_say_how_it_stands(void **state)
{
	struct test_store *test = *state;
	struct store_stat stat;
	struct store_txn *txn;

	create(test);
	assert_int_equal(store_begin_read(test->store, &txn), 0);
	assert_int_equal(add(test->store, 0, 100), 0);
	assert_int_equal(store_stat(test->store, &stat), 0);
	assert_int_equal(stat.map_bytes, 256 * MIB);
	assert_in_range(stat.used_bytes, 100 * VALUE_LEN, MIB);
	assert_in_range(stat.file_bytes, 100 * VALUE_LEN, MIB);
	assert_true(stat.disk_free_bytes > 0);
	assert_true(stat.disk_spare_bytes <= stat.disk_free_bytes);
	assert_int_equal(stat.records[TABLE], 100);
	assert_int_equal(stat.records[TABLE_META], 3);
	assert_int_equal(stat.records[TABLE_ZONE], 0);
	assert_int_equal(stat.last_txn_id, store_last_txn_id(test->store));
	assert_int_equal(stat.oldest_reader_txn_id + 1, stat.last_txn_id);
	assert_int_equal(stat.max_readers, 512);
	assert_true(stat.readers >= 1);
	store_abort(txn);
	assert_string_equal(store_table_name(TABLE_EVIDENCE_OF), "evidence_of");
}

static void
takes_a_hundred_thousand_records(void **state)
{
	struct test_store *test = *state;

	create(test);
	for (uint32_t i = 0; i < 100; i++)
		assert_int_equal(add(test->store, i * 1000, 1000), 0);
	assert_int_equal(count(test->store), 100000);
}

static void
a_backup_opens_like_the_original(void **state)
{
	struct test_store *test = *state;
	char path[100];
	struct stat st;

	snprintf(path, sizeof(path), "%s/backup", test->directory);
	create(test);
	assert_int_equal(add(test->store, 0, 500), 0);
	assert_int_equal(store_backup(test->store, path), 0);
	assert_int_equal(add(test->store, 500, 1), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0770);
	shut(test);

	test->settings.database.path = path;
	assert_int_equal(
	    store_open(&test->settings, STORE_WRITE, &test->store), 0);
	assert_int_equal(count(test->store), 500);
	assert_int_equal(add(test->store, 500, 1), 0);
	shut(test);
	test_store_empty(path);
}

static void
a_backup_never_overwrites(void **state)
{
	struct test_store *test = *state;
	static struct capture capture;
	char path[100];

	create(test);
	capture_begin(&capture);
	assert_int_equal(store_backup(test->store, test->path), ERROR_EXISTS);
	assert_int_equal(capture_end(&capture), 1);
	assert_non_null(strstr(capture.text, "backup_failed path=/"));
	snprintf(path, sizeof(path), "%s/bsbl.lock", test->path);
	assert_int_equal(store_backup(test->store, path), ERROR_EXISTS);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(add(test->store, 0, 1), 0);

	snprintf(path, sizeof(path), "%s/empty", test->directory);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(store_backup(test->store, path), 0);
	test_store_empty(path);
}

static void
a_backup_that_fails_leaves_nothing(void **state)
{
	struct test_store *test = *state;
	struct rlimit small = { .rlim_cur = 20000 }, before;
	static struct capture capture;
	char path[100];
	int code;

	create(test);
	assert_int_equal(add(test->store, 0, 500), 0);
	snprintf(path, sizeof(path), "%s/no/backup", test->directory);
	assert_int_equal(store_backup(test->store, path), -ENOENT);

	/* No file may grow past 20,000 octets: as good as a full disk. */
	snprintf(path, sizeof(path), "%s/backup", test->directory);
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	capture_begin(&capture);
	code = store_backup(test->store, path);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(capture_end(&capture), 1);
	assert_true(code < 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(store_backup(test->store, path), 0);
	test_store_empty(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_reader_sees_whole_transactions_of_another_process),
		TEST(two_writers_take_turns),
		TEST(a_killed_writer_leaves_nothing_and_blocks_nobody),
		TEST(a_killed_reader_pins_no_page_for_long),
		TEST(opening_frees_the_slots_of_the_dead),
		TEST(a_slot_of_the_dead_is_found_when_all_are_taken),
		TEST(figures_say_how_it_stands),
		TEST(takes_a_hundred_thousand_records),
		TEST(a_backup_opens_like_the_original),
		TEST(a_backup_never_overwrites),
		TEST(a_backup_that_fails_leaves_nothing),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
