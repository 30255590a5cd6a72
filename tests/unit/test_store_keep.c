#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/error.h"
#include "common/log.h"
#include "tests/support/skip.h"
#include "tests/support/test_capture.h"
#include "tests/support/test_store.h"

#define SKIPPED 77 /* a child's exit status: not permitted here */
#define MIB (1 << 20)
#define TABLE TABLE_LISTING
#define VALUE_LEN 1000

static int
prepare(void **state)
{
	static struct test_store test;

	test_store_prepare(&test);
	*state = &test;
	return 0;
}

static int
clean(void **state)
{
	test_store_close(*state);
	return 0;
}

static void
create(struct test_store *test)
{
	struct store_txn *txn;

	assert_int_equal(
	    store_open(&test->settings, STORE_CREATE, &test->store), 0);
	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(meta_create(txn, TEST_NOW), 0);
	assert_int_equal(store_commit(txn), 0);
}

static void
shut(struct test_store *test)
{
	store_close(test->store);
	test->store = NULL;
}

static void
reopen(struct test_store *test, enum store_mode mode)
{
	shut(test);
	assert_int_equal(store_open(&test->settings, mode, &test->store), 0);
}

static struct octets
key_of(uint8_t key[4], uint32_t number)
{
	for (int i = 3; i >= 0; i--, number >>= 8)
		key[i] = (uint8_t)number;
	return OCTETS(key, 4);
}

/* Commits `count` records of VALUE_LEN octets; the first failure's code. */
static int
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
static uint32_t
fill(struct store *store, uint32_t step, int *code)
{
	uint32_t count = 0;

	while ((*code = add(store, count, step)) == 0)
		count += step;
	return count;
}

static uint64_t
count(struct store *store)
{
	struct store_txn *txn;
	uint64_t records;

	assert_int_equal(store_begin_read(store, &txn), 0);
	records = store_count(txn, TABLE);
	store_abort(txn);
	return records;
}

/* --- two processes -------------------------------------------------------- */

static void
assert_ends_well(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

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
	assert_non_null(strstr(capture.text, "store_failed path=/tmp/"));
	assert_non_null(strstr(capture.text, "stop some programs"));
	for (unsigned i = 0; i < 512; i++)
		store_abort(readers[i]);
	assert_int_equal(store_begin_read(test->store, &readers[0]), 0);
	store_abort(readers[0]);
}

/* --- room ----------------------------------------------------------------- */

static void
a_full_map_keeps_what_was_and_goes_on(void **state)
{
	struct test_store *test = *state;
	static struct capture capture;
	struct store_txn *txn;
	struct octets value;
	uint32_t full;
	uint8_t key[4];
	int code, lines;

	test->settings.database.map_bytes = 2 * MIB;
	create(test);
	capture_begin(&capture);
	full = fill(test->store, 200, &code);
	lines = capture_end(&capture);
	assert_int_equal(code, ERROR_FULL);
	assert_int_equal(lines, 1);
	assert_non_null(strstr(capture.text, "raise database.map_bytes"));
	assert_int_equal(count(test->store), full);

	/* What fits, fits; what is taken away makes room. */
	assert_int_equal(add(test->store, full, 1), 0);
	assert_int_equal(store_begin_write(test->store, &txn), 0);
	for (uint32_t i = 0; i < full / 2; i++)
		assert_int_equal(store_delete(txn, TABLE, key_of(key, i)), 0);
	assert_int_equal(store_commit(txn), 0);
	assert_int_equal(add(test->store, 0, 1), 0);
	assert_int_equal(add(test->store, 1, full / 4), 0);
	assert_int_equal(store_begin_read(test->store, &txn), 0);
	assert_int_equal(store_get(txn, TABLE, key_of(key, full), &value), 0);
	assert_int_equal(value.len, VALUE_LEN);
	store_abort(txn);
}

