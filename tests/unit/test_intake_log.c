#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/intake_group.h"
#include "db/intake_log.h"
#include "tests/support/test_store.h"

#define LOG 4711
#define PAGE 4096
#define SEEN_MAX 64

struct fixture {
	struct test_store test; /* its directory; no database is needed */
	struct intake_log *log;
	uint64_t seen[SEEN_MAX]; /* numbers that were read */
	char helo[SEEN_MAX][16];
	unsigned count;
};

static struct fixture fixture;

static const struct intake_mark *
mark_at(uint64_t number)
{
	static struct intake_mark mark;

	mark = (struct intake_mark){ LOG, number };
	return &mark;
}

static char *
file_path(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", fixture.test.directory, name);
	return path;
}

static void
start_at(uint64_t number)
{
	intake_log_close(fixture.log);
	assert_int_equal(
	    intake_log_open(fixture.test.directory, true, &fixture.log), 0);
	assert_int_equal(intake_log_start(fixture.log, mark_at(number)), 0);
}

static int
setup(void **state)
{
	(void)state;
	memset(&fixture, 0, sizeof(fixture));
	test_store_prepare(&fixture.test);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	intake_log_close(fixture.log);
	test_store_empty(fixture.test.directory);
	return 0;
}

/* A file of so many pages, in place of a large one. */
static void
make_small(unsigned pages)
{
	FILE *file = fopen(file_path(INTAKE_LOG_FILE), "we");

	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), pages * PAGE), 0);
	fclose(file);
}

/* An entry of sightings that bear its number. */
static void
add(unsigned count)
{
	struct evidence list[3] = { { .seen_at = 1 } };
	uint64_t number, expected = intake_log_last(fixture.log) + count;

	for (unsigned i = 0; i < count; i++)
		snprintf(
		    list[i].helo, sizeof(list[i].helo), "m-%d", (int)expected);
	assert_int_equal(intake_log_add(fixture.log, list, count, &number), 0);
	assert_int_equal(number, expected);
}

static int
write_one(uint64_t settled)
{
	intake_log_begin(fixture.log);
	add(1);
	return intake_log_write(fixture.log, settled);
}

static int
note(uint64_t number, struct evidence *list, unsigned count, void *context)
{
	(void)context;
	assert_true(fixture.count < SEEN_MAX);
	assert_int_equal(list[0].seen_at, 1);
	assert_string_equal(list[count - 1].helo, list[0].helo);
	fixture.seen[fixture.count] = number;
	snprintf(fixture.helo[fixture.count], sizeof(fixture.helo[0]), "%.15s",
	    list[0].helo);
	fixture.count++;
	free(list);
	return 0;
}

static int
read_behind(uint64_t number)
{
	fixture.count = 0;
	return intake_log_read(
	    fixture.test.directory, mark_at(number), note, NULL);
}

/* What was read are these numbers, each with its own sightings. */
static void
assert_seen(uint64_t first, uint64_t last)
{
	assert_int_equal(fixture.count, last - first + 1);
	for (unsigned i = 0; i < fixture.count; i++) {
		char helo[32];

		snprintf(helo, sizeof(helo), "m-%d", (int)(first + i));
		assert_int_equal(fixture.seen[i], first + i);
		assert_string_equal(fixture.helo[i], helo);
	}
}

static void
flip(long at)
{
	FILE *file = fopen(file_path(INTAKE_LOG_FILE), "r+e");
	int octet;

	assert_non_null(file);
	fseek(file, at, SEEK_SET);
	octet = getc(file);
	fseek(file, at, SEEK_SET);
	putc(octet ^ 1, file);
	fclose(file);
}

static void
gives_back_what_the_database_does_not_have(void **state)
{
	(void)state;
	start_at(0);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(write_one(0), 0);
	assert_int_equal(read_behind(0), 0);
	assert_seen(1, 5);
	assert_int_equal(read_behind(3), 0);
	assert_seen(4, 5);
	assert_int_equal(read_behind(5), 0);
	assert_int_equal(fixture.count, 0);
}

static void
gives_back_entries_whole(void **state)
{
	(void)state;
	start_at(10);
	intake_log_begin(fixture.log);
	add(3);
	add(1);
	add(2);
	assert_int_equal(intake_log_write(fixture.log, 10), 0);
	assert_int_equal(read_behind(10), 0);
	assert_int_equal(fixture.count, 3);
	assert_int_equal(fixture.seen[0], 13);
	assert_string_equal(fixture.helo[0], "m-13");
	assert_int_equal(fixture.seen[2], 16);
	assert_int_equal(read_behind(13), 0);
	assert_int_equal(fixture.count, 2);
	assert_string_equal(fixture.helo[0], "m-14");
}

static void
refuses_what_is_no_log(void **state)
{
	(void)state;
	make_small(1);
	assert_int_equal(
	    intake_log_open(fixture.test.directory, true, &fixture.log),
	    ERROR_DAMAGED);
	assert_int_equal(unlink(file_path(INTAKE_LOG_FILE)), 0);
	assert_int_equal(mkfifo(file_path(INTAKE_LOG_FILE), 0600), 0);
	assert_int_equal(read_behind(0), ERROR_DAMAGED);
	assert_true(
	    intake_log_open(fixture.test.directory, true, &fixture.log) < 0);
}

static void
is_empty_where_there_is_none(void **state)
{
	(void)state;
	assert_int_equal(read_behind(0), 0);
	assert_int_equal(fixture.count, 0);
	assert_int_equal(
	    intake_log_open(fixture.test.directory, false, &fixture.log),
	    ERROR_NOT_FOUND);
}

