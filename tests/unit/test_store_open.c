#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sys/stat.h>

#include "tests/support/shut_store.h"
#include "tests/support/skip.h"

/* --- making --------------------------------------------------------------- */

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void
makes_files_that_a_group_shares(void **state)
{
	struct test_store *test = *state;
	mode_t before = umask(077);
	int code = store_open(&test->settings, STORE_CREATE, &test->store);

	umask(before);
	assert_int_equal(code, 0);
	assert_int_equal(mode_of(test->path), 02770);
	assert_int_equal(mode_of(file_of(test, "data.mdb")), 0660);
	assert_int_equal(mode_of(file_of(test, "lock.mdb")), 0660);
	assert_int_equal(mode_of(file_of(test, "bsbl.lock")), 0660);
}

static void
gives_the_files_to_the_group(void **state)
{
	static const char *const names[] = { "", "data.mdb", "lock.mdb",
		"bsbl.lock" };
	struct test_store *test = *state;
	char name[] = "daemon"; /* any that every system has */
	const struct group *group = getgrnam(name);
	struct stat st;

	if (geteuid() != 0 || group == NULL)
		SKIP_FOR("only root can give files away");
	test->settings.database.group = name;
	assert_opens(test, STORE_CREATE);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(stat(file_of(test, names[i]), &st), 0);
		assert_int_equal(st.st_gid, group->gr_gid);
	}
	assert_int_equal(mode_of(test->path), 02770);
}

static void
makes_nothing_where_there_is_a_database(void **state)
{
	struct test_store *test = *state;

	assert_refused(test, STORE_CREATE, ERROR_EXISTS,
	    "there is a database already", "name another directory");
	assert_opens(test, STORE_READ);
}

static void
what_was_cut_off_can_be_made_again(void **state)
{
	struct test_store *test = *state;
	struct store_txn *txn;

	assert_opens(test, STORE_CREATE);
	assert_refused(test, STORE_READ, ERROR_NOT_MADE,
	    "its making was cut off", "bsblctl init");
	assert_int_equal(
	    store_open(&test->settings, STORE_CREATE, &test->store), 0);
	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(meta_create(txn, TEST_NOW), 0);
	assert_int_equal(store_commit(txn), 0);
	shut(test);
	assert_opens(test, STORE_WRITE);
}

static void
says_so_where_there_is_none(void **state)
{
	struct test_store *test = *state;

	assert_refused(test, STORE_READ, ERROR_NOT_MADE, "no database there",
	    "bsblctl init");
	assert_refused(test, STORE_WRITE, ERROR_NOT_MADE, "no database there",
	    "bsblctl init");
	assert_int_equal(access(test->path, F_OK), -1);
}

static void
says_so_where_none_can_be_made(void **state)
{
	struct test_store *test = *state;

	snprintf(test->path, sizeof(test->path), "%s/no/db", test->directory);
	assert_refused(test, STORE_CREATE, -ENOENT, "cannot make the directory",
	    "make the directory above");
}

static void
a_copy_without_its_lock_files_opens(void **state)
{
	struct test_store *test = *state;

	unlink(file_of(test, "lock.mdb"));
	unlink(file_of(test, "bsbl.lock"));
	assert_opens(test, STORE_READ);
	assert_int_equal(mode_of(file_of(test, "lock.mdb")), 0660);
	assert_opens(test, STORE_WRITE);
}

/* --- formats -------------------------------------------------------------- */

static void
set_format(struct test_store *test, uint8_t format)
{
	const uint8_t value[] = { 0, 0, 0, format };
	struct store_txn *txn;

	assert_int_equal(
	    store_open(&test->settings, STORE_WRITE, &test->store), 0);
	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(
	    store_put(txn, TABLE_META,
		OCTETS(STORE_FORMAT_KEY, sizeof(STORE_FORMAT_KEY) - 1),
		OCTETS(value, sizeof(value))),
	    0);
	assert_int_equal(store_commit(txn), 0);
	shut(test);
}

static void
refuses_a_newer_format_and_names_both(void **state)
{
	struct test_store *test = *state;

	set_format(test, STORE_FORMAT + 1);
	assert_refused(test, STORE_READ, ERROR_NEWER,
	    "format 7 found, this program knows up to 6", "newer bsbl");
	assert_refused(test, STORE_CREATE, ERROR_EXISTS,
	    "there is a database already", "use it");
}

static void
refuses_an_older_format_and_names_the_upgrade(void **state)
{
	struct test_store *test = *state;

	set_format(test, STORE_FORMAT - 1);
	assert_refused(test, STORE_WRITE, ERROR_OLDER,
	    "format 5 found, this program knows 6", "bsblctl upgrade");
}

/* --- damage --------------------------------------------------------------- */

static void
overwrite(const struct test_store *test, off_t offset, int octet, size_t len)
{
	FILE *file = fopen(file_of(test, "data.mdb"), "r+");

	assert_non_null(file);
	fseek(file, offset, SEEK_SET);
	for (size_t i = 0; i < len; i++)
		fputc(octet, file);
	assert_int_equal(fclose(file), 0);
}

static void
refuses_what_is_no_database(void **state)
{
	struct test_store *test = *state;

	overwrite(test, 0, 'x', 10000);
	assert_refused(test, STORE_READ, ERROR_DAMAGED, "not an LMDB file",
	    "restore a backup");
	assert_refused(test, STORE_WRITE, ERROR_DAMAGED, "not an LMDB file",
	    "restore a backup");
}

static void
refuses_an_empty_file(void **state)
{
	struct test_store *test = *state;

	assert_int_equal(truncate(file_of(test, "data.mdb"), 0), 0);
	assert_refused(test, STORE_READ, ERROR_DAMAGED, "data.mdb is empty",
	    "restore a backup");
}