static void
a_spoilt_transaction_says_why_to_the_end(void **state)
{
	struct test_store *test = *state;
	char value[VALUE_LEN] = "";
	struct store_txn *txn;
	uint8_t key[4];
	int code = 0;

	test->settings.database.map_bytes = MIB;
	create(test);
	assert_int_equal(store_begin_write(test->store, &txn), 0);
	for (uint32_t i = 0; code == 0; i++)
		code = store_put(
		    txn, TABLE, key_of(key, i), OCTETS(value, sizeof(value)));
	assert_int_equal(code, ERROR_FULL);
	assert_int_equal(
	    store_put(txn, TABLE, key_of(key, 0), OCTETS("", 0)), ERROR_FULL);
	assert_int_equal(store_commit(txn), ERROR_FULL);
	assert_int_equal(count(test->store), 0);
}

/* In a new name space of mounts, on a disk of four MiB. */
static int
fill_a_disk(struct test_store *test)
{
	struct store_txn *txn;
	char ballast[128];
	uint32_t full;
	uint8_t key[4];
	int fd, code;

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", test->directory, "tmpfs", 0, "size=4m") != 0)
		return SKIPPED;
	snprintf(ballast, sizeof(ballast), "%s/ballast", test->directory);
	fd = open(ballast, O_WRONLY | O_CREAT, 0600);
	if (fd < 0 || posix_fallocate(fd, 0, MIB) != 0)
		return 1;
	create(test);
	full = fill(test->store, 100, &code);
	if (code != ERROR_FULL || count(test->store) != full)
		return 2;
	/* Reading goes on, and so does writing once there is room again. */
	unlink(ballast);
	close(fd);
	if (add(test->store, full, 100) != 0 ||
	    count(test->store) != full + 100)
		return 3;
	if (store_begin_write(test->store, &txn) != 0 ||
	    store_delete(txn, TABLE, key_of(key, 0)) != 0 ||
	    store_commit(txn) != 0)
		return 4;
	reopen(test, STORE_READ);
	return count(test->store) == full + 99 ? 0 : 5;
}

static void
a_full_disk_keeps_what_was_and_goes_on(void **state)
{
	struct test_store *test = *state;
	static struct capture capture;
	pid_t child;
	int status;

	capture_begin(&capture);
	child = fork();
	if (child == 0)
		_exit(fill_a_disk(test));
	assert_int_equal(waitpid(child, &status, 0), child);
	capture_end(&capture);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED)
		SKIP_FOR("no right to mount");
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_non_null(strstr(capture.text, "No space left on device"));
	assert_non_null(strstr(capture.text, "free disk space"));
}

static void
room_is_kept_for_giving_back(void **state)
{
	struct test_store *test = *state;
	static struct capture capture;
	struct store_txn *txn;

	test->settings.database.map_bytes = 4 * MIB;
	test->settings.database.reserve_percent = 25;
	test->settings.database.reserve_bytes = 1;
	create(test);
	assert_true(store_has_room(test->store));
	assert_int_equal(add(test->store, 0, 2600), 0);
	/* Asked at most once a second: opening asks anew. */
	reopen(test, STORE_WRITE);
	capture_begin(&capture);
	assert_false(store_has_room(test->store));
	assert_false(store_has_room(test->store));
	assert_int_equal(capture_end(&capture), 1);
	assert_non_null(strstr(capture.text, "store_short_of_room"));

	/* Taking away still commits, and free pages are room. */
	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(store_clear(txn, TABLE), 0);
	assert_int_equal(store_commit(txn), 0);
	reopen(test, STORE_WRITE);
	assert_true(store_has_room(test->store));
}

static void
no_room_below_the_reserve_in_octets(void **state)
{
	struct test_store *test = *state;

	test->settings.database.map_bytes = 4 * MIB;
	create(test);
	assert_true(store_has_room(test->store));
	test->settings.database.reserve_bytes = 5 * MIB;
	reopen(test, STORE_WRITE);
	assert_false(store_has_room(test->store));
}

/* --- the map grows -------------------------------------------------------- */

/* A process with a larger map writes past the end of everybody else's. */
static int
outgrow(struct test_store *test)
{
	struct store *store;

	test->settings.database.map_bytes = 16 * MIB;
	if (store_open(&test->settings, STORE_WRITE, &store) != 0)
		return 1;
	return add(store, 0, 3000) == 0 ? 0 : 2;
}

/* What a process with the small map does before and after. */
struct scene {
	int (*before)(struct store *store);
	int (*after)(struct store *store);
};