static void
knows_a_group_of_which_an_octet_is_another(void **state)
{
	(void)state;
	start_at(0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(write_one(0), 0);
	for (long at = 0; at < INTAKE_HEAD_LEN + 100; at++) {
		flip(PAGE + at);
		assert_int_equal(read_behind(0), 0);
		assert_int_equal(fixture.count, 2);
		assert_int_equal(fixture.seen[1], 3);
		flip(PAGE + at);
	}
	assert_int_equal(read_behind(0), 0);
	assert_seen(1, 3);
}

static void
writes_nothing_over_that_the_database_lacks(void **state)
{
	(void)state;
	make_small(6);
	start_at(0);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(write_one(0), 0);
	assert_int_equal(write_one(0), ERROR_LIMIT);
	assert_int_equal(write_one(2), ERROR_LIMIT);
	assert_int_equal(read_behind(0), 0);
	assert_seen(1, 6);
	/* 7 and 8 are used up. The second half waits for 6. */
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(write_one(3), 0);
	assert_int_equal(write_one(5), ERROR_LIMIT);
	assert_int_equal(read_behind(3), 0);
	assert_int_equal(fixture.count, 6);
	assert_int_equal(fixture.seen[2], 6);
	assert_int_equal(fixture.seen[3], 9);
	assert_int_equal(write_one(6), 0);
}

static void
goes_on_behind_what_it_held(void **state)
{
	(void)state;
	make_small(6);
	start_at(0);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(write_one(0), 0);
	start_at(2);
	assert_int_equal(intake_log_last(fixture.log), 4);
	assert_int_equal(write_one(3), ERROR_LIMIT);
	assert_int_equal(write_one(4), 0);
	assert_int_equal(read_behind(4), 0);
	assert_seen(6, 6);
	/* The database may be further than anything that is left. */
	start_at(100);
	assert_int_equal(write_one(100), 0);
	assert_int_equal(read_behind(100), 0);
	assert_seen(101, 101);
}

static void
keeps_another_databases_apart(void **state)
{
	const struct intake_mark other = { LOG + 1, 0 };

	(void)state;
	start_at(0);
	assert_int_equal(write_one(0), 0);
	assert_int_equal(
	    intake_log_read(fixture.test.directory, &other, note, NULL),
	    ERROR_EXISTS);
	assert_int_equal(fixture.count, 0);
	assert_int_equal(intake_log_replace(fixture.log), 0);
	assert_int_equal(access(file_path(INTAKE_LOG_REPLACED), F_OK), 0);
	assert_int_equal(
	    intake_log_read(fixture.test.directory, &other, note, NULL), 0);
	assert_int_equal(intake_log_start(fixture.log, &other), 0);
	assert_int_equal(write_one(0), 0);
	assert_int_equal(
	    intake_log_read(fixture.test.directory, &other, note, NULL), 0);
	assert_int_equal(fixture.count, 1);
}

static void
is_written_by_one_at_a_time(void **state)
{
	struct intake_log *other = NULL;

	(void)state;
	start_at(0);
	assert_int_equal(
	    intake_log_open(fixture.test.directory, true, &other), ERROR_BUSY);
}

static void
takes_no_more_than_has_room(void **state)
{
	enum { MANY = 4000 };
	struct evidence *list = calloc(MANY, sizeof(*list));
	uint64_t number = 0;

	(void)state;
	assert_non_null(list);
	for (unsigned i = 0; i < MANY; i++)
		memset(list[i].diagnostic, 'x', EVIDENCE_TEXT_MAX);
	make_small(8);
	start_at(0);
	intake_log_begin(fixture.log);
	assert_int_equal(
	    intake_log_add(fixture.log, list, MANY, &number), ERROR_LIMIT);
	assert_int_equal(number, 0);
	assert_int_equal(intake_log_add(fixture.log, list, 100, &number), 0);
	assert_int_equal(number, 100);
	/* A group, though larger than half of this file. */
	assert_int_equal(intake_log_write(fixture.log, 1), ERROR_LIMIT);
	free(list);
}

static void
reads_no_newer_form(void **state)
{
	enum { VERSION_AT = META_CHAIN_LEN + 4 };
	uint8_t octets[PAGE] = { 0 }, hash[META_CHAIN_LEN] = { 0 };
	const struct evidence evidence = { .seen_at = 1 };
	struct intake_group group;
	FILE *file;
	size_t len;

	(void)state;
	intake_group_begin(&group, octets, sizeof(octets), LOG, 1);
	assert_int_equal(intake_group_add(&group, &evidence, 1), 0);
	len = intake_group_end(&group);
	octets[VERSION_AT]++;
	meta_chain(hash, octets + META_CHAIN_LEN, len - META_CHAIN_LEN);
	memcpy(octets, hash, sizeof(hash));
	file = fopen(file_path(INTAKE_LOG_FILE), "we");
	assert_non_null(file);
	assert_int_equal(fwrite(octets, 1, PAGE, file), PAGE);
	fclose(file);
	assert_int_equal(read_behind(0), ERROR_NEWER);
}

#define IN_A_DIRECTORY(name)                                                   \
	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_DIRECTORY(gives_back_what_the_database_does_not_have),
		IN_A_DIRECTORY(gives_back_entries_whole),
		IN_A_DIRECTORY(refuses_what_is_no_log),
		IN_A_DIRECTORY(is_empty_where_there_is_none),
		IN_A_DIRECTORY(knows_a_group_of_which_an_octet_is_another),
		IN_A_DIRECTORY(writes_nothing_over_that_the_database_lacks),
		IN_A_DIRECTORY(goes_on_behind_what_it_held),
		IN_A_DIRECTORY(keeps_another_databases_apart),
		IN_A_DIRECTORY(is_written_by_one_at_a_time),
		IN_A_DIRECTORY(takes_no_more_than_has_room),
		IN_A_DIRECTORY(reads_no_newer_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