static void
refuses_a_file_cut_short_wherever_it_was_cut(void **state)
{
	struct test_store *test = *state;
	const char *data = file_of(test, "data.mdb");
	struct stat st;

	assert_int_equal(stat(data, &st), 0);
	for (off_t len = st.st_size - 1; len > 8192; len -= 8191) {
		assert_int_equal(truncate(data, len), 0);
		assert_refused(test, STORE_READ, ERROR_DAMAGED,
		    "data.mdb is cut short", "restore a backup");
	}
	assert_int_equal(truncate(data, 5000), 0);
	assert_refused(
	    test, STORE_WRITE, ERROR_DAMAGED, "data.mdb", "restore a backup");
	assert_int_equal(truncate(data, 100), 0);
	assert_refused(
	    test, STORE_WRITE, ERROR_DAMAGED, "data.mdb", "restore a backup");
}

/*
 * Pages that a transaction takes from the file's end and gives back are never
 * written, so the file ends before the last page that LMDB counts.
 */
static void
write_and_take_back(struct store *store, uint32_t from, uint32_t to, bool back)
{
	char value[200] = "";
	struct store_txn *txn;

	assert_int_equal(store_begin_write(store, &txn), 0);
	for (uint32_t i = from; i < to; i++) {
		uint8_t key[4] = { 1, 0, (uint8_t)(i >> 8), (uint8_t)i };

		assert_int_equal(store_put(txn, TABLE_LISTING, OCTETS(key, 4),
				     OCTETS(value, 200)),
		    0);
	}
	for (uint32_t i = to; back && i-- > from;) {
		uint8_t key[4] = { 1, 0, (uint8_t)(i >> 8), (uint8_t)i };

		assert_int_equal(
		    store_delete(txn, TABLE_LISTING, OCTETS(key, 4)), 0);
	}
	assert_int_equal(store_commit(txn), 0);
}

static void
a_file_that_ends_in_free_pages_is_whole(void **state)
{
	struct test_store *test = *state;
	struct store_txn *txn;
	struct store_stat stat;

	assert_int_equal(
	    store_open(&test->settings, STORE_WRITE, &test->store), 0);
	assert_int_equal(store_begin_write(test->store, &txn), 0);
	assert_int_equal(store_clear(txn, TABLE_LISTING), 0);
	assert_int_equal(store_commit(txn), 0);
	write_and_take_back(test->store, 0, 1, false);
	write_and_take_back(test->store, 1, 2, false);
	write_and_take_back(test->store, 10, 20000, true);
	assert_int_equal(store_stat(test->store, &stat), 0);
	shut(test);
	/* Else this test shows nothing. */
	assert_true(stat.file_bytes < stat.used_bytes);

	assert_opens(test, STORE_READ);
	assert_opens(test, STORE_WRITE);
	assert_int_equal(
	    truncate(file_of(test, "data.mdb"), (off_t)stat.file_bytes / 2), 0);
	assert_refused(test, STORE_READ, ERROR_DAMAGED, "data.mdb is cut short",
	    "restore a backup");
}

static int
read_everything(struct test_store *test)
{
	struct store_cursor *cursor;
	struct octets key, value;
	struct store_txn *txn;
	unsigned sum = 0;

	/* A sanitizer would add its own words. */
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	if (store_open(&test->settings, STORE_READ, &test->store) != 0)
		return 1;
	if (store_begin_read(test->store, &txn) != 0 ||
	    store_cursor_open(txn, TABLE_LISTING, &cursor) != 0)
		return 2;
	while (store_move(cursor, STORE_NEXT, &key, &value) == 0)
		sum += *(const uint8_t *)key.data;
	return sum > 0 ? 3 : 0;
}

/* LMDB has no checksums; at least the operator learns what was the matter. */
static void
a_page_overwritten_is_named_in_one_line(void **state)
{
	struct test_store *test = *state;
	static struct capture capture;
	struct stat st;
	unsigned told = 0;

	assert_int_equal(stat(file_of(test, "data.mdb"), &st), 0);
	for (off_t page = 2; page < st.st_size / 4096; page += 7) {
		int outcome, lines;

		overwrite(test, page * 4096, page % 2 ? 0 : 0xff, 4096);
		capture_begin(&capture);
		outcome = run(read_everything, test);
		lines = capture_end(&capture);
		/* A page may be free, or the first bad one hide it. */
		if (outcome == 0 && lines == 0)
			continue;
		told++;
		assert_int_equal(lines, 1);
		assert_true(strstr(capture.text, "store_damaged") != NULL ||
			    strstr(capture.text, "store_failed") != NULL ||
			    strstr(capture.text, "store_refused") != NULL);
		assert_non_null(strstr(capture.text, "restore a backup"));
	}
	assert_true(told > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NEW(makes_files_that_a_group_shares),
		NEW(gives_the_files_to_the_group),
		MADE(makes_nothing_where_there_is_a_database),
		NEW(what_was_cut_off_can_be_made_again),
		NEW(says_so_where_there_is_none),
		NEW(says_so_where_none_can_be_made),
		MADE(a_copy_without_its_lock_files_opens),
		MADE(refuses_a_newer_format_and_names_both),
		MADE(refuses_an_older_format_and_names_the_upgrade),
		MADE(refuses_what_is_no_database),
		MADE(refuses_an_empty_file),
		MADE(refuses_a_file_cut_short_wherever_it_was_cut),
		MADE(a_file_that_ends_in_free_pages_is_whole),
		MADE(a_page_overwritten_is_named_in_one_line),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