static int
play(struct test_store *test, const struct scene *scene, int ready, int go)
{
	char octet = 0;
	int failed;

	if (store_open(&test->settings, STORE_WRITE, &test->store) != 0)
		return 1;
	failed = scene->before != NULL ? scene->before(test->store) : 0;
	if (failed != 0 || write(ready, &octet, 1) != 1 ||
	    read(go, &octet, 1) != 1)
		return 2;
	return scene->after(test->store);
}

static void
while_another_grows(struct test_store *test, const struct scene *scene)
{
	int ready[2], go[2];
	pid_t player, other;
	char octet;

	test->settings.database.map_bytes = MIB;
	create(test);
	shut(test);
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(go), 0);
	player = fork();
	if (player == 0)
		_exit(play(test, scene, ready[1], go[0]));
	close(ready[1]);
	assert_int_equal(read(ready[0], &octet, 1), 1);
	other = fork();
	if (other == 0)
		_exit(outgrow(test));
	assert_ends_well(other);
	assert_int_equal(write(go[1], "", 1), 1);
	assert_ends_well(player);
	close(ready[0]);
	close(go[0]);
	close(go[1]);
}

static struct store_txn *early; /* of a scene: begun in the small map */

static int
begin_early(struct store *store)
{
	if (store_begin_read(store, &early) != 0)
		return 1;
	store_reset(early);
	return 0;
}

static int
renew_and_read(struct store *store)
{
	(void)store;
	if (store_renew(early) != 0 || store_count(early, TABLE) != 3000)
		return 3;
	store_abort(early);
	return count(store) == 3000 ? 0 : 4;
}

static void
a_reader_follows_a_map_that_grows(void **state)
{
	while_another_grows(
	    *state, &(struct scene){ begin_early, renew_and_read });
}

static int
write_more(struct store *store)
{
	return add(store, 3000, 10) == 0 && count(store) == 3010 ? 0 : 3;
}

static void
a_writer_follows_a_map_that_grows(void **state)
{
	while_another_grows(*state, &(struct scene){ NULL, write_more });
}

static int
keep_looking(struct store *store)
{
	return store_begin_read(store, &early) == 0 ? 0 : 1;
}

/* Still sees the old map; then lets go of it. */
static void *
look_and_let_go(void *failed)
{
	const struct timespec moment = { .tv_nsec = 50000000 };

	nanosleep(&moment, NULL);
	*(int *)failed = store_count(early, TABLE_META) == 0;
	store_reset(early);
	return NULL;
}

static int
wait_for_the_other(struct store *store)
{
	pthread_t thread;
	int failed = 0;

	if (pthread_create(&thread, NULL, look_and_let_go, &failed) != 0)
		return 3;
	if (count(store) != 3000)
		return 4;
	pthread_join(thread, NULL);
	return failed ? 5 : renew_and_read(store);
}

static void
the_map_stays_while_somebody_looks_into_it(void **state)
{
	while_another_grows(
	    *state, &(struct scene){ keep_looking, wait_for_the_other });
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
	assert_non_null(strstr(capture.text, "backup_failed path=/tmp/"));
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, prepare, clean)
	const struct CMUnitTest tests[] = {
		TEST(a_reader_sees_whole_transactions_of_another_process),
		TEST(two_writers_take_turns),
		TEST(a_killed_writer_leaves_nothing_and_blocks_nobody),
		TEST(a_killed_reader_pins_no_page_for_long),
		TEST(opening_frees_the_slots_of_the_dead),
		TEST(a_slot_of_the_dead_is_found_when_all_are_taken),
		TEST(a_full_map_keeps_what_was_and_goes_on),
		TEST(a_spoilt_transaction_says_why_to_the_end),
		TEST(a_full_disk_keeps_what_was_and_goes_on),
		TEST(room_is_kept_for_giving_back),
		TEST(no_room_below_the_reserve_in_octets),
		TEST(a_reader_follows_a_map_that_grows),
		TEST(a_writer_follows_a_map_that_grows),
		TEST(the_map_stays_while_somebody_looks_into_it),
		TEST(figures_say_how_it_stands),
		TEST(takes_a_hundred_thousand_records),
		TEST(a_backup_opens_like_the_original),
		TEST(a_backup_never_overwrites),
		TEST(a_backup_that_fails_leaves_nothing),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
