#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/audit.h"
#include "db/restore.h"
#include "tests/support/test_capture.h"
#include "tests/support/test_store.h"

static struct test_store test;
static char backup[sizeof(test.directory) + 16];

static void
note(const char *what, int64_t now)
{
	struct store_txn *txn;
	uint32_t serial, number;

	assert_int_equal(store_begin_write(test.store, &txn), 0);
	assert_int_equal(audit_add(txn, now, "test", what, "", "%s", ""), 0);
	assert_int_equal(meta_next_change(txn, now, &serial, &number), 0);
	assert_int_equal(store_commit(txn), 0);
}

static struct zone_version
version_of(void)
{
	struct zone_version version;
	struct store_txn *txn;

	assert_int_equal(store_begin_read(test.store, &txn), 0);
	assert_int_equal(meta_zone_version(txn, &version), 0);
	store_abort(txn);
	return version;
}

/*
 * How much of an intake log the database has; what is made where it has none.
 */
static struct intake_mark
mark_of(bool make)
{
	struct intake_mark mark;
	struct store_txn *txn;

	assert_int_equal(store_begin_write(test.store, &txn), 0);
	assert_int_equal(meta_intake_mark(txn, &mark), 0);
	if (make)
		assert_int_equal(meta_new_intake_mark(txn, &mark), 0);
	assert_int_equal(store_commit(txn), 0);
	return mark;
}

static int
open_with_backup(void **state)
{
	(void)state;
	test_store_open(&test);
	note("before", TEST_NOW);
	assert_int_not_equal(mark_of(true).log, 0);
	snprintf(backup, sizeof(backup), "%s/backup", test.directory);
	assert_int_equal(store_backup(test.store, backup), 0);
	note("after", TEST_NOW + 1000);
	return 0;
}

static int
close_all(void **state)
{
	char place[sizeof(test.path) + 16];

	(void)state;
	snprintf(place, sizeof(place), "%s/restore.new", test.path);
	assert_int_not_equal(access(place, F_OK), 0);
	test_store_empty(backup);
	test_store_close(&test);
	return 0;
}

static int
what_of(const struct audit_entry *entry, void *context)
{
	snprintf((char *)context + strlen(context), 100, "%s ", entry->what);
	return 0;
}

static void
assert_history(const char *expected)
{
	char history[400] = "";
	struct store_txn *txn;

	assert_int_equal(store_begin_read(test.store, &txn), 0);
	assert_int_equal(audit_newest(txn, what_of, history), 0);
	store_abort(txn);
	assert_string_equal(history, expected);
}

static void
reopen(void)
{
	assert_int_equal(
	    store_open(&test.settings, STORE_WRITE, &test.store), 0);
}

static void
makes_no_database_of_a_backup_that_is_not_there(void **state)
{
	struct settings other = test.settings;
	struct zone_version version;
	char place[] = "/tmp/bsbl-test-XXXXXX";
	struct capture capture;

	(void)state;
	assert_non_null(mkdtemp(place));
	other.database.path = place;
	capture_begin(&capture);
	assert_int_equal(
	    restore_database(&other, "/nowhere", "test", TEST_NOW, &version),
	    ERROR_NOT_MADE);
	capture_end(&capture);
	assert_non_null(strstr(capture.text, "no backup there"));
	assert_int_equal(rmdir(place), 0);
}

static void
begins_a_lineage_past_all_that_was(void **state)
{
	struct zone_version replaced = version_of(), restored, now;

	(void)state;
	store_close(test.store);
	test.store = NULL;
	assert_int_equal(restore_database(&test.settings, backup, "test",
			     TEST_NOW + 2000, &restored),
	    0);
	reopen();
	now = version_of();
	assert_true(now.lineage == restored.lineage);
	assert_true(now.lineage != replaced.lineage);
	assert_int_equal(now.serial, restored.serial);
	assert_true(now.serial > replaced.serial + (1u << 20));
	assert_history("restored before ");
	/* What the other's intake log holds is not for this one. */
	assert_int_equal(mark_of(false).log, 0);
}

static void
the_serial_passes_one_that_ran_ahead(void **state)
{
	struct zone_version replaced, restored;

	(void)state;
	note("much later", TEST_NOW + INT64_C(900) * 86400);
	replaced = version_of();
	store_close(test.store);
	test.store = NULL;
	assert_int_equal(restore_database(&test.settings, backup, "test",
			     TEST_NOW + 2000, &restored),
	    0);
	reopen();
	assert_true(restored.serial - replaced.serial < 1u << 31);
	assert_true(restored.serial > replaced.serial + (1u << 20));
}

static void
waits_for_nobody_who_has_it_open(void **state)
{
	struct zone_version restored;
	struct capture capture;
	char holder[64];
	int code;

	(void)state;
	assert_int_equal(prctl(PR_SET_NAME, "somebody"), 0);
	snprintf(holder, sizeof(holder), "in use by somebody (process %d)",
	    (int)getpid());
	capture_begin(&capture);
	code = restore_database(
	    &test.settings, backup, "test", TEST_NOW, &restored);
	capture_end(&capture);
	assert_int_equal(code, ERROR_BUSY);
	assert_non_null(strstr(capture.text, holder));
	assert_history("after before ");
}

static void
what_is_no_backup_changes_nothing(void **state)
{
	struct zone_version restored;
	struct capture capture;
	int code;

	(void)state;
	store_close(test.store);
	test.store = NULL;
	capture_begin(&capture);
	code = restore_database(
	    &test.settings, test.directory, "test", TEST_NOW, &restored);
	capture_end(&capture);
	assert_int_equal(code, ERROR_NOT_MADE);
	reopen();
	assert_history("after before ");
}

static void
restores_where_nothing_is(void **state)
{
	char place[sizeof(test.directory) + 16];
	struct zone_version restored;
	struct stat st;

	(void)state;
	store_close(test.store);
	test.store = NULL;
	snprintf(place, sizeof(place), "%s/new", test.directory);
	test.settings.database.path = place;
	assert_int_equal(restore_database(&test.settings, backup, "test",
			     TEST_NOW, &restored),
	    0);
	reopen();
	assert_history("restored before ");
	assert_int_equal(stat(place, &st), 0);
	test_store_empty(place);
	test.settings.database.path = test.path;
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, open_with_backup, close_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(begins_a_lineage_past_all_that_was),
		TEST(the_serial_passes_one_that_ran_ahead),
		TEST(waits_for_nobody_who_has_it_open),
		TEST(what_is_no_backup_changes_nothing),
		TEST(restores_where_nothing_is),
		TEST(makes_no_database_of_a_backup_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
