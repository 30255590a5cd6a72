#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "common/error.h"
#include "common/log.h"
#include "tests/support/kept_store.h"
#include "tests/support/skip.h"
#include "tests/support/test_capture.h"

#define SKIPPED 77 /* a child's exit status: not permitted here */

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
	    mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) != 0 ||
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
	test->settings.database.reserve_percent = 15;
	test->settings.database.reserve_bytes = 1;
	create(test);
	assert_true(store_has_room(test->store));
	assert_int_equal(add(test->store, 0, 3000), 0);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_full_map_keeps_what_was_and_goes_on),
		TEST(a_spoilt_transaction_says_why_to_the_end),
		TEST(a_full_disk_keeps_what_was_and_goes_on),
		TEST(room_is_kept_for_giving_back),
		TEST(no_room_below_the_reserve_in_octets),
		TEST(a_reader_follows_a_map_that_grows),
		TEST(a_writer_follows_a_map_that_grows),
		TEST(the_map_stays_while_somebody_looks_into_it),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
