#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "ingest/mbox_place.h"

static char folder[] = "/tmp/test_mbox_place.XXXXXX";
static char path[sizeof(folder) + 16];

static struct stat
mbox(ino_t inode, off_t size)
{
	return (struct stat){ .st_dev = 7, .st_ino = inode, .st_size = size };
}

static unsigned
lines(void)
{
	FILE *file = fopen(path, "r");
	unsigned count = 0;
	int c;

	assert_non_null(file);
	while ((c = fgetc(file)) != EOF)
		count += c == '\n';
	fclose(file);
	return count;
}

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/place", folder);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void
finds_the_place_that_was_kept_last(void **state)
{
	const struct stat one = mbox(1, 1000), two = mbox(2, 1000);
	const struct stat shorter = mbox(1, 100);

	(void)state;
	assert_int_equal(mbox_place_find(path, &one), 0);
	assert_int_equal(mbox_place_keep(path, &one, 200), 0);
	assert_int_equal(mbox_place_keep(path, &two, 300), 0);
	assert_int_equal(mbox_place_keep(path, &one, 400), 0);
	assert_int_equal(mbox_place_find(path, &one), 400);
	assert_int_equal(mbox_place_find(path, &two), 300);
	/* It was cut, or is another file of the same number. */
	assert_int_equal(mbox_place_find(path, &shorter), 0);
}

static void
does_not_grow_without_bound(void **state)
{
	struct stat one = mbox(1, 1000);

	(void)state;
	for (off_t at = 1; at <= 300; at++)
		assert_int_equal(mbox_place_keep(path, &one, at), 0);
	assert_int_equal(lines(), 2);
	for (ino_t n = 10; n < 10 + MBOX_PLACES_MAX; n++) {
		struct stat other = mbox(n, 1000);

		assert_int_equal(mbox_place_keep(path, &other, 5), 0);
	}
	assert_int_equal(lines(), MBOX_PLACES_MAX);
	assert_int_equal(mbox_place_find(path, &one), 0);
}

static void
passes_over_what_is_no_place(void **state)
{
	const struct stat one = mbox(1, 1000);
	FILE *file = fopen(path, "w");

	(void)state;
	fputs("200 7 1\n-5 7 2\nnonsense\n300 7 1\n", file);
	fclose(file);
	assert_int_equal(mbox_place_find(path, &one), 200);
	assert_int_equal(
	    mbox_place_find(
		path, &(struct stat){ .st_dev = 7, .st_ino = 2, .st_size = 9 }),
	    0);
	assert_true(mbox_place_keep("/nonexistent/place", &one, 1) < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_place_that_was_kept_last),
		cmocka_unit_test(does_not_grow_without_bound),
		cmocka_unit_test(passes_over_what_is_no_place),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
